"""The inbox in a real browser: what a manager hands on appears, is accepted, corrected, rejected; who may what."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from qifu.labels import CloseReason, Outcome, TurnMark
from qifu.training.labels import ProposalReason, ProposalState
from store.repositories import CannedRepository, ProposalFilter, ProposalRepository, ReviewRepository
from tests.console.inbox.conftest import REFUND, STUCK, TrainingRoom, settled
from tests.console.served import log_in
from tests.fakes.browser import PHONE, opened_page
from tests.store.review import Line, talked

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVIL = "<img src=x onerror=window.hacked=1>"
PATH = "/console/inbox"


class Inbox(TrainingRoom):
    """Yesterday's unanswered tax questions, and what they are called."""

    turns: dict[str, int]


def unanswered(text: str, topic: str = "taxes") -> Line:
    return Line(text, "没有找到合适的举措。", Outcome.NO_ANSWER, topic, None, 0.31)


@pytest_asyncio.fixture(loop_scope="session")
async def inbox(room: TrainingRoom) -> AsyncIterator[Inbox]:
    """Three alike, one with a telephone number, one of another topic; labels as the classifier guessed them."""
    made = Inbox(**vars(room))
    made.turns = {}
    async with room.database.session() as session:
        for key, text in (
            ("stuck", "退税款卡在半路上急死人"),
            ("stuck_too", "我的退税款卡在半路上急死人了"),
            ("stuck_again", "退税款卡在半路上急死人"),
            ("private", "我电话13812345678，个税手续费谁能领"),
            ("evil", EVIL),
            ("flat", "人才公寓什么时候放号"),
        ):
            topic = "talent" if key == "flat" else "taxes"
            (made.turns[key],) = await talked(session, room.clock, f"web:{key}", unanswered(text, topic))
    room.clock.forward(days=1)
    await guessed(made, made.turns["stuck"], {REFUND: 0.44, STUCK: 0.31})
    await guessed(made, made.turns["stuck_too"], {REFUND: 0.5, STUCK: 0.2})
    yield made


async def guessed(inbox: Inbox, turn_id: int, matters: dict[str, float]) -> None:
    """What the classifier made of a turn."""
    async with inbox.database.session() as session:
        (turn,) = await ReviewRepository(session, inbox.clock).turns([turn_id])
        turn.parse = {"matters": matters, "candidates": []}


async def states(inbox: Inbox) -> list[ProposalState]:
    """What became of the proposals, in the order in which they were said."""
    async with inbox.database.session() as session:
        rows = await ProposalRepository(session, inbox.clock).get(range(1, 50))
    return [row.state for row in sorted(rows, key=lambda row: row.id)]


async def test_what_a_manager_hands_to_the_trainer_appears_and_a_whole_group_is_accepted(
    browser: Browser, inbox: Inbox
) -> None:
    async with inbox.entered(browser, "manager", "/console/conversations?outcome=no_answer&topic=taxes") as page:
        for key in ("stuck", "stuck_too"):
            await page.goto(f"{inbox.server.url}/console/conversations/{inbox.turns[key]}")
            await settled(page)
            await page.get_by_role("button", name="给训练员").click()
            await expect(page.get_by_role("button", name="已给训练员")).to_be_visible()
    inbox.clock.forward(minutes=1)
    async with inbox.entered(browser, "trainer", PATH) as page:
        await expect(page.locator("[data-group]")).to_have_count(4)
        assert await page.evaluate("window.hacked") is None
        await page.goto(inbox.server.url + "/console/")
        await expect(page.locator(".task")).to_contain_text("2 轮对话交给了训练员")
        await page.locator(".task").click()
        await expect(page).to_have_url(re.compile("reason=trainer"))
        await expect(page.locator("[data-group]")).to_have_count(1)
        await settled(page)
        mine = page.locator("[data-group]")
        await expect(mine).to_contain_text("给训练员")
        await expect(mine.locator(".word-line")).to_have_count(2)
        await expect(mine.get_by_role("button", name="出口退税办理时限")).to_have_attribute("aria-pressed", "true")
        before = inbox.trained()
        await page.keyboard.press("j")
        await page.keyboard.press("2")
        await expect(mine.get_by_role("button", name="涉税疑难和办不成事找谁")).to_have_attribute(
            "aria-pressed", "true"
        )
        await page.keyboard.press("t")
        await expect(page.locator(".proposal.decided")).to_contain_text("2 种说法进了训练：涉税疑难和办不成事找谁")
    assert before != inbox.trained()
    questions = [q.text for q in (await inbox.workspace.read()).by_intent[STUCK]]
    assert questions.count("退税款卡在半路上急死人") == 1
    assert "我的退税款卡在半路上急死人了" in questions
    assert (await states(inbox)).count(ProposalState.ACCEPTED_TRAINING) == 2
    entry, *_ = await inbox.audited("inbox.accepted_training")
    assert entry.detail is not None
    assert entry.detail["intent"] == STUCK


async def test_personal_data_are_masked_and_stay_out_of_training(browser: Browser, inbox: Inbox) -> None:
    async with inbox.entered(browser, "trainer", PATH + "?topic=taxes") as page:
        mine = page.locator("[data-group]").filter(has_text="个税手续费")
        await expect(mine).to_contain_text("我电话[mobile]，个税手续费谁能领")
        await expect(mine).to_contain_text("已遮住：手机号")
        assert "13812345678" not in await page.content()
        field = mine.locator("input[data-said]")
        await expect(field).to_have_value("我电话，个税手续费谁能领")
        await mine.get_by_role("button", name="选其他").click()
        await page.get_by_label("名称、关键词或编号").fill("远程办税")
        await page.locator("[data-pick='taxes/remote_service']").click()
        await expect(mine.get_by_role("button", name="远程办税7件事与远程帮办")).to_have_attribute(
            "aria-pressed", "true"
        )
        await field.fill("打13912345678问个税手续费谁能领")
        await mine.get_by_role("button", name="进训练").click()
        await expect(mine.locator(".finding.bad")).to_contain_text("打[mobile]问个税手续费谁能领")
        assert "个税手续费谁能领" not in inbox.trained()
        await field.fill("个税手续费谁能领到手")
        await mine.get_by_role("button", name="进训练").click()
        await expect(page.locator(".proposal.decided")).to_be_visible()
    assert "个税手续费谁能领到手" in inbox.trained()


async def test_duplicates_and_held_out_questions_are_refused_in_words(browser: Browser, inbox: Inbox) -> None:
    held_out = next(row.text for row in (await inbox.workspace.read()).held_out if row.label == "taxes")
    async with inbox.entered(browser, "trainer", PATH + "?topic=taxes") as page:
        mine = page.locator("[data-group]").filter(has_text="3 次")
        field = mine.locator("input[data-said]").first
        await mine.get_by_role("checkbox").nth(1).click()
        await field.fill(held_out)
        await mine.get_by_role("button", name="进训练").click()
        await expect(mine.locator(".finding.bad")).to_contain_text("和一道考核题相同")
        await field.fill("税收白皮书")
        await mine.get_by_role("button", name="进训练").click()
        await expect(mine.locator(".finding.bad")).to_contain_text("一句话只能属于一个意图")
        await mine.get_by_role("button", name="进考题").click()
        await expect(mine.locator(".finding.bad")).to_contain_text("已经在训练里")
        await field.fill("退税款到底卡在哪个环节了")
        await mine.get_by_role("button", name="进考题").click()
        await expect(mine.locator(".word-line")).to_have_count(1)
    assert "退税款到底卡在哪个环节了" in inbox.held_out()
    assert any(row.text == "退税款到底卡在哪个环节了" for row in (await inbox.workspace.read()).held_out)


async def test_what_is_rejected_leaves_with_a_reason_and_can_be_taken_back(browser: Browser, inbox: Inbox) -> None:
    async with inbox.entered(browser, "trainer", PATH + "?topic=talent") as page:
        await page.keyboard.press("j")
        await page.keyboard.press("x")
        await expect(page.locator("[data-reject='2']")).to_be_visible()
        await page.keyboard.press("2")
        await expect(page.locator(".proposal.decided")).to_contain_text("拒绝了 1 种说法")
        await page.get_by_role("link", name="已拒绝").click()
        await expect(page.locator(".table")).to_contain_text("离开上下文没有意义")
        await settled(page)
        await page.get_by_role("button", name="重新处理").click()
        await expect(page.get_by_text("已放回待处理")).to_be_visible()
        await page.goto(inbox.server.url + PATH + "?topic=talent")
        await expect(page.locator("[data-group]")).to_have_count(1)
    assert len(await inbox.audited("inbox.rejected")) == 1


async def test_what_staff_answered_is_proposed_as_a_question_and_kept_as_a_canned_reply(
    browser: Browser, inbox: Inbox
) -> None:
    ids = {row.login: row.id for row in await inbox.server.services.people.all()}
    point = next(
        p for p in (await inbox.workspace.read()).seeds.points.values() if p.id.startswith("shanghai-2024/1.7#1")
    )
    async with inbox.database.session() as session:
        await talked(session, inbox.clock, "web:handed", Line("老板们的意见交上去有人看吗", confidence=0.9))
    requested = await inbox.desk.handoffs.request("web:handed", question="老板们的意见交上去有人看吗")
    assert requested.handoff is not None
    await inbox.desk.handoffs.claim(requested.handoff.id, ids["service"])
    await inbox.desk.talk.staff_message(requested.handoff.id, ids["service"], f"{point.text}我的手机13812345678")
    await inbox.desk.handoffs.close(requested.handoff.id, ids["service"], CloseReason.RESOLVED)
    inbox.clock.forward(minutes=1)
    async with inbox.entered(browser, "trainer", PATH + "?reason=handoff") as page:
        await expect(page.locator(".bar.calm").first).to_contain_text("机器人只引用方案原文")
        mine = page.locator("[data-group]")
        await expect(mine.locator(".staff-answer")).to_contain_text("我的手机[mobile]")
        first = mine.locator(".label-choice").first
        await expect(first).to_contain_text("税收营商环境白皮书")
        await expect(first).to_contain_text("人工")
        await mine.get_by_role("button", name="存为常用语").click()
        await expect(page.get_by_text("帮办人员可以直接插入")).to_be_visible()
        await page.keyboard.press("t")
        await expect(page.locator(".proposal.decided")).to_contain_text("1 种说法进了训练")
    async with inbox.database.session() as session:
        (canned,) = await CannedRepository(session).search("白皮书")
    assert "[mobile]" in canned.text
    assert canned.title == "老板们的意见交上去有人看吗"
    block = next(q for q in (await inbox.workspace.read()).seeds.questions if q.text == "老板们的意见交上去有人看吗")
    assert (block.intent, block.point) == ("taxes/whitepaper", point.id)


async def test_managers_read_and_service_staff_dont_get_in(browser: Browser, inbox: Inbox) -> None:
    async with inbox.entered(browser, "manager", PATH) as page:
        await expect(page.locator("[data-group]").first).to_be_visible()
        await expect(page.get_by_role("button", name="进训练")).to_have_count(0)
        await expect(page.locator("input[data-said]")).to_have_count(0)
    async with opened_page(browser, inbox.server.url) as page:
        await log_in(page, inbox.server.url, "service", path=PATH)
        await expect(page.locator("h1")).to_have_text("您没有权限")


async def test_pages_go_on_where_the_last_one_ended(browser: Browser, inbox: Inbox) -> None:
    kinds = ("执照", "发票", "公章", "车间", "食堂", "厂房", "围墙", "电梯", "锅炉", "仓库", "空调", "停车场")
    async with inbox.database.session() as session:
        for number, kind in enumerate(kinds):
            text = f"{kind * 3}{number}"
            await talked(session, inbox.clock, f"web:many{number}", unanswered(text, "licensing"))
    inbox.clock.forward(minutes=1)
    async with inbox.entered(browser, "trainer", PATH + "?topic=licensing&order=biggest") as page:
        await expect(page.locator("[data-group]")).to_have_count(10)
        await page.locator("[data-page=older]").click()
        await expect(page.locator("[data-group]")).to_have_count(2)
        await page.get_by_role("link", name="回到开头").click()
        await expect(page.locator("[data-group]")).to_have_count(10)


async def test_the_inbox_fits_a_phone(browser: Browser, inbox: Inbox) -> None:
    async with inbox.entered(browser, "trainer", PATH, viewport=PHONE) as page:
        await expect(page.locator("[data-group]").first).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


async def test_the_mark_alone_brings_a_turn_that_was_answered(browser: Browser, inbox: Inbox) -> None:
    async with inbox.database.session() as session:
        (turn,) = await talked(session, inbox.clock, "web:fine", Line("退税几天能办好呀", confidence=0.9))
        trainer = next(row.id for row in await inbox.server.services.people.all() if row.login == "manager")
        await ReviewRepository(session, inbox.clock).set_mark(turn, TurnMark.TRAINER, trainer, True)
    inbox.clock.forward(minutes=1)
    async with inbox.entered(browser, "trainer", PATH + "?reason=trainer") as page:
        await expect(page.locator("[data-group]")).to_have_count(1)
    async with inbox.database.session() as session:
        total, _ = await ProposalRepository(session, inbox.clock).counts(ProposalFilter(reason=ProposalReason.TRAINER))
    assert total == 1
