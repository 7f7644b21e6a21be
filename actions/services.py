"""What the actions work with: built once, handed to each."""

from dataclasses import dataclass
from typing import Protocol

from actions.compose import Composer
from actions.cues import Cues
from actions.knowledge.base import Knowledge
from actions.knowledge.ranking import Ranker
from actions.state import StateKeeper
from actions.understanding import Parser
from actions.wording import Wording
from qifu.labels import HandoffReason, Language


@dataclass(frozen=True)
class Filed:
    """A request that was filed: the number a person can read out, when, and its state."""

    number: str
    date: str
    state: str
    new: bool = True


@dataclass(frozen=True)
class Wish:
    """The wish for a person: why, what it is about as far as is known, and the turn in which it was made."""

    reason: HandoffReason
    language: Language
    question: str = ""
    district: str | None = None
    topic: str | None = None
    matter: str | None = None
    turn: int | None = None


@dataclass(frozen=True)
class Called:
    """What became of the wish for a person, in words where there are words.

    Without `number` nothing was registered: the desk is closed. `ahead` is how many come first, None where a person is
    there already; `wait` the expected wait, None where unknown. `opens_at` is the next opening, `looked_at` the working
    day by which an appeal left now is looked at.
    """

    number: str | None
    new: bool
    ahead: int | None
    wait: str | None
    hours: str
    opens_at: str
    looked_at: str


class Desk(Protocol):
    """Where requests for people, appeals, feedback and subscriptions are kept."""

    async def hand_off(self, conversation: str, wish: Wish) -> Called:
        """Registers the wish for a person; an open one is returned, not doubled. The same turn calls once."""
        ...

    async def appeal(self, conversation: str, district: str | None, topic: str | None, text: str) -> Filed:
        """Files an appeal."""
        ...

    async def appeals(self, conversation: str, number: str | None = None) -> list[Filed]:
        """The conversation's appeals, newest first; only the one of `number` where given."""
        ...

    async def feedback(self, conversation: str, turn: int | None, value: int) -> None:
        """Keeps a thumb up (1) or down (-1) for a turn."""
        ...

    async def subscribe(self, conversation: str, district: str | None, topics: list[str]) -> None:
        """Subscribes the conversation to news."""
        ...

    async def unsubscribe(self, conversation: str) -> None:
        """Ends the subscription."""
        ...


@dataclass(frozen=True)
class Services:
    """Everything an action may need."""

    knowledge: Knowledge
    ranker: Ranker
    composer: Composer
    wording: Wording
    cues: Cues
    keeper: StateKeeper
    parser: Parser
    desk: Desk
    topics: dict[str, dict[str, str]]
