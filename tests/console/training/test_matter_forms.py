"""The forms of matters in a real browser: new with advice, changed, split."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from tests.console.training.room import CENTER, REFUND, Room
from tests.fakes.browser import PHONE

pytestmark = pytest.mark.asyncio(loop_scope="session")

NEW = "/console/training/new?topic=bankruptcy"
TWO = "taxes/policy_outreach"
POINT = "完善上海企业重整事务中心"


async def names(page: Page, name: str, name_en: str) -> None:
    """Fills in both names."""
    await page.get_by_label("中文名称").fill(name)
    await page.get_by_label("英文名称").fill(name_en)


async def pick(page: Page, button: str, label: str, words: str) -> None:
    """Picks what is found first."""
    await page.get_by_role("button", name=button).click()
    await page.get_by_label(label).fill(words)
    await page.locator(f".picks[data-found='{words}'] .pick").filter(has_text=words).first.click()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_new_matter_is_made_in_one_form(browser: Browser, room: Room) -> None:
    async with room.entered(browser, NEW) as page:
        await page.get_by_role("button", name="建立事项").click()
        await expect(page.get_by_text("中文和英文名称都要写")).to_be_visible()
        await names(page, "重整投资人招募", "Finding investors for a reorganisation")
        await expect(page.get_by_label("编号")).to_have_value("finding_investors_reorganisation")
        await pick(page, "找要点", "要点里的字", "重整事务中心")
        await expect(page.locator(".chosen-line")).to_contain_text("重整事务中心")
        await pick(page, "找联系方式", "名称、职责", "12345")
        await page.get_by_label("关键词").fill("投资人，招募、 接盘方")
        await page.locator(".first-questions textarea").fill("谁愿意来投快倒闭的厂\n退税几天")
        await expect(page.locator(".said-line.bad")).to_contain_text("已经是“出口退税办理时限”的问法")
        await page.get_by_role("button", name="建立事项").click()
        await expect(page.get_by_text("1 句不能保存")).to_be_visible()
        await expect(page.get_by_label("中文名称")).to_have_value("重整投资人招募")
        await page.locator(".first-questions textarea").fill("谁愿意来投快倒闭的厂\n想找个白衣骑士把公司接过去")
        await expect(page.locator(".said-line.bad")).to_have_count(0)
        await page.get_by_role("button", name="建立事项").click()
        await expect(page).to_have_url(re.compile("id=bankruptcy%2Ffinding_investors_reorganisation"))
        await expect(page.locator("main h1")).to_have_text("重整投资人招募")
        await expect(page.locator(".question-line")).to_have_count(2)
        await expect(page.locator(".training-bar")).to_contain_text("新建了事项")
    catalogue = await room.workspace.read()
    matter = catalogue.seeds.matters["bankruptcy/finding_investors_reorganisation"]
    assert matter.points == ("shanghai-2024/1.10#4",)
    assert matter.contacts == ("hotline_12345",)
    assert matter.keywords == ("投资人", "招募", "接盘方")
    asked = await room.questions(matter.id)
    assert asked == [("谁愿意来投快倒闭的厂", matter.points[0]), ("想找个白衣骑士把公司接过去", matter.points[0])]
    (entry,) = await room.audited("training.matter_added")
    assert entry.subject == matter.id


async def test_a_new_matter_too_near_to_another_is_advised_against_with_the_sentences(
    browser: Browser, room: Room
) -> None:
    async with room.entered(browser, NEW) as page:
        await names(page, "出口退税时限", "Refund time")
        await page.locator(".first-questions textarea").fill(
            "出口退税要几个工作日才能到账\n闵行出口退税一类二类企业现在几天能办完\n外贸退税一般要多久"
        )
        advice = page.locator(".advice")
        await expect(advice).to_contain_text("3 句里有 3 句更像“出口退税办理时限”")
        await expect(advice).to_contain_text("“外贸退税一般要多久” ↔ “外贸退税要多久”")
        await expect(advice.get_by_role("link")).to_have_attribute("href", re.compile("taxes%2Fexport_refund"))


async def test_a_matter_that_is_refused_keeps_all_that_was_typed(browser: Browser, room: Room) -> None:
    async with room.entered(browser, NEW) as page:
        await names(page, "重整投资人招募", "Investors")
        await page.get_by_label("编号").fill("reorganisation_center")
        await pick(page, "找要点", "要点里的字", "重整事务中心")
        await page.locator(".first-questions textarea").fill("谁愿意来投快倒闭的厂")
        await page.get_by_role("button", name="建立事项").click()
        await expect(page.get_by_text("已经有事项在用，请换一个")).to_be_visible()
        await expect(page.get_by_label("中文名称")).to_have_value("重整投资人招募")
        await expect(page.locator(".first-questions textarea")).to_have_value("谁愿意来投快倒闭的厂")
    assert not room.workspace.edited


async def test_a_matter_is_changed_and_a_point_that_nobody_else_answers_stays(browser: Browser, room: Room) -> None:
    async with room.entered(browser, f"/console/training/matter/edit?id={CENTER}") as page:
        await page.get_by_label("中文名称").fill("重整事务中心")
        await page.get_by_role("button", name="去掉这个要点").click()
        await page.get_by_role("button", name="保存").click()
        await expect(page.get_by_text("至少选一个要点")).to_be_visible()
        await pick(page, "找要点", "要点里的字", "庭外重组")
        await page.get_by_role("button", name="保存").click()
        await expect(page.get_by_text("没有归入任何事项")).to_be_visible()
        await expect(page.get_by_label("中文名称")).to_have_value("重整事务中心")
        await pick(page, "找要点", "要点里的字", "重整事务中心")
        await page.get_by_role("button", name="保存").click()
        await expect(page.locator("main h1")).to_have_text("重整事务中心")
    catalogue = await room.workspace.read()
    assert set(catalogue.seeds.matters[CENTER].points) == {"shanghai-2024/1.10#2", "shanghai-2024/1.10#4"}


async def test_a_matter_is_split_by_a_point_and_a_further_question(browser: Browser, room: Room) -> None:
    before = await room.questions(TWO)
    async with room.entered(browser, f"/console/training/matter/split?id={TWO}") as page:
        await page.locator(".split-point").last.get_by_role("checkbox").click()
        await expect(page.get_by_text(re.compile("随要点过去的问法：[1-9]"))).to_be_visible()
        await page.get_by_role("checkbox", name="政策找人", exact=True).click()
        await names(page, "税享计划", "Tax share plan")
        await page.get_by_role("button", name="拆分").click()
        await expect(page).to_have_url(re.compile("id=taxes%2Ftax_share_plan"))
    kept, new = await room.questions(TWO), await room.questions("taxes/tax_share_plan")
    assert len(kept) + len(new) == len(before)
    assert ("政策找人", None) in new
    assert {point for _, point in new} == {None, "minhang-2023/7#7"}


async def test_one_point_cannot_be_split(browser: Browser, room: Room) -> None:
    async with room.entered(browser, f"/console/training/matter/split?id={REFUND}") as page:
        await expect(page.get_by_text("只有一个要点，拆不开")).to_be_visible()


async def test_the_forms_fit_a_phone(browser: Browser, room: Room) -> None:
    async with room.entered(browser, NEW, viewport=PHONE) as page:
        for path in (NEW, f"/console/training/matter/edit?id={TWO}", f"/console/training/matter/split?id={TWO}"):
            await page.goto(room.served.url + path)
            await expect(page.get_by_label("中文名称")).to_be_visible()
            assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
