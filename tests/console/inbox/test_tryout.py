"""Trying the bot out in a real browser: what users would see, why, and kept as a test; nothing is stored."""

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import func, select

from actions.knowledge.text import normalise
from bot.desk.rules import DeskRules
from console.tryout.rehearsal import StillDesk, rehearse
from qifu.evaluation.held_out import read_held_out
from qifu.labels import District, Language, Outcome
from store.models import ConversationRow, DialogueStateRow, HandoffRow, TurnRow
from tests.actions.knowledge import REFUND as SMALL_REFUND
from tests.actions.knowledge import small_seeds
from tests.actions.talk import MEANINGS as TALK
from tests.actions.talk import TERMS, build_services
from tests.console.inbox.conftest import REFUND, TrainingRoom
from tests.fakes.browser import PHONE
from tests.fakes.desk import FakeDesk, FakeKeeper
from tests.fakes.understanding import FakeParser

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATH = "/console/tryout"


async def test_a_question_is_tried_out_explained_and_kept_as_a_held_out_question(
    browser: Browser, room: TrainingRoom
) -> None:
    question = "退税款到我账上还得等几天呀"
    async with room.entered(browser, "trainer", PATH) as page:
        await page.get_by_label("像用户那样问一句").fill(question)
        await page.keyboard.press("Enter")
        seen, thought = page.locator(".tryout-seen"), page.locator(".tryout-thought")
        await expect(seen.locator(".said.bot").first).to_be_visible()
        await expect(seen).to_contain_text("已答复")
        await expect(thought.locator("[data-matter]").first).to_have_text("出口退税办理时限")
        await expect(thought.locator("[data-matter]").first).to_have_attribute(
            "href", "/console/training/matter?id=taxes%2Fexport_refund"
        )
        await expect(thought.locator(".candidates li").first).to_be_visible()
        await expect(thought.locator(".legend")).to_contain_text("事项")
        await page.get_by_role("button", name="存为考题").click()
        await expect(page.get_by_text("1 句进了考题：出口退税办理时限")).to_be_visible()
        await page.get_by_role("button", name="加进训练").click()
        await expect(page.locator(".finding.bad")).to_contain_text("和一道考核题相同")
    kept = [row for row in read_held_out(room.workspace.folder / "tests" / "nlu") if row.text == question]
    assert [(row.kind, row.label, row.style) for row in kept] == [("question", "taxes", "colloquial")]
    assert set(kept[0].points) <= set((await room.workspace.read()).seeds.matters[REFUND].points)
    assert len(await room.audited("training.held_out_added")) == 1
    async with room.database.session() as session:
        for table in (ConversationRow, TurnRow, DialogueStateRow, HandoffRow):
            assert await session.scalar(select(func.count()).select_from(table)) == 0


async def test_an_act_is_tried_out_without_being_done(browser: Browser, room: TrainingRoom) -> None:
    async with room.entered(browser, "trainer", PATH + "?q=转人工&district=minhang") as page:
        await expect(page.locator(".tryout-seen")).to_contain_text("没有真的转人工")
        await expect(page.locator(".tryout-thought")).to_contain_text("转人工")
        await page.get_by_role("button", name="存为考题").click()
        await expect(page.get_by_text("1 句进了考题：转人工")).to_be_visible()
    async with room.database.session() as session:
        assert await session.scalar(select(func.count()).select_from(HandoffRow)) == 0
    acts = [row for row in read_held_out(room.workspace.folder / "tests" / "nlu") if row.kind == "act"]
    assert [(row.text, row.label) for row in acts] == [("转人工", "handoff")]


async def test_managers_try_out_and_keep_nothing(browser: Browser, room: TrainingRoom) -> None:
    async with room.entered(browser, "manager", PATH + "?q=今天天气好吗", viewport=PHONE) as page:
        await expect(page.locator(".tryout-seen")).to_contain_text("范围外")
        await expect(page.get_by_role("button", name="存为考题")).to_have_count(0)
        assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


async def test_a_rehearsal_answers_as_the_bot_for_district_and_language() -> None:
    services = build_services(small_seeds(), FakeParser(TALK, TERMS), FakeDesk(), FakeKeeper())
    desk = StillDesk(DeskRules())
    told = await rehearse(services, "出口退税要几天", desk=desk, most_text=2000, district=District.MINHANG)
    assert (told.turn.outcome, told.turn.matter) == (Outcome.ANSWERED, SMALL_REFUND)
    assert "3个工作日" in normalise(told.turn.replies[0].text)
    assert told.candidates[0].shares["matter"] > 0
    english = await rehearse(services, "出口退税要几天", desk=desk, most_text=2000, language=Language.EN)
    assert english.turn.replies[0].text != told.turn.replies[0].text
    assert services.desk.handoffs == []  # type: ignore[attr-defined]
