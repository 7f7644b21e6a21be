"""Reading conversations in a real browser: find, open, judge, label, go on; figures; files; who may what."""

import csv
import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from actions.knowledge.base import Knowledge
from actions.services import Services
from bot.desk.desk import Desk
from qifu.labels import Channel, District, Outcome, StaffRole, TurnMark
from seeds.model import Seeds
from store.database import Database
from store.repositories import AuditFilter, AuditRepository, ReviewRepository, SavedFilterRepository
from tests.console.served import ConsoleServer, log_in
from tests.fakes.browser import PHONE, opened_page
from tests.store.factories import FakeClock
from tests.store.review import Line, indexed, talked

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVIL = "<img src=x onerror=window.hacked=1>"


class Office(ConsoleServer):
    """A console with conversations of yesterday and today."""

    turns: dict[str, list[int]]


@pytest_asyncio.fixture(loop_scope="session")
async def office(own_database: Database, seeds: Seeds, tmp_path: Path) -> AsyncIterator[Office]:
    """Five conversations: three unanswered tax questions, one with personal data, one by Telegram."""
    clock = FakeClock()
    answering = cast(Services, SimpleNamespace(knowledge=Knowledge(seeds)))
    server = Office(own_database, clock, desk=Desk(own_database, clock=clock), answering=answering, home=tmp_path)
    for role in (StaffRole.SERVICE, StaffRole.MANAGER, StaffRole.TRAINER, StaffRole.ADMINISTRATOR):
        await server.person(role)
    clock.forward(days=-1)
    server.turns = {}
    async with own_database.session() as session:
        for number, text in enumerate(("退税被卡住了怎么办", "个税手续费怎么拿", EVIL), 1):
            lines = (
                Line(text, "没有找到合适的举措。", Outcome.NO_ANSWER, matter=None, confidence=0.31),
                Line("谢谢", "不客气", Outcome.ACT, None, None),
            )
            server.turns[f"tax{number}"] = await talked(session, clock, f"web:tax{number}", *lines)
        private = Line("我叫王小明，电话13812345678", "出口退税平均6个工作日", feedback=-1)
        server.turns["private"] = await talked(session, clock, "web:private", private, district=District.PUTUO)
        clock.forward(hours=20)
        server.turns["talent"] = await talked(
            session,
            clock,
            "telegram:4711",
            Line("人才公寓怎么申请", "可以申请人才公寓。", topic="talent", matter="talent/general"),
            channel=Channel.TELEGRAM,
        )
        await indexed(session)
    clock.now = FakeClock()()
    async with server.running():
        yield server


@asynccontextmanager
async def entered(
    browser: Browser, office: Office, role: str, path: str = "/console/conversations", **options: object
) -> AsyncIterator[Page]:
    """A page, opened by somebody of that role."""
    async with opened_page(browser, office.url, **options) as page:
        await log_in(page, office.url, role, path=path)
        await expect(page.locator("main h1")).to_be_visible()
        await settled(page)
        yield page


async def settled(page: Page) -> None:
    """Waits until clicks reach the server."""
    await page.wait_for_function("window.did_handshake === true")


async def history(office: Office, action: str) -> list[Any]:
    async with office.services.database.session() as session:
        return list(await AuditRepository(session).page(AuditFilter(action=action)))


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


async def test_a_manager_finds_yesterdays_unanswered_tax_questions_and_hands_three_to_a_trainer(
    browser: Browser, office: Office
) -> None:
    async with entered(browser, office, "manager") as page:
        await expect(page.locator("[data-row]")).to_have_count(5)
        for label, option in (("时间", "昨天"), ("结果", "无答案"), ("主题", "税费办理")):
            await settled(page)
            await page.get_by_label(label, exact=True).click()
            await page.get_by_role("option", name=option, exact=True).click()
            await expect(page.locator(".chip", has_text=option)).to_be_visible()
        await expect(page.locator("[data-row]")).to_have_count(3)
        assert await page.evaluate("window.hacked") is None
        await settled(page)
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        for number in (3, 2, 1):
            turn = office.turns[f"tax{number}"][0]
            await expect(page).to_have_url(re.compile(rf"/conversations/{turn}\?"))
            await settled(page)
            mine = page.locator(f"[data-turn='{turn}']")
            await mine.get_by_role("button", name="给训练员").click()
            await expect(mine.get_by_role("button", name="已给训练员")).to_have_attribute("aria-pressed", "true")
            await page.keyboard.press("j")
        await expect(page.locator("[data-step=next]")).to_have_attribute("aria-disabled", "true")
    async with office.services.database.session() as session:
        given = await ReviewRepository(session, office.clock).for_trainer()
    assert [row.turn_id for row in given] == [office.turns[f"tax{number}"][0] for number in (3, 2, 1)]
    async with entered(browser, office, "trainer", "/console/") as page:
        await expect(page.locator(".task")).to_contain_text("3 轮对话交给了训练员")
        await page.locator(".task").click()
        await expect(page.locator("[data-row]")).to_have_count(3)


async def test_a_conversation_is_labelled_marked_remarked_on_read_and_left_by_keyboard(
    browser: Browser, office: Office
) -> None:
    first, second = office.turns["tax2"], office.turns["tax1"]
    async with entered(browser, office, "manager", f"/console/conversations/{first[0]}?outcome=no_answer") as page:
        await page.keyboard.press("l")
        await page.keyboard.type("典型")
        await page.keyboard.press("Enter")
        await expect(page.locator(".label-list")).to_contain_text("典型")
        await page.keyboard.press("Escape")
        await page.get_by_label("写给同事的备注").fill(EVIL)
        await page.get_by_role("button", name="添加备注").last.click()
        await expect(page.locator(".comments")).to_contain_text(EVIL)
        await page.locator("h1").click()
        await page.locator(f"[data-turn='{first[0]}']").get_by_role("button", name="答错").click()
        await expect(page.locator("[data-act=mark][data-value=wrong]").first).to_have_attribute("aria-pressed", "true")
        await page.keyboard.press("r")
        await expect(page.locator("[data-reviewed=yes]")).to_be_visible()
        await page.keyboard.press("j")
        await expect(page).to_have_url(re.compile(rf"/conversations/{second[0]}\?outcome=no_answer"))
        await settled(page)
        await page.keyboard.press("k")
        await expect(page.locator("h1")).to_have_text(f"会话 {first[0]}")
        await expect(page.locator(".label-list")).to_contain_text("典型")
        await settled(page)
        await page.keyboard.press("u")
        await expect(page.locator("[data-row]").nth(1)).to_contain_text("典型")
        await expect(page.locator("[data-row]").nth(1)).to_contain_text("已阅")
        await page.goto(f"{office.url}/console/conversations?reviewed=yes&mark=wrong&label=1")
        await expect(page.locator("[data-row]")).to_have_count(1)
        assert await page.evaluate("window.hacked") is None
    async with office.services.database.session() as session:
        marks = await ReviewRepository(session, office.clock).marks_of("web:tax2")
    assert [row.mark for row in marks[first[0]]] == [TurnMark.WRONG]
    for action in ("label", "comment", "mark", "reviewed"):
        (entry,) = await history(office, f"conversation.{action}")
        assert entry.subject == f"conversation:{first[0]}"
        assert EVIL not in str(entry.detail)


async def test_an_analysis_shows_what_the_bot_understood_and_the_text_it_quoted(
    browser: Browser, office: Office
) -> None:
    turn = office.turns["talent"][0]
    async with entered(browser, office, "trainer", f"/console/conversations/{turn}") as page:
        await page.keyboard.press("e")
        analysis = page.locator(".analysis")
        await expect(analysis).to_contain_text("taxes/export_refund")
        await expect(analysis).to_contain_text("闵行区")
        await expect(analysis.locator(".cited")).to_have_count(1)
        await analysis.get_by_role("button", name="原文").click()
        await expect(page.locator(".source .picked")).to_be_visible()


async def test_personal_data_are_shown_to_a_manager_who_asks_and_to_nobody_else(
    browser: Browser, office: Office
) -> None:
    path = f"/console/conversations/{office.turns['private'][0]}"
    async with entered(browser, office, "service", path) as page:
        await expect(page.locator(".review-talk")).to_contain_text("[mobile]")
        await expect(page.get_by_role("button", name="显示个人信息")).to_have_count(0)
    async with entered(browser, office, "manager", path) as page:
        assert await history(office, "conversation.reveal") == []
        assert "13812345678" not in await page.content()
        await page.get_by_role("button", name="显示个人信息").click()
        await expect(page.locator(".review-talk")).to_contain_text("13812345678")
        assert len(await history(office, "conversation.reveal")) == 1
        await page.get_by_role("button", name="遮住个人信息").click()
        await expect(page.locator(".review-talk")).not_to_contain_text("13812345678")
        await page.goto(f"{office.url}/console/conversations?q=电话")
        await expect(page.locator("[data-row]")).to_contain_text("[mobile]")
        assert "telegram:4711" not in await page.content()


async def test_words_are_found_and_picked_out(browser: Browser, office: Office) -> None:
    async with entered(browser, office, "service") as page:
        await page.keyboard.press("/")
        await page.keyboard.type("退税")
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-row]")).to_have_count(2)
        await expect(page.locator("[data-row] mark")).to_have_text(["退税", "退税"])
        await expect(page.locator("[data-row]").first.locator(".talk-answer")).to_contain_text("出口退税平均6个工作日")


async def test_a_running_conversation_is_taken_over(browser: Browser, office: Office) -> None:
    async with entered(browser, office, "service", f"/console/conversations/{office.turns['talent'][0]}") as page:
        await page.get_by_role("button", name="接管").click()
        await page.get_by_role("dialog").get_by_role("button", name="接管").click()
        await expect(page).to_have_url(re.compile(r"/console/desk/BB"))
        await page.goto(f"{office.url}/console/conversations/{office.turns['talent'][0]}")
        await expect(page.locator(".review-talk .event")).to_contain_text(["王芳"])


async def test_a_filter_is_saved_shared_and_opened_by_its_link(browser: Browser, office: Office) -> None:
    async with entered(browser, office, "manager", "/console/conversations?outcome=no_answer&topic=taxes") as page:
        await page.get_by_role("button", name="保存筛选").click()
        await page.get_by_label("名称").fill("没答上的税")
        await page.get_by_text("所有人可见").click()
        await page.get_by_role("button", name="保存", exact=True).click()
        await expect(page.locator(".saved-filter")).to_have_attribute("aria-current", "page")
    async with entered(browser, office, "service", "/console/conversations?saved=1") as page:
        await expect(page.locator("[data-row]")).to_have_count(3)
        await page.goto(f"{office.url}/console/conversations/saved")
        await expect(page.locator("tbody tr")).to_contain_text("主题：税费办理；结果：无答案")
        await expect(page.get_by_role("button", name="删除筛选 没答上的税")).to_have_count(0)
    async with entered(browser, office, "manager", "/console/conversations/saved") as page:
        await page.get_by_role("button", name="删除筛选 没答上的税").click()
        await page.get_by_role("dialog").get_by_role("button", name="删除").click()
        await expect(page.get_by_text("还没有保存的筛选")).to_be_visible()
    async with office.services.database.session() as session:
        assert await SavedFilterRepository(session).of(1) == []


async def test_an_export_runs_in_the_background_and_only_its_owner_gets_it(browser: Browser, office: Office) -> None:
    async with entered(browser, office, "manager", "/console/conversations?feedback=down") as page:
        await page.get_by_role("button", name="导出").click()
        await page.get_by_text("CSV").click()
        await page.get_by_role("button", name="开始导出").click()
        async with page.expect_download() as download:
            await page.get_by_role("link", name="下载").click()
        rows = read(await (await download.value).path())
        assert [(row["内容"], row["反馈"], row["区"]) for row in rows] == [("我叫王小明，电话[mobile]", "踩", "普陀区")]
        assert (await page.request.get(f"{office.url}/console/conversations/exports/1")).status == 200
    for role, status in (("trainer", 404), ("service", 403)):
        async with entered(browser, office, role) as page:
            assert (await page.request.get(f"{office.url}/console/conversations/exports/1")).status == status
            await expect(page.get_by_role("button", name="导出")).to_have_count(1 if role == "trainer" else 0)
    assert [entry.detail["form"] for entry in await history(office, "export.make")] == ["csv"]


async def test_each_figure_opens_the_conversations_behind_it(browser: Browser, office: Office) -> None:
    async with entered(browser, office, "manager", "/console/figures/conversations") as page:
        number = page.locator("[data-number=no_answer]")
        await expect(number).to_contain_text("60.0%")
        async with page.expect_download() as download:
            await page.get_by_role("button", name="保存图片：主题 × 区").click()
        assert (await download.value).suggested_filename.endswith(".png")
        await page.locator(".drawn.wide a", has=page.locator("title", has_text="税费办理，普陀区：1")).click()
        await expect(page.locator("[data-row]")).to_have_count(1)
        await page.go_back()
        await page.locator(".asked-group").first.click()
        await expect(page.locator("[data-row]")).to_have_count(1)
        await page.go_back()
        await page.locator("[data-number=no_answer]").click()
        await expect(page.locator("[data-row]")).to_have_count(3)
    async with entered(browser, office, "administrator", "/console/figures/conversations") as page:
        await expect(page.locator("[data-number=no_answer]")).to_contain_text("60.0%")
        assert await page.locator("a[href^='/console/conversations']").count() == 0


async def test_nothing_is_wider_than_a_phone(browser: Browser, office: Office) -> None:
    paths = ("", "?q=退税", "/saved", f"/{office.turns['private'][0]}")
    async with entered(browser, office, "manager", viewport=PHONE) as page:
        for path in (*(f"/console/conversations{path}" for path in paths), "/console/figures/conversations"):
            await page.goto(office.url + path)
            await settled(page)
            assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path


async def test_addresses_that_make_no_sense_are_borne(browser: Browser, office: Office) -> None:
    async with entered(browser, office, "manager") as page:
        for path in ("?after=x~y&q=%00", "?before=2026-11-21T00:00:00%2B00:00~999999999999999999999", "?saved=99"):
            await page.goto(f"{office.url}/console/conversations{path}")
            await expect(page.locator("main h1")).to_have_text("会话")
        for number in ("999999", "9" * 30, "x", "²"):
            await page.goto(f"{office.url}/console/conversations/{number}")
            await expect(page.get_by_text("没有这个会话")).to_be_visible()
