"""A user on the chat page and staff at the console, side by side in one browser, from the question to the rating."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from qifu.labels import AppealState, CloseReason, RatingReason
from store.database import Database
from tests.bot.web.chatpage import ChatPage
from tests.console.bothsides import BothSides, both_sides, say
from tests.console.test_desk_files import READY, picture

pytestmark = pytest.mark.asyncio(loop_scope="session")

SECRET = "这家公司上个月来过，别让用户知道"


@pytest_asyncio.fixture(loop_scope="session")
async def room(own_database: Database, tmp_path: Path) -> AsyncIterator[BothSides]:
    """A desk with nobody waiting, and its chat page."""
    async with both_sides(own_database, tmp_path / "files") as room:
        yield room


async def claims(page: Page, number: str) -> None:
    """王芳 claims one of those who wait."""
    await page.get_by_role("button", name=f"接待 {number}").click()
    await expect(page.locator(".modes")).to_be_visible()


async def calls(chat: ChatPage) -> str:
    """The user asks for a person; the handoff's number."""
    await chat.ask("转人工")
    await expect(chat.page.locator("#charge-text")).to_have_text("正在等人工帮办")
    found = re.search(r"BB\d{8}-\d{4}", await chat.replies.last.inner_text())
    assert found
    return found[0]


async def ends(page: Page, reason: str) -> None:
    """Staff close the handoff."""
    await page.get_by_role("button", name="结束", exact=True).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_text(reason, exact=True).click()
    await dialog.get_by_role("button", name="结束").click()
    await expect(page.locator(".foot-bar")).to_contain_text(reason)


async def waits_and_is_claimed(chat: ChatPage, page: Page, room: BothSides) -> str:
    """The user sees the place in the queue until 王芳 is there; the handoff's number."""
    before = await room.asks("web:before", "先来的问题")
    number = await calls(chat)
    await expect(chat.page.locator("#charge-detail")).to_contain_text("前面还有 1 位")
    await claims(page, before.number)
    await expect(chat.page.locator("#charge-detail")).to_contain_text("排在第一位")
    await claims(page, number)
    await expect(chat.page.locator("#charge-text")).to_have_text("正在与王芳对话")
    await expect(page.locator(".said.user").first).to_contain_text("出口退税要几天")
    return number


async def is_sent_a_measure_and_a_canned_reply(chat: ChatPage, page: Page, number: str) -> None:
    """The measure with its citation, the reply with its variables filled in."""
    told, dialog = chat.page.locator(".staff .reply"), page.get_by_role("dialog")
    await page.get_by_role("button", name="插入举措").click()
    await dialog.get_by_label("用户问的是什么").fill("退税平均时间压缩")
    first = dialog.locator(".pick").first
    await expect(first).to_contain_text("退税平均时间压缩至3个工作日")
    await first.get_by_role("button", name="直接发送").click()
    await expect(told).to_contain_text(["退税平均时间压缩至3个工作日"])
    await expect(told.last).to_contain_text("闵行区行动方案（征求意见稿）")
    await page.locator("[data-composer]").press("/")
    await dialog.locator(".pick", has_text="请稍等").click()
    await expect(page.locator("[data-composer]")).to_have_value(f"请稍等，王芳正在查 {number}。")
    await page.locator("[data-composer]").press("Enter")
    await expect(told.last).to_have_text(f"请稍等，王芳正在查 {number}。")


async def sends_a_file(chat: ChatPage, page: Page, browser: Browser, room: BothSides, folder: Path) -> None:
    """The user sees staff's picture, and nobody else does."""
    (folder / "申报样表.png").write_bytes(picture())
    await page.locator("[data-file]").set_input_files(folder / "申报样表.png")
    await expect(page.locator(READY)).to_have_count(1)
    await say(page, "照这张样表填")
    await expect(chat.page.locator(".staff .reply").last).to_have_text("照这张样表填")
    shown = chat.page.get_by_role("img", name="申报样表.png")
    await expect(shown).to_be_visible()
    url = room.server.url + (await shown.get_attribute("src") or "")
    assert await (await chat.page.request.get(url)).body() == picture()
    async with room.user(browser) as stranger:
        assert (await stranger.page.request.get(url)).status == 401


async def notes_and_reads_a_picture(chat: ChatPage, page: Page, folder: Path) -> None:
    """Staff write a note; the user answers with a picture."""
    (folder / "我的报错.png").write_bytes(picture(200, 300))
    await page.get_by_role("button", name="内部备注").click()
    await page.locator("[data-composer]").fill(SECRET)
    await page.locator("[data-composer]").press("Enter")
    await expect(page.locator(".said.note")).to_contain_text(SECRET)
    await page.get_by_role("button", name="回复用户").click()
    await chat.page.locator("#file").set_input_files(folder / "我的报错.png")
    await chat.write("系统报这个错")
    await expect(page.locator(".said.user").last).to_contain_text("系统报这个错")
    await expect(page.get_by_role("img", name="我的报错.png")).to_be_visible()
    await say(page, "明白了，是税务局的系统在升级")
    await expect(chat.page.locator(".staff .reply").last).to_have_text("明白了，是税务局的系统在升级")


async def is_passed_on_and_back(chat: ChatPage, page: Page, browser: Browser, room: BothSides, number: str) -> None:
    """王芳 gives it to 李娜, who lets the bot go on."""
    dialog = page.get_by_role("dialog")
    await page.get_by_role("button", name="转交").click()
    await dialog.get_by_label("同事").click()
    await page.get_by_role("option", name="李娜").click()
    await dialog.get_by_role("button", name="转交").click()
    await expect(chat.page.locator(".desk .reply").last).to_contain_text("正在为您转给另一位帮办人员")
    async with room.entered(browser, "li", f"/console/desk/{number}") as other:
        await other.get_by_role("button", name="接待", exact=True).last.click()
        await expect(chat.page.locator("#charge-text")).to_have_text("正在与李娜对话")
        await expect(other.locator(".said.note")).to_contain_text(SECRET)
        await expect(other.get_by_role("img", name="申报样表.png")).to_be_visible()
        await other.get_by_role("button", name="交回机器人").click()
        await other.get_by_role("dialog").get_by_role("button", name="交回机器人").click()
        await expect(other.locator(".foot-bar")).to_contain_text("交回")
    await expect(chat.page.locator("#charge")).to_be_hidden()
    await chat.ask("简易注销怎么办")
    await expect(chat.replies.last).to_contain_text("简易注销")


async def rates_two_stars(chat: ChatPage, words: str) -> None:
    """Stars, a reason and words."""
    await chat.page.get_by_role("button", name="2 分").last.click()
    await chat.page.get_by_role("button", name="没解决").last.click()
    await chat.page.get_by_role("button", name="再写一句").last.click()
    await expect(chat.replies.last).to_contain_text("请用一条消息写下来")
    await chat.ask(words)


async def test_a_handoff_from_the_question_to_the_bot_again(browser: Browser, room: BothSides, tmp_path: Path) -> None:
    await room.desk.canned.add(room.ids["manager"], "请稍等", "请稍等，{{name}}正在查 {{number}}。")
    async with room.user(browser) as chat, room.entered(browser, "service", "/console/desk") as page:
        await chat.ask("出口退税要几天")
        await expect(chat.replies.last).to_contain_text("个工作日")
        number = await waits_and_is_claimed(chat, page, room)
        await is_sent_a_measure_and_a_canned_reply(chat, page, number)
        await sends_a_file(chat, page, browser, room, tmp_path)
        await notes_and_reads_a_picture(chat, page, tmp_path)
        await is_passed_on_and_back(chat, page, browser, room, number)
        shown = chat.page.locator(".said:not([hidden]) .bubble, .reply")
        said = await shown.all_text_contents()
        await chat.page.reload()
        await expect(shown).to_have_text(said)
        await expect(chat.page.get_by_role("img", name="申报样表.png")).to_be_visible()
        assert SECRET not in await chat.page.content()
        # However long the talk is, it scrolls within itself.
        assert await chat.page.evaluate("document.documentElement.scrollHeight - innerHeight") == 0


async def test_a_low_rating_and_its_words_come_to_the_manager(browser: Browser, room: BothSides) -> None:
    words = "跑了两趟还是没到账，电话 13812345678"
    async with room.user(browser) as chat, room.entered(browser, "service", "/console/desk") as page:
        await chat.ask("出口退税要几天")
        number = await calls(chat)
        await claims(page, number)
        await say(page, "您好，还有什么要问")
        await ends(page, "未解决")
        await expect(chat.page.locator(".desk .reply").last).to_contain_text(f"（编号 {number}）结束了")
        await rates_two_stars(chat, words)
        # The three steps of the rating are one line, and everything stands in the order in which it was said.
        await expect(page.locator(".said.event", has_text="用户评价")).to_have_count(1)
        await expect(page.locator(".said:not(.event) .bubble-text")).to_have_text([
            re.compile("出口退税要几天"), re.compile("工作日"), re.compile("转人工"), re.compile(number),
            re.compile("您好，还有什么要问"), re.compile("您打了 2 分"), re.compile("记下了"), re.compile("用一条消息"),
            re.compile("跑了两趟"), re.compile("谢谢"),
        ])  # fmt: skip
        await chat.page.reload()
        await expect(chat.page.locator(".star.chosen")).to_have_text("★2")
    async with room.desk.store.work() as work:
        row = await work.handoffs.by_number(number)
    assert row is not None
    assert (row.close_reason, row.rating, row.rating_reason, row.rating_text) == (
        CloseReason.UNRESOLVED,
        2,
        RatingReason.UNSOLVED,
        words,
    )
    async with room.entered(browser, "manager", "/console/figures") as page:
        await page.locator("a.share", has_text="2 分").click()
        await expect(page.locator("tbody tr")).to_have_count(1)
        await expect(page.locator("tbody")).to_contain_text("跑了两趟还是没到账，电话 [mobile]")
        await page.get_by_role("link", name=number).click()
        await expect(page.locator(".chat-tools")).to_contain_text("2 分 · 没解决")
        await expect(page.locator(".said.event").last).to_contain_text("跑了两趟还是没到账")


async def files_an_appeal(chat: ChatPage, photo: Path) -> str:
    """The user goes through the form; the appeal's number."""
    for said in ("我要投诉", "上海某某贸易有限公司", "王女士", "13812345678", "普陀区"):
        await chat.ask(said)
    await chat.page.locator("#file").set_input_files(photo)
    await expect(chat.replies.last).to_contain_text("现在共 1 个")
    await chat.ask("门口的路灯坏了三个月，请派人来修")
    await chat.button("确认登记").click()
    await expect(chat.replies.last).to_contain_text(re.compile(r"SQ\d{8}-\d{4}"))
    found = re.search(r"SQ\d{8}-\d{4}", await chat.replies.last.inner_text())
    assert found
    return found[0]


async def assigns(page: Page, grade: str | None = None) -> None:
    """The manager gives it to 王芳."""
    await page.get_by_role("button", name="定级分派").click()
    dialog = page.get_by_role("dialog")
    if grade:
        await dialog.get_by_label("办理等级").click()
        await page.get_by_role("option", name=grade).click()
        await dialog.get_by_label("负责人").click()
        await page.get_by_role("option", name="王芳").click()
    await dialog.get_by_label("责任单位").fill("区城管执法局" if grade else "区城管执法局路灯所")
    await dialog.get_by_role("button", name="保存").click()
    await expect(dialog).to_be_hidden()


async def resolves(page: Page, result: str) -> None:
    """王芳 says what came of it."""
    await page.get_by_role("button", name="答复办结").click()
    await page.get_by_label("办理结果").fill(result)
    await page.get_by_role("dialog").get_by_role("button", name="答复办结").click()
    await expect(page.locator(".card.result")).to_contain_text(result)


async def test_an_appeal_from_the_form_to_the_result_reopened_and_rated(
    browser: Browser, room: BothSides, tmp_path: Path
) -> None:
    (tmp_path / "路灯.png").write_bytes(picture(300, 400))
    async with (
        room.user(browser) as chat,
        room.entered(browser, "manager", "/console/appeals") as manager,
        room.entered(browser, "service", "/console/appeals") as page,
    ):
        number = await files_an_appeal(chat, tmp_path / "路灯.png")
        told = chat.page.locator(".desk .reply")
        await manager.goto(f"{room.server.url}/console/appeals/{number}")
        await manager.wait_for_function("window.did_handshake === true")
        await expect(manager.locator(".ticket-text")).to_contain_text("路灯坏了三个月")
        await assigns(manager, "能办的马上办")
        await expect(told.nth(-1)).to_contain_text(f"{number} 已分派")
        await expect(told.nth(-2)).to_contain_text("已经有人看过")

        await page.goto(f"{room.server.url}/console/appeals/{number}")
        await page.wait_for_function("window.did_handshake === true")
        file = page.get_by_role("link", name="路灯.png")
        content = await page.request.get(room.server.url + (await file.get_attribute("href") or ""))
        assert await content.body() == picture(300, 400)
        await page.get_by_role("button", name="开始办理").click()
        await expect(told.last).to_contain_text("正在办理")
        await page.get_by_role("button", name="写备注").click()
        await page.get_by_role("dialog").get_by_label("备注").fill(SECRET)
        await page.get_by_role("dialog").get_by_role("button", name="写备注").click()
        await expect(page.locator(".history")).to_contain_text(SECRET)
        await resolves(page, "路灯所 11 月 18 日已换好灯泡")
        await expect(told.last).to_contain_text("路灯所 11 月 18 日已换好灯泡")
        await expect(chat.page.locator(".star")).to_have_count(5)

        await chat.button("不满意，要求重办").click()
        await expect(chat.replies.last).to_contain_text("重办")
        await chat.ask("昨晚又灭了")
        await expect(page.locator(".history")).to_contain_text("昨晚又灭了")
        await expect(manager.locator(".ticket-head")).to_contain_text("重新办理")
        await assigns(manager)
        await resolves(page, "整个灯头都换了新的")
        await expect(told.last).to_contain_text("整个灯头都换了新的")
        await expect(told.last).not_to_contain_text("重办")
        await chat.page.get_by_role("button", name="5 分").last.click()
        await expect(page.locator(".history")).to_contain_text("用户评价 5 分")
        assert SECRET not in await chat.page.content()
        await chat.ask(f"{number} 的进度")
        await expect(chat.replies.last).to_contain_text("整个灯头都换了新的")
    async with room.desk.store.work() as work:
        ended = await work.appeals.by_number(number)
    assert ended is not None
    assert (ended.state, ended.rating, ended.reopened) == (AppealState.RATED, 5, True)
