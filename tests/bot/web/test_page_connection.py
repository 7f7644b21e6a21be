"""What happens on the page when the connection or the server goes, in a real browser."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect

from bot.dialogue.turn import Turn
from bot.web.hub import turn_event
from bot.web.limits import Limits, Rate
from bot.web.stored import late_delivery
from qifu.labels import Outcome
from tests.bot.web.chatpage import ChatPage
from tests.fakes.browser import opened_page
from tests.fakes.dialogue import reply
from tests.fakes.webserver import GENEROUS, WebServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

MESSAGES = "**/messages"


@pytest_asyncio.fixture(loop_scope="session")
async def chat(browser: Browser, served: WebServer) -> AsyncIterator[ChatPage]:
    """The page, open in a fresh browser."""
    async with opened_page(browser, served.url) as page:
        chat = ChatPage(page)
        await chat.ready()
        yield chat


async def test_a_server_that_goes_and_comes_back_gets_each_message_once(chat: ChatPage, served: WebServer) -> None:
    await chat.ask("之前")
    await served.stop()
    await chat.write("离线一")
    await chat.write("离线二")
    await expect(chat.banner).to_contain_text("连接断开了")
    await expect(chat.state).to_have_text(["待发送，连上后自动发出"] * 2)
    box = await chat.page.locator("#composer").bounding_box()
    await served.start()
    await chat.page.get_by_role("button", name="立即重连").click()
    await expect(chat.banner).to_contain_text("已重新连上")
    await expect(chat.replies).to_have_count(4)
    await chat.sees("之前", "离线一", "离线二")
    await expect(chat.state).to_have_count(0)
    assert [incoming.text for incoming in served.dialogue.incoming] == ["之前", "离线一", "离线二"]
    assert set(served.dialogue.runs.values()) == {1}
    assert await chat.page.locator("#composer").bounding_box() == box
    await expect(chat.banner).to_be_hidden()


async def test_the_page_comes_back_by_itself(chat: ChatPage, served: WebServer) -> None:
    await served.stop()
    await expect(chat.banner).to_be_visible()
    await served.start()
    await expect(chat.banner).to_contain_text("已重新连上", timeout=8000)
    await chat.ask("又好了")


async def test_an_answer_that_was_lost_on_the_way_is_fetched_not_asked_again(chat: ChatPage, served: WebServer) -> None:
    async def lose_answer(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await chat.page.route(MESSAGES, lose_answer, times=1)
    await chat.write("只问一次")
    await expect(chat.replies).to_have_count(2)
    await chat.page.wait_for_timeout(700)
    await chat.sees("只问一次")
    assert list(served.dialogue.runs.values()) == [1]


async def test_reload_keeps_the_transcript(chat: ChatPage, served: WebServer) -> None:
    await chat.ask("第一问")
    await chat.button("更多").click()
    await expect(chat.replies).to_have_count(3)
    await chat.text.fill("写到一半")
    await chat.page.reload()
    await chat.ready()
    await chat.sees("第一问", "更多")
    await expect(chat.replies).to_have_text(["您好，我是企服。", "收到：第一问", "收到：/more"])
    await expect(chat.page.locator(".choice.chosen")).to_have_text("更多")
    await expect(chat.text).to_have_value("写到一半")
    await expect(chat.page.locator("#welcome")).to_be_hidden()


async def test_unsent_messages_survive_a_reload(chat: ChatPage, served: WebServer) -> None:
    await chat.page.route(MESSAGES, lambda route: route.abort())
    await chat.write("别丢了我")
    await expect(chat.said).to_have_count(1)
    await chat.page.wait_for_timeout(100)
    await chat.page.unroute(MESSAGES)
    await chat.page.reload()
    await expect(chat.replies).to_have_count(2)
    await chat.sees("别丢了我")
    assert list(served.dialogue.runs.values()) == [1]


async def test_a_person_may_speak_first(chat: ChatPage, served: WebServer) -> None:
    await chat.ask("人工")
    conversation = served.dialogue.incoming[0].conversation_id
    said = Turn("", (reply(("text", "您好，我是帮办人员小王。")),), Outcome.HANDOFF)
    stored = served.dialogue.remember(conversation, said, author="staff")
    served.hub.publish(conversation, turn_event(stored, author="staff"))
    await expect(chat.replies.last).to_have_text("您好，我是帮办人员小王。")
    await expect(chat.page.locator(".staff .who")).to_contain_text("帮办人员")
    await chat.sees("人工")
    await chat.page.reload()
    await expect(chat.page.locator(".staff .reply")).to_have_count(1)


async def test_a_late_answer_takes_the_place_of_the_honest_line(chat: ChatPage, served: WebServer) -> None:
    served.dialogue.away = True
    await chat.ask("退税几天")
    await expect(chat.replies.last).to_contain_text("恢复后马上在这里回答您")
    served.dialogue.away = False
    await chat.ask("第二问")
    deliver = late_delivery(served.hub, served.dialogue)
    for conversation, turn in served.dialogue.answer_late():
        await deliver(conversation, turn)
    await expect(chat.replies).to_have_text(["您好，我是企服。", "收到：退税几天", "收到：第二问"])


async def test_two_windows_show_the_same_conversation(chat: ChatPage, served: WebServer) -> None:
    other = ChatPage(await chat.page.context.new_page())
    await other.page.goto("/")
    await other.ready()
    await chat.ask("这边问")
    await expect(other.replies.last).to_have_text("收到：这边问")
    await other.ask("那边问")
    await chat.sees("这边问", "那边问")
    await expect(chat.replies).to_have_count(3)


async def test_a_conversation_that_is_no_more_begins_anew_with_the_message(chat: ChatPage, served: WebServer) -> None:
    await chat.ask("之前")
    served.dialogue.forget_all()
    await chat.write("之后")
    await expect(chat.replies).to_have_text(["您好，我是企服。", "收到：之后"])
    await chat.sees("之后")


async def test_who_writes_too_fast_only_waits(browser: Browser, served: WebServer) -> None:
    await served.stop()
    served.limits = Limits(messages=Rate(1, 1.0), requests=GENEROUS.requests, openings=GENEROUS.openings)
    await served.start()
    async with opened_page(browser, served.url) as page:
        chat = ChatPage(page)
        await chat.ready()
        await chat.write("一")
        await chat.write("二")
        await expect(chat.state).to_have_text("发得有点快，1 秒后自动发出")
        await expect(chat.replies).to_have_count(3)
        await chat.sees("一", "二")


async def test_a_message_that_is_refused_says_why_and_can_be_removed(chat: ChatPage, served: WebServer) -> None:
    refusal = '{"error": {"code": "invalid", "message": "这条不行。"}}'
    await chat.page.route(MESSAGES, lambda route: route.fulfill(status=422, body=refusal), times=1)
    await chat.write("怪")
    await expect(chat.state).to_contain_text("这条不行。")
    await chat.page.get_by_role("button", name="重试").click()
    await expect(chat.replies).to_have_count(2)
    await chat.page.route(MESSAGES, lambda route: route.fulfill(status=422, body=refusal), times=1)
    await chat.write("还是怪")
    await chat.page.get_by_role("button", name="删除").click()
    await chat.sees("怪")


async def test_a_page_that_opens_while_the_server_is_away_waits_for_it(browser: Browser, served: WebServer) -> None:
    async with opened_page(browser, served.url) as page:
        chat = ChatPage(page)
        await chat.ready()
        await page.route("**/api/v1/**", lambda route: route.abort())
        await page.reload()
        await expect(chat.banner).to_contain_text("连接断开了")
        await page.unroute("**/api/v1/**")
        await chat.ready()
        await chat.ask("来了")
