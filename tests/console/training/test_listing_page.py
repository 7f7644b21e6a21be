"""The list of topics, matters and acts in a real browser: figures, search, filters, keys, and the state of edits."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from qifu.training.questions import Block, add_questions
from store.database import Database
from tests.console.training.room import REFUND, TRIAL, Room, trainers_room
from tests.fakes.browser import PHONE

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATH = "/console/training"
EVIL = "<img src=x onerror=window.hacked=1>怎么退税"


def row_of(page: Page, key: str) -> Locator:
    """The row of a topic or an intent."""
    return page.locator(f"tr[data-key='{key}']")


async def test_topics_show_questions_score_trend_and_what_they_are_confused_with(browser: Browser, room: Room) -> None:
    catalogue = await room.workspace.read()
    count = sum(len(catalogue.by_intent.get(matter, ())) for matter in catalogue.seeds.matters if "taxes/" in matter)
    async with room.entered(browser, PATH) as page:
        await expect(page.locator("tbody tr")).to_have_count(23)
        await expect(row_of(page, "taxes").locator(".count").first).to_have_text(str(count))
        await expect(row_of(page, "taxes")).to_contain_text("96%")
        bankruptcy = row_of(page, "bankruptcy")
        await expect(bankruptcy.locator(".score.low")).to_have_text("80%")
        await expect(bankruptcy.locator("svg.trend.down title")).to_have_text(re.compile("版本 1：90%.*版本 2：80%"))
        await bankruptcy.get_by_role("link").first.click()
        await expect(page).to_have_url(re.compile(r"\?topic=bankruptcy$"))
        trial = row_of(page, TRIAL)
        await expect(trial.locator(".score.low")).to_have_text("50%")
        await expect(trial.locator(".confused")).to_contain_text("上海企业重整事务中心 ×1")


async def test_a_matter_is_found_by_its_name_and_by_the_words_of_a_question(browser: Browser, room: Room) -> None:
    await room.workspace.change(
        lambda draft: add_questions(draft, Block(REFUND), [EVIL]), by=None, what="questions_added", subject=REFUND
    )
    async with room.entered(browser, PATH) as page:
        await page.keyboard.press("/")
        await page.keyboard.type("等着发工资")
        await page.keyboard.press("Enter")
        await expect(page.locator("tbody tr")).to_have_count(1)
        await expect(row_of(page, REFUND).locator(".hit")).to_contain_text("退的税啥时候打到公司户头啊，等着发工资呢")
        await page.goto(f"{room.served.url}{PATH}?q=onerror")
        await expect(row_of(page, REFUND).locator(".hit")).to_contain_text(EVIL)
        assert await page.evaluate("window.hacked") is None
        await page.goto(f"{room.served.url}{PATH}?q=no%20such%20words")
        await expect(page.get_by_text("没有符合条件的事项")).to_be_visible()


async def test_rows_are_filtered_sorted_and_opened_by_keyboard(browser: Browser, room: Room) -> None:
    async with room.entered(browser, PATH) as page:
        await page.get_by_label("筛选").click()
        await page.get_by_role("option", name="低于质量下限").click()
        await expect(page).to_have_url(re.compile("state=below"))
        await expect(page.locator("tbody tr")).to_have_count(2)
        await page.goto(f"{room.served.url}{PATH}?sort=questions&state=few&topic=bankruptcy")
        counts = [int(text) for text in await page.locator("td.count:nth-child(2)").all_inner_texts()]
        assert counts
        assert counts == sorted(counts)
        assert max(counts) < 15
        await page.wait_for_function("window.did_handshake === true")
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(re.compile("/training/matter"))


async def test_what_was_changed_last_is_told_and_a_colleagues_edit_appears(browser: Browser, room: Room) -> None:
    async with room.entered(browser, PATH, "manager") as page:
        await expect(page.locator(".training-bar")).to_have_count(0)
        await room.workspace.change(
            lambda draft: add_questions(draft, Block("thanks"), ["谢谢侬", "多谢", "感谢帮忙"]),
            by=None,
            what="questions_added",
            subject="thanks",
            count=3,
        )
        await expect(page.locator(".training-bar")).to_contain_text("改了 1 处，还没训练")
        await expect(page.locator(".training-bar")).to_contain_text("添加了 3 句问法（感谢）")
        await expect(row_of(page, "acts").locator(".count").first).to_have_text("6")
        await expect(page.get_by_role("link", name="去训练")).to_have_attribute("href", "/console/models")
        await expect(page.get_by_role("button", name="撤销")).to_have_count(0)
        await expect(page.get_by_role("button", name="新事项")).to_have_count(0)


async def test_an_update_of_the_programs_data_is_told(
    browser: Browser, own_database: Database, source: Path, tmp_path: Path
) -> None:
    async with trainers_room(own_database, source, tmp_path / "home") as room:
        await room.workspace.change(
            lambda draft: add_questions(draft, Block("thanks"), ["多谢"]), by=None, what="x", subject="thanks"
        )
        async with room.entered(browser, PATH) as page:
            await expect(page.get_by_text("程序更新带来了新的资料")).to_have_count(0)
            acts = source / "nlu" / "data" / "acts.yml"
            acts.write_text(acts.read_text(encoding="utf-8").replace("再见", "再会"), encoding="utf-8")
            await page.reload()
            await expect(page.get_by_text("程序更新带来了新的资料")).to_be_visible()


async def test_the_list_fits_a_phone(browser: Browser, room: Room) -> None:
    async with room.entered(browser, PATH, viewport=PHONE) as page:
        for path in (PATH, f"{PATH}?topic=bankruptcy"):
            await page.goto(room.served.url + path)
            await expect(page.locator("tbody tr").first).to_be_visible()
            assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
