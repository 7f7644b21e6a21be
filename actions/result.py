"""What an action decides: replies, the outcome and the facts they rest on."""

from dataclasses import asdict, dataclass, field
from typing import Any

from bot.dialogue.turn import Reply
from qifu.labels import Outcome


@dataclass(frozen=True)
class Result:
    """The end of one turn, before it is stored."""

    outcome: Outcome
    replies: tuple[Reply, ...]
    topic: str | None = None
    matter: str | None = None
    act: str | None = None
    points: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The form in which it crosses the boundary to Rasa and back (`custom.turn`)."""
        return {**asdict(self), "outcome": str(self.outcome)}
