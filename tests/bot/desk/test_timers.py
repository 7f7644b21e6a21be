"""What is due happens once, whenever it is looked at, and from however many places."""

import asyncio
from datetime import timedelta

from bot.desk.desk import Desk
from qifu.labels import AppealGrade, AppealOrigin, AppealTier, CloseReason
from store.database import Database
from store.models import HandoffRow
from tests.bot.desk.support import CLOSED_AT, OPEN_AT, WEB, People, a_conversation, of, some_appeal
from tests.fakes.notifier import FakeNotifier
from tests.store.factories import FakeClock


async def happened(desk: Desk, row: HandoffRow) -> list[str]:
    """What happened to a handoff."""
    return [event.kind.value for event in (await desk.talk.transcript(row.id)).events]


async def told(desk: Desk, notifier: FakeNotifier) -> list[tuple[list[int], str]]:
    """What staff are told now."""
    notifier.colleagues.clear()
    await notifier.hears(desk)
    return [(staff, kind) for staff, kind, _ in notifier.colleagues]


async def test_the_best_is_asked_then_all_then_alerted_then_the_manager_told(
    desk: Desk, people: People, clock: FakeClock, notifier: FakeNotifier
) -> None:
    row = of((await desk.handoffs.request(WEB)).handoff)
    best = row.offered_to
    assert best is not None
    assert await told(desk, notifier) == [([best], "offered")]
    clock.forward(seconds=19)
    assert await desk.timers.tick() == 0
    clock.forward(seconds=1)
    assert await desk.timers.tick() == 1
    assert await told(desk, notifier) == [([people.wang, people.li], "offered_all")]
    clock.forward(seconds=25)
    assert await desk.timers.tick() == 1
    assert await told(desk, notifier) == [([people.wang, people.li], "alerted")]
    clock.forward(seconds=15)
    assert await desk.timers.tick() == 1
    assert await told(desk, notifier) == [([people.chen], "escalated")]
    clock.forward(hours=1)
    assert await desk.timers.tick() == 0
    assert await happened(desk, row) == ["requested", "offered", "offered", "alerted", "escalated"]


async def test_after_a_restart_everything_overdue_happens_at_once_and_once(
    desk: Desk, people: People, clock: FakeClock, database: Database
) -> None:
    row = of((await desk.handoffs.request(WEB)).handoff)
    clock.forward(minutes=5)
    desks = [Desk(database, clock=clock) for _ in range(4)]
    done = await asyncio.gather(*(other.timers.tick() for other in desks))
    assert sum(done) == 3
    assert (await happened(desk, row))[2:] == ["offered", "alerted", "escalated"]


async def test_a_claim_ends_the_alerts_and_a_transfer_begins_them_anew(
    desk: Desk, people: People, clock: FakeClock
) -> None:
    row = of((await desk.handoffs.request(WEB)).handoff)
    await desk.handoffs.claim(row.id, people.wang)
    await desk.talk.staff_message(row.id, people.wang, "您好")
    clock.forward(minutes=2)
    assert await desk.timers.tick() == 0
    await desk.handoffs.transfer(row.id, people.wang)
    clock.forward(seconds=60)
    assert await desk.timers.tick() == 3


async def test_outside_service_hours_the_clock_stands_still_and_the_user_is_told_once(
    desk: Desk, people: People, clock: FakeClock, notifier: FakeNotifier
) -> None:
    clock.now = OPEN_AT.replace(hour=9, minute=29, second=50)
    row = of((await desk.handoffs.request(WEB)).handoff)
    clock.forward(seconds=40)
    await desk.timers.tick()
    await desk.timers.tick()
    assert "alerted" not in await happened(desk, row)
    await notifier.hears(desk)
    [(_, kind, detail)] = notifier.users
    assert kind == "closed_meanwhile"
    assert str(detail["opens_at"]).startswith("2026-11-19T09:00")
    clock.now = OPEN_AT.replace(day=19, hour=1, minute=0, second=34)
    await desk.timers.tick()
    assert "alerted" not in await happened(desk, row)
    clock.forward(seconds=1)
    await desk.timers.tick()
    assert "alerted" in await happened(desk, row)


async def test_with_nobody_on_duty_the_managers_are_alerted(
    desk: Desk, people: People, clock: FakeClock, notifier: FakeNotifier
) -> None:
    await desk.roster.leave(people.wang)
    await desk.roster.leave(people.li)
    await desk.handoffs.request(WEB)
    clock.forward(seconds=45)
    await desk.timers.tick()
    assert await told(desk, notifier) == [([people.chen], "alerted")]


async def test_an_owner_who_does_not_answer_is_reminded_then_the_manager_told(
    desk: Desk, people: People, clock: FakeClock, notifier: FakeNotifier
) -> None:
    row = of((await desk.handoffs.request(WEB)).handoff)
    await desk.handoffs.claim(row.id, people.wang)
    await told(desk, notifier)
    clock.forward(seconds=60)
    await desk.timers.tick()
    assert await told(desk, notifier) == [([people.wang], "reminded")]
    clock.forward(seconds=120)
    await desk.timers.tick()
    assert await told(desk, notifier) == [([people.chen], "neglected")]
    await desk.talk.staff_message(row.id, people.wang, "抱歉，来了")
    clock.forward(minutes=10)
    assert await desk.timers.tick() == 0
    await desk.talk.user_message(WEB, "好的，那要几天", "m1")
    clock.forward(seconds=30)
    await desk.talk.user_message(WEB, "在吗", "m2")
    clock.forward(seconds=30)
    assert await desk.timers.tick() == 1
    assert await told(desk, notifier) == [([people.wang], "reminded")]


async def test_after_the_close_nothing_is_due_whatever_the_user_says(
    desk: Desk, people: People, clock: FakeClock
) -> None:
    row = of((await desk.handoffs.request(WEB)).handoff)
    await desk.handoffs.claim(row.id, people.wang)
    await desk.handoffs.close(row.id, people.wang, CloseReason.RESOLVED)
    await desk.talk.user_message(WEB, "谢谢", "m1")
    clock.forward(minutes=30)
    assert await desk.timers.tick() == 0
    assert (await desk.handoffs.get(row.id)).unanswered_since is None


async def test_a_notice_that_could_not_be_told_is_told_later_and_once(
    desk: Desk, people: People, clock: FakeClock, notifier: FakeNotifier
) -> None:
    row = of((await desk.handoffs.request(WEB)).handoff)
    notifier.away = True
    assert await notifier.hears(desk) == 0
    notifier.away = False
    assert await notifier.hears(desk) == 0
    clock.forward(seconds=10)
    assert sum(await asyncio.gather(*(notifier.hears(desk) for _ in range(4)))) == 1
    assert [kind for _, kind, _ in notifier.colleagues] == ["offered"]
    clock.forward(hours=1)
    assert await notifier.hears(desk) == 0
    assert row.number in str(notifier.colleagues)


async def test_an_overdue_appeal_is_pressed_once_a_working_day(
    desk: Desk, people: People, clock: FakeClock, database: Database, notifier: FakeNotifier
) -> None:
    await a_conversation(database, "web:2")
    filed = await desk.appeals.file(WEB, some_appeal())
    clock.now = filed.appeal.deadline + timedelta(minutes=1)
    assert await desk.timers.tick() == 0  # the desk has closed for today
    clock.now = CLOSED_AT.replace(hour=2)
    assert sum(await asyncio.gather(*(desk.timers.tick() for _ in range(3)))) == 1
    assert await desk.timers.tick() == 0
    await told(desk, notifier)
    clock.forward(days=1)
    assert await desk.timers.tick() == 0  # Saturday
    clock.forward(days=2)
    assert await desk.timers.tick() == 1
    assert await told(desk, notifier) == [([people.chen], "appeal_overdue")]
    kinds = [event.kind.value for event, _ in await desk.appeals.history(filed.appeal.id)]
    assert kinds == ["filed", "overdue", "overdue"]


async def test_a_promised_answer_that_nobody_gave_goes_to_the_manager_the_next_morning(
    desk: Desk, people: People, clock: FakeClock, notifier: FakeNotifier
) -> None:
    clock.now = CLOSED_AT
    filed = await desk.appeals.file(WEB, some_appeal(origin=AppealOrigin.AFTER_HOURS))
    await desk.appeals.grade(filed.appeal.id, people.chen, AppealGrade.HARD, AppealTier.CITY)
    clock.now = CLOSED_AT + timedelta(days=3)  # Monday evening: the day is over
    assert await desk.timers.tick() == 0
    await told(desk, notifier)
    clock.now = CLOSED_AT.replace(day=24, hour=1)
    assert sum(await asyncio.gather(*(desk.timers.tick() for _ in range(3)))) == 1
    assert await told(desk, notifier) == [([people.chen], "appeal_unanswered")]
    await desk.appeals.answer(filed.appeal.id, people.wang, "您好，请带营业执照来")
    clock.forward(days=1)
    assert await desk.timers.tick() == 0


async def test_a_promise_that_was_kept_presses_nobody(desk: Desk, people: People, clock: FakeClock) -> None:
    clock.now = CLOSED_AT
    filed = await desk.appeals.file(WEB, some_appeal(origin=AppealOrigin.AFTER_HOURS))
    clock.now = CLOSED_AT.replace(day=23, hour=2)
    await desk.appeals.grade(filed.appeal.id, people.chen, AppealGrade.HARD, AppealTier.CITY)
    claim = await desk.handoffs.take(WEB, people.wang)
    await desk.talk.staff_message(claim.handoff.id, people.wang, "您好，关于您留的话")
    clock.forward(days=2)
    assert await desk.timers.tick() == 0
    kinds = [event.kind.value for event, _ in await desk.appeals.history(filed.appeal.id)]
    assert kinds == ["filed", "graded", "answered"]
