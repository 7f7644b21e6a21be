"""The figures of a period come from stored events; the rows that were worked on could be gone."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text

from bot.desk.desk import Desk
from qifu.labels import AppealOrigin, CloseReason, HandoffReason, Outcome
from store.database import Database
from store.repositories import AppealFilter, DeskViewRepository, FeedbackRepository, HandoffFilter, TurnRepository
from store.retention import purge
from tests.bot.desk.support import CLOSED_AT, OPEN_AT, WEB, People, a_conversation, of, some_appeal
from tests.store.factories import FakeClock, a_turn, an_incoming

DAY = (OPEN_AT - timedelta(hours=2), OPEN_AT + timedelta(hours=22))


async def a_busy_hour(desk: Desk, people: People, clock: FakeClock, database: Database) -> None:
    """Five users: answered at once, answered late, given up, taken, still waiting; and two appeals."""
    endings = ((12, CloseReason.RESOLVED, 5), (75, CloseReason.UNRESOLVED, 2))
    for n, (seconds, reason, stars) in enumerate(endings):
        name = await a_conversation(database, f"web:{n}")
        row = of((await desk.handoffs.request(name)).handoff)
        clock.forward(seconds=seconds)
        await desk.handoffs.claim(row.id, people.wang)
        await desk.talk.staff_message(row.id, people.wang, "您好")
        clock.forward(seconds=300)
        await desk.handoffs.close(row.id, people.wang, reason)
        await desk.handoffs.rate(name, stars)
    await desk.handoffs.request(await a_conversation(database, "web:gone"), HandoffReason.ANGER)
    clock.forward(seconds=90)
    await desk.handoffs.cancel("web:gone")
    await desk.handoffs.take(await a_conversation(database, "web:taken"), people.li)
    await desk.handoffs.request(WEB)
    filing = await desk.appeals.file(WEB, some_appeal())
    await desk.appeals.file("web:1", some_appeal("园区停车位一直不够，请协调增加", district=None))
    await desk.appeals.assign(filing.appeal.id, people.chen, owner=people.wang, unit="区城管局")


async def test_the_figures_of_a_day(desk: Desk, people: People, clock: FakeClock, database: Database) -> None:
    await a_busy_hour(desk, people, clock, database)
    found = await desk.figures.of(*DAY)
    handoffs, appeals = found.handoffs, found.appeals
    assert (handoffs.handoffs, handoffs.answered, handoffs.waiting_now, found.waiting_now) == (5, 2, 1, 1)
    assert handoffs.by_reason == {"asked": 3, "anger": 1, "taken": 1}
    assert (handoffs.response_median, handoffs.response_p90) == (43.5, 75)
    assert handoffs.within_minute == 1 / 3
    assert handoffs.by_end == {"cancelled": 1, "resolved": 1, "unresolved": 1}
    assert handoffs.resolved_share == 1 / 3
    assert (handoffs.ratings, handoffs.rating_mean) == (2, 3.5)
    assert appeals.by_state == {"assigned": 1, "received": 1}
    assert appeals.by_unit == {"": 1, "区城管局": 1}
    assert appeals.by_district == {"": 1, "minhang": 1}
    empty = await desk.figures.of(DAY[1], DAY[1] + timedelta(days=1))
    assert (empty.handoffs.handoffs, empty.appeals.appeals, empty.asked, empty.bot_solved) == (0, 0, 0, None)
    assert empty.waiting_now == 1
    assert await desk.figures.of_days(date(2026, 11, 18), date(2026, 11, 18)) == await desk.figures.of(
        datetime.fromisoformat("2026-11-18T00:00+08:00"), datetime.fromisoformat("2026-11-19T00:00+08:00")
    )


async def test_figures_are_those_of_the_tables_rows_counted_in_sql(
    desk: Desk, people: People, clock: FakeClock, database: Database
) -> None:
    await a_busy_hour(desk, people, clock, database)
    found = (await desk.figures.of(*DAY)).handoffs
    async with database.session() as session:

        async def number(sql: str) -> Any:
            return await session.scalar(text(sql))

        def first(kind: str) -> str:
            return f"SELECT handoff_id, min(at) AS at FROM handoff_events WHERE kind = '{kind}' GROUP BY handoff_id"  # noqa: S608

        assert found.handoffs == await number("SELECT count(DISTINCT handoff_id) FROM handoff_events")
        assert found.answered == await number(f"SELECT count(*) FROM ({first('answered')}) a")  # noqa: S608
        ends = "SELECT count(DISTINCT handoff_id) FROM handoff_events WHERE kind IN ('closed', 'returned', 'cancelled')"
        assert found.ended == await number(ends)
        assert found.waiting_now == await number("SELECT count(*) FROM handoffs WHERE state = 'waiting'")


async def test_forgetting_conversations_leaves_the_figures_as_they_were(
    desk: Desk, people: People, clock: FakeClock, database: Database
) -> None:
    await a_busy_hour(desk, people, clock, database)
    before = await desk.figures.of(*DAY)
    clock.forward(days=200)
    now = before.at
    async with database.session() as session:
        assert await purge(session, now + timedelta(hours=1)) == 2
    clock.now = now
    after = await desk.figures.of(*DAY)
    assert (after.handoffs, after.appeals) == (before.handoffs, before.appeals)


async def test_the_bot_solved_what_it_answered_without_a_person_an_appeal_or_a_thumb_down(
    desk: Desk, people: People, clock: FakeClock, database: Database
) -> None:
    turns = {}
    for name, outcome in (
        ("web:solved", Outcome.ANSWERED),
        ("web:no_answer", Outcome.NO_ANSWER),
        ("web:called", Outcome.ANSWERED),
        ("web:appealed", Outcome.ANSWERED),
        ("web:disliked", Outcome.ANSWERED),
        ("web:chat", Outcome.ACT),
    ):
        async with database.session() as session:
            row, _ = await TurnRepository(session, clock).accept(an_incoming(conversation_id=name))
            await TurnRepository(session, clock).answer(row.id, a_turn(outcome=outcome))
            turns[name] = row.id
    async with database.session() as session:
        await FeedbackRepository(session, clock).give(turns["web:disliked"], "web:disliked", -1)
    await desk.handoffs.request("web:called")
    await desk.appeals.file("web:appealed", some_appeal())
    found = await desk.figures.of(*DAY)
    assert (found.asked, found.bot_solved) == (5, 0.2)


async def appeals_in_every_state(desk: Desk, people: People, clock: FakeClock, database: Database) -> None:
    """Resolved in time, resolved late and rated, open past the deadline, reopened, and fresh."""
    numbers = {}
    for n, name in enumerate(("in_time", "late", "overdue", "reopened", "fresh")):
        if name == "fresh":
            clock.forward(days=40)
        conversation = await a_conversation(database, f"web:{name}")
        story = f"{'路灯坏了' * n}第 {n} 件事情请尽快处理"
        row = (await desk.appeals.file(conversation, some_appeal(story))).appeal
        await desk.appeals.assign(row.id, people.chen, owner=people.wang)
        numbers[name] = row
    for name, days in (("in_time", -40), ("reopened", 0), ("late", 0)):
        clock.forward(days=days)
        await desk.appeals.start(numbers[name].id, people.wang)
        await desk.appeals.resolve(numbers[name].id, people.wang, "已处理")
        clock.forward(days=-days)
    await desk.appeals.rate("web:late", numbers["late"].number, 4)
    await desk.appeals.reopen("web:reopened", numbers["reopened"].number, "又坏了")


async def test_each_list_holds_what_its_figure_counts(
    desk: Desk, people: People, clock: FakeClock, database: Database
) -> None:
    await a_busy_hour(desk, people, clock, database)
    await appeals_in_every_state(desk, people, clock, database)
    found = await desk.figures.of(DAY[0], clock() + timedelta(days=1))
    handoffs, appeals = found.handoffs, found.appeals
    async with database.session() as session:
        views = DeskViewRepository(session)

        async def some(only: Any) -> int:
            return await views.count_handoffs(HandoffFilter(only=only))

        async def few(only: Any) -> int:
            return await views.count_appeals(AppealFilter(clock(), only=only))

        assert (await some("answered"), await some("ended")) == (handoffs.answered, handoffs.ended)
        assert await some("unresolved") == handoffs.ended - handoffs.by_end["resolved"]
        assert await some("rated") == handoffs.ratings == 2
        assert (await few("done"), await few("reopened"), await few("rated")) == (2, 1, 1)
        assert (appeals.resolved, appeals.reopened, appeals.ratings) == (2, 1, 1)
        assert appeals.on_time == await few("on_time") / await few("judged")
        assert await few("on_time") + await few("late") == await few("judged")
        assert await few("late") == 4


async def test_the_list_of_promises_holds_what_its_figure_counts(
    desk: Desk, people: People, clock: FakeClock, database: Database
) -> None:
    clock.now = CLOSED_AT
    for n in range(3):
        conversation = await a_conversation(database, f"web:promised{n}")
        draft = some_appeal(f"{'停电' * n}第 {n} 件夜里留下的事情", origin=AppealOrigin.AFTER_HOURS)
        row = (await desk.appeals.file(conversation, draft)).appeal
        assert row.answer_by is not None
        await desk.appeals.assign(row.id, people.chen, owner=people.wang)
        if n == 0:
            clock.now = row.answer_by - timedelta(hours=1)
            await desk.appeals.start(row.id, people.wang)
            await desk.appeals.resolve(row.id, people.wang, "已处理")
            clock.now = CLOSED_AT
    clock.forward(days=10)
    found = (await desk.figures.of(CLOSED_AT - timedelta(days=1), clock())).appeals
    async with database.session() as session:
        views = DeskViewRepository(session)

        async def few(only: Any) -> int:
            return await views.count_appeals(AppealFilter(clock(), only=only))

        assert (await few("promised"), await few("kept"), await few("broken")) == (3, 1, 2)
    assert (found.promised, found.promise_kept) == (3, 1 / 3)
