"""What trainers are to look at is proposed once, found by groups, decided once, and forgotten with its conversation."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.dialogue.turn import Turn
from qifu.labels import Outcome, TurnMark
from qifu.training.labels import ProposalReason, ProposalState, Rejection
from store.models import ProposalRow
from store.repositories import (
    Decision,
    FeedbackRepository,
    NewProposal,
    ProposalFilter,
    ProposalRepository,
    ProposalSourceRepository,
    ReviewRepository,
    TurnRepository,
)
from store.repositories.proposal_sources import SAMPLE, Cursor
from store.retention import purge
from tests.store.factories import FakeClock, an_incoming
from tests.store.review import Line, somebody, talked

PROPOSED = {"intent": "taxes/export_refund", "point": "shanghai-2024/3.2#1", "share": 0.3}
STAFF_SAID = {"intent": "taxes/invoices", "point": "minhang-2023/7#1", "share": None}
LATER = timedelta(seconds=10)


async def proposed(
    session: AsyncSession,
    clock: FakeClock,
    text: str = "退税卡住了",
    reason: ProposalReason = ProposalReason.NO_ANSWER,
    group: int | None = None,
) -> int:
    """A proposal of a turn of its own; without `group` the first of a new one."""
    (turn,) = await talked(session, clock, f"web:{text}", Line(text))
    repository = ProposalRepository(session, clock)
    made = await repository.add(a_proposal(f"web:{text}", turn, clock(), text=text, reason=reason))
    assert made is not None
    await repository.set_group(made, group or made)
    return made


def a_proposal(conversation: str, turn: int, at: datetime, **more: object) -> NewProposal:
    values = {"reason": ProposalReason.NO_ANSWER, "text": "退税卡住了", "topic": "taxes", "proposed": [PROPOSED]}
    return NewProposal(conversation_id=conversation, turn_id=turn, at=at, told_at=at, **(values | more))  # type: ignore[arg-type]


async def test_a_turn_is_proposed_once_with_all_its_reasons(session: AsyncSession) -> None:
    clock = FakeClock()
    (turn,) = await talked(session, clock, "web:a", Line())
    repository = ProposalRepository(session, clock)
    first = a_proposal("web:a", turn, clock())
    made = await repository.add(first)
    assert made is not None
    for again in (
        first,
        replace(first, reason=ProposalReason.THUMB_DOWN),
        replace(first, reason=ProposalReason.HANDOFF, answer="请带执照", proposed=[STAFF_SAID]),
    ):
        assert await repository.add(again) is None
    (row,) = await repository.get([made])
    assert ProposalReason.of(row.reasons) == [
        ProposalReason.NO_ANSWER,
        ProposalReason.THUMB_DOWN,
        ProposalReason.HANDOFF,
    ]
    assert row.answer == "请带执照"
    assert row.proposed == [STAFF_SAID, PROPOSED]


async def test_groups_of_the_latest_day_come_first_then_the_biggest_page_by_page(session: AsyncSession) -> None:
    clock = FakeClock()
    repository = ProposalRepository(session, clock)
    clock.forward(days=-2)
    old = await proposed(session, clock, "旧")
    for n in range(3):
        await proposed(session, clock, f"旧也{n}", group=old)
    clock.forward(days=2)
    small = await proposed(session, clock, "新一")
    big = await proposed(session, clock, "新二")
    await proposed(session, clock, "新三", group=big)
    clock.forward(hours=-18)
    yesterday = await proposed(session, clock, "昨天")

    found = await repository.groups(ProposalFilter(), 10)
    assert [(key.group_no, key.n) for key in found] == [(big, 2), (small, 1), (yesterday, 1), (old, 4)]
    biggest = await repository.groups(ProposalFilter(), 10, order="biggest")
    assert [key.group_no for key in biggest] == [old, big, small, yesterday]
    for order, all_of_them in (("newest", found), ("biggest", biggest)):
        paged = []
        after = None
        while page := await repository.groups(ProposalFilter(), 1, after, order):  # type: ignore[arg-type]
            paged += page
            after = page[-1]
        assert paged == all_of_them
    members = await repository.members([big, old], ProposalFilter(), most=2)
    assert [row.text for row in members[big]] == ["新三", "新二"]
    assert len(members[old]) == 2


async def test_a_filter_asks_for_reason_topic_and_time(session: AsyncSession) -> None:
    clock = FakeClock()
    repository = ProposalRepository(session, clock)
    clock.forward(days=-1)
    down = await proposed(session, clock, "踩了", ProposalReason.THUMB_DOWN)
    clock.forward(days=1)
    await proposed(session, clock, "没答", ProposalReason.NO_ANSWER)
    for chosen in (
        ProposalFilter(reason=ProposalReason.THUMB_DOWN),
        ProposalFilter(until=clock() - timedelta(hours=1), topic="taxes"),
    ):
        assert [key.group_no for key in await repository.groups(chosen, 10)] == [down]
        assert [row.id for row in (await repository.members([down], chosen))[down]] == [down]
    assert await repository.groups(ProposalFilter(topic="talent"), 10) == []
    total, counted = await repository.counts(ProposalFilter(reason=ProposalReason.THUMB_DOWN))
    assert (total, counted) == (1, {ProposalReason.THUMB_DOWN: 1, ProposalReason.NO_ANSWER: 1})


async def test_what_is_decided_is_decided_once(session: AsyncSession) -> None:
    clock = FakeClock()
    repository = ProposalRepository(session, clock)
    staff = await somebody(session)
    first, second = await proposed(session, clock, "一"), await proposed(session, clock, "二")
    accepted = Decision(
        state=ProposalState.ACCEPTED_TRAINING, by=staff, intent="taxes/x", point="p/1#1", text="退税卡在哪里"
    )
    assert await repository.decide([first, second], accepted) == 2
    clock.forward(minutes=1)
    rejected = Decision(state=ProposalState.REJECTED, by=staff, rejection=Rejection.CONTEXT)
    assert await repository.decide([first], rejected) == 0
    (row,) = await repository.get([first])
    assert (row.state, row.intent, row.final_text) == (ProposalState.ACCEPTED_TRAINING, "taxes/x", "退税卡在哪里")
    assert not await repository.reopen(first)
    latest, *others = await repository.decided(ProposalState.ACCEPTED_TRAINING, 1)
    assert others == []
    assert latest.decided_at is not None
    rest = await repository.decided(ProposalState.ACCEPTED_TRAINING, 5, (latest.decided_at, latest.id))
    assert [row.id for row in (latest, *rest)] == [second, first]
    assert await repository.groups(ProposalFilter(), 10) == []


async def test_what_was_rejected_is_open_again_when_staff_hand_it_on_afterwards(session: AsyncSession) -> None:
    clock = FakeClock()
    (turn,) = await talked(session, clock, "web:a", Line())
    repository = ProposalRepository(session, clock)
    new = a_proposal("web:a", turn, clock())
    made = await repository.add(new)
    assert made is not None
    decision = Decision(state=ProposalState.REJECTED, by=await somebody(session), rejection=Rejection.KNOWN)
    clock.forward(minutes=5)
    await repository.decide([made], decision)
    await repository.add(replace(new, reason=ProposalReason.THUMB_DOWN, told_at=clock() + LATER))
    await repository.add(replace(new, reason=ProposalReason.TRAINER, told_at=clock() - LATER))
    (row,) = await repository.get([made])
    assert row.state is ProposalState.REJECTED
    await repository.add(replace(new, reason=ProposalReason.TRAINER, told_at=clock() + LATER))
    (row,) = await repository.get([made])
    assert (row.state, row.rejection, row.decided_by) == (ProposalState.OPEN, None, None)


async def test_proposals_leave_with_their_conversation(session: AsyncSession) -> None:
    clock = FakeClock()
    await proposed(session, clock, "很久以前")
    clock.forward(days=200)
    await proposed(session, clock, "今天")
    await purge(session, clock() - timedelta(days=180))
    assert (await session.scalars(select(ProposalRow.text))).all() == ["今天"]


async def test_sources_tell_of_failures_and_of_a_sample_only(session: AsyncSession) -> None:
    clock = FakeClock()
    begin = Cursor(clock())
    lines = [
        Line("没有答案", outcome=Outcome.NO_ANSWER),
        Line("没把握", confidence=0.3),
        Line("是别的", outcome=Outcome.OUT_OF_SCOPE, confidence=0.2),
        Line("二选一", outcome=Outcome.CLARIFY, confidence=0.2),
        Line("填表", outcome=Outcome.FORM, confidence=0.2),
        *(Line(f"好{n}") for n in range(SAMPLE)),
    ]
    ids = await talked(session, clock, "web:a", *lines)
    sources = ProposalSourceRepository(session, clock)
    until = clock() + LATER
    failed = await sources.failed(begin, until, 100)
    sampled = next(turn for turn in ids if turn % SAMPLE == 0)
    assert {told.turn_id for told in failed} == {*ids[:3], sampled} - ({sampled} if sampled in ids[3:5] else set())
    assert [told.turn_id for told in await sources.clarified(begin, until, 100)] == [ids[3]]
    one = await sources.failed(begin, until, 1)
    assert one + await sources.failed(Cursor(*one[-1]), until, 100) == failed
    assert await sources.failed(Cursor(*failed[-1]), until, 100) == []


async def test_what_waits_for_its_answer_isnt_passed_by(session: AsyncSession) -> None:
    clock = FakeClock()
    sources, turns = ProposalSourceRepository(session, clock), TurnRepository(session, clock)
    waiting = (await turns.accept(an_incoming("等着"))).row
    clock.forward(minutes=5)
    assert await sources.settled() == waiting.accepted_at
    await turns.answer(waiting.id, Turn("等着", (), Outcome.NO_ANSWER))
    assert waiting.accepted_at < await sources.settled() < clock()
    await turns.accept(an_incoming("再也没有答复"))
    clock.forward(days=2)
    assert await sources.settled() > clock() - LATER


async def test_sources_tell_of_thumbs_down_and_of_marks_for_the_trainer(session: AsyncSession) -> None:
    clock = FakeClock()
    begin = Cursor(clock())
    first, second = await talked(session, clock, "web:a", Line("一"), Line("二"))
    clock.forward(minutes=1)
    await FeedbackRepository(session, clock).give(first, "web:a", -1)
    await FeedbackRepository(session, clock).give(second, "web:a", 1)
    review, staff = ReviewRepository(session, clock), await somebody(session)
    await review.set_mark(first, TurnMark.WRONG, staff, True)
    await review.set_mark(second, TurnMark.TRAINER, staff, True)
    sources = ProposalSourceRepository(session, clock)
    until = clock() + LATER
    assert await sources.thumbs(begin, until, 10) == [(clock(), first)]
    assert await sources.marked(begin, until, 10) == [(clock(), second)]
    assert await sources.marked(Cursor(clock(), second), until, 10) == []


async def test_a_cursor_is_kept(session: AsyncSession) -> None:
    clock = FakeClock()
    sources = ProposalSourceRepository(session, clock)
    assert await sources.cursor("turns") is None
    for number in (3, 4):
        await sources.set_cursor("turns", Cursor(clock(), number))
        assert await sources.cursor("turns") == Cursor(clock(), number)


@pytest.mark.parametrize("reason", ProposalReason)
def test_each_reason_has_a_bit_of_its_own(reason: ProposalReason) -> None:
    assert ProposalReason.of(reason.bit) == [reason]


async def test_leads_of_the_latest_groups_are_told(session: AsyncSession) -> None:
    clock = FakeClock()
    repository = ProposalRepository(session, clock)
    first = await proposed(session, clock, "一")
    await proposed(session, clock, "也是一", group=first)
    second = await proposed(session, clock, "二")
    assert await repository.leads(0, 100) == [(first, "一"), (second, "二")]
    assert await repository.leads(first, 100) == [(second, "二")]
    assert await repository.leads(0, 1) == [(second, "二")]
    assert await session.scalar(select(func.count()).select_from(ProposalRow)) == 3
