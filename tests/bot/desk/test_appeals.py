"""An appeal in a closed loop: nothing is filed twice, nothing ends without a word, everybody may do only their part."""

import asyncio
from datetime import timedelta

import pytest

from bot.desk.desk import Desk
from bot.desk.drafts import AppealDraft, missing, problems
from bot.desk.rules import DeskRules
from bot.desk.talk import Attachment
from qifu.labels import AppealGrade, AppealOrigin, AppealState, AppealTier, District, RatingReason, Topic
from store.database import Database
from store.models import AppealRow
from tests.bot.desk.support import WEB, People, a_conversation, refused, some_appeal
from tests.fakes.notifier import FakeNotifier
from tests.store.factories import FakeClock

STATES = AppealState


async def filed(desk: Desk, conversation_id: str = WEB) -> AppealRow:
    """An appeal that was filed just now."""
    return (await desk.appeals.file(conversation_id, some_appeal())).appeal


async def resolved(desk: Desk, people: People) -> AppealRow:
    """An appeal with a result."""
    row = await filed(desk)
    await desk.appeals.assign(row.id, people.chen, owner=people.wang, unit="区城管局")
    await desk.appeals.start(row.id, people.wang)
    return await desk.appeals.resolve(row.id, people.wang, "路灯已修好")


async def test_an_appeal_is_kept_as_it_was_filled_in(desk: Desk) -> None:
    draft = some_appeal(
        "  门口的路灯　坏了三个月\n请派人来修 ",
        phone="０２１－６２３４５６７８ 转 8",
        files=[Attachment("photo", "f1")],
    )
    filing = await desk.appeals.file(WEB, draft)
    row = await desk.appeals.get(filing.appeal.id)
    assert (filing.new, filing.joined, row.number) == (True, False, "SQ20261118-0001")
    assert (row.text, row.phone) == ("门口的路灯 坏了三个月\n请派人来修", "021-62345678转8")
    assert (row.company, row.contact_name, row.district) == ("上海某某贸易有限公司", "王女士", District.MINHANG)
    assert (row.files[0]["ref"], row.origin, row.state) == ("f1", AppealOrigin.FORM, STATES.RECEIVED)
    # To be looked at by the close of the next working day.
    assert f"{row.deadline:%m-%d %H:%M}" == "11-19 09:30"


async def test_a_refused_telephone_number_is_respected(desk: Desk) -> None:
    row = (await desk.appeals.file(WEB, some_appeal(phone="13812345678", phone_refused=True))).appeal
    assert (row.phone, row.phone_refused) == (None, True)


def test_what_is_missing_is_asked_for_in_order_and_what_is_wrong_is_named() -> None:
    assert missing(AppealDraft("")) == ["company", "contact_name", "phone", "district", "text"]
    assert missing(some_appeal(phone=None, phone_refused=True)) == []
    assert problems(some_appeal()) == []
    bad = some_appeal("坏了", company="1", contact_name="--", phone="12345", files=[Attachment("photo", "f")] * 11)
    assert [(found.field, found.code) for found in problems(bad)] == [
        ("company", "company_short"),
        ("contact_name", "name_short"),
        ("phone", "phone"),
        ("text", "text_short"),
        ("files", "files_many"),
    ]
    assert problems(AppealDraft("退税", origin=AppealOrigin.AFTER_HOURS)) == []
    assert problems(AppealDraft(" ", origin=AppealOrigin.AFTER_HOURS)) != []


async def test_what_is_wrong_is_not_filed(desk: Desk) -> None:
    with refused("invalid") as caught:
        await desk.appeals.file(WEB, some_appeal(phone="12"))
    assert [found.field for found in caught.value.values["problems"]] == ["phone"]  # type: ignore[attr-defined]
    with refused("unknown_conversation"):
        await desk.appeals.file("web:none", some_appeal())
    assert await desk.appeals.of_conversation(WEB) == []


async def test_the_same_message_files_once_however_often_it_comes(desk: Desk) -> None:
    filings = await asyncio.gather(*(desk.appeals.file(WEB, some_appeal(), "m7") for _ in range(5)))
    assert len({filing.appeal.id for filing in filings}) == 1
    assert [filing.new for filing in filings].count(True) == 1


async def test_what_says_the_same_joins_the_open_one(
    desk: Desk, people: People, clock: FakeClock, database: Database
) -> None:
    first = await filed(desk)
    clock.forward(hours=2)
    again = await desk.appeals.file(WEB, some_appeal("门口的路灯坏了三个月了，请派人来修！", phone=None))
    assert (again.new, again.joined, again.appeal.id) == (False, True, first.id)
    other = await desk.appeals.file(WEB, some_appeal("发票一直开不出来，请帮忙协调"))
    assert other.new
    # Another user's appeal is another appeal.
    assert (await desk.appeals.file(await a_conversation(database, "web:2"), some_appeal())).new
    assert [row.id for row in await desk.appeals.of_conversation(WEB)] == [other.appeal.id, first.id]
    # The duplicate keeps its own words and number, which leads to the first.
    async with database.session() as session:
        duplicate = await session.get(AppealRow, first.id + 1)
    assert duplicate is not None
    assert duplicate.joined_to == first.id
    assert [row.id for row in await desk.appeals.of_conversation(WEB, duplicate.number)] == [first.id]
    assert [event.kind.value for event, _ in await desk.appeals.history(first.id)] == ["filed", "joined"]
    clock.forward(days=8)
    assert (await desk.appeals.file(WEB, some_appeal())).new


async def test_what_was_resolved_can_be_filed_anew(desk: Desk, people: People) -> None:
    row = await resolved(desk, people)
    assert (await desk.appeals.file(WEB, some_appeal())).appeal.id != row.id


async def test_five_a_day_are_enough_also_at_once(desk: Desk, clock: FakeClock) -> None:
    texts = (
        "路灯坏了没人来修",
        "水压不够洗手都难",
        "发票开不出来了呀",
        "园区停车场太小了",
        "网络中断三天了呢",
        "补贴两月没有到账",
        "招牌审批太慢了吧",
    )
    results = await asyncio.gather(
        *(desk.appeals.file(WEB, some_appeal(text)) for text in texts), return_exceptions=True
    )
    assert sum(isinstance(result, Exception) for result in results) == 2
    with refused("too_many"):
        await desk.appeals.file(WEB, some_appeal("还有一件别的事情要反映"))
    clock.forward(days=1, seconds=1)
    assert (await desk.appeals.file(WEB, some_appeal("还有一件别的事情要反映"))).new


async def test_only_ones_own_appeals_are_found(desk: Desk, database: Database) -> None:
    row = await filed(desk, await a_conversation(database, "web:2"))
    assert await desk.appeals.of_conversation(WEB, row.number) == []
    assert [found.id for found in await desk.appeals.of_conversation("web:2", f" {row.number.lower()}")] == [row.id]
    found = await desk.appeals.by_number(row.number.lower())
    assert found is not None
    with refused("unknown_appeal"):
        await desk.appeals.rate(WEB, row.number, 5)


async def test_the_way_of_an_appeal_and_what_the_user_hears_of_it(
    desk: Desk, people: People, clock: FakeClock, notifier: FakeNotifier
) -> None:
    row = await filed(desk)
    graded = await desk.appeals.grade(row.id, people.chen, AppealGrade.CAN, AppealTier.STREET)
    assert f"{graded.deadline:%m-%d %H:%M}" == "11-20 09:30"
    assigned = await desk.appeals.assign(row.id, people.chen, owner=people.wang, unit="区城管局", note="请当天去看")
    assert (assigned.state, assigned.owner_id, assigned.unit) == (STATES.ASSIGNED, people.wang, "区城管局")
    assert (await desk.appeals.start(row.id, people.wang)).state == STATES.IN_PROGRESS
    referred = await desk.appeals.refer(row.id, people.wang, " 20261118-555 ")
    assert (referred.state, referred.hotline_number) == (STATES.IN_PROGRESS, "20261118-555")
    await desk.appeals.note(row.id, people.li, "市政已派工")
    done = await desk.appeals.resolve(row.id, people.wang, " 路灯已修好 ")
    assert (done.state, done.resolution, done.resolved_at) == (STATES.RESOLVED, "路灯已修好", clock.now)
    rated = await desk.appeals.rate(WEB, row.number, 4, RatingReason.SLOW, "有点慢")
    assert (rated.state, rated.rating, rated.rating_reason, rated.rating_text) == (STATES.RATED, 4, "slow", "有点慢")

    kinds = ["filed", "graded", "assigned", "started", "referred", "noted", "resolved", "rated"]
    history = await desk.appeals.history(row.id)
    assert [event.kind.value for event, _ in history] == kinds
    assert [words for _, words in history if words] == [
        "请当天去看",
        "20261118-555",
        "市政已派工",
        "路灯已修好",
        "有点慢",
    ]
    await notifier.hears(desk)
    # What users did themselves the bot's reply has told them; a remark isn't theirs.
    told = [f"appeal_{kind}" for kind in kinds if kind not in ("filed", "noted", "rated")]
    assert [kind for _, kind, _ in notifier.users] == told
    [result] = [detail for _, kind, detail in notifier.users if kind == "appeal_resolved"]
    assert result == {"number": row.number, "state": "resolved", "resolution": "路灯已修好"}
    assert sorted((kind, staff) for staff, kind, _ in notifier.colleagues) == [
        ("appeal_assigned", [people.wang]),
        ("appeal_filed", [people.chen]),
    ]


async def test_it_is_reopened_once_and_begins_anew(
    desk: Desk, people: People, clock: FakeClock, notifier: FakeNotifier
) -> None:
    row = await resolved(desk, people)
    await desk.appeals.rate(WEB, row.number, 1)
    clock.forward(days=5)
    again = await desk.appeals.reopen(WEB, row.number, "又坏了")
    assert (again.state, again.reopened, again.owner_id) == (STATES.REOPENED, True, people.wang)
    assert again.deadline > clock.now + timedelta(hours=12)
    with refused("wrong_state"):
        await desk.appeals.resolve(row.id, people.wang, "好了")
    await desk.appeals.assign(row.id, people.chen)
    await desk.appeals.resolve(row.id, people.wang, "换了新的")
    with refused("reopened_before"):
        await desk.appeals.reopen(WEB, row.number, "还不行")
    await notifier.hears(desk)
    assert {"appeal_low_rating", "appeal_reopened"} <= {kind for _, kind, _ in notifier.colleagues}


async def test_what_does_not_fit_the_state_is_refused(desk: Desk, people: People) -> None:
    row = await filed(desk)
    for attempt in (
        desk.appeals.start(row.id, people.chen),
        desk.appeals.resolve(row.id, people.chen, "好了"),
        desk.appeals.rate(WEB, row.number, 5),
        desk.appeals.reopen(WEB, row.number, "不满意"),
    ):
        with refused("wrong_state"):
            await attempt
    done = await resolved(desk, people)
    for late in (
        desk.appeals.assign(done.id, people.chen, owner=people.li),
        desk.appeals.grade(done.id, people.chen, AppealGrade.MUST, AppealTier.CITY),
        desk.appeals.refer(done.id, people.chen, "20261118-1"),
        desk.appeals.start(done.id, people.wang),
    ):
        with refused("wrong_state"):
            await late
    with refused("unknown_appeal"):
        await desk.appeals.start(999, people.chen)


async def test_managers_assign_and_the_owner_deals_with_it(desk: Desk, people: People) -> None:
    row = await filed(desk)
    with refused("not_manager"):
        await desk.appeals.assign(row.id, people.wang, owner=people.wang)
    with refused("not_manager"):
        await desk.appeals.grade(row.id, people.zhao, AppealGrade.MUST, AppealTier.CITY)
    with refused("not_service"):
        await desk.appeals.assign(row.id, people.chen, owner=people.zhao)
    await desk.appeals.assign(row.id, people.chen, owner=people.wang)
    for attempt in (
        desk.appeals.start(row.id, people.li),
        desk.appeals.resolve(row.id, people.li, "好了"),
        desk.appeals.refer(row.id, people.li, "2026-1"),
    ):
        with refused("not_owner"):
            await attempt
    with refused("hotline_number"):
        await desk.appeals.refer(row.id, people.wang, "没有")
    with refused("empty"):
        await desk.appeals.resolve(row.id, people.wang, "  ")
    with refused("bad_rating"):
        await desk.appeals.rate(WEB, row.number, 9)
    with refused("not_service"):
        await desk.appeals.note(row.id, people.zhao, "x")


async def test_of_two_results_at_once_one_holds(desk: Desk, people: People) -> None:
    row = await filed(desk)
    await desk.appeals.assign(row.id, people.chen, owner=people.wang)
    results = await asyncio.gather(
        *(desk.appeals.resolve(row.id, people.wang, f"结果{n}") for n in range(4)), return_exceptions=True
    )
    assert sum(isinstance(result, AppealRow) for result in results) == 1
    assert [event.kind.value for event, _ in await desk.appeals.history(row.id)].count("resolved") == 1


async def test_the_responsible_unit_is_proposed_from_matter_and_district(database: Database, clock: FakeClock) -> None:
    asked = []

    def propose(matter: str | None, district: District | None) -> list[str]:
        asked.append((matter, district))
        return ["minhang_tax"]

    desk = Desk(database, propose=propose, clock=clock)
    await a_conversation(database, WEB)
    row = (await desk.appeals.file(WEB, some_appeal(topic=Topic.TAXES, matter="taxes/export_refund"))).appeal
    assert desk.appeals.proposed_units(row) == ["minhang_tax"]
    assert asked == [("taxes/export_refund", District.MINHANG)]


@pytest.mark.parametrize("grade", AppealGrade)
@pytest.mark.parametrize("tier", AppealTier)
async def test_every_grade_and_tier_has_its_deadline(grade: AppealGrade, tier: AppealTier, clock: FakeClock) -> None:
    rules = DeskRules()
    days = rules.deadlines.handling[grade][tier]
    assert rules.due(clock.now, grade, tier) == rules.calendar.add_working_days(clock.now, days)
    assert days > 0
