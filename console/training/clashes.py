"""What an intent is confused with: held-out messages that went to the other side, and questions that lie close."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from console.training.figures import Figures, Missed
from qifu.training.catalogue import Catalogue
from seeds.model import Question
from seeds.templates import pairs_of

_NEAR = 0.34
"""Share of character pairs from which two questions lie close."""
_NEAR_LATIN = 0.5
"""The same where words are spelt: any two English questions share a third of their pairs."""
_LEAST = 4
"""Pairs in common that short questions need as well: 网上办事 and 网上办破产 are no clash."""
_LOOKED = 8
_MOST_OWN = 300
"""Questions of which the nearest are looked for; only out_of_scope has more."""
_MOST_NEAR = 16
_MOST = 12


@dataclass(frozen=True)
class Side:
    """A sentence. Held-out messages have no block: they are read, not edited here."""

    text: str
    intent: str
    question: Question | None = None


@dataclass(frozen=True)
class Pair:
    """Two sentences that clash; `share` of pairs in common (0 to 1), or what the bot mistook for the other side."""

    own: Side
    other: Side
    share: float
    missed: bool = False


@dataclass
class Clash:
    """Everything about one other intent: held-out messages lost to it and won from it, and the sentences."""

    intent: str
    lost: int = 0
    won: int = 0
    pairs: list[Pair] = field(default_factory=list)


def clashes_of(catalogue: Catalogue, figures: Figures, intent: str) -> list[Clash]:
    """The clashes of an intent, what the bot really mistook first."""
    clashes: dict[str, Clash] = {}
    for miss in figures.missed:
        if intent in (miss.wanted, miss.got) and miss.got and miss.got != miss.wanted:
            lost = miss.wanted == intent
            other = miss.got if lost else miss.wanted
            clash = clashes.setdefault(other, Clash(other))
            clash.lost, clash.won = clash.lost + lost, clash.won + (not lost)
            clash.pairs.append(_mistaken(catalogue, miss, intent, other, lost=lost))
    for pair in _near(catalogue, intent):
        clash = clashes.setdefault(pair.other.intent, Clash(pair.other.intent))
        clash.pairs.append(pair)
    return sorted(clashes.values(), key=lambda clash: (-clash.lost - clash.won, -clash.pairs[0].share))[:_MOST]


def _mistaken(catalogue: Catalogue, miss: Missed, intent: str, other: str, *, lost: bool) -> Pair:
    """A held-out message beside the question on the other side that lies nearest to it."""
    asked = Side(miss.text, intent if lost else other)
    near, share = closest(catalogue.by_intent.get(other if lost else intent, ()), miss.text)
    answer = Side(near.text if near else "", other if lost else intent, near)
    return Pair(asked, answer, share, missed=True) if lost else Pair(answer, asked, share, missed=True)


def _near(catalogue: Catalogue, intent: str) -> list[Pair]:
    """Questions of other intents that lie close to the own ones, each other question once."""
    found: dict[tuple[str, str], Pair] = {}
    for question in catalogue.by_intent.get(intent, ())[:_MOST_OWN]:
        for near in catalogue.nearness.nearest(question.text, _NEAR, _LOOKED):
            other, share = near.question, near.share
            key = (other.intent, other.text)
            if other.intent == intent or (other.text.isascii() and share < _NEAR_LATIN):
                continue
            if len(pairs_of(question.text) & pairs_of(other.text)) < _LEAST:
                continue
            if key not in found or found[key].share < share:
                found[key] = Pair(Side(question.text, intent, question), Side(other.text, other.intent, other), share)
    return sorted(found.values(), key=lambda pair: -pair.share)[:_MOST_NEAR]


def closest(questions: Sequence[Question], text: str) -> tuple[Question | None, float]:
    """The question that shares most pairs of characters with a text, and how many (0 to 1)."""
    pairs, best, share = pairs_of(text), None, -1.0
    for question in questions:
        others = pairs_of(question.text)
        common = len(pairs & others) / max(len(pairs | others), 1)
        if common > share:
            best, share = question, common
    return best, max(share, 0.0)
