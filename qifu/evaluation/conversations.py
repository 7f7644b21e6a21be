"""Conversation tests: tests/dialogue/*.yml, pairs of what the user says and what the bot must and must not answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from actions.compose import MOST_CHARACTERS
from bot.batch.ask import Case, ask
from bot.dialogue.dialogue import Dialogue
from qifu.errors import SeedError
from qifu.labels import Outcome
from qifu.settings import ROOT
from seeds.yaml import load_yaml

CONVERSATIONS = ROOT / "tests" / "dialogue"


@dataclass(frozen=True)
class Pair:
    """One turn: `must` are groups of which each has one of its texts in the answer, white space aside."""

    user: str
    must: tuple[tuple[str, ...], ...] = ()
    must_not: tuple[str, ...] = ()
    outcome: Outcome | None = None

    def held(self, turn: dict[str, Any]) -> bool:
        """Whether a turn of the batch interface answers as wanted; `must` within the first 900 characters."""
        text = squeezed("\n".join(reply["text"] for reply in turn["replies"]))
        start = text[:MOST_CHARACTERS]
        return (
            all(any(squeezed(one) in start for one in group) for group in self.must)
            and not any(squeezed(one) in text for one in self.must_not)
            and (self.outcome is None or turn["outcome"] == self.outcome)
        )


@dataclass(frozen=True)
class Conversation:
    """A conversation with what it shows and where it stands."""

    id: str
    pairs: tuple[Pair, ...]
    where: str


@dataclass(frozen=True)
class Talked:
    """A conversation as it went, with a verdict for each turn."""

    conversation: Conversation
    turns: tuple[dict[str, Any], ...]

    @property
    def verdicts(self) -> list[bool]:
        """Which turns went as wanted."""
        return [pair.held(turn) for pair, turn in zip(self.conversation.pairs, self.turns, strict=True)]


def read_conversations(folder: Path = CONVERSATIONS) -> list[Conversation]:
    """All conversation tests. Raises SeedError with every finding as file:line: message."""
    findings: list[str] = []
    read: list[Conversation] = []
    for path in sorted(folder.glob("*.yml")):
        rows: Any = load_yaml(path).get("conversations") or []
        for number, row in enumerate(rows):
            where = f"{path}:{rows.lc.item(number)[0] + 1}"
            try:
                read.append(Conversation(str(row["id"]), tuple(_pair(turn) for turn in row["turns"]), where))
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                findings.append(f"{where}: lacks or mistypes {error}")
    if findings:
        raise SeedError(findings)
    return read


def _pair(turn: Any) -> Pair:
    bot = turn.get("bot") or {}
    if unknown := set(bot) - {"must", "must_not", "outcome"}:
        raise ValueError(f"unknown {', '.join(sorted(unknown))}")
    return Pair(
        str(turn["user"]),
        tuple(_texts("must", group) for group in bot.get("must") or ()),
        _texts("must_not", bot.get("must_not") or []),
        Outcome(bot["outcome"]) if bot.get("outcome") else None,
    )


def _texts(name: str, value: Any) -> tuple[str, ...]:
    """The texts of a list; a text by itself would be read as its characters, of which any other text has one."""
    if not isinstance(value, list):
        raise TypeError(f"{name}: {value} is no list")
    return tuple(str(one) for one in value)


async def hold(dialogue: Dialogue, conversations: Sequence[Conversation], done: Callable[[], None]) -> list[Talked]:
    """Holds each conversation through the dialogue."""
    cases = [Case(one.id, tuple(pair.user for pair in one.pairs)) for one in conversations]
    answers = await ask(dialogue, cases, done)
    return [Talked(one, tuple(answer["turns"])) for one, answer in zip(conversations, answers, strict=True)]


def misses(talked: Sequence[Talked]) -> list[dict[str, object]]:
    """Every turn that went wrong, with what the bot said."""
    return [
        {
            "where": one.conversation.where,
            "conversation": one.conversation.id,
            "q": pair.user,
            "must": pair.must,
            "must_not": pair.must_not,
            "wanted": pair.outcome,
            "outcome": turn["outcome"],
            "matter": turn["matter"],
            "said": "\n".join(reply["text"] for reply in turn["replies"]),
        }
        for one in talked
        for pair, turn in zip(one.conversation.pairs, one.turns, strict=True)
        if not pair.held(turn)
    ]


def squeezed(text: str) -> str:
    """A text without white space."""
    return "".join(text.split())
