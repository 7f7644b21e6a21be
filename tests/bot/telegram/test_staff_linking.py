"""A Telegram account is linked once, by a code from the console."""

from datetime import timedelta

from sqlalchemy import select

from bot.telegram.staff.linking import GOOD_FOR
from store.models import TelegramCodeRow
from tests.bot.telegram.desk_support import GROUP, LI, STRANGER, WANG, DeskRig


async def test_a_code_links_the_account_and_names_the_commands(desk: DeskRig) -> None:
    await desk.start()
    wang = await desk.hire(None, "王老师")
    code = await desk.linking.issue_code(wang)
    desk.telegram.user_sends(WANG, f"/staff {code.text.lower()}")
    await desk.says(WANG, "已关联：王老师")
    async with desk.desk.store.work() as work:
        row = await work.staff.by_telegram(WANG)
    assert row is not None
    assert row.id == wang
    scopes = [scope for scope, _ in desk.telegram.world.commands if str(WANG) in scope]
    assert len(scopes) == 1
    await desk.calls()
    await desk.says(WANG, "请您接待")


async def test_a_code_works_once_in_time_and_only_the_last_one(desk: DeskRig) -> None:
    wang = await desk.hire(None, "王老师")
    first = await desk.linking.issue_code(wang)
    second = await desk.linking.issue_code(wang)
    assert await desk.linking.redeem(first.text, WANG) is None
    linked = await desk.linking.redeem(second.text, WANG)
    assert linked is not None
    assert linked.telegram_id == WANG
    assert await desk.linking.redeem(second.text, LI) is None
    late = await desk.linking.issue_code(wang)
    desk.clock.now += GOOD_FOR + timedelta(seconds=1)
    assert await desk.linking.redeem(late.text, LI) is None


async def test_an_account_of_a_colleague_can_not_be_linked_again(desk: DeskRig) -> None:
    await desk.hire(WANG, "王老师")
    li = await desk.hire(None, "李老师")
    code = await desk.linking.issue_code(li)
    assert await desk.linking.redeem(code.text, WANG) is None
    await desk.linking.unlink(li)


async def test_codes_are_not_kept_in_the_open(desk: DeskRig) -> None:
    wang = await desk.hire(None, "王老师")
    code = await desk.linking.issue_code(wang)
    async with desk.desk.store.work() as work:
        kept = await work.session.scalar(select(TelegramCodeRow.code_hash))
    assert code.text.replace("-", "") not in str(kept)
    assert len(str(kept)) == 64


async def test_guessing_ends_after_a_few_tries(desk: DeskRig) -> None:
    await desk.start()
    for number in range(5):
        desk.telegram.user_sends(STRANGER, f"/staff AAAAA-AAAA{number}")
    desk.telegram.user_sends(STRANGER, "/staff AAAAA-BBBBB")
    await desk.says(STRANGER, "试得太多了")
    assert len([text for text in desk.texts(STRANGER) if "不对或过期" in text]) == 5


async def test_a_code_in_the_group_is_refused(desk: DeskRig) -> None:
    desk.telegram.group_has_topics(GROUP)
    await desk.start(GROUP)
    code = await desk.linking.issue_code(await desk.hire(None, "王老师"))
    desk.telegram.user_sends(GROUP, f"/staff {code.text}", user_id=WANG)
    await desk.says(GROUP, "请私聊我")
    async with desk.desk.store.work() as work:
        assert await work.staff.by_telegram(WANG) is None
    desk.telegram.user_sends(WANG, "/staff")
    await desk.says(WANG, "拿到一次性的码")
