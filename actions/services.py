"""What the actions work with: built once, handed to each."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from actions.appeal.draft import Appeal, Draft
from actions.compose import Composer
from actions.cues import Cues
from actions.knowledge.base import Knowledge
from actions.knowledge.ranking import Ranker
from actions.state import StateKeeper
from actions.understanding import Parser
from actions.wording import Wording
from bot.desk.wording import DeskWording
from qifu.labels import HandoffReason, Language

_APPEAL_CUES = Path(__file__).parent / "appeal" / "cues.yml"


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


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
    there already; `wait` the expected wait, None where unknown. `opens_at` is the next opening, `promised` the working
    day on which a person answers what is left now.
    """

    number: str | None
    new: bool
    ahead: int | None
    wait: str | None
    hours: str
    opens_at: str
    promised: str


class Desk(Protocol):
    """Where requests for people, appeals, feedback and subscriptions are kept."""

    async def hand_off(self, conversation: str, wish: Wish) -> Called:
        """Registers the wish for a person; an open one is returned, not doubled. The same turn calls once."""
        ...

    async def appeal(self, conversation: str, draft: Draft, key: str) -> Appeal:
        """Files an appeal; the same key files once, one that says the same as an open one joins it.

        Raises DeskError too_many, invalid.
        """
        ...

    async def appeals(self, conversation: str, number: str | None = None) -> list[Appeal]:
        """The conversation's appeals, newest first; only the one of `number` where given."""
        ...

    async def known(self, conversation: str) -> dict[str, str]:
        """What the conversation's last appeal tells of the user: company, contact_name, phone, district."""
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
    appeal_cues: Cues = field(default_factory=lambda: Cues(_APPEAL_CUES))
    desk_wording: DeskWording = field(default_factory=DeskWording)
    clock: Callable[[], datetime] = now
