"""What goes into a spreadsheet runs nothing there and names nobody who need not be named."""

import csv
import io

import pytest
from openpyxl import load_workbook

from bot.desk.desk import Desk
from bot.desk.export import table, to_csv, to_xlsx
from bot.desk.wording import DeskWording
from qifu.labels import AppealGrade, AppealTier, Language
from tests.bot.desk.support import WEB, People, some_appeal

WORDING = DeskWording()


@pytest.fixture
async def rows(desk: Desk, people: People) -> list[list[str]]:
    """The masked table of two appeals."""
    first = await desk.appeals.file(
        WEB, some_appeal("=HYPERLINK(1) 我的手机13812345678，请回电", company="+上海某某公司")
    )
    await desk.appeals.grade(first.appeal.id, people.chen, AppealGrade.JOINT, AppealTier.CITY)
    await desk.appeals.assign(first.appeal.id, people.chen, owner=people.wang, unit="区税务局")
    await desk.appeals.file(WEB, some_appeal("@办事窗口排队太久\x07了", phone=None, phone_refused=True))
    return table(await desk.appeals.of_conversation(WEB), WORDING, naming=lambda label: f"[{label}]")


def column(rows: list[list[str]], heading: str) -> list[str]:
    """The cells below a heading."""
    place = rows[0].index(heading)
    return [row[place] for row in rows[1:]]


async def test_personal_data_is_masked(rows: list[list[str]]) -> None:
    assert column(rows, "联系人") == ["王**", "王**"]
    assert column(rows, "电话") == ["不愿留电话", "138****78"]
    assert "[mobile]" in column(rows, "内容")[1]
    assert "13812345678" not in str(rows)
    assert WEB not in str(rows)


async def test_labels_times_and_answers_are_readable(rows: list[list[str]]) -> None:
    assert column(rows, "状态") == ["已收到，等待分派", "已分派"]
    assert column(rows, "办理等级") == ["", "合办的协作办"]
    assert column(rows, "层级") == ["", "市"]
    assert column(rows, "区") == ["[minhang]", "[minhang]"]
    assert column(rows, "登记时间") == ["2026-11-18 10:00", "2026-11-18 10:00"]
    assert column(rows, "是否重办") == ["否", "否"]
    assert column(rows, "附件数") == ["0", "0"]


async def test_formulas_become_text(rows: list[list[str]]) -> None:
    assert column(rows, "内容")[1].startswith("'=HYPERLINK")
    assert column(rows, "企业名称")[1] == "'+上海某某公司"
    assert column(rows, "内容")[0] == "'@办事窗口排队太久了"


async def test_unmasked_is_what_was_written(desk: Desk, people: People) -> None:
    await desk.appeals.file(WEB, some_appeal())
    rows = table(await desk.appeals.of_conversation(WEB), WORDING, masked=False, language=Language.EN)
    assert (column(rows, "telephone"), column(rows, "contact")) == (["13812345678"], ["王女士"])
    assert column(rows, "state") == ["received, waiting to be assigned"]


async def test_csv_and_xlsx_hold_the_same_cells(rows: list[list[str]]) -> None:
    written = to_csv(rows)
    assert written.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(written.decode("utf-8-sig")))) == rows
    sheet = load_workbook(io.BytesIO(to_xlsx(rows))).active
    assert sheet is not None
    assert [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)] == rows
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}


async def test_an_overlong_cell_is_cut_where_a_spreadsheet_ends(desk: Desk) -> None:
    assert load_workbook(io.BytesIO(to_xlsx([["长" * 40_000]]))).active is not None
