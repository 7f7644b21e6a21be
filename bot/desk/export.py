"""Appeals as tables for a spreadsheet: CSV and XLSX, personal data masked unless somebody needs to see it."""

import csv
import io
from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum

from openpyxl import Workbook

from bot.desk.wording import LABELS, DeskWording
from qifu.exports.cells import harmless
from qifu.labels import Language
from store.masking import mask
from store.models import AppealRow
from store.repositories.numbers import SHANGHAI

type Naming = Callable[[StrEnum], str]
"""What to call a district, topic or channel."""

_COLUMNS = (
    "number",
    "created_at",
    "channel",
    "company",
    "contact_name",
    "phone",
    "district",
    "topic",
    "matter",
    "text",
    "files",
    "state",
    "grade",
    "tier",
    "unit",
    "deadline",
    "answer_by",
    "answered_at",
    "hotline_number",
    "resolution",
    "resolved_at",
    "rating",
    "rating_text",
    "reopened",
)

type Table = list[list[str]]
"""Rows of cells; the first one holds the headings."""


def table(
    rows: Iterable[AppealRow],
    wording: DeskWording,
    *,
    masked: bool = True,
    language: Language = Language.ZH,
    naming: Naming = str,
) -> Table:
    """Appeals as text, times in Shanghai's. `masked` leaves out who the person is; the firm's name stays."""
    headings = [wording.say(f"export.{column}", language) for column in _COLUMNS]

    def cell(row: AppealRow, column: str) -> str:
        match getattr(row, column):
            case None:
                refused = column == "phone" and row.phone_refused
                return wording.say("export.refused", language) if refused else ""
            case list() as files:
                return str(len(files))
            case bool() as yes:
                return wording.say(f"export.{'yes' if yes else 'no'}", language)
            case datetime() as moment:
                return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
            case StrEnum() as label:
                return wording.name(label, language) if type(label) in LABELS else naming(label)
            case value:
                return _hidden(column, str(value)) if masked else str(value)

    return [headings, *([harmless(cell(row, column)) for column in _COLUMNS] for row in rows)]


def _hidden(column: str, value: str) -> str:
    if column == "contact_name":
        return value[:1] + "**"
    if column == "phone":
        return value[:3] + "****" + value[-2:] if len(value) > 8 else "****"
    return mask(value)


def to_csv(rows: Table) -> bytes:
    """CSV in UTF-8 with the mark by which spreadsheet programs know it."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig", "replace")


def to_xlsx(rows: Table) -> bytes:
    """A workbook of one sheet; every cell is text, the headings stay in view."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
