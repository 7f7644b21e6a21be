"""A handoff from the wish to its end: one owner, a place in the queue, and nobody waits unseen."""

import asyncio
from typing import Any

import pytest

from bot.desk.desk import Desk
from qifu.labels import (
    CloseReason,
    Direction,
    District,
    HandoffEvent,
    HandoffReason,
    HandoffState,
    Language,
    RatingReason,
    Topic,
)
from store.database import Database
from store.models import HandoffEventRow, HandoffRow
from tests.bot.desk.support import CLOSED_AT, WEB, People, a_conversation, a_person, of, refused
from tests.fakes.notifier import FakeNotifier
from tests.store.factories import FakeClock


async def kinds(desk: Desk, row: HandoffRow) -> list[str]:
    """What happened to a handoff."""
    return [event.kind.value for event in (await desk.talk.transcript(row.id)).events]


async def waiting(desk: Desk, conversation_id: str = WEB) -> HandoffRow:
    """A handoff that waits."""
    return of((await desk.handoffs.request(conversation_id)).handoff)


async def claimed(desk: Desk, by: int, conversation_id: str = WEB) -> HandoffRow:
    """A handoff somebody has."""
    claim = await desk.handoffs.claim((await waiting(desk, conversation_id)).id, by)
    assert claim.won
    return claim.handoff


async def test_a_request_keeps_what_it_is_about_and_is_registered_once(desk: Desk, people: People) -> None:
    about: dict[str, Any] = {"district": District.MINHANG, "topic": Topic.TAXES, "matter": "taxes/export_refund"}
    first = await desk.handoffs.request(WEB, HandoffReason.FAILED, question="退税", **about)
    again = await desk.handoffs.request(WEB, question="还在吗")
    row = of(first.handoff)
    assert (first.new, again.new, of(again.handoff).id) == (True, False, row.id)
    assert (row.question, row.district, row.topic, row.matter) == ("退税", "minhang", "taxes", "taxes/export_refund")
    assert row.reason == HandoffReason.FAILED
    assert (row.state, row.language, row.channel) == (HandoffState.WAITING, Language.ZH, "web")
    assert row.number.startswith("BB20261118-")
    assert (await kinds(desk, row)) == ["requested", "offered"]


async def test_requests_at_once_become_one(desk: Desk, people: People) -> None:
    results = await asyncio.gather(*(desk.handoffs.request(WEB) for _ in range(6)))
    assert len({of(result.handoff).id for result in results}) == 1
    assert [result.new for result in results].count(True) == 1


async def test_the_place_in_the_queue_and_the_wait_are_told(
    desk: Desk, people: People, database: Database, clock: FakeClock
) -> None:
    places = []
    for name in ("web:1", "web:2", "web:3"):
        requested = await desk.handoffs.request(await a_conversation(database, name))
        places.append((requested.place, requested.wait))
        clock.forward(seconds=10)
    assert places == [(1, None), (2, None), (3, None)]
    for seconds, row in zip((10, 20, 60), await desk.handoffs.waiting(), strict=True):
        await desk.handoffs.claim(row.id, people.wang)
        clock.forward(seconds=seconds)
        await desk.talk.staff_message(row.id, people.wang, "您好")
    # 30 - 0 + 10, 40 - 10 + 20, 60 - 20 + 60 seconds after the requests: the middle one is what to expect.
    assert (await desk.handoffs.request(WEB)).wait == 50
    status = await desk.handoffs.status(WEB)
    assert status is not None
    assert (status.place, status.wait, status.new) == (1, 50, False)
    assert await desk.handoffs.status("web:none") is None


async def test_outside_service_hours_nothing_is_registered_and_the_opening_told(desk: Desk, clock: FakeClock) -> None:
    clock.now = CLOSED_AT
    result = await desk.handoffs.request(WEB)
    assert (result.closed, result.new, result.place) == (True, False, None)
    assert f"{result.opens_at:%m-%d %H:%M}" == "11-23 09:00"
    assert await desk.handoffs.open_of(WEB) is None


async def test_a_conversation_nobody_knows_is_refused(desk: Desk) -> None:
    with refused("unknown_conversation"):
        await desk.handoffs.request("web:none")


async def test_a_user_who_waits_can_go_on_with_the_bot(desk: Desk, people: People) -> None:
    row = await waiting(desk)
    assert of(await desk.handoffs.cancel(WEB)).state == HandoffState.CANCELLED
    assert await desk.handoffs.cancel(WEB) is None
    assert not (await desk.handoffs.claim(row.id, people.wang)).won
    assert (await waiting(desk)).id != row.id


async def test_a_user_with_a_person_can_not_cancel(desk: Desk, people: People) -> None:
    await claimed(desk, people.wang)
    with refused("claimed"):
        await desk.handoffs.cancel(WEB)


async def test_the_bot_is_silent_from_the_claim_to_the_end(desk: Desk, people: People) -> None:
    assert not (await waiting(desk)).bot_is_silent
    row = await claimed(desk, people.wang)
    assert row.bot_is_silent
    assert (await desk.handoffs.transfer(row.id, people.wang)).bot_is_silent
    await desk.handoffs.claim(row.id, people.li)
    assert not (await desk.handoffs.hand_back(row.id, people.li)).bot_is_silent
    assert await desk.handoffs.open_of(WEB) is None


@pytest.mark.parametrize("round_", range(3))
async def test_of_twelve_who_claim_at_once_exactly_one_wins(
    desk: Desk, database: Database, clock: FakeClock, round_: int
) -> None:
    staff = [await a_person(database, f"staff{n}") for n in range(12)]
    # Two processes with a desk each, over one database.
    desks = [desk, Desk(database, clock=clock)]
    row = await waiting(desk)
    claims = await asyncio.gather(*(desks[n % 2].handoffs.claim(row.id, staff_id) for n, staff_id in enumerate(staff)))
    winners = [staff_id for staff_id, claim in zip(staff, claims, strict=True) if claim.won]
    assert len(winners) == 1
    assert {claim.handoff.owner_id for claim in claims} == set(winners)
    assert (await kinds(desk, row)).count("claimed") == 1


async def test_claiming_twice_is_claiming_once(desk: Desk, people: People) -> None:
    row = await claimed(desk, people.wang)
    assert (await desk.handoffs.claim(row.id, people.wang)).won
    lost = await desk.handoffs.claim(row.id, people.li)
    assert (lost.won, lost.handoff.owner_id) == (False, people.wang)
    assert (await kinds(desk, row)).count("claimed") == 1


async def test_only_active_service_staff_and_managers_claim(desk: Desk, people: People) -> None:
    row = await waiting(desk)
    for nobody in (people.zhao, 999):
        with refused("not_service"):
            await desk.handoffs.claim(row.id, nobody)
    assert (await desk.handoffs.claim(row.id, people.chen)).won
    with refused("unknown_handoff"):
        await desk.handoffs.claim(999, people.wang)


async def test_staff_take_a_running_conversation_also_when_the_desk_is_closed(
    desk: Desk, people: People, clock: FakeClock
) -> None:
    clock.now = CLOSED_AT
    taken = await desk.handoffs.take(WEB, people.wang)
    assert taken.won
    assert (taken.handoff.reason, taken.handoff.state) == (HandoffReason.TAKEN, HandoffState.CLAIMED)
    assert taken.handoff.unanswered_since is None
    assert not (await desk.handoffs.take(WEB, people.li)).won
    assert await kinds(desk, taken.handoff) == ["requested", "claimed"]


async def test_taking_a_conversation_whose_user_waits_is_claiming_it(desk: Desk, people: People) -> None:
    row = await waiting(desk)
    taken = await desk.handoffs.take(WEB, people.li)
    assert (taken.won, taken.handoff.id, taken.handoff.reason) == (True, row.id, HandoffReason.ASKED)


async def test_a_transfer_goes_to_one_person_or_to_all_with_a_note(
    desk: Desk, people: People, clock: FakeClock
) -> None:
    row = await claimed(desk, people.wang)
    clock.forward(seconds=90)
    given = await desk.handoffs.transfer(row.id, people.wang, to=people.li, note="懂税务的来")
    assert (given.state, given.owner_id, given.offered_to) == (HandoffState.WAITING, None, people.li)
    assert (given.waiting_since, given.requested_at) == (clock.now, row.requested_at)
    [note] = await desk.talk.messages(row.id)
    assert (note.direction, note.text, note.staff_id) == (Direction.NOTE, "懂税务的来", people.wang)
    with refused("wrong_state"):
        await desk.handoffs.close(row.id, people.wang, CloseReason.RESOLVED)
    assert (await desk.handoffs.claim(row.id, people.li)).won
    [event] = [e for e in (await desk.talk.transcript(row.id)).events if e.kind == HandoffEvent.TRANSFERRED]
    assert event.detail == {"from": people.wang, "to": people.li}


async def test_a_transfer_to_oneself_or_to_somebody_who_does_not_serve_is_refused(desk: Desk, people: People) -> None:
    row = await claimed(desk, people.wang)
    with refused("same_person"):
        await desk.handoffs.transfer(row.id, people.wang, to=people.wang)
    with refused("not_service"):
        await desk.handoffs.transfer(row.id, people.wang, to=people.zhao)
    assert (await desk.handoffs.get(row.id)).owner_id == people.wang


async def test_only_the_owner_or_a_manager_decides(desk: Desk, people: People) -> None:
    row = await claimed(desk, people.wang)
    for attempt in (
        desk.handoffs.transfer(row.id, people.li),
        desk.handoffs.hand_back(row.id, people.li),
        desk.handoffs.close(row.id, people.li, CloseReason.RESOLVED),
    ):
        with refused("not_owner"):
            await attempt
    closed = await desk.handoffs.close(row.id, people.chen, CloseReason.ABUSE)
    assert (closed.state, closed.close_reason, closed.owner_id) == (HandoffState.CLOSED, "abuse", people.wang)
    with refused("wrong_state"):
        await desk.handoffs.hand_back(row.id, people.wang)


async def test_what_somebody_has_goes_back_to_all_when_they_leave_for_good(
    desk: Desk, people: People, database: Database
) -> None:
    for name in ("web:1", "web:2"):
        await claimed(desk, people.wang, await a_conversation(database, name))
    kept = await claimed(desk, people.li)
    assert await desk.handoffs.release(people.wang) == 2
    assert [row.conversation_id for row in await desk.handoffs.waiting()] == ["web:1", "web:2"]
    assert [row.id for row in await desk.handoffs.claimed()] == [kept.id]


async def test_the_user_is_told_of_every_change(desk: Desk, people: People, notifier: FakeNotifier) -> None:
    row = await claimed(desk, people.wang)
    await desk.handoffs.transfer(row.id, people.wang)
    await desk.handoffs.claim(row.id, people.li)
    await desk.handoffs.close(row.id, people.li, CloseReason.RESOLVED)
    await notifier.hears(desk)
    assert [kind for _, kind, _ in notifier.users] == ["claimed", "transferred", "claimed", "closed"]
    assert {conversation for conversation, _, _ in notifier.users} == {WEB}
    assert notifier.users[2][2] == {"number": row.number, "name": "Li"}


async def test_a_rating_is_kept_and_a_low_one_goes_to_the_managers(
    desk: Desk, people: People, notifier: FakeNotifier
) -> None:
    row = await claimed(desk, people.wang)
    with refused("nothing_to_rate"):
        await desk.handoffs.rate(WEB, 5)
    await desk.handoffs.close(row.id, people.wang, CloseReason.RESOLVED)
    for stars in (0, 6):
        with refused("bad_rating"):
            await desk.handoffs.rate(WEB, stars)
    await desk.handoffs.rate(WEB, 5, RatingReason.QUICK)
    await notifier.hears(desk)
    assert "low_rating" not in [kind for _, kind, _ in notifier.colleagues]
    rated = await desk.handoffs.rate(WEB, 2, RatingReason.SLOW, "等了很久", number=row.number.lower())
    assert (rated.rating, rated.rating_reason, rated.rating_text) == (2, "slow", "等了很久")
    await notifier.hears(desk)
    assert notifier.colleagues[-1][:2] == ([people.chen], "low_rating")
    with refused("nothing_to_rate"):
        await desk.handoffs.rate("web:none", 5)


async def test_events_hold_nothing_that_was_written_and_not_who_the_user_is(
    desk: Desk, people: People, database: Database
) -> None:
    secret = "我是张三13812345678"
    name = await a_conversation(database, "telegram:55501")
    row = of((await desk.handoffs.request(name, question=secret)).handoff)
    await desk.handoffs.claim(row.id, people.wang)
    await desk.talk.user_message(name, secret, "m1")
    kept = await desk.talk.staff_message(row.id, people.wang, secret)
    await desk.talk.edit(kept.row.id, secret, people.wang)
    await desk.handoffs.transfer(row.id, people.wang, note=secret)
    await desk.handoffs.claim(row.id, people.wang)
    await desk.handoffs.close(row.id, people.wang, CloseReason.RESOLVED, secret)
    await desk.handoffs.rate(name, 1, text=secret)
    written = str([event.detail for event in (await desk.talk.transcript(row.id)).events])
    assert "张三" not in written
    assert "55501" not in written
    assert not {"conversation_id", "text"} & set(HandoffEventRow.__table__.columns.keys())
