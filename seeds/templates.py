"""Finds training questions that a template made: they teach the template, not what people say.

Two signs, within the questions of one intent and point: a question that says the same as another but for a few
characters, and an opening or ending that too many share.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from seeds.model import Question

ALIKE = 0.75
"""Share of character pairs in common from which two questions count as one."""
SHORTEST = 8
"""Shorter questions share most characters by nature (退税几天, 退税多少天)."""
_EDGE = 4
_MOST_SAME_EDGE = 0.4
_ENOUGH = 8
_PLACES = re.compile("上海市?|长宁区?|闵行区?|普陀区?")


def templated(questions: Iterable[Question]) -> Iterator[str]:
    """Each sign of a template as `file:line: message`."""
    blocks: defaultdict[tuple[str, str | None], list[Question]] = defaultdict(list)
    for question in questions:
        blocks[question.intent, question.point].append(question)
    for (intent, _), block in blocks.items():
        yield from _alike(block)
        yield from _edges(intent, block)


def _alike(block: Sequence[Question]) -> Iterator[str]:
    kept: list[tuple[Question, frozenset[str]]] = []
    holding: defaultdict[str, list[int]] = defaultdict(list)
    for question in block:
        pairs = pairs_of(question.text)
        if len(pairs) < SHORTEST:
            continue
        shared = Counter(number for pair in pairs for number in holding[pair])
        for number, count in shared.items():
            other, others = kept[number]
            if count / len(pairs | others) >= ALIKE:
                where = f"{question.path}:{question.line}"
                yield f"{where}: “{question.text}” says the same as “{other.text}”; write it another way or drop it"
                break
        for pair in pairs:
            holding[pair].append(len(kept))
        kept.append((question, pairs))


def _edges(intent: str, block: Sequence[Question]) -> Iterator[str]:
    for name, common, count in same_edges([question.text for question in block]):
        first = block[0]
        yield f"{first.path}:{first.line}: {count} of {len(block)} questions of {intent} {name} with “{common}”"


def same_edges(texts: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    """Where too many questions of a block `begin` or `end` alike: which of the two, with what, and how many."""
    if len(texts) < _ENOUGH:
        return
    bare = [_bare(text) for text in texts]
    for name, edge in (("begin", slice(None, _EDGE)), ("end", slice(-_EDGE, None))):
        counts = Counter(text[edge] for text in bare if len(text) > _EDGE).most_common(1)
        for common, count in counts:
            if count > _MOST_SAME_EDGE * len(texts) and count > 3:
                yield name, common, count


def has_edge(text: str, name: str, common: str) -> bool:
    """Whether a question begins or ends (`name`) like that, as `same_edges` counts it."""
    bare = _bare(text)
    return bare.startswith(common) if name == "begin" else bare.endswith(common)


def _bare(text: str) -> str:
    """A question without places, figures and punctuation: what a template keeps the same."""
    folded = _PLACES.sub("", unicodedata.normalize("NFKC", text).lower())
    return "".join(c for c in folded if unicodedata.category(c)[0] in "LS")


@lru_cache(maxsize=65_536)
def pairs_of(text: str) -> frozenset[str]:
    """The pairs of characters of a question, places, figures and punctuation aside."""
    bare = _bare(text)
    return frozenset(bare[i : i + 2] for i in range(len(bare) - 1))
