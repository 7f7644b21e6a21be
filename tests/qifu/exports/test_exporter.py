"""Exports run in the background, can be cancelled, end whatever happens, and run no formula."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from qifu.exports.cells import harmless
from qifu.exports.exporter import Batch, ExportBusyError, Exporter
from qifu.labels import ExportForm, ExportState
from store.database import Database
from store.models import ExportRow
from store.repositories import ExportRepository
from tests.store.factories import FakeClock
from tests.store.review import somebody

type Look = Callable[[int], Awaitable[ExportRow]]

ROWS = [["1", "退税"], ["2", "=HYPERLINK(1)"], ["3", "＠SUM\x00"]]
SAFE = [["号", "内容"], ["1", "退税"], ["2", "'=HYPERLINK(1)"], ["3", "'＠SUM"]]


class Source:
    """Rows that wait for a test's word before each batch."""

    title = "会话"
    headings: Sequence[str] = ("号", "内容")

    def __init__(self, batches: int = 1, error: bool = False) -> None:
        self._batches = batches
        self._error = error
        self.go = asyncio.Event()

    async def total(self) -> int:
        """Three a batch."""
        return 3 * self._batches

    async def batches(self) -> AsyncIterator[Batch]:
        """The same rows again and again."""
        for _ in range(self._batches):
            await self.go.wait()
            if self._error:
                raise RuntimeError
            yield Batch(ROWS, 3)


@pytest.fixture
async def staff(database: Database) -> int:
    """Somebody who exports."""
    async with database.session() as session:
        return await somebody(session)


@pytest.fixture
def exporter(database: Database, tmp_path: Path) -> Exporter:
    """An exporter below the test's folder."""
    return Exporter(database, tmp_path / "exports", FakeClock(), most=5)


@pytest.fixture
def row(database: Database, staff: int) -> Look:
    """An export as its owner sees it."""

    async def get(export_id: int) -> ExportRow:
        async with database.session() as session:
            found = await ExportRepository(session, FakeClock()).get(export_id, staff)
        assert found
        return found

    return get


@pytest.mark.parametrize("form", ExportForm)
async def test_a_file_holds_the_rows_as_text(exporter: Exporter, row: Look, staff: int, form: ExportForm) -> None:
    source = Source()
    number = await exporter.start(staff, form, "", source)
    assert (await row(number)).state == ExportState.RUNNING
    source.go.set()
    await exporter.wait(number)
    found = await row(number)
    assert (found.state, found.done, found.total, found.rows) == (ExportState.DONE, 3, 3, 3)
    content = exporter.path(found.file or "").read_bytes()
    if form is ExportForm.CSV:
        assert list(csv.reader(io.StringIO(content.decode("utf-8-sig")))) == SAFE
    else:
        sheet = load_workbook(io.BytesIO(content))["会话"]
        assert [[cell.value for cell in line] for line in sheet.iter_rows()] == SAFE
        assert all(cell.data_type == "s" for line in sheet.iter_rows() for cell in line)


async def test_one_at_a_time_for_each_person_and_only_the_owner_cancels(
    exporter: Exporter, row: Look, staff: int
) -> None:
    source = Source()
    number = await exporter.start(staff, ExportForm.CSV, "", source)
    with pytest.raises(ExportBusyError):
        await exporter.start(staff, ExportForm.CSV, "", Source())
    await exporter.cancel(number, staff + 1)
    assert (await row(number)).state == ExportState.RUNNING
    await exporter.cancel(number, staff)
    source.go.set()
    await exporter.wait(number)
    found = await row(number)
    assert (found.state, found.file) == (ExportState.CANCELLED, None)
    again = await exporter.start(staff, ExportForm.CSV, "", source)
    await exporter.wait(again)
    assert (await row(again)).state == ExportState.DONE


async def test_what_goes_wrong_is_told_and_leaves_no_file(exporter: Exporter, row: Look, staff: int) -> None:
    source = Source(error=True)
    source.go.set()
    number = await exporter.start(staff, ExportForm.XLSX, "", source)
    await exporter.wait(number)
    assert (await row(number)).state == ExportState.FAILED
    assert list(exporter.path("x").parent.iterdir()) == []


async def test_a_file_ends_where_it_is_full(exporter: Exporter, row: Look, staff: int) -> None:
    source = Source(batches=4)
    source.go.set()
    number = await exporter.start(staff, ExportForm.CSV, "", source)
    await exporter.wait(number)
    found = await row(number)
    assert (found.state, found.rows) == (ExportState.FULL, 5)
    assert len(exporter.path(found.file or "").read_text("utf-8-sig").splitlines()) == 6


async def test_what_a_stopped_process_left_has_failed_and_old_files_go(
    database: Database, tmp_path: Path, staff: int
) -> None:
    clock = FakeClock()
    async with database.session() as session:
        repository = ExportRepository(session, clock)
        left = (await repository.begin(staff, ExportForm.CSV, "")).id
    exporter = Exporter(database, tmp_path, clock)
    source = Source()
    source.go.set()
    first = await exporter.start(staff, ExportForm.CSV, "", source)
    await exporter.wait(first)
    async with database.session() as session:
        rows = {row.id: row.state for row in await ExportRepository(session, clock).of(staff)}
    assert rows == {left: ExportState.FAILED, first: ExportState.DONE}
    clock.now += timedelta(days=8)
    second = await exporter.start(staff, ExportForm.CSV, "", source)
    await exporter.wait(second)
    assert (exporter.path(f"{first}.csv").exists(), exporter.path(f"{second}.csv").exists()) == (False, True)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "＝1", " =1", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert harmless(text).startswith("'")


def test_a_cell_holds_what_a_spreadsheet_can_hold() -> None:
    assert harmless("退税\x00\x0b\ud800") == "退税?"
    assert len(harmless("长" * 40_000)) == 32_767
