"""What lists of the desk ask the store for, on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

from qifu.labels import (
    AppealGrade,
    AppealOrigin,
    AppealState,
    AppealTier,
    Channel,
    Direction,
    District,
    HandoffReason,
    HandoffState,
    Language,
    StaffRole,
    Topic,
)
from store.database import Database
from store.repositories import (
    AppealFilter,
    AppealRepository,
    ConversationRepository,
    DeskMessageRepository,
    DeskViewRepository,
    HandoffFilter,
    HandoffRepository,
    StaffRepository,
)
from tests.store.factories import WEB, FakeClock

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


async def an_appeal(database: Database, **values: Any) -> int:
    """An appeal; its id."""
    fields = {
        "client_key": None,
        "channel": Channel.WEB,
        "language": Language.ZH,
        "origin": AppealOrigin.FORM,
        "phone_refused": False,
        "text": "门口的路灯坏了",
        "files": [],
        "state": AppealState.RECEIVED,
        "deadline": NOW + timedelta(days=1),
    } | values
    async with database.session() as session:
        await ConversationRepository(session).get_or_create(WEB, Channel.WEB, Language.ZH)
        return (await AppealRepository(session, FakeClock()).add(conversation_id=WEB, **fields)).id


async def found(database: Database, **wanted: Any) -> list[int]:
    """The ids of the appeals that fulfil a filter, newest first."""
    async with database.session() as session:
        rows = await AppealRepository(session).page(*AppealFilter(NOW, **wanted).conditions())
        assert await DeskViewRepository(session).count_appeals(AppealFilter(NOW, **wanted)) == len(rows)
        return [row.id for row in rows]


async def test_appeals_are_found_by_label_by_owner_and_by_the_lack_of_one(database: Database) -> None:
    async with database.session() as session:
        person = await StaffRepository(session).add("wang", "王芳", StaffRole.SERVICE, "x")
    assert person is not None
    labels = {"grade": AppealGrade.CAN, "tier": AppealTier.CITY, "district": District.PUTUO, "topic": Topic.TAXES}
    owned = await an_appeal(database, **labels, unit="putuo_tax", owner_id=person.id, state=AppealState.ASSIGNED)
    bare = await an_appeal(database)
    for key, value in (*labels.items(), ("unit", "putuo_tax"), ("state", AppealState.ASSIGNED), ("owner", person.id)):
        assert await found(database, **{key: value}) == [owned]
    for key in ("district", "topic", "unit"):
        assert await found(database, **{key: ""}) == [bare]
    assert await found(database, owner="nobody") == [bare]
    async with database.session() as session:
        assert await DeskViewRepository(session).units() == ["putuo_tax"]


async def test_overdue_is_open_and_past_its_deadline_and_duplicates_are_never_listed(database: Database) -> None:
    late = await an_appeal(database, deadline=NOW - timedelta(days=1))
    await an_appeal(database, deadline=NOW - timedelta(days=1), state=AppealState.RESOLVED)
    await an_appeal(database, deadline=NOW - timedelta(days=1), joined_to=late)
    in_time = await an_appeal(database)
    assert await found(database, overdue=True) == [late]
    assert await found(database, open=True) == [in_time, late]
    assert len(await found(database)) == 3


async def test_words_are_looked_for_in_what_was_written_but_not_in_who_wrote_it(database: Database) -> None:
    one = await an_appeal(database, company="上海某某贸易有限公司", phone="13812345678", contact_name="王女士")
    other = await an_appeal(database, text="食品经营许可 100% 退回", hotline_number="SH20261118-00123")
    assert await found(database, words="路灯 某某") == [one]
    assert await found(database, words="sh20261118") == [other]
    assert await found(database, words="100%") == [other]
    assert await found(database, words="13812345678") == []
    assert await found(database, words="王女士") == []


async def test_the_last_words_of_chats_are_those_between_user_and_staff(database: Database) -> None:
    async with database.session() as session:
        await ConversationRepository(session).get_or_create(WEB, Channel.WEB, Language.ZH)
        handoffs, messages = HandoffRepository(session), DeskMessageRepository(session)
        row = await handoffs.add(
            WEB,
            channel=Channel.WEB,
            language=Language.ZH,
            state=HandoffState.WAITING,
            reason=HandoffReason.ASKED,
            question="退税",
            requested_at=NOW,
            waiting_since=NOW,
        )
        assert row is not None
        for direction, text in ((Direction.USER, "您好"), (Direction.STAFF, "请讲"), (Direction.NOTE, "备注")):
            await messages.add(row.id, WEB, direction, text, text)
        views = DeskViewRepository(session)
        assert {key: message.text for key, message in (await views.last_messages([row.id, 99])).items()} == {
            row.id: "请讲"
        }
        for wanted, count in (
            (HandoffFilter(reason=HandoffReason.ASKED, words="退税"), 1),
            (HandoffFilter(state=HandoffState.CLOSED), 0),
            (HandoffFilter(since=NOW, until=NOW + timedelta(seconds=1)), 1),
            (HandoffFilter(until=NOW), 0),
        ):
            assert len(await handoffs.page(*wanted.conditions())) == count
