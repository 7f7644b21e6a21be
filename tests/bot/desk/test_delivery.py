"""What the desk has for people reaches them once and in order, whatever breaks off in between."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.desk.delivery import Deliverer, ToUser
from bot.desk.desk import Desk
from qifu.errors import ChannelError
from qifu.labels import Channel, CloseReason, Direction
from store.models import HandoffRow
from store.repositories.notices import MOST_ATTEMPTS
from tests.bot.desk.support import WEB, People, a_conversation, of, some_appeal
from tests.store.factories import FakeClock


class FakeUsers:
    """A channel that writes down what it shows; `away` refuses, `hangs` never ends."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, ToUser]] = []
        self.away: set[str] = set()
        self.hangs = False

    async def tell(self, conversation_id: str, message: ToUser) -> None:
        """Shows it."""
        if conversation_id in self.away:
            raise ChannelError("the messenger is away")
        if self.hangs:
            await asyncio.Event().wait()
        self.shown.append((conversation_id, message))

    async def until(self, text: str) -> None:
        """Waits until somebody was shown the text."""
        while all(message.text != text for _, message in self.shown):  # noqa: ASYNC110 - a fake has no event to wait for
            await asyncio.sleep(0.02)

    def texts(self, conversation_id: str = WEB) -> list[str]:
        """What a user was shown."""
        return [message.text for known, message in self.shown if known == conversation_id]


class FakeStaffChannel:
    """Writes down what staff are told."""

    def __init__(self) -> None:
        self.told: list[tuple[list[int], str, str]] = []

    async def tell_staff(
        self, staff_ids: Sequence[int], text: str, kind: str, handoff_id: int | None, appeal_id: int | None
    ) -> None:
        """Tells staff."""
        self.told.append((list(staff_ids), kind, text))


@pytest.fixture
def users() -> FakeUsers:
    return FakeUsers()


@pytest.fixture
def colleagues() -> FakeStaffChannel:
    return FakeStaffChannel()


@pytest.fixture
def deliverer(desk: Desk, users: FakeUsers, colleagues: FakeStaffChannel) -> Deliverer:
    districts = {"minhang": {"zh": "闵行区", "en": "Minhang District"}}
    return Deliverer(desk, {Channel.WEB: users}, staff=[colleagues], districts=districts)


async def claimed(desk: Desk, owner: int, conversation: str = WEB) -> HandoffRow:
    row = of((await desk.handoffs.request(conversation)).handoff)
    return (await desk.handoffs.claim(row.id, owner)).handoff


async def test_notices_and_messages_come_in_the_order_in_which_they_happened(
    desk: Desk, people: People, deliverer: Deliverer, users: FakeUsers
) -> None:
    row = await claimed(desk, people.wang)
    await desk.talk.staff_message(row.id, people.wang, "您好")
    await desk.talk.staff_message(row.id, people.wang, "请讲")
    await desk.handoffs.close(row.id, people.wang, CloseReason.RESOLVED)
    assert await deliverer.deliver_due() > 0
    claim, hello, speak, end = users.texts()
    assert (hello, speak) == ("您好", "请讲")
    assert "Wang 来为您服务" in claim
    assert row.number in end
    assert [message.sender for _, message in users.shown] == [None, "Wang", "Wang", None]
    assert [button.payload for button in users.shown[-1][1].buttons] == [
        f'/desk_rate{{"n":"{row.number}","s":{n}}}' for n in range(1, 6)
    ]
    assert await desk.talk.undelivered(Direction.STAFF) == []


async def test_nothing_comes_twice_however_often_it_is_looked_for(
    desk: Desk, people: People, deliverer: Deliverer, users: FakeUsers
) -> None:
    row = await claimed(desk, people.wang)
    await desk.talk.staff_message(row.id, people.wang, "您好")
    await asyncio.gather(*(deliverer.deliver_due() for _ in range(4)))
    await deliverer.deliver_due()
    assert users.texts().count("您好") == 1


async def test_what_a_crash_broke_off_is_sent_after_the_lease(
    desk: Desk, people: People, deliverer: Deliverer, users: FakeUsers, clock: FakeClock
) -> None:
    await claimed(desk, people.wang)
    users.hangs = True
    dying = asyncio.create_task(deliverer.deliver_due())
    await asyncio.sleep(0.2)
    dying.cancel()
    users.hangs = False
    assert await deliverer.deliver_due() == 0
    clock.now += timedelta(minutes=1)
    await deliverer.deliver_due()
    assert len(users.texts()) == 1


async def test_what_cant_be_delivered_waits_with_all_that_follows_and_others_dont(
    desk: Desk, people: People, deliverer: Deliverer, users: FakeUsers, clock: FakeClock
) -> None:
    other = await a_conversation(desk.store.database, "web:other")
    row, second = await claimed(desk, people.wang), await claimed(desk, people.li, other)
    users.away.add(WEB)
    await deliverer.deliver_due()
    await desk.talk.staff_message(row.id, people.wang, "您好")
    await desk.talk.staff_message(second.id, people.li, "你好")
    await deliverer.deliver_due()
    assert users.texts() == []
    assert users.texts(other)[-1] == "你好"
    users.away.clear()
    assert users.texts() == []
    clock.now += timedelta(seconds=30)
    await deliverer.deliver_due()
    assert [text[:4] for text in users.texts()] == ["Wang", "您好"]


async def test_a_channel_that_is_away_for_hours_loses_nothing(
    desk: Desk, people: People, deliverer: Deliverer, users: FakeUsers, clock: FakeClock
) -> None:
    await claimed(desk, people.wang)
    users.away = {WEB}
    for _ in range(2 * MOST_ATTEMPTS):
        await deliverer.deliver_due()
        clock.forward(minutes=20)
    assert users.texts() == []
    users.away = set()
    await deliverer.deliver_due()
    assert len(users.texts()) == 1


async def test_an_edit_comes_as_one_after_the_message(
    desk: Desk, people: People, deliverer: Deliverer, users: FakeUsers, clock: FakeClock
) -> None:
    row = await claimed(desk, people.wang)
    message = (await desk.talk.staff_message(row.id, people.wang, "明天来")).row
    await deliverer.deliver_due()
    clock.now += timedelta(seconds=5)
    await desk.talk.edit(message.id, "后天来", people.wang)
    await deliverer.deliver_due()
    edits = [(shown.text, shown.edited, shown.message_id) for _, shown in users.shown[1:]]
    assert edits == [("明天来", False, message.id), ("后天来", True, message.id)]


async def test_what_was_edited_before_it_went_out_comes_once(
    desk: Desk, people: People, deliverer: Deliverer, users: FakeUsers, clock: FakeClock
) -> None:
    row = await claimed(desk, people.wang)
    message = (await desk.talk.staff_message(row.id, people.wang, "明天来")).row
    await desk.talk.edit(message.id, "后天来", people.wang)
    clock.now += timedelta(seconds=1)
    await deliverer.deliver_due()
    assert users.texts()[1:] == ["后天来"]


async def test_an_edit_while_the_message_is_on_its_way_comes_after_it(
    desk: Desk, people: People, users: FakeUsers, deliverer: Deliverer
) -> None:
    row = await claimed(desk, people.wang)
    said = await desk.talk.staff_message(row.id, people.wang, "十个工作日")
    tell = users.tell

    async def edits_meanwhile(conversation_id: str, message: ToUser) -> None:
        if message.message_id and not message.edited:
            await desk.talk.edit(said.row.id, "六个工作日", people.wang)
        await tell(conversation_id, message)

    users.tell = edits_meanwhile  # type: ignore[method-assign]
    while await deliverer.deliver_due():
        pass
    assert users.texts()[-2:] == ["十个工作日", "六个工作日"]
    assert users.shown[-1][1].edited
    assert await desk.talk.undelivered(Direction.STAFF) == []


async def test_what_users_did_themselves_isnt_told_again(
    desk: Desk, people: People, deliverer: Deliverer, users: FakeUsers
) -> None:
    filed = (await desk.appeals.file(WEB, some_appeal())).appeal
    await desk.appeals.assign(filed.id, people.chen, owner=people.wang)
    await desk.appeals.resolve(filed.id, people.wang, "已修好")
    await desk.appeals.rate(WEB, filed.number, 5)
    await deliverer.deliver_due()
    assigned, resolved = users.texts()
    assert "已分派" in assigned
    assert "已修好" in resolved
    assert f'/appeal_reopen{{"n":"{filed.number}"}}' in [button.payload for button in users.shown[-1][1].buttons]


async def test_a_user_on_a_channel_that_isnt_there_waits_for_it(
    desk: Desk, people: People, deliverer: Deliverer, users: FakeUsers
) -> None:
    await claimed(desk, people.wang)
    assert await Deliverer(desk, {Channel.TELEGRAM: users}).deliver_due() > 0  # what is for staff
    assert users.texts() == []
    await deliverer.deliver_due()
    assert len(users.texts()) == 1


async def test_what_goes_wrong_with_one_entry_doesnt_hold_up_the_others(
    desk: Desk, people: People, deliverer: Deliverer, users: FakeUsers
) -> None:
    await claimed(desk, people.wang)
    async with desk.store.work() as work:
        await work.notices.tell_staff([people.wang], "a kind without words", "x")
        await work.notices.tell_staff([people.wang], "alerted", "y", number="BB1")
    await deliverer.deliver_due()
    assert len(users.texts()) == 1
    async with desk.store.work() as work:
        assert await work.notices.due(work.now) == []


async def test_staff_are_told_in_words(
    desk: Desk, people: People, deliverer: Deliverer, colleagues: FakeStaffChannel
) -> None:
    await desk.handoffs.request(WEB, district="minhang")  # type: ignore[arg-type]
    await deliverer.deliver_due()
    [(staff, kind, text)] = colleagues.told
    assert (staff, kind) == ([people.li], "offered")
    assert "闵行区" in text


async def test_running_it_delivers_at_once_and_survives_what_goes_wrong(
    desk: Desk, people: People, deliverer: Deliverer, users: FakeUsers
) -> None:
    async with deliverer.running(), asyncio.timeout(10):
        row = await claimed(desk, people.wang)
        await desk.talk.staff_message(row.id, people.wang, "您好")
        await users.until("您好")


async def test_what_is_being_told_when_it_ends_is_told_and_noted(
    desk: Desk, people: People, deliverer: Deliverer, users: FakeUsers
) -> None:
    begun, tell = asyncio.Event(), users.tell

    async def slowly(conversation_id: str, message: ToUser) -> None:
        begun.set()
        await asyncio.sleep(0.2)
        await tell(conversation_id, message)

    users.tell = slowly  # type: ignore[method-assign]
    row = await claimed(desk, people.wang)
    await desk.talk.staff_message(row.id, people.wang, "您好")
    async with deliverer.running(), asyncio.timeout(10):
        await begun.wait()
    assert len(users.texts()) == 1  # what comes after it waits for the next start
    async with desk.store.work() as work:
        due = await work.notices.due(work.now, channels=[Channel.WEB])
    assert [notice.kind for notice in due if notice.conversation_id] == ["message"]
    users.tell = tell  # type: ignore[method-assign]
    await deliverer.deliver_due()
    await deliverer.deliver_due()


async def test_a_channel_that_hangs_does_not_hold_up_the_end(desk: Desk, people: People, users: FakeUsers) -> None:
    users.hangs = True
    await claimed(desk, people.wang)
    async with asyncio.timeout(5), Deliverer(desk, {Channel.WEB: users}, grace=0.1).running():
        await asyncio.sleep(0.3)
    assert users.texts() == []
