"""The console's pages in a real browser."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pyotp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from qifu.labels import StaffRole
from store.database import Database
from store.repositories import AuditRepository
from tests.console.conftest import GOOD
from tests.console.served import ConsoleServer, log_in
from tests.fakes.browser import PHONE, opened_page

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVIL = "<img src=x onerror=window.hacked=1>"


@pytest_asyncio.fixture(loop_scope="session")
async def served(own_database: Database) -> AsyncIterator[ConsoleServer]:
    """A console with an administrator, a manager and one of the service staff."""
    server = ConsoleServer(own_database)
    for role in (StaffRole.ADMINISTRATOR, StaffRole.MANAGER, StaffRole.SERVICE):
        await server.person(role)
    async with server.running():
        yield server


@asynccontextmanager
async def entered(
    browser: Browser, served: ConsoleServer, role: str, path: str, **options: object
) -> AsyncIterator[Page]:
    """A page of the console, opened by somebody of that role."""
    async with opened_page(browser, served.url, **options) as page:
        await log_in(page, served.url, role, path=path)
        await expect(page.locator("main h1")).to_be_visible()
        yield page


async def settled(page: Page) -> None:
    """Waits until clicks reach the server."""
    await page.wait_for_function("window.did_handshake === true")


async def test_a_wrong_password_is_told_and_the_right_one_leads_where_the_link_pointed(
    browser: Browser, served: ConsoleServer
) -> None:
    async with opened_page(browser, served.url) as page:
        await log_in(page, served.url, "administrator", "wrong", path="/console/audit?day=2026-11-21")
        await expect(page.get_by_role("alert")).to_have_text("账号或密码不对")
        await page.get_by_label("密码", exact=True).fill(GOOD)
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(served.url + "/console/audit?day=2026-11-21")
        await expect(page.locator("main h1")).to_have_text("审计")
        cookie = next(c for c in await page.context.cookies() if c["name"] == "qifu_staff")
        assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/console")


async def test_five_wrong_passwords_lock_and_an_administrator_unlocks(browser: Browser, served: ConsoleServer) -> None:
    async with opened_page(browser, served.url) as page:
        for _ in range(5):
            await log_in(page, served.url, "service", "wrong")
            await expect(page.get_by_role("alert")).to_have_text("账号或密码不对")
        await log_in(page, served.url, "service")
        await expect(page.get_by_role("alert")).to_contain_text("锁定 15 分钟")
        async with entered(browser, served, "administrator", "/console/") as boss:
            await expect(boss.locator(".task.warn")).to_contain_text("1 个账号被锁定")
            await boss.locator(".task.warn").click()
            await settled(boss)
            await boss.get_by_role("button", name="王芳 的操作").click()
            await boss.get_by_text("解除锁定").click()
            await expect(boss.get_by_text("王芳 已解除锁定")).to_be_visible()
            await expect(boss.get_by_text("锁定至")).to_have_count(0)
        await log_in(page, served.url, "service")
        await expect(page.locator("main h1")).to_have_text(re.compile("好，王芳$"))


async def test_a_new_person_must_change_the_one_time_password_first(browser: Browser, served: ConsoleServer) -> None:
    async with entered(browser, served, "administrator", "/console/accounts") as boss:
        await settled(boss)
        await boss.get_by_role("button", name="添加人员").click()
        await boss.get_by_role("textbox", name="账号").fill("sun.li")
        await boss.get_by_role("textbox", name="姓名").fill(EVIL)
        await boss.get_by_role("button", name="添加", exact=True).click()
        password = await boss.locator(".one-time").inner_text()
        await boss.get_by_role("button", name="关闭").click()
        await expect(boss.locator(".table")).to_contain_text(EVIL)
        assert await boss.evaluate("window.hacked") is None
    async with opened_page(browser, served.url) as page:
        await log_in(page, served.url, "sun.li", password)
        await expect(page.locator("h1")).to_have_text("修改密码")
        await page.goto(served.url + "/console/mine")
        await expect(page.locator("h1")).to_have_text("修改密码")
        for new, again, said in (
            ("password2024", "password2024", "常见密码"),
            (GOOD, "different one", "不一样"),
            (password, password, "和原来的不同"),
        ):
            await page.get_by_label("新密码", exact=True).fill(new)
            await page.get_by_label("再输一次新密码").fill(again)
            await page.get_by_role("button", name="保存新密码").click()
            await expect(page.get_by_role("alert")).to_contain_text(said)
        await page.get_by_label("新密码", exact=True).fill(GOOD)
        await page.get_by_label("再输一次新密码").fill(GOOD)
        await page.get_by_role("button", name="保存新密码").click()
        await expect(page.locator("main h1")).to_contain_text(EVIL)


async def test_everybody_sees_their_own_places_only(browser: Browser, served: ConsoleServer) -> None:
    for role, names in (
        ("administrator", ["首页", "数据", "账号", "审计", "开关"]),
        ("manager", ["首页", "会话", "数据", "审计", "开关"]),
        ("service", ["首页", "会话"]),
    ):
        async with entered(browser, served, role, "/console/") as page:
            await expect(page.locator(".nav-link span")).to_have_text(names)
            await expect(page.locator(".nav-link[aria-current=page]")).to_have_text("home首页")
    async with opened_page(browser, served.url) as page:
        await log_in(page, served.url, "service", path="/console/accounts")
        await expect(page.locator("h1")).to_have_text("您没有权限")


async def test_who_is_switched_off_stands_before_the_login_at_once(browser: Browser, served: ConsoleServer) -> None:
    async with (
        entered(browser, served, "service", "/console/mine") as page,
        entered(browser, served, "administrator", "/console/accounts") as boss,
    ):
        await settled(page)
        await settled(boss)
        await boss.get_by_role("button", name="王芳 的操作").click()
        await boss.get_by_text("停用", exact=True).click()
        await boss.get_by_role("dialog").get_by_role("button", name="停用").click()
        await expect(boss.get_by_text("王芳 已停用")).to_be_visible()
        await expect(page.get_by_role("status")).to_have_text("登录已结束，请重新登录")
        await log_in(page, served.url, "service")
        await expect(page.get_by_role("alert")).to_have_text("账号或密码不对")


async def test_an_idle_session_does_nothing_more(browser: Browser, served: ConsoleServer) -> None:
    async with entered(browser, served, "manager", "/console/switches") as page:
        await settled(page)
        served.clock.forward(minutes=31)
        await page.get_by_role("button", name="停用机器人").click()
        await expect(page.get_by_label("密码", exact=True)).to_be_visible(timeout=15_000)
        assert (await served.services.switches.current()).bot_on


async def test_clicking_keeps_a_session_alive(browser: Browser, served: ConsoleServer) -> None:
    async with entered(browser, served, "administrator", "/console/accounts") as page:
        await settled(page)
        search, nobody = page.get_by_label("按姓名或账号查找"), page.get_by_text("没有符合条件的人员")
        for wanted, found in (("nobody", False), ("", True), ("nobody", False), ("", True)):
            served.clock.forward(minutes=20)
            await search.fill(wanted)
            await expect(page.locator(".table") if found else nobody).to_be_visible()


async def test_logging_out_ends_the_session_for_good(browser: Browser, served: ConsoleServer) -> None:
    async with entered(browser, served, "manager", "/console/") as page:
        kept = await page.context.cookies()
        await page.get_by_role("button", name="退出登录").click()
        await expect(page.get_by_role("status")).to_have_text("已退出登录")
        await page.context.add_cookies(kept)  # type: ignore[arg-type]
        await page.goto(served.url + "/console/")
        await expect(page.get_by_label("密码", exact=True)).to_be_visible()


async def test_one_time_codes_are_turned_on_and_asked_for_and_turned_off(
    browser: Browser, served: ConsoleServer
) -> None:
    async with entered(browser, served, "manager", "/console/mine") as page:
        await settled(page)
        await page.get_by_role("button", name="开启", exact=True).click()
        secret = (await page.locator("code.secret").inner_text()).replace(" ", "")
        await page.get_by_label("输入手机上显示的 6 位数字").fill("000000")
        await page.get_by_role("dialog").get_by_role("button", name="开启").click()
        await expect(page.get_by_text("验证码不对")).to_be_visible()
        await page.get_by_label("输入手机上显示的 6 位数字").fill(pyotp.TOTP(secret).at(served.clock.now))
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("已开启：登录时")).to_be_visible()
        served.clock.forward(minutes=1)
        async with opened_page(browser, served.url) as other:
            await log_in(other, served.url, "manager", path="/console/mine")
            await other.get_by_label("验证码").fill("123456")
            await other.get_by_role("button", name="继续").click()
            await expect(other.get_by_role("alert")).to_contain_text("验证码不对")
            await other.get_by_label("验证码").fill(pyotp.TOTP(secret).at(served.clock.now))
            await other.get_by_role("button", name="继续").click()
            await expect(other.locator(".line")).to_have_count(2)
            await settled(other)
            await other.get_by_role("button", name="结束其他全部登录").click()
            await expect(other.locator(".line")).to_have_count(1)
            await expect(page.get_by_role("status")).to_have_text("登录已结束，请重新登录")
            await other.get_by_role("button", name="关闭验证码").click()
            await other.get_by_label("输入您的密码确认").fill(GOOD)
            await other.get_by_role("dialog").get_by_role("button", name="关闭验证码").click()
            await expect(other.get_by_text("未开启。")).to_be_visible()


async def test_a_changed_password_ends_the_other_sessions(browser: Browser, served: ConsoleServer) -> None:
    new = "another long sentence"
    async with (
        entered(browser, served, "manager", "/console/") as other,
        entered(browser, served, "manager", "/console/password") as page,
    ):
        for current, said in (("wrong one", "当前密码不对"), (GOOD, None)):
            await page.get_by_label("当前密码").fill(current)
            await page.get_by_label("新密码", exact=True).fill(new)
            await page.get_by_label("再输一次新密码").fill(new)
            await page.get_by_role("button", name="保存新密码").click()
            if said:
                await expect(page.get_by_role("alert")).to_have_text(said)
        await expect(page.locator("main h1")).to_have_text("我的账号")
        await expect(other.get_by_role("status")).to_have_text("登录已结束，请重新登录")


async def test_the_switches_are_set_shown_and_written_down(browser: Browser, served: ConsoleServer) -> None:
    async with entered(browser, served, "manager", "/console/switches") as page:
        await settled(page)
        await page.get_by_label("中文").fill("系统维护中")
        await page.get_by_role("button", name="发布公告").click()
        await expect(page.get_by_text("中文和英文都要写")).to_be_visible()
        await page.get_by_label("英文").fill("Under maintenance")
        await page.get_by_role("button", name="发布公告").click()
        await expect(page.get_by_text("显示中", exact=True)).to_be_visible()
        await page.get_by_role("button", name="停用机器人").click()
        await page.get_by_role("dialog").get_by_role("button", name="停用机器人").click()
        await expect(page.get_by_text("已停用", exact=True)).to_be_visible()
        await page.reload()
        await expect(page.locator(".bar.bad")).to_contain_text("机器人已停用")
        await expect(page.locator(".bar.warn")).to_contain_text("系统维护中")
        now = await served.services.switches.current()
        assert (now.bot_on, now.notice_en) == (False, "Under maintenance")
        await page.goto(served.url + "/console/audit?action=switches.change")
        await expect(page.locator("tbody tr")).to_have_count(2)
        await expect(page.locator("tbody tr").first).to_contain_text("机器人：是 → 否")


async def test_the_audit_log_is_filtered_and_read_page_by_page(browser: Browser, served: ConsoleServer) -> None:
    async with served.services.database.session() as session:
        for number in range(60):
            await AuditRepository(session, served.clock).write(3, "session.end", f"web:{number}")
    async with entered(browser, served, "administrator", "/console/audit?action=session.end") as page:
        await expect(page.locator("tbody tr")).to_have_count(50)
        await page.get_by_role("link", name="更早的记录").click()
        await expect(page.locator("tbody tr")).to_have_count(10)
        await expect(page.locator("tbody tr").last).to_contain_text("web:0")
        await settled(page)
        await page.get_by_label("人员").click()
        await page.get_by_role("option", name="陈管理").click()
        await expect(page).to_have_url(re.compile(r"person=1"))
        await expect(page.get_by_text("没有符合条件的记录")).to_be_visible()
        await page.goto(served.url + "/console/audit?person=x&day=nonsense&before=1~2~3")
        await expect(page.locator("main h1")).to_have_text("审计")


async def test_a_phone_has_a_drawer_that_works_by_touch_and_by_keyboard(
    browser: Browser, served: ConsoleServer
) -> None:
    async with entered(browser, served, "administrator", "/console/accounts", viewport=PHONE) as page:
        nav = page.get_by_role("navigation", name="主导航")
        await expect(nav).to_be_hidden()
        opener = page.get_by_role("button", name="打开导航")
        await opener.click()
        await expect(nav).to_be_visible()
        await expect(opener).to_have_attribute("aria-expanded", "true")
        await page.keyboard.press("Escape")
        await expect(nav).to_be_hidden()
        await expect(opener).to_be_focused()
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        await opener.click()
        await nav.get_by_text("审计").click()
        await expect(page.locator("main h1")).to_have_text("审计")


async def test_the_first_key_is_a_way_past_the_navigation(browser: Browser, served: ConsoleServer) -> None:
    async with entered(browser, served, "administrator", "/console/accounts") as page:
        await page.keyboard.press("Tab")
        await expect(page.locator(".skip")).to_be_focused()
        await expect(page.locator(".skip")).to_be_in_viewport()
        await page.keyboard.press("Enter")
        await expect(page.locator("#main")).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("button", name="添加人员")).to_be_focused()


async def test_nothing_is_loaded_from_elsewhere(browser: Browser, served: ConsoleServer) -> None:
    async with opened_page(browser, served.url) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        await log_in(page, served.url, "administrator", path="/console/accounts")
        await settled(page)
        foreign = [url for url in asked if not url.startswith((served.url, "data:", "blob:"))]
        assert foreign == []
