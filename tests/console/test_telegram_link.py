"""Staff link their Telegram account from their own page."""

import pytest
from playwright.async_api import Browser, expect

from bot.telegram.staff.linking import Linking
from qifu.labels import StaffRole
from store.database import Database
from tests.console.served import ConsoleServer, log_in
from tests.fakes.browser import PHONE, opened_page

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_code_is_shown_once_and_the_link_can_be_ended(browser: Browser, own_database: Database) -> None:
    server = ConsoleServer(own_database, TELEGRAM_BOT_TOKEN="1:A")
    login = await server.person(StaffRole.SERVICE)
    async with server.running(), opened_page(browser, server.url, viewport=PHONE) as page:
        await log_in(page, server.url, login, path="/console/mine")
        await page.wait_for_function("window.did_handshake === true")
        await page.get_by_role("button", name="关联 Telegram").click()
        line = await page.locator("code.secret").inner_text()
        linked = await Linking(own_database, server.clock).redeem(line.removeprefix("/staff "), 2001)
        assert linked is not None
        await page.get_by_role("button", name="好了").click()
        await expect(page.get_by_text("已关联：")).to_be_visible()
        await page.get_by_role("button", name="解除关联").click()
        await expect(page.get_by_text("关联后可以在")).to_be_visible()
        assert (await server.services.people.get(linked.id)).telegram_id is None


async def test_without_telegram_or_service_there_is_no_card(browser: Browser, own_database: Database) -> None:
    server = ConsoleServer(own_database)
    login = await server.person(StaffRole.SERVICE)
    async with server.running(), opened_page(browser, server.url) as page:
        await log_in(page, server.url, login, path="/console/mine")
        await expect(page.get_by_role("heading", name="密码", exact=True)).to_be_visible()
        await expect(page.get_by_role("button", name="关联 Telegram")).to_have_count(0)
