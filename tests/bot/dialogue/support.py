"""What the dialogue's tests say and read."""

from itertools import count

from bot.dialogue.turn import Incoming, Turn
from qifu.labels import Channel, Language

WEB = "web:4f1a"
_numbers = count(1)


def a_message(
    text: str = "出口退税要几天",
    conversation_id: str = WEB,
    message_id: str | None = None,
    is_payload: bool = False,
    language: Language | None = None,
) -> Incoming:
    """A message; a new one each time unless its id is given."""
    number = message_id or f"m{next(_numbers)}"
    return Incoming(conversation_id, Channel.WEB, number, text, language, is_payload)


def said(turn: Turn) -> str:
    """All that a turn says."""
    return "\n".join(reply.text for reply in turn.replies)


def is_pending(turn: Turn) -> bool:
    """Whether the answer is still to come."""
    return bool(turn.parse.get("pending"))
