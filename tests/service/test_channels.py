"""The web page in a real browser and Telegram over its HTTP API, both over the whole service."""

import pytest
from playwright.async_api import Browser, expect

from tests.bot.web.chatpage import ChatPage
from tests.fakes.browser import PHONE, opened_page
from tests.fakes.telegram import FakeTelegram
from tests.service.support import Served

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(900)]

USER = 1001


async def test_a_person_asks_on_the_page_and_presses_buttons(served: Served, chromium: Browser) -> None:
    async with opened_page(chromium, served.address, viewport=PHONE) as page:
        chat = ChatPage(page)
        await chat.ready()
        await chat.ask("出口退税几天")
        await expect(chat.replies.last).to_contain_text("3个工作日")
        await expect(chat.replies.last).to_contain_text("征求意见稿")
        await chat.button("依据").click()
        await expect(chat.replies.last).to_contain_text("具体位置")
        await chat.ask("出口退税几天能到账")
        await expect(chat.replies.last).to_contain_text("3个工作日")
        await chat.button("找谁").click()
        await expect(chat.replies.last).to_contain_text("12366")
        assert await chat.overflow() == 0
        await page.reload()
        await chat.ready()
        await expect(chat.said.first).to_contain_text("出口退税几天")


async def told(telegram: FakeTelegram, number: int) -> str:
    """The newest text that the user got, once there are so many."""
    return str((await telegram.sent_to(USER, number, within=20))[-1]["text"])


async def test_a_person_asks_on_telegram_and_presses_buttons(served: Served) -> None:
    telegram = served.telegram
    telegram.user_sends(USER, "/start minhang")
    assert await told(telegram, 1)
    await telegram.quiet()
    before = len(telegram.sent(USER))
    telegram.user_sends(USER, "出口退税几天")
    assert "3个工作日" in await told(telegram, before + 1)
    answer = telegram.sent(USER)[-1]
    rows = answer["reply_markup"]["inline_keyboard"]
    pressed = {button["text"]: button["callback_data"] for row in rows for button in row}
    telegram.user_presses(USER, answer["message_id"], pressed["依据"])
    assert "征求意见稿" in await told(telegram, before + 2)
    await telegram.quiet()
    assert len(telegram.sent(USER)) == before + 2
