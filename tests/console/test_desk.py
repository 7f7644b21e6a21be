"""The desk's pages in a real browser: the queue, a chat from claim to close, who sees what."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.desk.talk import Attachment
from qifu.labels import CloseReason, Direction, HandoffState, Language
from store.database import Database
from tests.console.deskroom import DeskRoom, desk_room
from tests.fakes.browser import PHONE

pytestmark = pytest.mark.asyncio(loop_scope="session")

USER, OTHER = "web:1000", "web:1001"
EVIL = "<img src=x onerror=window.hacked=1>"


@pytest_asyncio.fixture(loop_scope="session")
async def room(own_database: Database) -> AsyncIterator[DeskRoom]:
    """A desk with nobody waiting."""
    async with desk_room(own_database) as room:
        yield room


async def claimed(room: DeskRoom, login: str = "service", question: str = "退税没有到账") -> str:
    """A handoff that somebody has; its number."""
    row = await room.asks(USER, question)
    await room.desk.handoffs.claim(row.id, room.ids[login])
    return row.number


async def write(page: Page, text: str) -> None:
    """Writes in the composer and sends with Enter."""
    box = page.locator("[data-composer]")
    await box.fill(text)
    await box.press("Enter")


async def test_who_waits_is_claimed_answered_and_closed(browser: Browser, room: DeskRoom) -> None:
    async with room.entered(browser, "service", "/console/desk") as page:
        await expect(page.get_by_text("没有人在等")).to_be_visible()
        row = await room.asks(USER, "退税二十天没有到账")
        item = page.locator(".waiting .queue-item")
        await expect(item).to_contain_text("退税二十天没有到账")
        await expect(item).to_contain_text("派给您")
        await expect(page).to_have_title(re.compile(r"^\(1\) "))
        await page.get_by_role("button", name=f"接待 {row.number}").click()
        await expect(page).to_have_url(room.server.url + f"/console/desk/{row.number}")
        await expect(page.locator(".said.bot")).to_contain_text("机器人的答复")
        await expect(page.locator(".said.user")).to_contain_text("退税二十天没有到账")
        room.clock.forward(seconds=20)
        await write(page, "您好，我来查一下")
        await expect(page.locator(".said.staff")).to_contain_text("您好，我来查一下")
        await expect(page.locator(".said.staff")).to_contain_text("发送中")
        await expect(page.locator("[data-composer]")).to_have_value("")
        sent = (await room.desk.talk.undelivered(Direction.STAFF))[0]
        await room.desk.talk.mark_delivered(sent.id)
        await expect(page.locator(".said.staff")).to_contain_text("已送达")
        await room.says(USER, EVIL)
        await expect(page.locator(".said.user").last).to_contain_text(EVIL)
        assert await page.evaluate("window.hacked") is None
        await page.get_by_role("button", name="结束", exact=True).click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_text("已解决").click()
        await dialog.get_by_label("内部备注").fill("税务所已处理")
        await dialog.get_by_role("button", name="结束").click()
        await expect(page.locator(".foot-bar")).to_contain_text("已解决")
        await expect(page.locator(".said.note")).to_contain_text("税务所已处理")
        await room.desk.handoffs.rate(USER, 5)
        await expect(page.locator(".chat-tools")).to_contain_text("5 分")
        await expect(page.locator(".ended .queue-item")).to_contain_text("5 分")
    now = await room.desk.handoffs.get(row.id)
    assert (now.state, now.close_reason, now.owner_id) == (
        HandoffState.CLOSED,
        CloseReason.RESOLVED,
        room.ids["service"],
    )
    messages = await room.desk.talk.messages(row.id)
    assert [message.direction for message in messages] == [Direction.STAFF, Direction.USER, Direction.NOTE]


async def test_of_two_who_claim_one_is_told_who_was_quicker(browser: Browser, room: DeskRoom) -> None:
    row = await room.asks(USER, "退税")
    async with room.entered(browser, "service", f"/console/desk/{row.number}") as page:
        await expect(page.locator(".foot-bar")).to_contain_text("接待后才能回复")
        async with room.entered(browser, "li", f"/console/desk/{row.number}") as other:
            await other.get_by_role("button", name="接待", exact=True).last.click()
            await expect(other.locator(".modes")).to_be_visible()
        await expect(page.locator(".foot-bar")).to_contain_text("由 李娜 接待")
        await expect(page.locator(".waiting .queue-item")).to_have_count(0)
        await expect(page.locator(".modes")).to_have_count(0)


async def test_a_note_is_for_colleagues_and_a_second_enter_sends_nothing_twice(
    browser: Browser, room: DeskRoom
) -> None:
    number = await claimed(room)
    async with room.entered(browser, "service", f"/console/desk/{number}") as page:
        await page.get_by_role("button", name="内部备注").click()
        box = page.locator("[data-composer]")
        await box.fill("第一行")
        await box.press("Shift+Enter")
        await box.press_sequentially("第二行")
        await box.press("Enter")
        await box.press("Enter")
        note = page.locator(".said.note")
        await expect(note).to_contain_text("王芳 的内部备注")
        await expect(note.locator(".bubble-text")).to_have_text("第一行\n第二行", use_inner_text=True)
        await note.get_by_role("button", name="修改").click()
        await page.get_by_role("dialog").get_by_label("内容").fill("改过的备注")
        await page.get_by_role("dialog").get_by_role("button", name="保存").click()
        await expect(note).to_contain_text("改过的备注")
        await expect(note).to_contain_text("已修改")
        await page.get_by_role("button", name="回复用户").click()
        await write(page, "给用户的话")
        await expect(page.locator(".said.staff")).to_have_count(1)
    row = (await room.desk.handoffs.claimed())[0]
    kept = [(message.direction, message.text) for message in await room.desk.talk.messages(row.id)]
    assert kept == [(Direction.NOTE, "改过的备注"), (Direction.STAFF, "给用户的话")]


async def test_personal_data_are_masked_but_for_the_owner_and_a_manager_who_asks_and_both_are_noted(
    browser: Browser, room: DeskRoom
) -> None:
    number = await claimed(room, question="我的电话 13812345678")
    async with room.entered(browser, "li", f"/console/desk/{number}") as page:
        await expect(page.locator(".said.user")).to_contain_text("[mobile]")
        await expect(page.get_by_role("button", name="显示个人信息")).to_have_count(0)
    assert await room.audited("desk.reveal") == []
    async with room.entered(browser, "manager", f"/console/desk/{number}") as page:
        await expect(page.locator(".said.user")).to_contain_text("[mobile]")
        await expect(page.locator(".queue")).not_to_contain_text("13812345678")
        assert await room.audited("desk.reveal") == []
        await page.get_by_role("button", name="显示个人信息").click()
        await expect(page.locator(".said.user")).to_contain_text("13812345678")
        await page.get_by_role("button", name="遮住个人信息").click()
        await expect(page.locator(".said.user")).to_contain_text("[mobile]")
    async with room.entered(browser, "service", f"/console/desk/{number}") as page:
        await expect(page.locator(".said.user")).to_contain_text("13812345678")
    seen = [(entry.staff_id, entry.subject) for entry in await room.audited("desk.reveal")]
    assert seen == [(room.ids["service"], number), (room.ids["manager"], number)]


async def test_a_canned_reply_and_a_measure_are_found_by_keyboard_and_sent(browser: Browser, room: DeskRoom) -> None:
    by = room.ids["manager"]
    await room.desk.canned.add(by, "问候", "您好，我是{{name}}，您问的是{{topic}}，编号 {{number}}。")
    await room.desk.canned.add(by, "Greeting", "Hello from {{name}}", Language.EN)
    number = await claimed(room, question="出口退税要几天")
    async with room.entered(browser, "service", f"/console/desk/{number}") as page:
        await page.locator("[data-composer]").press("/")
        dialog = page.get_by_role("dialog")
        await expect(dialog.locator(".pick").first).to_contain_text(
            f"您好，我是王芳，您问的是税费办理，编号 {number}。"
        )
        await dialog.get_by_label("按标题或内容查找").fill("问候")
        await expect(dialog.locator(".pick")).to_have_count(1)
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-composer]")).to_have_value(re.compile("^您好，我是王芳"))
        await page.locator("[data-composer]").fill("")
        await page.get_by_role("button", name="插入举措").click()
        await dialog.get_by_label("用户问的是什么").fill("退税平均时间压缩")
        first = dialog.locator(".pick").first
        await expect(first).to_contain_text("退税平均时间压缩至3个工作日")
        await first.get_by_role("button", name="直接发送").click()
        await expect(page.locator(".said.staff")).to_contain_text("压缩至3个工作日")
        await expect(page.locator(".said.staff")).to_contain_text("闵行区行动方案（征求意见稿）")


async def test_keys_walk_through_chats_claim_and_keep_drafts(browser: Browser, room: DeskRoom) -> None:
    first = await room.asks(USER, "第一个问题")
    second = await room.asks(OTHER, "第二个问题")
    async with room.entered(browser, "service", "/console/desk") as page:
        await page.keyboard.press("j")
        await expect(page).to_have_url(re.compile(first.number))
        await page.keyboard.press("j")
        await expect(page).to_have_url(re.compile(second.number))
        await page.keyboard.press("k")
        await expect(page).to_have_url(re.compile(first.number))
        await expect(page.locator(".desk-chat")).to_contain_text(first.number)
        await page.keyboard.press("c")
        await expect(page.locator(".modes")).to_be_visible()
        await page.locator("[data-composer]").fill("还没写完")
        await page.locator(".waiting .queue-link").click()
        await expect(page.locator(".foot-bar")).to_contain_text("接待后才能回复")
        await page.go_back()
        await expect(page.locator("[data-composer]")).to_have_value("还没写完")


async def test_a_claim_isnt_lost_while_the_queue_is_drawn_anew(browser: Browser, room: DeskRoom) -> None:
    rows = [await room.asks(f"web:{7000 + n}", f"第{n}个问题") for n in range(3)]

    async def come_and_go() -> None:
        for n in range(40):
            await room.asks(f"web:{8000 + n}", "来了又走")
            await room.desk.handoffs.cancel(f"web:{8000 + n}")

    async with room.entered(browser, "service", "/console/desk") as page:
        restless = asyncio.create_task(come_and_go())
        await page.keyboard.press("j")
        await page.keyboard.press("c")
        await expect(page.locator(".modes")).to_be_visible()
        assert [row.id for row in await room.desk.handoffs.claimed(room.ids["service"])] == [rows[0].id]
        await page.get_by_role("button", name=f"接待 {rows[2].number}").click()
        await expect(page).to_have_url(re.compile(rows[2].number))
        await expect(page.locator(".modes")).to_be_visible()
        await restless
    mine = {row.id for row in await room.desk.handoffs.claimed(room.ids["service"])}
    assert mine == {rows[0].id, rows[2].id}


async def test_a_chat_is_passed_on_with_a_note(browser: Browser, room: DeskRoom) -> None:
    number = await claimed(room)
    async with room.entered(browser, "service", f"/console/desk/{number}") as page:
        await page.get_by_role("button", name="转交").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("同事").click()
        await page.get_by_role("option", name="李娜").click()
        await dialog.get_by_label("交代几句").fill("她熟悉退税")
        await dialog.get_by_role("button", name="转交").click()
        await expect(page.locator(".chat-tools")).to_contain_text("排队中")
        await expect(page.locator(".said.note")).to_contain_text("她熟悉退税")
        await expect(page.locator(".said.event").last).to_contain_text("派给 李娜")
    async with room.entered(browser, "li", "/console/desk") as page:
        await expect(page.locator(".waiting .queue-item")).to_contain_text("派给您")


async def test_everybody_who_serves_says_in_the_top_bar_whether_they_are_there(
    browser: Browser, room: DeskRoom
) -> None:
    async with room.entered(browser, "li", "/console/") as page:
        switch = page.get_by_role("switch")
        await expect(switch).to_have_attribute("aria-checked", "false")
        await switch.click()
        await expect(switch).to_have_attribute("aria-checked", "true")
        assert {row.id for row in await room.desk.roster.on_duty()} == {room.ids["li"], room.ids["service"]}
        await room.asks(USER, "退税")
        await expect(page.locator(".duty-queue .count")).to_have_text("1")
        await page.reload()
        await expect(page.locator(".task")).to_contain_text("1 人在排队等帮办")
    async with room.entered(browser, "trainer", "/console/") as page:
        await expect(page.get_by_role("switch")).to_have_count(0)
        await page.goto(room.server.url + "/console/desk")
        await expect(page.locator("h1")).to_have_text("您没有权限")


async def test_a_file_is_a_link_for_the_owner_and_closed_to_others(browser: Browser, room: DeskRoom) -> None:
    number = await claimed(room)
    file = Attachment("photo", "file:1", "现场.png", "image/png", 2048)
    kept = await room.desk.talk.user_message(USER, "", "f1", [file])
    assert kept is not None
    path = f"/console/desk/files/{kept.row.id}/0"
    async with room.entered(browser, "service", f"/console/desk/{number}") as page:
        link = page.get_by_title("现场.png · 2 KB")
        assert await link.get_attribute("href") == path
        answer = await page.request.get(room.server.url + path)
        assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
        assert (await page.request.get(room.server.url + f"/console/desk/files/{kept.row.id}/1")).status == 404
    async with room.entered(browser, "li", "/console/") as page:
        assert (await page.request.get(room.server.url + path)).status == 403
    # Once because the chat shows the picture, once because it was opened.
    assert [entry.subject for entry in await room.audited("desk.file")] == [number] * 2


async def test_a_phone_shows_either_the_list_or_the_chat(browser: Browser, room: DeskRoom) -> None:
    await claimed(room)
    async with room.entered(browser, "service", "/console/desk", viewport=PHONE) as page:
        await page.locator(".mine .queue-link").click()
        await expect(page.locator("[data-composer]")).to_be_visible()
        await expect(page.locator(".queue")).to_be_hidden()
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        await page.get_by_role("link", name="回到列表").click()
        await expect(page.locator(".queue")).to_be_visible()
        await expect(page).to_have_url(room.server.url + "/console/desk")
