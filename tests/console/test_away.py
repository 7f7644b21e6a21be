"""Who went away from the console without a word is off duty, and is told so when they come back."""

from collections.abc import AsyncIterator
from datetime import date, time, timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.desk.desk import Desk
from console.accounts.away import Away
from console.accounts.people import Profile
from qifu.labels import StaffRole
from store.database import Database
from store.repositories import StaffRepository
from tests.bot.desk.support import OPEN_AT, WEB, a_conversation
from tests.console.conftest import GOOD, Accounts
from tests.console.deskroom import DeskRoom, desk_room

IDLE = timedelta(minutes=30)


@pytest.fixture
def desk(accounts: Accounts) -> Desk:
    """A desk at ten on a Wednesday."""
    accounts.clock.now = OPEN_AT
    return Desk(accounts.database, clock=accounts.clock)


async def hired(accounts: Accounts, login: str = "wang", role: StaffRole = StaffRole.SERVICE) -> int:
    """An account that can log in."""
    await accounts.people.add(None, login, Profile(login.title(), role))
    row = await accounts.people.by_login(login)
    await accounts.people.set_password(row.id, GOOD)
    return row.id


async def on_duty(desk: Desk) -> list[int]:
    return [row.id for row in await desk.roster.on_duty()]


async def test_who_was_idle_until_the_session_ended_is_off_duty_and_told_once(accounts: Accounts, desk: Desk) -> None:
    wang = await hired(accounts)
    token = (await accounts.enter("wang", GOOD)).token
    await desk.roster.come(wang)
    away = Away(desk, IDLE)
    accounts.clock.forward(minutes=29)
    await away.look()
    assert await on_duty(desk) == [wang]
    await accounts.sessions.use(token)
    accounts.clock.forward(minutes=29)
    await away.look()
    assert await on_duty(desk) == [wang]
    accounts.clock.forward(minutes=2)
    await away.look()
    await away.look()
    assert await on_duty(desk) == []
    entry, *more = await accounts.history(action="duty.idle")
    assert (entry.staff_id, entry.subject, more) == (None, f"staff:{wang}", [])
    left = accounts.clock.now
    accounts.clock.forward(hours=1)
    assert await accounts.sessions.use(token) is None
    assert (await accounts.enter("wang", GOOD)).kind == "in"
    assert await desk.roster.told_idle(wang) == left
    assert await desk.roster.told_idle(wang) is None
    await desk.roster.come(wang)
    await away.look()
    assert await on_duty(desk) == [wang]


async def test_a_login_of_somebody_else_does_not_hide_who_is_away(accounts: Accounts, desk: Desk) -> None:
    wang, _ = await hired(accounts), await hired(accounts, "li")
    await accounts.enter("wang", GOOD)
    await desk.roster.come(wang)
    accounts.clock.forward(minutes=31)
    await accounts.enter("li", GOOD)  # sessions that have ended are cleared away
    await Away(desk, IDLE).look()
    assert await on_duty(desk) == []


async def test_who_can_be_reached_on_telegram_stays_on_duty(accounts: Accounts, desk: Desk) -> None:
    wang = await hired(accounts)
    await accounts.enter("wang", GOOD)
    await desk.roster.come(wang)
    async with accounts.database.session() as session:
        await StaffRepository(session).change(wang, telegram_id=77)
    accounts.clock.forward(hours=2)
    await Away(desk, IDLE).look()
    assert await on_duty(desk) == [wang]


async def test_who_did_something_meanwhile_or_said_so_or_has_another_session_stays(
    accounts: Accounts, desk: Desk
) -> None:
    acts, says, sits = [await hired(accounts, login) for login in ("wang", "li", "chen")]
    await a_conversation(accounts.database, WEB)
    for login in ("wang", "li", "chen"):
        await accounts.enter(login, GOOD)
    await desk.roster.come(acts)
    await desk.roster.come(sits)
    accounts.clock.forward(minutes=20)
    await desk.handoffs.take(WEB, acts)
    await desk.roster.come(says)
    await accounts.enter("chen", GOOD)
    accounts.clock.forward(minutes=15)
    await Away(desk, IDLE).look()
    assert await on_duty(desk) == [acts, says, sits]


async def test_the_roster_holds_for_who_has_not_come_today_or_has_logged_out(accounts: Accounts, desk: Desk) -> None:
    manager = await hired(accounts, "chen", StaffRole.MANAGER)
    wang, li = await hired(accounts), await hired(accounts, "li")
    accounts.clock.forward(hours=-12)
    await accounts.enter("wang", GOOD)
    accounts.clock.now = OPEN_AT
    for staff in (wang, li):
        await desk.roster.add_shift(manager, staff, time(9), time(17, 30), day=date(2026, 11, 18))
    entered = await accounts.sessions.find((await accounts.enter("li", GOOD)).token)
    assert entered is not None
    await accounts.sessions.end(li, entered.session_id)
    accounts.clock.forward(hours=2)
    await Away(desk, IDLE).look()
    assert await on_duty(desk) == [wang, li]


@pytest_asyncio.fixture(loop_scope="session")
async def room(own_database: Database) -> AsyncIterator[DeskRoom]:
    """A desk with 王芳 on duty."""
    async with desk_room(own_database) as room:
        yield room


@pytest.mark.asyncio(loop_scope="session")
async def test_coming_back_one_is_told_and_on_duty_again_with_one_press(browser: Browser, room: DeskRoom) -> None:
    away = Away(room.desk, IDLE)
    async with room.entered(browser, "service", "/console/desk") as page:
        await expect(page.locator(".duty-switch")).to_contain_text("在岗")
    room.clock.forward(minutes=40)
    await away.look()
    async with room.entered(browser, "service", "/console/desk") as page:
        dialog = page.get_by_role("dialog")
        await expect(dialog).to_contain_text("自动离岗")
        await expect(page.locator(".duty-switch")).to_contain_text("离岗")
        await dialog.get_by_role("button", name="回到在岗").click()
        await expect(page.locator(".duty-switch")).to_contain_text("在岗")
        await page.reload()
        await expect(page.locator(".duty-switch")).to_contain_text("在岗")
        await expect(page.get_by_role("dialog")).to_have_count(0)
