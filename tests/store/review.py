"""Conversations for tests of the list: few lines make one with turns, feedback, handoffs and what staff made of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.dialogue.turn import Incoming, Reply
from qifu.labels import Channel, District, HandoffReason, HandoffState, Language, Outcome, StaffRole
from store.models import FeedbackRow, HandoffRow, StaffRow
from store.repositories import ConversationRepository, SearchRepository, TurnRepository
from tests.store.factories import FakeClock, a_turn


@dataclass(frozen=True)
class Line:
    """A turn to be made: what was asked, what was answered and how."""

    text: str = "出口退税要几天"
    answer: str = "平均不超过6个工作日。"
    outcome: Outcome = Outcome.ANSWERED
    topic: str | None = "taxes"
    matter: str | None = "taxes/export_refund"
    confidence: float | None = 0.93
    is_payload: bool = False
    feedback: int | None = None


async def somebody(session: AsyncSession, login: str = "li", role: StaffRole = StaffRole.MANAGER) -> int:
    """A member of staff; the id."""
    row = StaffRow(
        login=login,
        name=login,
        role=role,
        active=True,
        password_hash="",
        must_change_password=False,
        failed_logins=0,
        districts=[],
        topics=[],
        languages=[],
        most_chats=3,
        created_at=FakeClock()(),
    )
    session.add(row)
    await session.flush()
    return row.id


async def talked(
    session: AsyncSession,
    clock: FakeClock,
    key: str,
    *lines: Line,
    channel: Channel = Channel.WEB,
    district: District | None = None,
    seconds: float = 60,
) -> list[int]:
    """A conversation with these turns, so many seconds apart; their ids."""
    turns = TurnRepository(session, clock)
    ids: list[int] = []
    for line in lines or (Line(),):
        clock.forward(seconds=seconds)
        incoming = Incoming(key, channel, f"m{clock().timestamp()}", line.text, Language.ZH, line.is_payload)
        turn_id = (await turns.accept(incoming)).row.id
        answer = replace(
            a_turn(line.text, line.outcome),
            replies=(Reply(line.answer),) if line.answer else (),
            topic=line.topic,
            matter=line.matter,
            confidence=line.confidence,
        )
        await turns.answer(turn_id, answer)
        if line.feedback:
            values = {"turn_id": turn_id, "conversation_id": key, "value": line.feedback, "at": clock()}
            await session.execute(insert(FeedbackRow).values(values))
        ids.append(turn_id)
    if district:
        await ConversationRepository(session, clock).set_district(key, district)
    return ids


async def handed(  # noqa: PLR0917 - as its columns stand
    session: AsyncSession,
    key: str,
    at: datetime,
    owner_id: int | None = None,
    rating: int | None = None,
    state: HandoffState = HandoffState.CLOSED,
) -> HandoffRow:
    """A handoff of a conversation."""
    values: dict[str, Any] = {"requested_at": at, "waiting_since": at, "owner_id": owner_id, "rating": rating}
    row = HandoffRow(
        number=f"BB{key}{at.timestamp()}{owner_id}",
        conversation_id=key,
        channel=Channel.WEB,
        language=Language.ZH,
        state=state,
        reason=HandoffReason.ASKED,
        question="",
        **values,
    )
    session.add(row)
    await session.flush()
    return row


async def indexed(session: AsyncSession) -> None:
    """Takes all that was said up into search."""
    while await SearchRepository(session).catch_up():
        pass


def ids_of(listed: Sequence[Any]) -> list[str]:
    """The conversations of a page."""
    return [row.id for row in listed]
