"""The page of a matter in a real browser: questions added, rewritten, moved, deleted; clashes; undo; who may what."""

import re

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from qifu.training.questions import Block, add_questions
from tests.console.served import log_in
from tests.console.training.room import CENTER, REFUND, TRANSFER, TRIAL, Room
from tests.fakes.browser import PHONE, opened_page

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVIL = "<img src=x onerror=window.hacked=1>怎么退税"
FIELD = "问法，一行一句"


def matter(intent: str, page: str = "") -> str:
    """The path of an intent's page."""
    return f"/console/training/matter{page}?id={intent}"


def line_of(page: Page, text: str) -> Locator:
    """The line of a question."""
    return page.locator(".question-line").filter(has_text=re.compile(f"^(?:check_box.*)?{re.escape(text)}"))


def said(page: Page, text: str) -> Locator:
    """What is said of a line that is being written."""
    return page.locator(".said-line").filter(has=page.get_by_text(text, exact=True))


def dialog(page: Page, button: str) -> Locator:
    """A button of the open dialog."""
    return page.get_by_role("dialog").get_by_role("button", name=button, exact=True)


async def test_several_questions_are_looked_at_while_typed_and_a_bad_line_stops_saving(
    browser: Browser, room: Room
) -> None:
    typed = "\n".join(
        [
            "报关单交上去以后钱多久回来",
            "退税几天",
            "破产案件繁简分流",
            "手机13812345678的退税到哪了",
            "报关单交上去以后，钱多久回来？",
        ]
    )
    before = await room.questions(REFUND)
    async with room.entered(browser, matter(REFUND)) as page:
        await page.get_by_label(FIELD).fill(typed)
        await expect(page.locator(".said-line.bad")).to_have_count(4)
        await expect(said(page, "退税几天")).to_contain_text("已经有")
        await expect(said(page, "破产案件繁简分流")).to_contain_text("考核题")
        await expect(said(page, "手机13812345678的退税到哪了")).to_contain_text("个人信息：手机[mobile]")
        await expect(page.locator(".said-line.bad").last).to_contain_text("重复")
        await page.get_by_role("button", name="添加", exact=True).click()
        await expect(page.get_by_text("第 2、3、4、5 行不能保存")).to_be_visible()
        await expect(page.get_by_label(FIELD)).to_have_value(typed)
        assert await room.questions(REFUND) == before
        await page.get_by_role("button", name="只添加没问题的").click()
        await expect(page.get_by_text("添加了 1 句", exact=True)).to_be_visible()
        await expect(line_of(page, "报关单交上去以后钱多久回来")).to_be_visible()
        await expect(page.get_by_label(FIELD)).to_have_value("\n".join(typed.split("\n")[1:]))
        await expect(page.locator(".training-bar")).to_contain_text("改了 1 处，还没训练")
        await expect(page.locator(".training-bar")).to_contain_text("赵训练")
    assert ("报关单交上去以后钱多久回来", "minhang-2023/7#5") in await room.questions(REFUND)
    (entry,) = await room.audited("training.questions_added")
    assert (entry.subject, entry.detail) == (REFUND, {"count": 1})


async def test_what_the_live_model_takes_for_another_matter_is_said_with_its_name(browser: Browser, room: Room) -> None:
    async with room.entered(browser, matter(REFUND)) as page:
        await page.get_by_label(FIELD).fill("白皮书里写了几天能退")
        await expect(page.locator(".said-line.warn")).to_contain_text("93% 的把握认为这是“税收营商环境白皮书")
        await page.get_by_label(FIELD).press("Control+Enter")
        await expect(page.get_by_text("添加了 1 句", exact=True)).to_be_visible()


async def test_an_edit_is_undone_and_done_again(browser: Browser, room: Room) -> None:
    async with room.entered(browser, matter(REFUND)) as page:
        await page.get_by_label(FIELD).fill(EVIL)
        await page.get_by_role("button", name="添加", exact=True).click()
        await expect(line_of(page, EVIL)).to_be_visible()
        assert await page.evaluate("window.hacked") is None
        await page.get_by_role("button", name="撤销").click()
        await expect(page.get_by_role("dialog")).to_contain_text("添加了 1 句问法（出口退税办理时限）")
        await dialog(page, "撤销").click()
        await expect(line_of(page, EVIL)).to_have_count(0)
        await expect(page.locator(".training-bar")).to_contain_text("撤销了改动")
        await page.get_by_role("button", name="恢复").click()
        await dialog(page, "恢复").click()
        await expect(line_of(page, EVIL)).to_be_visible()
        await page.get_by_role("button", name="改动记录").click()
        await expect(page.get_by_role("dialog").locator(".line")).to_have_count(3)
    assert len(await room.audited("training.undo")) == 2


async def test_a_question_is_rewritten_in_its_place_and_a_bad_wording_is_refused(browser: Browser, room: Room) -> None:
    async with room.entered(browser, matter(REFUND)) as page:
        await page.get_by_role("button", name="修改“退税太慢了”").click()
        field = page.get_by_label("换个写法")
        await field.fill("退税几天")
        await field.press("Enter")
        await expect(page.locator(".rewriting .finding.bad")).to_contain_text("已经有“退税几天”")
        await expect(field).to_have_value("退税几天")
        await field.fill("退税怎么拖这么久")
        await field.press("Enter")
        await expect(line_of(page, "退税怎么拖这么久")).to_be_visible()
        await expect(page.locator(".rewriting")).to_have_count(0)
        await page.get_by_role("button", name="修改“退税怎么拖这么久”").click()
        await page.get_by_label("换个写法").press("Escape")
        await expect(page.locator(".rewriting")).to_have_count(0)
    texts = [text for text, _ in await room.questions(REFUND)]
    assert "退税怎么拖这么久" in texts
    assert "退税太慢了" not in texts


async def test_what_is_being_rewritten_outlives_a_colleagues_edit(browser: Browser, room: Room) -> None:
    async with room.entered(browser, matter(REFUND)) as page:
        await page.get_by_role("button", name="修改“退税太慢了”").click()
        await page.get_by_label("换个写法").fill("退税怎么拖这么久")
        await room.workspace.change(
            lambda draft: add_questions(draft, Block(REFUND), ["同事写的一句"]), by=None, what="x", subject=REFUND
        )
        await expect(line_of(page, "同事写的一句")).to_be_visible()
        await expect(page.get_by_label("换个写法")).to_have_value("退税怎么拖这么久")
        await page.locator(".rewriting").get_by_role("button", name="保存").click()
        await expect(line_of(page, "退税怎么拖这么久")).to_be_visible()


async def test_chosen_questions_move_to_a_point_of_another_matter_and_are_deleted(browser: Browser, room: Room) -> None:
    async with room.entered(browser, matter(REFUND)) as page:
        for text in ("退税几天", "13个点啥时候返给我"):
            await page.get_by_role("checkbox", name=text, exact=True).click()
        await expect(page.locator(".chosen-bar")).to_contain_text("已选 2 句")
        await page.locator(".chosen-bar").get_by_role("button", name="移动").click()
        await page.get_by_label("名称、编号、关键词").fill("政策推送")
        await expect(page.locator(".picks[data-found='政策推送'] .pick")).to_have_count(1)
        await page.get_by_label("名称、编号、关键词").press("ArrowDown")
        await page.keyboard.press("Enter")
        await page.get_by_role("radio").nth(1).click()
        await dialog(page, "移动").click()
        await expect(page.get_by_text("2 句移到了“税费政策推送与宣传辅导”")).to_be_visible()
        await expect(line_of(page, "退税几天")).to_have_count(0)
        await expect(page.locator(".chosen-bar")).to_be_hidden()
        await page.get_by_role("checkbox", name="退税太慢了", exact=True).click()
        await page.locator(".chosen-bar").get_by_role("button", name="删除").click()
        await dialog(page, "删除").click()
        await expect(line_of(page, "退税太慢了")).to_have_count(0)
    assert ("退税几天", "minhang-2023/7#7") in await room.questions("taxes/policy_outreach")
    (entry,) = await room.audited("training.questions_moved")
    assert entry.detail == {"count": 2, "to": "taxes/policy_outreach"}


async def test_the_last_question_of_a_matter_is_not_deleted_and_the_reason_is_plain(
    browser: Browser, room: Room
) -> None:
    before = await room.questions(REFUND)
    async with room.entered(browser, matter(REFUND)) as page:
        await page.get_by_role("button", name="全选").click()
        await expect(page.locator(".chosen-bar")).to_contain_text(f"已选 {len(before)} 句")
        await page.locator(".chosen-bar").get_by_role("button", name="删除").click()
        await dialog(page, "删除").click()
        await expect(page.get_by_text("“出口退税办理时限”至少要留一句问法")).to_be_visible()
    assert await room.questions(REFUND) == before
    assert not room.workspace.edited


async def test_clashing_sentences_stand_side_by_side_and_are_rewritten_there(browser: Browser, room: Room) -> None:
    async with room.entered(browser, matter(TRIAL)) as page:
        clash = page.locator(".clash").first
        await expect(clash).to_contain_text("上海企业重整事务中心")
        await expect(clash).to_contain_text("1 道考核题被它抢走")
        pair = clash.locator(".clash-pair").first
        own, other = pair.locator(".own"), pair.locator(".other")
        await expect(own).to_contain_text("破产案件繁简分流")
        await expect(own).to_contain_text("考核题，答错")
        await expect(own.get_by_role("button")).to_have_count(0)
        text = await other.locator(".clash-text").inner_text()
        await other.get_by_role("button", name=f"修改“{text}”").click()
        await page.get_by_label("换个写法").fill("重整中心在哪个区")
        await page.get_by_role("button", name="保存").click()
        await expect(page.locator(".rewriting")).to_have_count(0)
        await expect(page.locator(".training-bar")).to_contain_text("改写了一句问法（上海企业重整事务中心）")
    texts = [question for question, _ in await room.questions(CENTER)]
    assert "重整中心在哪个区" in texts
    assert text not in texts


async def test_held_out_questions_are_listed_with_what_became_of_them(browser: Browser, room: Room) -> None:
    async with room.entered(browser, matter(TRIAL)) as page:
        first = page.locator(".held-out-line").first
        await expect(first).to_contain_text("破产案件繁简分流")
        await expect(first).to_contain_text("答错")
        await expect(first.get_by_role("link")).to_have_text("当成了“上海企业重整事务中心”")
        await expect(page.locator(".badges").first).to_contain_text("版本 2 得分 50%（1/2）")
        await expect(page.locator(".badges").first).to_contain_text("走势 100%、50%")


async def test_a_matter_is_merged_after_a_look_at_what_moves(browser: Browser, room: Room) -> None:
    own, theirs = len(await room.questions(TRANSFER)), len(await room.questions(CENTER))
    async with room.entered(browser, matter(TRANSFER)) as page:
        await page.get_by_role("button", name="更多操作").click()
        await page.get_by_text("并入别的事项").click()
        await page.get_by_label("名称、编号、关键词").fill("重整事务")
        await page.locator(".picks[data-found='重整事务'] .pick").click()
        preview = page.get_by_role("dialog").last
        await expect(preview).to_contain_text("把“执行案件移送破产审查”并入“上海企业重整事务中心”？")
        await expect(preview.locator("dd")).to_have_text(
            [f"移过去 {own}，之后共 {own + theirs}", "移过去 1，之后共 2", "移过去 0，之后共 0"]
        )
        await dialog(page, "并入").click()
        await expect(page).to_have_url(re.compile("id=bankruptcy%2Freorganisation_center"))
        await expect(page.locator(".question-group")).to_have_count(2)
        await page.goto(room.served.url + matter(TRANSFER))
        await expect(page.get_by_text("没有这个意图")).to_be_visible()
    assert len(await room.questions(CENTER)) == own + theirs


async def test_a_matter_gets_another_id_and_one_that_is_taken_is_refused(browser: Browser, room: Room) -> None:
    before = await room.questions(TRIAL)
    async with room.entered(browser, matter(TRIAL)) as page:
        await page.get_by_role("button", name="更多操作").click()
        await page.get_by_text("改编号").click()
        field = page.get_by_role("dialog").get_by_label("编号")
        await field.fill("credit_repair")
        await dialog(page, "保存").click()
        await expect(page.get_by_text("已经有事项在用")).to_be_visible()
        await expect(field).to_have_value("credit_repair")
        await field.fill("fast_trial")
        await dialog(page, "保存").click()
        await expect(page).to_have_url(re.compile("id=bankruptcy%2Ffast_trial"))
        await expect(page.locator("main h1")).to_have_text("破产案件繁简分流与快审")
    assert await room.questions("bankruptcy/fast_trial") == before


async def test_a_manager_looks_without_buttons_and_service_staff_do_not_get_in(browser: Browser, room: Room) -> None:
    async with room.entered(browser, matter(TRIAL), "manager") as page:
        await expect(page.locator(".clash")).not_to_have_count(0)
        for name in ("修改", "移动", "删除", "添加", "更多操作"):
            await expect(page.get_by_role("button", name=name)).to_have_count(0)
        await expect(page.get_by_role("checkbox")).to_have_count(0)
        await expect(page.get_by_role("textbox")).to_have_count(0)
        for path in (matter(TRIAL, "/edit"), matter(TRIAL, "/split"), "/console/training/new"):
            await page.goto(room.served.url + path)
            await expect(page.get_by_text("只有训练员可以修改")).to_be_visible()
    async with opened_page(browser, room.served.url) as page:
        await log_in(page, room.served.url, "service", path=matter(TRIAL))
        await expect(page.locator("h1")).to_have_text("您没有权限")


@pytest.mark.parametrize("intent", [TRIAL, "thanks", "out_of_scope"])
async def test_each_kind_of_intent_fits_a_phone(browser: Browser, room: Room, intent: str) -> None:
    async with room.entered(browser, matter(intent), viewport=PHONE) as page:
        await expect(page.locator(".questions")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
