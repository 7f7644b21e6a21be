"""A person on the page, in a real browser: the claim, what they write, the end and the stars; nothing twice."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.desk.talk import Attachment
from qifu.labels import CloseReason, Direction, RatingReason
from tests.bot.web.chatpage import ChatPage
from tests.fakes.browser import PHONE, opened_page
from tests.fakes.deskserver import DeskServer, desk_server

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def served(migrated: Path, tmp_path: Path) -> AsyncIterator[DeskServer]:
    """A page over a real desk."""
    async with desk_server(migrated, tmp_path) as server:
        yield server


@pytest_asyncio.fixture(loop_scope="session")
async def chat(browser: Browser, served: DeskServer) -> AsyncIterator[ChatPage]:
    """The page, with a question answered."""
    async with opened_page(browser, served.url) as page:
        chat = ChatPage(page)
        await chat.ready()
        await chat.ask("出口退税几天")
        yield chat


async def called(served: DeskServer, chat: ChatPage) -> int:
    """A person is called in the only conversation; the handoff's id."""
    handoff = await served.call()
    await expect(chat.page.locator("#charge")).to_be_visible()
    return handoff


async def claimed(served: DeskServer, chat: ChatPage) -> int:
    """A person is there."""
    handoff = await called(served, chat)
    await served.desk.handoffs.claim(handoff, served.wang)
    await expect(chat.page.locator("#charge-text")).to_have_text("正在与王敏对话")
    return handoff


async def test_the_place_is_shown_while_waiting_and_can_be_given_up(chat: ChatPage, served: DeskServer) -> None:
    handoff = await called(served, chat)
    await expect(chat.page.locator("#charge-text")).to_have_text("正在等人工帮办")
    await expect(chat.page.locator("#charge-detail")).to_have_text("排在第一位")
    await chat.ask("简易注销怎么办")
    await chat.page.locator("#charge-cancel").click()
    await expect(chat.page.locator("#charge")).to_be_hidden()
    await expect(chat.replies.last).to_contain_text("已取消")
    assert not (await served.desk.handoffs.get(handoff)).is_open


async def test_the_place_moves_up_when_somebody_before_is_taken(
    browser: Browser, chat: ChatPage, served: DeskServer
) -> None:
    first = await called(served, chat)
    async with opened_page(browser, served.url) as page:
        other = ChatPage(page)
        await other.ready()
        await other.ask("开公司")
        await served.call()
        await expect(page.locator("#charge-detail")).to_have_text("前面还有 1 位")
        await served.desk.handoffs.claim(first, served.wang)
        await expect(page.locator("#charge-detail")).to_have_text("排在第一位")


async def test_a_person_comes_writes_and_is_written_to_while_the_bot_is_silent(
    chat: ChatPage, served: DeskServer
) -> None:
    handoff = await claimed(served, chat)
    await expect(chat.page.locator(".desk .reply").last).to_contain_text("王敏 来为您服务")
    await expect(chat.text).to_have_attribute("placeholder", "写给王敏…")
    await served.desk.talk.staff_message(handoff, served.wang, "您好，请讲")
    await expect(chat.page.locator(".staff .who b")).to_have_text("王敏")
    await expect(chat.page.locator(".staff .reply")).to_have_text("您好，请讲")
    await chat.write("退税没到")
    await chat.sees("出口退税几天", "退税没到")
    await expect(chat.said.last).to_have_attribute("title", re.compile("."))
    await expect(chat.state).to_have_count(0)
    await expect(chat.typing).to_be_hidden()
    [message] = [m for m in await served.desk.talk.messages(handoff) if m.direction == Direction.USER]
    assert message.text == "退税没到"
    assert [text for _, text in served.rasa.received] == ["出口退税几天"]


async def test_after_a_reload_everything_stands_there_once_and_in_order(chat: ChatPage, served: DeskServer) -> None:
    handoff = await claimed(served, chat)
    await served.desk.talk.staff_message(handoff, served.wang, "第一句")
    await chat.write("第二句")
    await chat.sees("出口退税几天", "第二句")
    await served.desk.talk.staff_message(handoff, served.wang, "第三句")
    shown = chat.page.locator(".said:not([hidden]) .bubble, .reply")
    await expect(shown.last).to_have_text("第三句")
    before = await shown.all_inner_texts()
    await chat.page.reload()
    await expect(chat.page.locator("#charge-text")).to_have_text("正在与王敏对话")
    await expect(shown).to_have_text(before)


async def test_what_was_written_while_the_page_was_away_comes_when_it_is_back(
    chat: ChatPage, served: DeskServer
) -> None:
    handoff = await claimed(served, chat)
    await chat.page.context.set_offline(True)
    await served.server.stop()
    await served.desk.talk.staff_message(handoff, served.wang, "您还在吗")
    await served.desk.handoffs.close(handoff, served.wang, CloseReason.NO_REPLY)
    await served.server.start()
    await chat.page.context.set_offline(False)
    await expect(chat.page.locator(".staff .reply")).to_have_text("您还在吗")
    await expect(chat.page.locator(".star")).to_have_count(5)
    await expect(chat.page.locator("#charge")).to_be_hidden()


async def test_two_tabs_show_the_same(chat: ChatPage, served: DeskServer) -> None:
    handoff = await claimed(served, chat)
    other = await chat.page.context.new_page()
    await other.goto(served.url)
    await expect(other.locator("#charge-text")).to_have_text("正在与王敏对话")
    await served.desk.talk.staff_message(handoff, served.wang, "两边都看得到")
    for page in (chat.page, other):
        await expect(page.locator(".staff .reply")).to_have_text("两边都看得到")
    await chat.write("好的")
    await expect(other.locator(".said:not([hidden]) .bubble").last).to_contain_text("好的")


async def test_an_edited_message_changes_where_it_stands(chat: ChatPage, served: DeskServer) -> None:
    handoff = await claimed(served, chat)
    message = (await served.desk.talk.staff_message(handoff, served.wang, "明天来")).row
    await served.desk.talk.staff_message(handoff, served.wang, "带上执照")
    await expect(chat.page.locator(".staff .reply")).to_have_text(["明天来", "带上执照"])
    await served.desk.talk.edit(message.id, "后天来", served.wang)
    await expect(chat.page.locator(".staff .reply")).to_have_text(["后天来", "带上执照"])
    await expect(chat.page.locator(".staff .edited")).to_have_count(1)


async def test_markup_in_what_a_person_writes_is_text(chat: ChatPage, served: DeskServer) -> None:
    handoff = await claimed(served, chat)
    evil = "<img src=x onerror=window.hacked=1>"
    await served.desk.talk.staff_message(handoff, served.wang, evil)
    await expect(chat.page.locator(".staff .reply")).to_have_text(evil)
    assert await chat.page.evaluate("window.hacked") is None


async def test_a_file_is_a_link_for_this_user_only(browser: Browser, chat: ChatPage, served: DeskServer) -> None:
    handoff = await claimed(served, chat)
    kept = await served.files.keep("x", "1", "清单.pdf", b"%PDF-1.7 list")
    lost = Attachment("photo", "file:gone", "", "image/jpeg", 9)
    await served.desk.talk.staff_message(handoff, served.wang, "", attachments=[kept, lost])
    links = chat.page.locator(".files a")
    await expect(links).to_have_text(["清单.pdf", "照片"])
    urls = [await link.get_attribute("href") or "" for link in await links.all()]
    answers = [await chat.page.request.get(served.url + url) for url in urls]
    assert [answer.status for answer in answers] == [200, 404]
    assert await answers[0].body() == b"%PDF-1.7 list"
    assert "attachment" in answers[0].headers["content-disposition"]
    async with opened_page(browser, served.url) as stranger:
        assert (await stranger.request.get(served.url + urls[0])).status == 401


async def test_a_file_can_be_sent_while_somebody_reads_it(chat: ChatPage, served: DeskServer, tmp_path: Path) -> None:
    await expect(chat.page.locator("#attach")).to_be_hidden()
    handoff = await claimed(served, chat)
    await expect(chat.page.locator("#attach")).to_be_visible()
    (tmp_path / "营业执照.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 300_000)
    (tmp_path / "坏的.pdf").write_bytes(b"<html>")
    (tmp_path / "病毒.exe").write_bytes(b"MZ")
    await chat.page.locator("#file").set_input_files([tmp_path / "营业执照.png", tmp_path / "病毒.exe"])
    await expect(chat.page.locator("#notice")).to_contain_text("只能发 JPEG")
    await chat.sees("出口退税几天", "营业执照.png")
    await expect(chat.said.last).to_have_attribute("title", re.compile("."))
    [message] = [m for m in await served.desk.talk.messages(handoff) if m.direction == Direction.USER]
    [file] = message.attachments
    assert (message.text, file["name"], file["mime"], file["size"]) == ("", "营业执照.png", "image/png", 300_008)
    assert len(await served.files.fetch(file["ref"]) or b"") == 300_008
    await chat.page.locator("#file").set_input_files(tmp_path / "坏的.pdf")
    await expect(chat.state).to_contain_text("只能发 JPEG")


async def test_the_end_is_told_and_rated_with_stars_a_reason_and_a_remark(chat: ChatPage, served: DeskServer) -> None:
    handoff = await claimed(served, chat)
    await served.desk.handoffs.close(handoff, served.wang, CloseReason.RESOLVED)
    await expect(chat.page.locator("#charge")).to_be_hidden()
    await chat.page.get_by_role("button", name="2 分").click()
    await chat.page.get_by_role("button", name="没解决").click()
    await chat.page.get_by_role("button", name="再写一句").click()
    await expect(chat.replies.last).to_contain_text("请用一条消息写下来")
    await chat.ask("等了一周")
    rated = await served.desk.handoffs.get(handoff)
    assert (rated.rating, rated.rating_reason, rated.rating_text) == (2, RatingReason.UNSOLVED, "等了一周")
    await expect(chat.page.locator(".star.chosen")).to_have_text("★2")
    await expect(chat.page.locator(".star[aria-disabled=true]")).to_have_count(5)


async def test_stars_can_still_be_given_after_another_question(chat: ChatPage, served: DeskServer) -> None:
    handoff = await claimed(served, chat)
    await served.desk.handoffs.close(handoff, served.wang, CloseReason.RESOLVED)
    await expect(chat.page.locator(".star")).to_have_count(5)
    await chat.ask("简易注销怎么办")
    await chat.page.get_by_role("button", name="5 分").click()
    await expect(chat.replies.last).to_contain_text("5 分")
    assert (await served.desk.handoffs.get(handoff)).rating == 5


async def test_all_of_it_fits_a_phone(browser: Browser, served: DeskServer) -> None:
    async with opened_page(browser, served.url, viewport=PHONE) as page:
        chat = ChatPage(page)
        await chat.ready()
        await chat.ask("出口退税几天")
        handoff = await claimed(served, chat)
        name = "上海市出口退税申报材料清单" * 6 + ".pdf"
        file = Attachment("document", "file:x", name, "application/pdf", 9)
        await served.desk.talk.staff_message(
            handoff, served.wang, "https://example.org/" + "x" * 200, attachments=[file]
        )
        await served.desk.handoffs.close(handoff, served.wang, CloseReason.RESOLVED)
        await expect(page.locator(".star")).to_have_count(5)
        assert await chat.overflow() == 0
