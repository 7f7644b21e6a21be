"""Reads what the actions answered through Rasa into replies and a turn."""

from typing import Any

from bot.dialogue.turn import Block, Button, Reply, Turn
from qifu.errors import UnderstandingError
from qifu.labels import Outcome


def read_turn(messages: list[dict[str, Any]], text: str) -> Turn:
    """The turn that the last custom message describes.

    Raises UnderstandingError where there is none, or none that can be read.
    """
    try:
        described = [m["custom"]["turn"] for m in messages if "turn" in (m.get("custom") or {})]
        if not described:
            raise UnderstandingError("Rasa answered without a turn; the action didn't run")
        return _turn(described[-1], text)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnderstandingError(f"Rasa answered with a turn that can't be read: {type(error).__name__}") from None


def _turn(turn: dict[str, Any], text: str) -> Turn:
    parse = turn.get("parse") or {}
    replies = tuple(read_reply(reply) for reply in turn["replies"])
    if not replies:
        raise ValueError("no replies")
    return Turn(
        text=text,
        replies=replies,
        outcome=Outcome(turn["outcome"]),
        intent=parse.get("intent"),
        confidence=parse.get("confidence"),
        topic=turn.get("topic"),
        matter=turn.get("matter"),
        act=turn.get("act"),
        entities=tuple(parse.get("entities") or ()),
        points=tuple(turn.get("points") or ()),
        contacts=tuple(turn.get("contacts") or ()),
        parse={**parse, **(turn.get("extra") or {})},
    )


def read_reply(reply: dict[str, Any]) -> Reply:
    """A reply from its JSON form."""
    return Reply(
        reply["text"],
        tuple(Button(button["title"], button["payload"]) for button in reply.get("buttons") or ()),
        tuple(Block(block["kind"], block["text"]) for block in reply.get("blocks") or ()),
    )
