"""Makes proposals out of what was stored: masked, with the labels that classifier and staff suggest."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from actions.knowledge.base import Knowledge
from qifu.labels import OUT_OF_SCOPE, Act, Direction
from qifu.training.labels import ProposalReason
from store.masking import mask
from store.models import DeskMessageRow, HandoffRow, TurnRow
from store.repositories import NewProposal
from store.repositories.proposals import MOST_PROPOSED

LONGEST = 1000
"""Characters of a text that are kept."""
_PLAIN = {*map(str, Act), OUT_OF_SCOPE}
_CHOOSE = "/choose"


def of_turn(turn: TurnRow, before: Sequence[TurnRow], reason: ProposalReason, told_at: datetime) -> NewProposal | None:
    """The proposal of a turn; a pressed button stands for what was typed before it. None where nothing was typed."""
    asked = next((row for row in (turn, *before) if not row.is_payload and row.text.strip()), None)
    if asked is None:
        return None
    proposed = labels_of(asked)
    return NewProposal(
        conversation_id=asked.conversation_id,
        turn_id=asked.id,
        at=asked.accepted_at,
        told_at=told_at,
        reason=reason,
        text=mask(asked.text.strip()[:LONGEST]),
        topic=asked.topic or _topic(proposed),
        proposed=proposed,
    )


def left_open(turn: TurnRow, after: TurnRow | None) -> bool:
    """Whether none of the choices that a turn offered was taken, nor what was typed instead answered."""
    if after is None:
        return True
    taken = after.is_payload and after.text.startswith(_CHOOSE)
    return not taken and after.outcome != "answered"


def labels_of(turn: TurnRow) -> list[dict[str, Any]]:
    """What the classifier takes a turn for: {intent, point, share}, the likeliest first."""
    parse = turn.parse or {}
    shares: dict[str, float] = {str(matter): float(share) for matter, share in (parse.get("matters") or {}).items()}
    if turn.intent in _PLAIN:
        shares[str(turn.intent)] = float(turn.confidence or 0.0)
    points: dict[str, str] = {}
    for candidate in parse.get("candidates") or ():
        if isinstance(candidate, dict):
            points.setdefault(str(candidate.get("matter")), str(candidate.get("point")))
    ranked = sorted(shares.items(), key=lambda item: -item[1])[:MOST_PROPOSED]
    return [{"intent": intent, "point": points.get(intent), "share": round(share, 4)} for intent, share in ranked]


def of_handoff(
    handoff: HandoffRow,
    turns: Sequence[TurnRow],
    said: Sequence[DeskMessageRow],
    knowledge: Knowledge | None,
    told_at: datetime,
) -> NewProposal | None:
    """The proposal of a handoff: what led to it, with what staff answered. `turns` are those before it, latest first.

    None where nothing was asked in words.
    """
    answer = "\n".join(message.text for message in said if message.direction is Direction.STAFF)
    told = _told_by(answer, handoff.matter, knowledge)
    typed = [turn for turn in turns if not turn.is_payload and turn.text.strip()]
    wondered = [turn for turn in typed if turn.act is None and turn.outcome != "handoff"]
    same = [turn for turn in typed if turn.text.strip() == handoff.question.strip()]
    asked = next(iter(same or wondered), None)
    masked = mask(answer.strip()[: 2 * LONGEST]) or None
    if asked is not None:
        made = of_turn(asked, (), ProposalReason.HANDOFF, told_at)
        if made is None:
            return None
        labels = [*told, *made.proposed][:MOST_PROPOSED]
        return replace(made, proposed=labels, topic=handoff.topic or made.topic, answer=masked)
    first = next((message for message in said if message.direction is Direction.USER), None)
    text = handoff.question.strip() or (first.text.strip() if first else "")
    if first is None or not text:
        return None
    return NewProposal(
        conversation_id=handoff.conversation_id,
        message_id=first.id,
        at=first.at,
        told_at=told_at,
        reason=ProposalReason.HANDOFF,
        text=mask(text[:LONGEST]),
        topic=handoff.topic or _topic(told),
        proposed=told,
        answer=masked,
    )


def _told_by(answer: str, matter: str | None, knowledge: Knowledge | None) -> list[dict[str, Any]]:
    """The labels that staff told: the measures they quoted, else the matter under which the desk had it."""
    found: dict[str, dict[str, Any]] = {}
    if knowledge is not None:
        for point in knowledge.points.values():
            if answer and point.text in answer and (of := knowledge.matters_of.get(point.id)):
                special = [one for one in of if not knowledge.matters[one].general]
                intent = matter if matter in special else (special or of)[0]
                found.setdefault(intent, {"intent": intent, "point": point.id, "share": None})
        if not found and matter in knowledge.matters:
            found[matter] = {"intent": matter, "point": None, "share": None}
    return list(found.values())[:MOST_PROPOSED]


def _topic(proposed: Sequence[dict[str, Any]]) -> str | None:
    intents = (str(entry["intent"]) for entry in proposed)
    return next((intent.partition("/")[0] for intent in intents if "/" in intent), None)
