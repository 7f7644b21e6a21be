"""A stored turn as what the channels know: an incoming message, and a turn with its replies."""

from dataclasses import asdict
from typing import Any

from bot.dialogue.turn import Block, Button, Incoming, Reply, Turn
from qifu.labels import Channel
from store.models import TurnRow


def turn_of(row: TurnRow) -> Turn:
    """The turn as it was answered. Raises ValueError for one that waits for its answer."""
    if row.answered_at is None or row.outcome is None:
        raise ValueError(f"turn {row.id} has no answer yet")
    return Turn(
        text=row.text,
        replies=tuple(_reply(reply) for reply in row.replies or ()),
        outcome=row.outcome,
        id=row.id,
        intent=row.intent,
        confidence=row.confidence,
        topic=row.topic,
        matter=row.matter,
        act=row.act,
        entities=tuple(row.entities or ()),
        points=tuple(row.points or ()),
        contacts=tuple(row.contacts or ()),
        ms=row.ms or 0,
        parse=row.parse or {},
    )


def incoming_of(row: TurnRow, channel: Channel) -> Incoming:
    """The message that began the turn."""
    return Incoming(
        conversation_id=row.conversation_id,
        channel=channel,
        message_id=row.message_id,
        text=row.text,
        language=row.language,
        is_payload=row.is_payload,
    )


def answer_columns(turn: Turn) -> dict[str, Any]:
    """The columns of a turn's answer."""
    return {
        "replies": [asdict(reply) for reply in turn.replies],
        "outcome": turn.outcome,
        "intent": turn.intent,
        "confidence": turn.confidence,
        "topic": turn.topic,
        "matter": turn.matter,
        "act": turn.act,
        "entities": turn.entities,
        "points": turn.points,
        "contacts": turn.contacts,
        "parse": turn.parse,
        "ms": turn.ms,
    }


def _reply(stored: dict[str, Any]) -> Reply:
    return Reply(
        text=stored["text"],
        buttons=tuple(Button(**button) for button in stored["buttons"]),
        blocks=tuple(Block(**block) for block in stored["blocks"]),
    )
