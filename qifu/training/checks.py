"""Looks at what a trainer writes while it is written: what the checks would refuse, and what is likely unwise."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from actions.understanding import Understanding
from qifu.errors import UnderstandingError
from qifu.labels import OUT_OF_SCOPE
from qifu.training.catalogue import Catalogue
from qifu.training.questions import Block, clean
from qifu.training.workspace import Workspace
from seeds.check import bare, is_command
from seeds.model import Question
from seeds.templates import same_edges
from store.masking import mask

LONGEST = 300
"""Characters of a training question; the longest of the repository has 135."""
ENOUGH = 15
"""Questions from which a matter is understood well."""
_STEALS = 0.5
_NEAR_ENOUGH = 0.25
"""Share of character pairs from which a question lies in the neighbourhood of another."""
_MOSTLY = 0.5
_AT_ONCE = 8

type Tone = Literal["bad", "warn", "calm"]


@dataclass(frozen=True)
class Finding:
    """Something about a question or a matter. `code` is a key of the console's words (`check`), `values` fill them.

    bad stops saving, warn is advice, calm is a remark. `intent` among the values is the id of another intent, `name`
    its Chinese name where it is a matter.
    """

    code: str
    tone: Tone
    values: Mapping[str, object] = field(default_factory=dict)


class Checks:
    """Looks at questions and matters; `parse` is the live model, None where none answers."""

    def __init__(self, workspace: Workspace, parse: Callable[[str], Awaitable[Understanding]] | None) -> None:
        self._workspace, self._parse = workspace, parse

    async def question(self, block: Block, text: str, *, instead_of: str | None = None) -> list[Finding]:
        """What is to be said of a question for a block; `instead_of` is its wording so far, which is left aside.

        The gravest stand first. Raises SeedError.
        """
        catalogue = await self._workspace.read()
        found = await asyncio.to_thread(lambda: list(about_question(catalogue, block, text, instead_of)))
        if not any(finding.tone == "bad" for finding in found):
            found += [finding async for finding in self._stolen(catalogue, block, text)]
        return gravest_first(found)

    async def matter(
        self, name: str, points: Sequence[str], questions: Sequence[str], *, but: str | None = None
    ) -> list[Finding]:
        """What is to be said of a matter; `but` is the one it is, or comes from. The gravest stand first.

        Raises SeedError.
        """
        catalogue = await self._workspace.read()
        found = await asyncio.to_thread(lambda: list(about_matter(catalogue, name, points, questions, but)))
        if not any(finding.code == "near_matter" for finding in found):
            taken = await self._taken(questions)
            found += _mostly(catalogue, [intent for intent in taken if intent != but], len(questions))
        return gravest_first(found)

    async def _stolen(self, catalogue: Catalogue, block: Block, text: str) -> AsyncIterator[Finding]:
        for intent, share in await self._understood([text]):
            if intent != block.intent and share >= _STEALS:
                values = {"matter": intent, "share": round(100 * share), **named(catalogue, intent)}
                yield Finding("steals", "warn", values)

    async def _taken(self, texts: Sequence[str]) -> list[str]:
        return [intent for intent, share in await self._understood(texts) if share >= _STEALS]

    async def _understood(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        """What the live model takes each text for; fewer, or none, where it doesn't answer."""
        if self._parse is None:
            return []
        parse, gate = self._parse, asyncio.Semaphore(_AT_ONCE)

        async def one(text: str) -> tuple[str, float] | None:
            async with gate:
                try:
                    return taken_for(await parse(text))
                except UnderstandingError:
                    return None

        return [taken for taken in await asyncio.gather(*map(one, texts)) if taken]


def taken_for(understood: Understanding) -> tuple[str, float] | None:
    """The intent that the model takes a message for, and its share; a topic's is its likeliest matter."""
    if understood.act or understood.intent == OUT_OF_SCOPE:
        return understood.intent, understood.confidence
    return max(understood.matters.items(), key=lambda item: item[1], default=None)


def about_question(catalogue: Catalogue, block: Block, text: str, instead_of: str | None = None) -> Iterator[Finding]:
    """What the data say of a question, without a model."""
    text = clean(text)
    yield from about_text(text)
    if not text:
        return
    if bare(text) in catalogue.held_out_words:
        yield Finding("held_out", "bad")
    old = catalogue.by_words.get(bare(text))
    if old and not _is(old, block, instead_of):
        code = "duplicate_here" if old.intent == block.intent else "duplicate_elsewhere"
        yield Finding(code, "bad", {"text": old.text, **named(catalogue, old.intent)})
        return
    yield from alike(catalogue, block, text, instead_of)
    yield from _edges(catalogue, block, text, instead_of)
    own = len(catalogue.by_intent.get(block.intent, ())) + (instead_of is None)
    if own < ENOUGH:
        yield Finding("too_few", "calm", {"count": own, "most": ENOUGH})


def about_text(text: str) -> Iterator[Finding]:
    """What is wrong with a text, whatever it is for."""
    if not text:
        yield Finding("empty", "bad")
    if is_command(text):
        yield Finding("schema", "bad")
    if len(text) > LONGEST:
        yield Finding("too_long", "bad", {"most": LONGEST})
    if (masked := mask(text)) != text:
        yield Finding("personal", "bad", {"text": masked})


def about_matter(
    catalogue: Catalogue, name: str, points: Sequence[str], questions: Sequence[str], but: str | None = None
) -> Iterator[Finding]:
    """What the data say of a matter, without a model."""
    others = [matter for matter in catalogue.seeds.matters.values() if matter.id != but]
    for matter in others:
        if clean(name) and bare(matter.name) == bare(name):
            yield Finding("same_name", "warn", named(catalogue, matter.id))
    for matter in others:
        if points and not matter.general and set(points) <= set(matter.points):
            yield Finding("same_points", "calm", named(catalogue, matter.id))
            break
    near = [intent for text in questions if (intent := _neighbour(catalogue, text, but))]
    yield from _mostly(catalogue, near, len(questions))
    if len(questions) < ENOUGH:
        yield Finding("too_few", "calm", {"count": len(questions), "most": ENOUGH})


def alike(catalogue: Catalogue, block: Block, text: str, instead_of: str | None = None) -> Iterator[Finding]:
    """The nearest question that says the same: of the same block it is a template's, of another intent a trap."""
    for near in catalogue.nearness.alike(text):
        other = near.question
        if _is(other, block, instead_of):
            continue
        if other.intent != block.intent:
            yield Finding("near", "warn", {"text": other.text, **named(catalogue, other.intent)})
        elif other.point == block.point:
            yield Finding("template", "warn", {"text": other.text})
        else:
            continue
        return


def _edges(catalogue: Catalogue, block: Block, text: str, instead_of: str | None) -> Iterator[Finding]:
    """Too many of the block begin or end like it."""
    own = [
        question.text
        for question in catalogue.by_intent.get(block.intent, ())
        if question.point == block.point and question.text != instead_of
    ]
    before = {(edge, common) for edge, common, _ in same_edges(own)}
    for edge, common, count in same_edges([*own, text]):
        if (edge, common) not in before:
            yield Finding(f"same_{edge}", "warn", {"text": common, "count": count})


def _neighbour(catalogue: Catalogue, text: str, but: str | None) -> str | None:
    for near in catalogue.nearness.nearest(clean(text), _NEAR_ENOUGH, 5):
        if near.question.intent != but:
            return near.question.intent
    return None


def _mostly(catalogue: Catalogue, intents: Sequence[str], of: int) -> Iterator[Finding]:
    """Most of the questions belong to one other intent."""
    for intent, count in Counter(intents).most_common(1):
        if count > _MOSTLY * of:
            yield Finding("near_matter", "warn", {"count": count, "of": of, **named(catalogue, intent)})


def named(catalogue: Catalogue, intent: str) -> dict[str, object]:
    """An intent with its name, as values of a finding."""
    matter = catalogue.seeds.matters.get(intent)
    return {"intent": intent, "name": matter.name if matter else intent}


def _is(question: Question, block: Block, wording: str | None) -> bool:
    return question.text == wording and (question.intent, question.point) == (block.intent, block.point)


def gravest_first(findings: Sequence[Finding]) -> list[Finding]:
    """What stops saving before advice before remarks."""
    tones: list[Tone] = ["bad", "warn", "calm"]
    return sorted(findings, key=lambda finding: tones.index(finding.tone))
