"""CSV and XLSX, written row by row so that a large one takes no memory."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from openpyxl import Workbook

from qifu.exports.cells import harmless
from qifu.labels import ExportForm

MEDIA = {
    ExportForm.CSV: "text/csv; charset=utf-8",
    ExportForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Sheet(Protocol):
    """A file that takes rows; every cell is text. What is not closed is not whole."""

    def add(self, rows: Iterable[Sequence[str]]) -> None:
        """Writes rows."""
        ...

    def close(self) -> None:
        """Writes what is left and closes the file."""
        ...


class _Csv:
    def __init__(self, path: Path) -> None:
        # With the mark by which spreadsheet programs know UTF-8.
        self._file = path.open("w", encoding="utf-8-sig", newline="", errors="replace")
        self._writer = csv.writer(self._file)

    def add(self, rows: Iterable[Sequence[str]]) -> None:
        self._writer.writerows([harmless(cell) for cell in row] for row in rows)

    def close(self) -> None:
        self._file.close()


class _Xlsx:
    def __init__(self, path: Path, title: str) -> None:
        self._path = path
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet(title)
        self._sheet.freeze_panes = "A2"

    def add(self, rows: Iterable[Sequence[str]]) -> None:
        for row in rows:
            self._sheet.append([harmless(cell) for cell in row])

    def close(self) -> None:
        self._book.save(self._path)


def sheet(form: ExportForm, path: Path, title: str) -> Sheet:
    """A new file."""
    return _Csv(path) if form is ExportForm.CSV else _Xlsx(path, title)
