"""Proves that the seeds are whole: every sentence accounted for, every quotation verbatim, every id resolved."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from qifu.labels import OUT_OF_SCOPE, Act, PlanStatus
from seeds.clean import fold, fold_document
from seeds.model import Document, Seeds
from seeds.read import SEEDS
from seeds.templates import templated
from seeds.yaml import load_yaml

_BRACKETS = set("[](){}")


def check_seeds(seeds: Seeds, folder: Path = SEEDS) -> list[str]:
    """Every finding as `file:line: message`; an empty list is the proof."""
    return [
        *_documents(seeds, folder),
        *check_matters(seeds, folder),
        *_synonyms(seeds, folder / "synonyms.yml"),
        *templated(seeds.questions),
    ]


def check_matters(seeds: Seeds, folder: Path = SEEDS) -> list[str]:
    """What is wrong with matters, contacts, renderings and questions, as `file:line: message`; for edits of these."""
    return [*_matters(seeds, folder), *_contacts(seeds, folder), *_english(seeds, folder), *_questions(seeds)]


def _documents(seeds: Seeds, folder: Path) -> Iterator[str]:
    for document in seeds.documents.values():
        if document.plan.status is not PlanStatus.CASE_STUDY:
            path = folder / "plans" / f"{document.plan.id}.txt"
            yield from _accounted(document, path, path.read_text(encoding="utf-8"))


def _accounted(document: Document, path: Path, text: str) -> Iterator[str]:
    """Each character of the document stands in exactly one segment, and each point reads as printed."""
    whole = fold_document(text)
    pieces = Counter[str]()
    for segment in document.segments:
        if segment.kind != "page_mark":
            pieces.update(fold(segment.text))
    if lost := Counter(whole) - pieces:
        yield f"{path}:1: {sum(lost.values())} characters stand in no point or title, e.g. “{next(iter(lost))}”"
    if doubled := pieces - Counter(whole):
        yield f"{path}:1: {sum(doubled.values())} characters stand in two places, e.g. “{next(iter(doubled))}”"
    for measure in document.measures:
        for point in measure.points:
            if fold(point.text) not in whole:
                yield f"{path}:{point.line}: {point.id} is not verbatim: {point.text[:30]}"


def _matters(seeds: Seeds, folder: Path) -> Iterator[str]:
    covered = {point for matter in seeds.matters.values() if not matter.general for point in matter.points}
    for matter in seeds.matters.values():
        where = f"{folder / 'matters' / matter.topic}.yml:{matter.line}"
        if not matter.points:
            yield f"{where}: matter {matter.id} has no points"
        for point_id in matter.points:
            if point_id not in seeds.points:
                yield f"{where}: matter {matter.id} names point {point_id}, which no plan has"
        for contact in matter.contacts:
            if contact not in seeds.contacts:
                yield f"{where}: matter {matter.id} names contact {contact}, which contacts.yml lacks"
    for point_id, point in seeds.points.items():
        if point_id not in covered:
            plan = seeds.plan_of(point_id)
            ending = "yml" if plan.status is PlanStatus.CASE_STUDY else "txt"
            yield f"{folder / 'plans' / plan.id}.{ending}:{point.line}: point {point_id} belongs to no matter"


def _contacts(seeds: Seeds, folder: Path) -> Iterator[str]:
    path = folder / "contacts.yml"
    known = {contact.name for contact in seeds.contacts.values()}
    known |= {alias for contact in seeds.contacts.values() for alias in contact.aliases}
    for contact in seeds.contacts.values():
        if not contact.source:
            yield f"{path}:1: contact {contact.id} has no source"
        for place in contact.named_in:
            if place not in seeds.points and place not in seeds.measures:
                yield f"{path}:1: contact {contact.id} is said to be named in {place}, which no plan has"
            elif contact.kind != "unit" and not _named(seeds, place, (contact.name, *contact.aliases)):
                yield f"{path}:1: contact {contact.id} is not named in {place}"
    for measure in seeds.measures.values():
        for unit in measure.units:
            if unit not in known:
                yield f"{path}:1: responsible unit {unit} of {measure.id} is missing"


def _synonyms(seeds: Seeds, path: Path) -> Iterator[str]:
    """Each official word stands in a plan or names a matter, and has lay words that aren't its own."""
    texts = [point.text for point in seeds.points.values()]
    texts += [measure.title for measure in seeds.measures.values()]
    texts += [" ".join((matter.name, *matter.keywords)) for matter in seeds.matters.values()]
    known = fold("\n".join(texts))
    content = load_yaml(path)
    for official, said in content.items():
        where = f"{path}:{content.lc.data[official][0] + 1}"
        if not isinstance(said, list) or not said:
            yield f"{where}: {official} needs a list of lay words"
        elif str(official) in map(str, said):
            yield f"{where}: {official} stands among its own lay words"
        if fold(str(official)) not in known:
            yield f"{where}: “{official}” stands in no plan and no matter, so searching for it finds nothing"


def _named(seeds: Seeds, place: str, names: tuple[str, ...]) -> bool:
    points = (seeds.points[place],) if place in seeds.points else seeds.measures[place].points
    text = fold("".join(point.text for point in points))
    return any(fold(name) in text for name in names)


def _english(seeds: Seeds, folder: Path) -> Iterator[str]:
    for point_id in seeds.english:
        if point_id not in seeds.points:
            yield f"{folder / 'english'}:1: {point_id} is rendered in English, but no plan has it"
    for point_id in seeds.points:
        if point_id not in seeds.english:
            yield f"{folder / 'english'}:1: {point_id} has no English rendering"


def _questions(seeds: Seeds) -> Iterator[str]:
    seen: dict[str, str] = {}
    asked: dict[str, int] = defaultdict(int)
    plain = {str(act) for act in Act} | {OUT_OF_SCOPE}
    for question in seeds.questions:
        where = f"{question.path}:{question.line}"
        matter = seeds.matters.get(question.intent)
        if matter is None and question.intent not in plain:
            yield f"{where}: intent {question.intent} is neither a matter, an act nor {OUT_OF_SCOPE}"
        if question.point and matter and question.point not in matter.points:
            yield f"{where}: point {question.point} is not one of {question.intent}"
        if is_command(question.text):
            yield f"{where}: “{question.text}” has brackets or a slash that Rasa reads as a command"
        key = bare(question.text)
        if seen.setdefault(key, question.intent) != question.intent:
            yield f"{where}: “{question.text}” is also a question of {seen[key]}"
        asked[question.intent] += 1
    for matter_id in seeds.matters:
        if not asked[matter_id]:
            yield f"{QUESTIONS_FOLDER}/{matter_id.split('/')[0]}.yml:1: matter {matter_id} has no training question"


def is_command(text: str) -> bool:
    """Whether Rasa would read a question's brackets or slash as a command."""
    return bool(_BRACKETS & set(text)) or text.startswith("/")


def bare(text: str) -> str:
    """A question without width, case, white space and punctuation; emoji stay, so that 👍 is not 👎."""
    folded = unicodedata.normalize("NFKC", text).lower()
    kept = "".join(c for c in folded if unicodedata.category(c)[0] not in "PZC")
    return kept or folded.strip()


QUESTIONS_FOLDER = "nlu/data"
