"""Appeals, roster, canned replies, contacts and figures in a real browser."""

import csv
import io
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from qifu.labels import AppealGrade, AppealState, AppealTier, CloseReason, District, Topic
from store.database import Database
from tests.console.deskroom import DeskRoom, desk_room
from tests.fakes.browser import opened_page

pytestmark = pytest.mark.asyncio(loop_scope="session")

USER = "web:3000"
TEXT = "门口的路灯坏了三个月，请派人来修，电话 13812345678"


@pytest_asyncio.fixture(loop_scope="session")
async def room(own_database: Database) -> AsyncIterator[DeskRoom]:
    """A desk without appeals."""
    async with desk_room(own_database) as room:
        yield room


async def test_a_manager_grades_and_assigns_and_the_owner_resolves(browser: Browser, room: DeskRoom) -> None:
    row = await room.files(USER, TEXT, district=District.PUTUO, topic=Topic.TALENT, matter="talent/apartment")
    async with room.entered(browser, "manager", "/console/") as page:
        await page.locator(".task", has_text="1 件诉求待分派").click()
        await page.get_by_role("link", name=row.number).click()
        await expect(page.locator(".ticket-text")).to_contain_text("[mobile]")
        await expect(page.locator(".ticket")).to_contain_text("138****78")
        await page.get_by_role("button", name="定级分派").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("办理等级").click()
        await page.get_by_role("option", name="能办的马上办").click()
        await expect(dialog).to_contain_text("期限：2026-11-23 17:30")
        await dialog.get_by_label("负责人").click()
        await page.get_by_role("option", name="王芳").click()
        await dialog.get_by_label("责任单位").fill("区人社局")
        await dialog.get_by_role("button", name="保存").click()
        await expect(page.locator(".ticket-head")).to_contain_text("已分派")
        await expect(page.locator(".history")).to_contain_text("分派给 王芳，区人社局")
    now = await room.desk.appeals.get(row.id)
    assert (now.grade, now.tier, now.unit) == (AppealGrade.CAN, AppealTier.DISTRICT, "putuo_hrss")
    async with room.entered(browser, "li", f"/console/appeals/{row.number}") as page:
        await expect(page.get_by_role("button", name="写备注")).to_be_visible()
        for name in ("开始办理", "答复办结", "定级分派", "显示个人信息"):
            await expect(page.get_by_role("button", name=name)).to_have_count(0)
    async with room.entered(browser, "service", f"/console/appeals/{row.number}") as page:
        await page.get_by_role("button", name="开始办理").click()
        await expect(page.locator(".ticket-head")).to_contain_text("办理中")
        await page.get_by_role("button", name="显示个人信息").click()
        await expect(page.locator(".ticket")).to_contain_text("13812345678")
        await page.get_by_role("button", name="转 12345").click()
        await page.get_by_label("工单编号").fill("SH20261118-00123")
        await page.get_by_role("dialog").get_by_role("button", name="转 12345").click()
        await expect(page.locator(".facts").first).to_contain_text("SH20261118-00123")
        await page.get_by_role("button", name="答复办结").click()
        await page.get_by_label("办理结果").fill("路灯已修好")
        await page.get_by_role("dialog").get_by_role("button", name="答复办结").click()
        await expect(page.locator(".card.result")).to_contain_text("路灯已修好")
        await room.desk.appeals.reopen(USER, row.number, "又坏了")
        await expect(page.locator(".history")).to_contain_text("又坏了")
    assert (await room.desk.appeals.get(row.id)).state == AppealState.REOPENED
    assert [entry.subject for entry in await room.audited("appeal.reveal")] == [row.number]


async def test_units_that_seem_responsible_are_proposed(browser: Browser, room: DeskRoom) -> None:
    matter = next(
        matter
        for matter in room.server.services.answering.knowledge.matters  # type: ignore[union-attr]
        if room.desk.appeals._propose(matter, District.PUTUO)
    )
    row = await room.files(USER, TEXT, district=District.PUTUO, matter=matter)
    async with room.entered(browser, "manager", f"/console/appeals/{row.number}") as page:
        await page.get_by_role("button", name="定级分派").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("button", name="区人社局").click()
        await expect(dialog.get_by_label("责任单位")).to_have_value("区人社局")


async def test_the_list_is_filtered_read_on_and_exported_masked(browser: Browser, room: DeskRoom) -> None:
    for n in range(52):
        await room.files(f"web:{4000 + n}", f"{TEXT}，第 {n} 盏", district=District.MINHANG if n else District.PUTUO)
    room.clock.forward(days=5)
    async with room.entered(browser, "service", "/console/appeals") as page:
        await expect(page.locator("tbody tr")).to_have_count(50)
        await expect(page.locator("tbody tr").first).to_contain_text("超期")
        await page.get_by_role("link", name="更早的诉求").click()
        await expect(page.locator("tbody tr")).to_have_count(2)
        await page.goto(room.server.url + "/console/appeals?district=putuo&q=路灯")
        await expect(page.locator("tbody tr")).to_have_count(1)
        await page.goto(room.server.url + "/console/appeals?state=nonsense&owner=x&since=never&before=y")
        await expect(page.locator("tbody tr")).to_have_count(50)
        exports = room.server.url + "/console/exports/appeals"
        answer = await page.request.get(f"{exports}.csv?district=putuo")
        rows = list(csv.reader(io.StringIO((await answer.body()).decode("utf-8-sig"))))
        assert len(rows) == 2
        assert "138****78" in rows[1]
        assert "普陀区" in rows[1]
        assert not any("13812345678" in cell for cell in rows[1])
        assert (await page.request.get(f"{exports}.xlsx")).status == 200
        assert (await page.request.get(f"{exports}.csv?full=1")).status == 403
    async with room.entered(browser, "manager", "/console/") as page:
        full = await page.request.get(f"{exports}.csv?district=putuo&full=1")
        assert "13812345678" in (await full.body()).decode("utf-8-sig")
    noted = [entry.detail for entry in await room.audited("appeal.export")]
    assert noted[0] == {"format": "csv", "masked": False, "count": 1}
    assert len(noted) == 3


async def test_a_manager_makes_the_roster_and_others_read_it(browser: Browser, room: DeskRoom) -> None:
    async with room.entered(browser, "manager", "/console/duty") as page:
        await expect(page.locator(".present")).to_contain_text("王芳")
        await page.get_by_role("button", name=re.compile("给 李娜 加 周四")).click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("从").fill("13:00")
        await dialog.get_by_role("button", name="添加").click()
        await expect(page.locator(".shift")).to_have_text(re.compile("13:00–17:30"))
        await page.get_by_role("button", name="删除 李娜 13:00–17:30 的班").click()
        await page.get_by_role("dialog").get_by_role("button", name="删除").click()
        await expect(page.locator(".shift")).to_have_count(0)
        await page.get_by_role("button", name=re.compile("给 李娜 加 周五")).click()
        await dialog.get_by_text("只在 11-20 这一天").click()
        await dialog.get_by_role("button", name="添加").click()
        await expect(page.locator(".shift.once")).to_have_count(1)
    async with room.entered(browser, "li", "/console/duty?week=2026-11-18") as page:
        await expect(page.locator(".shift.once")).to_have_count(1)
        await expect(page.locator(".shift-add")).to_have_count(0)
    assert len(await room.audited("duty.add")) == 2


async def test_canned_replies_are_written_with_variables(browser: Browser, room: DeskRoom) -> None:
    async with room.entered(browser, "service", "/console/canned") as page:
        await page.get_by_role("button", name="添加常用语").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("标题").fill("问候")
        await dialog.get_by_label("内容").fill("您好，我是")
        await dialog.get_by_role("button", name="我的名字").click()
        await expect(dialog).to_contain_text("用户看到：您好，我是王芳")
        await dialog.get_by_role("button", name="保存").click()
        await expect(page.locator(".canned .card")).to_contain_text("您好，我是{{name}}")
        await page.get_by_role("button", name="删除“问候”").click()
        await page.get_by_role("dialog").get_by_role("button", name="删除").click()
        await expect(page.get_by_text("没有符合条件的常用语")).to_be_visible()


async def test_a_contact_is_completed_with_its_source(browser: Browser, room: DeskRoom) -> None:
    async with room.entered(browser, "trainer", "/console/contacts?q=人社") as page:
        await page.get_by_role("button", name="补充 区人社局 的联系方式").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("电话").fill("021-52564588")
        await dialog.get_by_role("button", name="保存").click()
        await expect(page.get_by_text("请写明来源")).to_be_visible()
        await dialog.get_by_label("来源", exact=True).fill("普陀区人民政府网站")
        await dialog.get_by_role("button", name="保存").click()
        await expect(page.locator(".detail")).to_contain_text("021-52564588")
        await expect(page.locator("tbody")).to_contain_text("补充自 普陀区人民政府网站")
    answering = room.server.services.answering
    assert answering is not None
    assert answering.knowledge.contacts["putuo_hrss"].phone == "021-52564588"


async def test_numbers_lead_to_the_lists_behind_them(browser: Browser, room: DeskRoom) -> None:
    quick, slow = await room.asks("web:1", "快"), await room.asks("web:2", "慢")
    for row, seconds in ((quick, 10), (slow, 90)):
        room.clock.forward(seconds=seconds)
        await room.desk.handoffs.claim(row.id, room.ids["service"])
        await room.desk.talk.staff_message(row.id, room.ids["service"], "您好")
    await room.files(USER, TEXT)
    async with room.entered(browser, "manager", "/console/figures") as page:
        within = page.locator("a.number", has_text="一分钟内首次响应")
        await expect(within).to_contain_text("50.0%")
        await within.click()
        await expect(page.locator("tbody tr")).to_have_count(1)
        await expect(page.locator("tbody")).to_contain_text(slow.number)
        await page.go_back()
        await page.locator("a.share", has_text="待分派").click()
        await expect(page.locator("tbody tr")).to_have_count(1)
    await room.desk.handoffs.close(quick.id, room.ids["service"], CloseReason.UNRESOLVED)
    async with room.entered(browser, "manager", "/console/figures") as page:
        for name, found in (
            ("解决率", quick.number),
            ("首次响应中位数", slow.number),
            ("登记", "路灯"),
            ("按期办结", "没有"),
        ):
            await page.locator("a.number", has_text=name).first.click()
            await expect(page.locator(".card.flush")).to_contain_text(found)
            await page.go_back()
        # Nothing is shown that can't be opened.
        await expect(page.locator("div.number")).to_have_count(0)
        day = page.locator("a.day-bar").last
        assert ((await day.locator(".bar-good").bounding_box()) or {"height": 0})["height"] > 10
        await day.click()
        await expect(page.locator("tbody tr")).to_have_count(2)
        await expect(page.get_by_text("共 2 件")).to_be_visible()
    async with room.entered(browser, "trainer", "/console/figures") as page:
        await expect(page.locator(".number", has_text="转人工").first).to_be_visible()
        await expect(page.locator("a.number, a.share")).to_have_count(0)


async def test_anybody_reads_the_service_levels_in_both_languages(browser: Browser, room: DeskRoom) -> None:
    for n in range(5):
        row = await room.asks(f"web:{n}", "我的电话 13812345678")
        await room.desk.handoffs.claim(row.id, room.ids["service"])
        await room.desk.talk.staff_message(row.id, room.ids["service"], "您好")
    async with opened_page(browser, room.server.url) as page:
        await page.goto(room.server.url + "/sla")
        await expect(page.locator(".big").first).to_have_text("100.0%")
        await expect(page.locator("h1")).to_have_text("人工帮办服务水平")
        words = await page.content()
        assert not any(personal in words for personal in ("13812345678", "王芳", row.number))
        await page.get_by_role("link", name="English").click()
        await expect(page.locator("h1")).to_have_text("Service levels of our staff")
