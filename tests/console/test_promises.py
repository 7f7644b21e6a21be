"""Days off on the roster, and the day on which an answer was promised, in a real browser."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from qifu.labels import AppealOrigin, District
from store.database import Database
from tests.bot.desk.support import CLOSED_AT
from tests.console.deskroom import DeskRoom, desk_room
from tests.fakes.browser import PHONE

pytestmark = pytest.mark.asyncio(loop_scope="session")

USER = "web:3000"
QUESTION = "注册资本最晚什么时候缴"


@pytest_asyncio.fixture(loop_scope="session")
async def room(own_database: Database) -> AsyncIterator[DeskRoom]:
    """A desk without appeals."""
    async with desk_room(own_database) as room:
        yield room


async def left(room: DeskRoom) -> str:
    """The number of a question that was left on Friday evening."""
    room.clock.now = CLOSED_AT
    row = await room.files(
        USER,
        QUESTION,
        origin=AppealOrigin.AFTER_HOURS,
        district=District.MINHANG,
        company=None,
        contact_name=None,
        phone=None,
    )
    return row.number


async def test_a_manager_gives_a_day_off_and_takes_it_back(browser: Browser, room: DeskRoom) -> None:
    async with room.entered(browser, "manager", "/console/duty") as page:
        await page.get_by_role("button", name=re.compile("给 李娜 加 周四")).click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("button", name="添加").click()
        await expect(page.locator(".shift")).to_have_count(1)
        await page.get_by_role("button", name=re.compile("给 李娜 加 周四")).click()
        await dialog.get_by_text("11-19 休息").click()
        await expect(dialog.get_by_label("从")).not_to_be_visible()
        await dialog.get_by_role("button", name="添加").click()
        await expect(page.locator(".shift")).to_have_text(re.compile("休息"))
        await page.goto(room.server.url + "/console/duty?week=2026-11-26")
        await expect(page.locator(".shift")).to_have_text(re.compile("09:00–17:30"))
        await page.goto(room.server.url + "/console/duty")
        await page.get_by_role("button", name=re.compile("李娜 周四.*照常上班")).click()
        await expect(page.locator(".shift")).to_have_text(re.compile("09:00–17:30"))
    assert [entry.detail for entry in await room.audited("duty.off")] == [{"days": ["2026-11-19"]}]
    assert len(await room.audited("duty.on")) == 1


async def test_others_read_days_off(browser: Browser, room: DeskRoom) -> None:
    await room.desk.roster.add_day_off(room.ids["manager"], room.ids["li"], room.clock.now.date())
    async with room.entered(browser, "li", "/console/duty", viewport=PHONE) as page:
        await expect(page.locator(".shift.off")).to_have_text("休息")
        await expect(page.locator(".shift-remove")).to_have_count(0)


async def test_whoever_is_there_first_answers_what_was_left_and_the_promise_is_kept(
    browser: Browser, room: DeskRoom
) -> None:
    number = await left(room)
    room.clock.forward(days=2, hours=14)  # ten on Monday
    async with room.entered(browser, "li", "/console/appeals") as page:
        await expect(page.locator("tbody tr")).to_contain_text("答应今天答复")
        await page.get_by_role("link", name=number).click()
        await expect(page.locator(".ticket-side")).to_contain_text("2026-11-23，由人答复")
        await expect(page.locator(".ticket-side")).to_contain_text("在原渠道联系")
        await page.get_by_role("button", name="答复用户").click()
        await page.get_by_label("答复", exact=True).fill("认缴后五年内缴足")
        await page.get_by_role("dialog").get_by_role("button", name="答复用户").click()
        await expect(page.locator(".ticket-side")).to_contain_text("已答复")
        await expect(page.locator(".history")).to_contain_text("认缴后五年内缴足")
    row = await room.desk.appeals.by_number(number)
    assert row is not None
    assert (row.answered_at, row.promised_by, row.is_open) == (room.clock.now, None, True)


async def test_a_promise_that_was_not_kept_is_seen_at_once(browser: Browser, room: DeskRoom) -> None:
    number = await left(room)
    room.clock.forward(days=3, hours=14)  # ten on Tuesday
    await room.desk.timers.tick()
    async with room.entered(browser, "manager", "/console/") as page:
        await page.locator(".task", has_text="1 件诉求已超期").click()
        await expect(page.locator("tbody tr")).to_contain_text("答应的答复过了")
        await page.get_by_role("link", name=number).click()
        await expect(page.locator(".history")).to_contain_text("过了答应答复的日子，还没有人答复")
        await page.goto(room.server.url + "/console/figures")
        await expect(page.get_by_text("下班后留言按时答复")).to_be_visible()
