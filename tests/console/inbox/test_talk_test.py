"""A conversation becomes a conversation test that an evaluation can read, in a real browser."""

import pytest
from playwright.async_api import Browser, expect

from qifu.evaluation.conversations import Pair, read_conversations
from qifu.labels import Outcome
from tests.console.inbox.conftest import TrainingRoom
from tests.fakes.browser import PHONE
from tests.store.review import Line, talked

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def conversation(room: TrainingRoom) -> int:
    """One with personal data, a question that is trained on, and a button."""
    async with room.database.session() as session:
        lines = (
            Line("退税卡住了找谁，我是13812345678", "您问的是哪一项？", Outcome.CLARIFY),
            Line('/choose{"matter":"x"}', "好的", is_payload=True),
            Line("税收白皮书", "没有找到", Outcome.NO_ANSWER),
        )
        return (await talked(session, room.clock, "web:talk", *lines))[0]


async def test_a_trainer_saves_a_conversation_as_a_test(browser: Browser, room: TrainingRoom) -> None:
    number = await conversation(room)
    async with room.entered(browser, "trainer", f"/console/conversations/{number}") as page:
        await page.get_by_role("button", name="存为对话测试").click()
        dialog = page.get_by_role("dialog")
        users = dialog.locator("input[data-user]")
        await expect(users).to_have_count(2)
        assert "13812345678" not in await dialog.inner_html()
        await expect(dialog.locator(".finding.warn")).to_contain_text("税收营商环境白皮书")
        await users.nth(1).fill("税务的白皮书上写了些啥，打13812345678告诉我")
        await dialog.locator("textarea[data-must]").nth(1).fill("白皮书|意见")
        await dialog.get_by_role("button", name="保存").click()
        await expect(dialog.locator(".finding.bad")).to_contain_text("[mobile]")
        await users.nth(1).fill("税务的白皮书上写了些啥")
        await dialog.get_by_label("结果").nth(1).click()
        await page.get_by_role("option", name="不要求").click()
        await dialog.get_by_role("button", name="保存").click()
        await expect(page.get_by_text("已存为对话测试")).to_be_visible()
        await expect(dialog).to_have_count(0)
    read = [
        one for one in read_conversations(room.workspace.folder / "tests/dialogue") if one.id == f"trainers-{number}"
    ]
    assert [one.pairs for one in read] == [
        (
            Pair("退税卡住了找谁，我是", outcome=Outcome.CLARIFY),
            Pair("税务的白皮书上写了些啥", must=(("白皮书", "意见"),)),
        )
    ]
    (entry,) = await room.audited("training.conversation_added")
    assert entry.subject == f"trainers-{number}"


async def test_only_trainers_make_tests(browser: Browser, room: TrainingRoom) -> None:
    number = await conversation(room)
    async with room.entered(browser, "manager", f"/console/conversations/{number}") as page:
        await expect(page.locator("[data-turn]").first).to_be_visible()
        await expect(page.get_by_role("button", name="存为对话测试")).to_have_count(0)
    async with room.entered(browser, "trainer", f"/console/conversations/{number}", viewport=PHONE) as page:
        await page.get_by_role("button", name="存为对话测试").click()
        await expect(page.get_by_role("dialog").locator("input[data-user]")).to_have_count(2)
        assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
