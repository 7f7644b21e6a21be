"""Questions brought in from a file and taken out as one, in a real browser."""

import csv
import io
from pathlib import Path

import pytest
from playwright.async_api import Browser, FilePayload, Locator, Page, expect

from qifu.training.exchange import read_file
from tests.console.training.room import REFUND, Room
from tests.fakes.browser import PHONE, WIDE

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATH = "/console/training/exchange"
_ROWS = [
    ["问法", "事项或意图", "要点", "类别"],
    ["年底那份册子去哪儿翻", "taxes/whitepaper", "shanghai-2024/1.7#1", ""],
    ["册子里都写些啥", "税收营商环境白皮书与纳税人意见公开", "", ""],
    ["税收白皮书", "taxes/advance_ruling", "", ""],
    ["事先裁定", "taxes/advance_ruling", "shanghai-2024/1.7#2", ""],
    ["打13812345678问册子", "taxes/whitepaper", "", ""],
    ["册子在哪", "taxes/nowhere", "", ""],
    ["多谢侬", "感谢", "", "留出"],
]


def _file(rows: list[list[str]] = _ROWS, name: str = "问法.csv") -> FilePayload:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return FilePayload(name=name, mimeType="text/csv", buffer=text.getvalue().encode("gbk"))


async def _upload(page: Page, file: FilePayload) -> None:
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="选择文件").click()
    await (await chooser.value).set_files([file])


def _row(page: Page, text: str) -> Locator:
    return page.locator(".import-card tbody tr").filter(has=page.get_by_text(text, exact=True))


async def test_a_trainer_chooses_what_a_file_brings(browser: Browser, room: Room) -> None:
    before = await room.workspace.read()
    async with room.entered(browser, PATH) as page:
        await _upload(page, _file())
        await expect(page.get_by_role("heading", name="问法.csv")).to_be_visible()
        await expect(page.get_by_text("已选 3 句")).to_be_visible()
        await expect(_row(page, "税收白皮书")).to_contain_text("选中就移过来")
        await expect(_row(page, "事先裁定")).to_contain_text("已经有了")
        await expect(_row(page, "册子在哪").get_by_role("checkbox")).to_have_attribute("aria-disabled", "true")
        await expect(_row(page, "打13812345678问册子")).to_contain_text("[mobile]")
        await _row(page, "税收白皮书").get_by_role("checkbox").click()
        await _row(page, "册子里都写些啥").get_by_role("checkbox").click()
        await expect(page.get_by_text("已选 3 句")).to_be_visible()
        await page.get_by_role("button", name="导入选中的").click()
        await page.get_by_role("dialog").get_by_role("button", name="移过来并导入").click()
        await expect(page.get_by_text("导入了 3 句")).to_be_visible()
        await expect(page.get_by_role("button", name="选择文件")).to_be_visible()
    assert ("年底那份册子去哪儿翻", "shanghai-2024/1.7#1") in await room.questions("taxes/whitepaper")
    assert ("税收白皮书", None) in await room.questions("taxes/advance_ruling")
    now = await room.workspace.read()
    assert len(now.seeds.questions) == len(before.seeds.questions) + 1
    assert "多谢侬" in [row.text for row in now.held_out]
    (entry,) = await room.audited("training.imported")
    assert (entry.subject, entry.detail) == ("问法.csv", {"count": 3, "moved": 1})


async def test_a_file_is_put_away_and_another_chosen(browser: Browser, room: Room) -> None:
    async with room.entered(browser, PATH) as page:
        await _upload(page, _file())
        await page.get_by_role("button", name="放弃这个文件").click()
        await _upload(page, _file([["a", "b"]]))
        await expect(page.get_by_text("找不到“问法”和“事项或意图”两列")).to_be_visible()
        await _upload(page, _file([*_ROWS[:2]], "second.csv"))
        await expect(page.get_by_role("heading", name="second.csv")).to_be_visible()
    assert not room.workspace.edited


async def test_a_long_file_is_turned_page_by_page_and_narrowed(browser: Browser, room: Room) -> None:
    rows = [*_ROWS, *([f"第{n}次来问{n * 7919}号册子的事", "taxes/whitepaper", "", ""] for n in range(60))]
    async with room.entered(browser, PATH) as page:
        await _upload(page, _file(rows))
        await expect(page.locator(".import-card tbody tr")).to_have_count(50)
        await page.get_by_role("button", name="下一页").click()
        await expect(page.locator(".import-card tbody tr")).to_have_count(17)
        await page.get_by_role("combobox", name="显示").click()
        await page.get_by_role("option", name="不能导入（2）").click()
        await expect(page.locator(".import-card tbody tr")).to_have_count(2)


async def test_what_goes_out_is_what_was_asked_for(browser: Browser, room: Room) -> None:
    async with room.entered(browser, f"{PATH}?wanted={REFUND}", role="manager") as page:
        await expect(page.get_by_role("button", name="选择文件")).to_have_count(0)
        async with page.expect_download() as download:
            await page.get_by_role("link", name="下载").click()
        file = await download.value
        rows = read_file(file.suggested_filename, Path(await file.path()).read_bytes())  # noqa: ASYNC240
    assert file.suggested_filename == "问法-taxes-export_refund.xlsx"
    assert [row.text for row in rows] == [text for text, _ in await room.questions(REFUND)]
    (entry,) = await room.audited("training.exported")
    assert entry.subject == REFUND


async def test_service_staff_have_no_part_in_it(browser: Browser, room: Room) -> None:
    async with room.entered(browser, "/console/", role="service") as page:
        for path in (PATH, f"{PATH}/file?form=csv"):
            answer = await page.request.get(path)
            assert answer.status == 403


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
async def test_the_page_fits_every_screen(browser: Browser, room: Room, viewport: dict[str, int]) -> None:
    async with room.entered(browser, PATH, viewport=viewport) as page:
        await _upload(page, _file())
        await expect(page.get_by_text("已选 3 句")).to_be_visible()
        width = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width == 0
