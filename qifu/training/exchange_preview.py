"""What a file of questions would bring, row by row, before anything is changed; and the change itself."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from qifu.labels import OUT_OF_SCOPE, Act
from qifu.training.catalogue import Catalogue
from qifu.training.checks import Finding, about_text, alike, gravest_first, named
from qifu.training.draft import Draft
from qifu.training.exchange import Row, read_names
from qifu.training.held_out import add_held_out
from qifu.training.holding import about_held_out, held_out_of
from qifu.training.nearness import Nearness
from qifu.training.questions import Block, add_questions, clean, move_questions
from seeds.check import bare
from seeds.model import Question
from seeds.templates import has_edge, same_edges


class Verdict(StrEnum):
    """What becomes of a row: it is added, it is there already, it would move from elsewhere, or it can't be taken."""

    NEW = "new"
    THERE = "there"
    MOVE = "move"
    BAD = "bad"


@dataclass(frozen=True)
class Line:
    """A row with what is known of it. `stands`: the question of the same wording that is there already."""

    row: Row
    text: str
    block: Block | None
    held_out: bool
    verdict: Verdict
    findings: Sequence[Finding] = ()
    stands: Question | None = None
    style: str = ""

    @property
    def may(self) -> bool:
        """Whether a trainer may choose it."""
        return self.verdict in (Verdict.NEW, Verdict.MOVE)

    @property
    def advised(self) -> bool:
        """Whether it is chosen unless a trainer says otherwise: it is new, and nothing is to be said against it."""
        return self.verdict is Verdict.NEW and all(finding.tone == "calm" for finding in self.findings)


def preview(catalogue: Catalogue, rows: Sequence[Row], names: Mapping[str, str] | None = None) -> list[Line]:
    """Looks at every row, beside the data and beside the rows before it; `names` are intents by further names."""
    reader = _Reader(catalogue, names or {})
    lines = [reader.line(row) for row in rows]
    return list(_beside_each_other(catalogue, lines))


def take(draft: Draft, catalogue: Catalogue, lines: Sequence[Line]) -> int:
    """Adds the lines to a draft, moves those that stand elsewhere; how many that are. Raises EditError no_question."""
    added: defaultdict[Block, list[str]] = defaultdict(list)
    moved: defaultdict[tuple[Block, Block], list[str]] = defaultdict(list)
    held = []
    for line in lines:
        if line.block is None or not line.may:
            continue
        if line.held_out:
            held.append(held_out_of(catalogue, line.block, line.text, line.style))
        elif line.stands:
            moved[Block(line.stands.intent, line.stands.point), line.block].append(line.stands.text)
        else:
            added[line.block].append(line.text)
    count = sum(add_questions(draft, block, texts) for block, texts in added.items())
    for (block, to), texts in moved.items():
        move_questions(draft, block, texts, to)
        count += len(texts)
    return count + add_held_out(draft, held)


class _Reader:
    """Reads rows one by one; remembers the wordings of those before."""

    def __init__(self, catalogue: Catalogue, names: Mapping[str, str]) -> None:
        self._catalogue = catalogue
        self._known = {*catalogue.seeds.matters, *map(str, Act), OUT_OF_SCOPE}
        self._names = {bare(name): intent for name, intent in names.items()}
        for matter in catalogue.seeds.matters.values():
            # A name that two matters share stands for none.
            self._names[bare(matter.name)] = "" if bare(matter.name) in self._names else matter.id
        self._seen: dict[str, int] = {}

    def line(self, row: Row) -> Line:
        """A row by itself."""
        text, words = clean(row.text), read_names()
        kind, style = words.kind(row.kind), words.style(row.style)
        block, findings = self._block(row)
        if kind is None:
            findings.append(Finding("unknown_kind", "bad", {"text": row.kind}))
        if row.style and style is None:
            findings.append(Finding("unknown_style", "bad", {"text": row.style}))
        first = self._seen.setdefault(bare(text), row.line) if text else row.line
        if first != row.line:
            findings.append(Finding("repeated", "bad", {"line": first}))
        line = Line(row, text, block, kind == "held_out", Verdict.BAD, findings, style=style or "")
        return self._held_out(line) if line.held_out else self._training(line)

    def _block(self, row: Row) -> tuple[Block | None, list[Finding]]:
        intent = row.intent.strip() if row.intent.strip() in self._known else self._names.get(bare(row.intent), "")
        if not intent:
            return None, [Finding("unknown_intent", "bad", {"text": row.intent})]
        point = row.point.strip() or None
        matter = self._catalogue.seeds.matters.get(intent)
        if point and point not in (matter.points if matter else ()):
            values = {"text": point, **named(self._catalogue, intent)}
            return None, [Finding("unknown_point", "bad", values)]
        return Block(intent, point), []

    def _training(self, line: Line) -> Line:
        findings = [*line.findings, *about_text(line.text)]
        if bare(line.text) in self._catalogue.held_out_words:
            findings.append(Finding("held_out", "bad"))
        stands = self._catalogue.by_words.get(bare(line.text))
        if stands and line.block == Block(stands.intent, stands.point):
            return replace(line, verdict=Verdict.THERE, stands=stands)
        if stands:
            code = "stands_here" if line.block and stands.intent == line.block.intent else "stands_elsewhere"
            findings.append(Finding(code, "warn", {"text": stands.text, **named(self._catalogue, stands.intent)}))
        elif line.block:
            findings += alike(self._catalogue, line.block, line.text)
        return _judged(replace(line, stands=stands), findings)

    def _held_out(self, line: Line) -> Line:
        if line.text and bare(line.text) in self._catalogue.held_out_words:
            return replace(line, verdict=Verdict.THERE)
        about = about_held_out(self._catalogue, line.block, line.text) if line.block else about_text(line.text)
        return _judged(line, [*line.findings, *about])


def _judged(line: Line, findings: Sequence[Finding]) -> Line:
    bad = any(finding.tone == "bad" for finding in findings)
    verdict = Verdict.BAD if bad else Verdict.MOVE if line.stands else Verdict.NEW
    return replace(line, verdict=verdict, findings=gravest_first(findings))


def _beside_each_other(catalogue: Catalogue, lines: Sequence[Line]) -> Iterator[Line]:
    """Adds what is to be said of the rows as a whole: those of a template, and those near to a row before."""
    edges = _edges(catalogue, lines)
    fresh = [line for line in lines if line.verdict is Verdict.NEW and not line.held_out and line.block]
    blocks = {line.row.line: line.block for line in fresh}
    near = Nearness([Question(str(blocks[line.row.line]), line.text, line=line.row.line) for line in fresh])
    for line in lines:
        if line.row.line not in blocks:
            yield line
            continue
        more = list(edges.get((line.block, line.row.line), ()))
        for other in near.alike(line.text):
            if other.question.line < line.row.line:
                same = blocks[other.question.line] == line.block
                more.append(Finding("template_row" if same else "near_row", "warn", {"line": other.question.line}))
                break
        yield replace(line, findings=gravest_first([*line.findings, *more])) if more else line


def _edges(catalogue: Catalogue, lines: Sequence[Line]) -> Mapping[tuple[Block | None, int], list[Finding]]:
    """The rows with which too many questions of a block begin or end alike."""
    rows: defaultdict[Block, list[Line]] = defaultdict(list)
    for line in lines:
        if line.block and line.verdict is Verdict.NEW and not line.held_out:
            rows[line.block].append(line)
    found: defaultdict[tuple[Block | None, int], list[Finding]] = defaultdict(list)
    for block, new in rows.items():
        own = [q.text for q in catalogue.by_intent.get(block.intent, ()) if q.point == block.point]
        before = {(edge, common) for edge, common, _ in same_edges(own)}
        for edge, common, count in same_edges([*own, *(line.text for line in new)]):
            if (edge, common) not in before:
                for line in new:
                    if has_edge(line.text, edge, common):
                        values = {"text": common, "count": count}
                        found[block, line.row.line].append(Finding(f"same_{edge}", "warn", values))
    return found
