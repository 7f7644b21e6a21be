"""The page on versions of the model, in a real browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from qifu.labels import ModelState, StaffRole
from qifu.models.registry import Registry
from qifu.models.room import ModelRoom
from qifu.settings import Settings
from store.database import Database
from store.repositories import TurnRepository
from tests.console.served import ConsoleServer, log_in
from tests.fakes.browser import PHONE, opened_page
from tests.fakes.models import AWAY, FALL, scores
from tests.qifu.models.conftest import World
from tests.store.factories import FakeClock, an_incoming

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATH = "/console/models"


@dataclass
class Room:
    """A console over versions whose processes are fakes."""

    served: ConsoleServer
    world: World


@pytest_asyncio.fixture(loop_scope="session")
async def room(own_database: Database, tmp_path: Path) -> AsyncIterator[Room]:
    """A console with a trainer and a manager; version 1 is live."""
    settings, clock = Settings(home=tmp_path / "home"), FakeClock()
    settings.models.mkdir(parents=True)
    (settings.home / "training" / "nlu" / "data").mkdir(parents=True)
    world = World(Registry(settings, own_database, clock), clock)
    await world.live()
    models = ModelRoom(world.registry, world.trainings, world.publisher, world.schedule)
    served = ConsoleServer(own_database, clock, models=models)
    for role in (StaffRole.TRAINER, StaffRole.MANAGER, StaffRole.SERVICE):
        await served.person(role)
    async with served.running():
        yield Room(served, world)
    await world.trainings.cancel()
    await world.publisher.close()


@asynccontextmanager
async def entered(
    browser: Browser, room: Room, role: str = "trainer", path: str = PATH, **options: object
) -> AsyncIterator[Page]:
    """The page, opened by somebody of that role; clicks reach the server."""
    async with opened_page(browser, room.served.url, **options) as page:
        await log_in(page, room.served.url, role, path=path)
        await expect(page.locator("main h1")).to_be_visible()
        await page.wait_for_function("window.did_handshake === true")
        yield page


def row_of(page: Page, number: int) -> Locator:
    """The row of a version."""
    return page.locator(".table tbody tr").filter(has=page.get_by_role("link", name=f"版本 {number}", exact=True))


def confirm(page: Page, name: str) -> Locator:
    """The button of the dialog that asks."""
    return page.get_by_role("dialog").get_by_role("button", name=name)


async def test_a_trainer_trains_watches_compares_publishes_and_rolls_back(browser: Browser, room: Room) -> None:
    world = room.world
    async with world.registry.database.session() as session:
        for text in ("退税几天", "退税几天", "打 13812345678 <b>找我</b>"):
            await TurnRepository(session, world.clock).accept(an_incoming(text))
    world.edit("新的问题")
    world.train.go.clear()
    live = await world.registry.get(1)
    world.measure.texts = {str(live.file): "旧的答复", world.train.file: "新的答复"}
    async with entered(browser, room) as page:
        await expect(page.locator(".bar.warn")).to_contain_text("还没有训练")
        await page.get_by_role("button", name="训练新版本").click()
        await expect(page.get_by_role("progressbar", name="正在准备版本 2")).to_have_attribute("aria-valuenow", "20")
        await page.reload()
        await expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "20")
        await page.wait_for_function("window.did_handshake === true")
        await expect(page.get_by_role("button", name="训练新版本")).to_be_disabled()
        await page.get_by_text("训练日志").click()
        await expect(page.locator(".log")).to_contain_text("epoch 1/4")
        world.train.go.set()
        await expect(row_of(page, 2)).to_contain_text("可发布")
        await expect(row_of(page, 2)).to_contain_text("2 / 2 个答复有变化")
        await expect(page.get_by_role("progressbar")).to_have_count(0)

        await page.get_by_role("link", name="版本 2", exact=True).click()
        await expect(page.locator("main h1")).to_have_text("版本 2 的报告")
        change = page.locator(".change").first
        await expect(change).to_contain_text("退税几天")
        await expect(change.locator(".before")).to_contain_text("旧的答复")
        await expect(change.locator(".after")).to_contain_text("新的答复")
        await expect(page.locator(".change").last).to_contain_text("打 [mobile] <b>找我</b>")
        await page.get_by_role("link", name="全部版本").click()

        await page.wait_for_function("window.did_handshake === true")
        world.lines.go.clear()
        await page.get_by_role("button", name="发布 2").click()
        await confirm(page, "发布").click()
        await expect(page.get_by_text("正在发布版本 2")).to_be_visible()
        world.lines.go.set()
        await expect(row_of(page, 2)).to_contain_text("使用中")
        await expect(row_of(page, 1)).to_contain_text("已下线")
        await page.get_by_role("button", name="回退到版本 1").first.click()
        await confirm(page, "回退到版本 1").click()
        await expect(row_of(page, 1)).to_contain_text("使用中")
        await expect(page.get_by_text("已回退到版本 1")).to_be_visible()


async def test_a_training_is_cancelled_from_whichever_page(browser: Browser, room: Room) -> None:
    room.world.edit("新")
    room.world.train.go.clear()
    await room.world.trainings.train(None)
    async with entered(browser, room, "manager") as page:
        await page.get_by_role("button", name="取消").click()
        await confirm(page, "确认").click()
        await expect(row_of(page, 2)).to_contain_text("已取消")
        await expect(page.get_by_role("button", name="训练新版本")).to_be_enabled()
    room.world.train.go.set()


async def test_below_a_floor_only_a_manager_publishes_and_gives_a_reason(browser: Browser, room: Room) -> None:
    world = room.world
    world.edit("差")
    world.measure.results = {world.train.file: scores(falls=[FALL])}
    await world.trained("差")
    async with entered(browser, room) as page:
        await expect(row_of(page, 2)).to_contain_text("1 项低于下限")
        await expect(row_of(page, 2)).to_contain_text("请服务经理决定")
        await expect(page.get_by_role("button", name="发布 2")).to_have_count(0)
        await page.goto(room.served.url + PATH + "/2")
        await expect(page.locator(".bad-card")).to_contain_text("主题正确：80.0，下限 93")
    async with entered(browser, room, "manager") as page:
        await page.get_by_role("button", name="发布 2").click()
        await expect(confirm(page, "发布")).to_be_disabled()
        await page.get_by_label("理由").fill("政策今天生效")
        await confirm(page, "发布").click()
        await expect(row_of(page, 2)).to_contain_text("使用中")
    [entry, *_] = await world.audited("model.publish")
    assert entry.detail is not None
    assert entry.detail["reason"] == "政策今天生效"


async def test_what_fails_is_told_and_nothing_changes(browser: Browser, room: Room) -> None:
    await room.world.trained("新")
    room.world.lines.error = AWAY
    async with entered(browser, room) as page:
        await page.get_by_role("button", name="发布 2").click()
        await confirm(page, "发布").click()
        await expect(page.get_by_text("没有成功")).to_be_visible()
        await expect(row_of(page, 1)).to_contain_text("使用中")
    assert (await room.world.states())[2] is ModelState.TRAINED


async def test_the_hour_of_training_is_set_on_the_page(browser: Browser, room: Room) -> None:
    async with entered(browser, room) as page:
        await page.get_by_label("时间").click()
        await page.get_by_role("option", name="每天 03:30").click()
        await expect(page.get_by_text("已保存")).to_be_visible()
    at = await room.world.schedule.daily_at()
    assert at is not None
    assert f"{at:%H:%M}" == "03:30"


async def test_service_staff_dont_get_in_and_an_unknown_version_is_said(browser: Browser, room: Room) -> None:
    async with opened_page(browser, room.served.url) as page:
        await log_in(page, room.served.url, "service", path=PATH)
        await expect(page.locator("h1")).to_have_text("您没有权限")
    async with opened_page(browser, room.served.url) as page:
        await log_in(page, room.served.url, "trainer", path=PATH + "/99")
        await expect(page.get_by_text("没有版本 99")).to_be_visible()


async def test_the_pages_fit_a_phone(browser: Browser, room: Room) -> None:
    await room.world.trained("新")
    async with entered(browser, room, viewport=PHONE) as page:
        for path in (PATH, PATH + "/2"):
            await page.goto(room.served.url + path)
            await expect(page.locator("main h1")).to_be_visible()
            assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
