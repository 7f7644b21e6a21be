"""Files that staff send: chosen, pasted or dropped, seen before they go, refused in words that help."""

import re
import struct
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.desk.tray import MOST_AT_ONCE
from qifu.labels import Direction
from store.database import Database
from store.models import DeskMessageRow
from tests.console.deskroom import DeskRoom, desk_room
from tests.fakes.browser import PHONE

pytestmark = pytest.mark.asyncio(loop_scope="session")

USER = "web:5000"
READY = ".chip-file[data-state=ready]"
# Brings files as a paste or a drop does.
_BRING = """([kind, files]) => {
  const brought = new DataTransfer();
  for (const [name, type, bytes] of files) brought.items.add(new File([new Uint8Array(bytes)], name, { type }));
  const where = document.querySelector(kind === "paste" ? "[data-composer]" : ".talk");
  const event = kind === "paste"
    ? new ClipboardEvent("paste", { clipboardData: brought, bubbles: true, cancelable: true })
    : new DragEvent(kind, { dataTransfer: brought, bubbles: true, cancelable: true });
  where.dispatchEvent(event);
}"""


def picture(width: int = 320, height: int = 200) -> bytes:
    """A real PNG: green that grows lighter to the right."""

    def part(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    row = b"\x00" + b"".join(bytes((40 + 120 * x // width, 150, 120)) for x in range(width))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = part(b"IHDR", head) + part(b"IDAT", zlib.compress(row * height)) + part(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest_asyncio.fixture(loop_scope="session")
async def room(own_database: Database) -> AsyncIterator[DeskRoom]:
    """A desk with nobody waiting."""
    async with desk_room(own_database) as room:
        yield room


async def claimed(room: DeskRoom) -> tuple[int, str]:
    """A handoff that 王芳 has: id and number."""
    row = await room.asks(USER, "退税没有到账")
    await room.desk.handoffs.claim(row.id, room.ids["service"])
    return row.id, row.number


async def bring(page: Page, kind: str, *files: tuple[str, str, bytes]) -> None:
    """Pastes or drops files over the chat."""
    await page.evaluate(_BRING, [kind, [[name, mime, list(content)] for name, mime, content in files]])


async def answers(room: DeskRoom, handoff: int) -> list[DeskMessageRow]:
    """What staff sent."""
    return [row for row in await room.desk.talk.messages(handoff) if row.direction == Direction.STAFF]


async def test_chosen_files_are_seen_and_go_with_the_words_as_one_message(
    browser: Browser, room: DeskRoom, tmp_path: Path
) -> None:
    handoff, number = await claimed(room)
    (tmp_path / "样表.png").write_bytes(picture())
    (tmp_path / "清单.pdf").write_bytes(b"%PDF-1.7 list")
    (tmp_path / "多余.pdf").write_bytes(b"%PDF-1.7 more")
    async with room.entered(browser, "service", f"/console/desk/{number}") as page:
        ready = page.locator(READY)
        async with page.expect_file_chooser() as chooser:
            await page.get_by_role("button", name="图片和文件").click()
        await (await chooser.value).set_files([tmp_path / name for name in ("样表.png", "清单.pdf", "多余.pdf")])
        await expect(ready).to_have_count(3)
        await expect(ready.first.locator("img")).to_be_visible()
        await page.get_by_role("button", name="不发“多余.pdf”").click()
        await expect(ready).to_have_count(2)
        assert await answers(room, handoff) == []
        await page.reload()
        await page.wait_for_function("window.did_handshake === true")
        await expect(ready).to_have_count(2)
        await page.locator("[data-composer]").fill("照这个填")
        await page.locator("[data-composer]").press("Enter")
        bubble = page.locator(".said.staff")
        await expect(bubble).to_contain_text("照这个填")
        await expect(ready).to_have_count(0)
        shown = bubble.get_by_role("img", name="样表.png")
        await expect(shown).to_be_visible()
        await page.wait_for_function("document.querySelector('.file.picture img').naturalWidth === 320")
        await expect(bubble.get_by_role("link", name=re.compile("清单.pdf"))).to_be_visible()
    [sent] = await answers(room, handoff)
    assert [file["name"] for file in sent.attachments] == ["样表.png", "清单.pdf"]
    assert await room.kept.fetch(sent.attachments[0]["ref"]) == picture()


async def test_a_picture_is_pasted_a_file_is_dropped_and_neither_needs_words(browser: Browser, room: DeskRoom) -> None:
    handoff, number = await claimed(room)
    async with room.entered(browser, "service", f"/console/desk/{number}") as page:
        await bring(page, "paste", ("image.png", "image/png", picture(40, 40)))
        await expect(page.locator(READY)).to_contain_text("image.png")
        await bring(page, "dragover", ("a.pdf", "application/pdf", b""))
        await expect(page.locator(".desk-chat.dropping")).to_be_visible()
        await bring(page, "drop", ("办事指南.pdf", "application/pdf", b"%PDF-1.7 guide"))
        await expect(page.locator(".desk-chat.dropping")).to_have_count(0)
        await expect(page.locator(READY)).to_have_count(2)
        await page.get_by_role("button", name="发送").click()
        await expect(page.locator(".said.staff .file")).to_have_count(2)
    [sent] = await answers(room, handoff)
    assert (sent.text, [file["kind"] for file in sent.attachments]) == ("", ["photo", "document"])


async def test_what_is_refused_names_the_file_and_says_what_helps(browser: Browser, room: DeskRoom) -> None:
    handoff, number = await claimed(room)
    async with room.entered(browser, "service", f"/console/desk/{number}") as page:
        failed = page.get_by_role("alert").filter(has=page.locator(".chip-reason"))
        await bring(page, "drop", ("病毒.exe", "application/x-msdownload", b"MZ"))
        await expect(failed).to_contain_text("“病毒.exe”没有添加：只能发 JPEG")
        await expect(failed).to_contain_text("请另存为其中一种")
        await bring(page, "drop", ("空白.pdf", "application/pdf", b""))
        await expect(failed).to_have_text(re.compile("“空白.pdf”是空的"))
        await page.evaluate(
            """() => { const brought = new DataTransfer();
            brought.items.add(new File([new Uint8Array(5 * 1024 * 1024 + 1)], "扫描.pdf"));
            document.querySelector(".talk").dispatchEvent(
              new DragEvent("drop", { dataTransfer: brought, bubbles: true, cancelable: true })); }"""
        )
        await expect(failed).to_have_text(re.compile("“扫描.pdf”有 5.0 MB.*请压缩"))
        await page.get_by_role("button", name="内部备注").click()
        await expect(page.locator("[data-mode=note]")).to_be_attached()
        await bring(page, "drop", ("清单.pdf", "application/pdf", b"%PDF-1.7"))
        await expect(failed).to_contain_text("内部备注不带文件")
        await page.get_by_role("button", name="回复用户").click()
        await expect(page.locator("[data-mode=note]")).to_have_count(0)
        files = [(f"{n}.pdf", "application/pdf", b"%PDF-1.7") for n in range(MOST_AT_ONCE + 1)]
        await bring(page, "drop", *files)
        await expect(page.locator(READY)).to_have_count(MOST_AT_ONCE)
        await expect(failed).to_contain_text("“10.pdf”没有添加：一条消息最多带 10 个文件")
    assert await answers(room, handoff) == []


async def test_sending_waits_for_the_last_file(browser: Browser, room: DeskRoom) -> None:
    handoff, number = await claimed(room)
    async with room.entered(browser, "service", f"/console/desk/{number}") as page:

        async def slow(route: object) -> None:
            await page.wait_for_timeout(700)
            await route.continue_()  # type: ignore[attr-defined]

        await page.route("**/desk/uploads/**", slow)
        await bring(page, "drop", ("指南.pdf", "application/pdf", b"%PDF-1.7"))
        await page.locator("[data-composer]").fill("请看附件")
        await page.locator("[data-composer]").press("Enter")
        await expect(page.locator(".tray")).to_contain_text("传完就发送")
        await expect(page.locator(".said.staff")).to_contain_text("指南.pdf")
        await expect(page.locator(".chip-file")).to_have_count(0)
    [sent] = await answers(room, handoff)
    assert (sent.text, len(sent.attachments)) == ("请看附件", 1)


async def test_only_the_owner_puts_files_into_a_chat_and_they_go_with_the_chat(
    browser: Browser, room: DeskRoom
) -> None:
    handoff, _ = await claimed(room)
    url = f"{room.server.url}/console/desk/uploads/{handoff}?name=a.pdf&key="
    async with room.entered(browser, "li", "/console/") as page:
        refused = await page.request.post(f"{url}{'a' * 24}", data=b"%PDF-1.7")
        assert refused.status == 403
        assert (await refused.json())["message"].startswith("“a.pdf”没有添加")
    async with room.entered(browser, "service", "/console/") as page:
        large = await page.request.post(f"{url}{'b' * 24}", data=b"%PDF" + b"0" * 5 * 1024 * 1024)
        assert (large.status, "请压缩" in (await large.json())["message"]) == (413, True)
        assert (await page.request.post(f"{url}../../x", data=b"%PDF-1.7")).status == 422
        assert (await page.request.post(f"{url}{'c' * 24}", data=b"%PDF-1.7")).status == 200
        elsewhere = await page.request.post(
            f"{url}{'d' * 24}", data=b"%PDF-1.7", headers={"Origin": "https://example.org"}
        )
        assert elsewhere.status == 403

    async def known(_: object) -> set[str]:
        return set()

    assert await room.kept.forget(known) == 1


async def test_a_picture_is_shown_to_the_owner_and_hidden_from_others(browser: Browser, room: DeskRoom) -> None:
    handoff, number = await claimed(room)
    kept = await room.kept.keep(USER, "u1", "营业执照.png", picture(60, 40))
    assert await room.desk.talk.user_message(USER, "", "u1", [kept]) is not None
    async with room.entered(browser, "service", f"/console/desk/{number}") as page:
        await expect(page.get_by_role("img", name="营业执照.png")).to_be_visible()
    async with room.entered(browser, "manager", f"/console/desk/{number}") as page:
        await expect(page.locator(".said.user .file")).to_contain_text("营业执照.png")
        await expect(page.locator(".said.user img")).to_have_count(0)
    assert handoff


async def test_the_tray_fits_a_phone(browser: Browser, room: DeskRoom) -> None:
    _, number = await claimed(room)
    async with room.entered(browser, "service", f"/console/desk/{number}", viewport=PHONE) as page:
        name = "上海市出口退税申报材料清单" * 5 + ".pdf"
        await bring(page, "drop", (name, "application/pdf", b"%PDF-1.7"), ("a.png", "image/png", picture(90, 60)))
        await expect(page.locator(READY)).to_have_count(2)
        await bring(page, "drop", ("病毒.exe", "", b"MZ"))
        await expect(page.locator(".chip-reason")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        await expect(page.locator("[data-send]")).to_be_in_viewport()
