"""Questions in files: CSV, XLSX and the NLU blocks of Rasa's YAML, read into rows."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from openpyxl import load_workbook
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from qifu.errors import EditError
from qifu.exports.cells import unharmed

LARGEST = 5 * 1024 * 1024
"""Bytes of a file."""
MOST = 5000
"""Rows of a file."""
_UNPACKED = 100 * 1024 * 1024
"""Bytes that an XLSX file may have once unpacked."""
_FIRST_LINES = 20
"""Rows in which the names of the columns are looked for."""
_MOST_LINES, _MOST_COLUMNS = 10 * MOST, 50
"""How far a sheet is read; formatting makes many seem endless."""
_NAMES = Path(__file__).with_suffix(".yml")

type Kind = Literal["training", "held_out"]


@dataclass(frozen=True)
class Row:
    """A row of a file as it was written. `line` counts from 1; `kind` and `style` are empty where none are given."""

    line: int
    text: str
    intent: str
    point: str = ""
    kind: str = ""
    style: str = ""


@dataclass(frozen=True)
class Names:
    """What columns, kinds of questions and their styles are called."""

    columns: Mapping[str, Sequence[str]]
    kinds: Mapping[Kind, Sequence[str]]
    styles: Mapping[str, Sequence[str]]

    def kind(self, word: str) -> Kind | None:
        """The kind a word stands for, training where there is none; None where the word is unknown."""
        word = word.strip().lower()
        return next((kind for kind, words in self.kinds.items() if word in words), None if word else "training")

    def style(self, word: str) -> str | None:
        """The style a word stands for."""
        word = word.strip().lower()
        return next((style for style, words in self.styles.items() if word in words), None)


@cache
def read_names() -> Names:
    """What columns and kinds are called, read once."""
    content = YAML(typ="safe").load(_NAMES.read_text(encoding="utf-8"))
    return Names(content["columns"], content["kinds"], content["styles"])


def read_file(name: str, content: bytes) -> list[Row]:
    """The rows of a file, by its name's ending.

    Raises EditError file_kind, file_large, file_encoding, file_broken, file_columns, file_rows, file_empty.
    """
    reading = _READING.get(Path(name).suffix.lower())
    if reading is None:
        raise EditError("file_kind")
    if len(content) > LARGEST:
        raise EditError("file_large", most=LARGEST // 1024 // 1024)
    rows = list(islice(reading(content), MOST + 1))
    if len(rows) > MOST:
        raise EditError("file_rows", most=MOST)
    if not rows:
        raise EditError("file_empty")
    return rows


def _csv(content: bytes) -> Iterator[Row]:
    text = _decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from _table(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise EditError("file_broken") from None


def _xlsx(content: bytes) -> Iterator[Row]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > _UNPACKED:
                raise EditError("file_large", most=LARGEST // 1024 // 1024)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        cells = sheet.iter_rows(max_row=_MOST_LINES, max_col=_MOST_COLUMNS, values_only=True)
        yield from _table(["" if cell is None else str(cell) for cell in row] for row in cells)
    except EditError:
        raise
    except Exception:
        # A damaged workbook fails in any of zipfile, XML and openpyxl, each with errors of its own.
        raise EditError("file_broken") from None


def _yaml(content: bytes) -> Iterator[Row]:
    try:
        read = YAML(typ="rt").load(_decoded(content))
    except (YAMLError, RecursionError, ValueError):
        raise EditError("file_broken") from None
    blocks = read.get("nlu") if isinstance(read, dict) else None
    if not isinstance(blocks, list):
        raise EditError("file_columns")
    for block in blocks:
        if isinstance(block, dict) and "intent" in block:
            yield from _block(block)


def _block(block: Any) -> Iterator[Row]:
    """The questions of a block, written as a text or as a list."""
    metadata, examples = block.get("metadata"), block.get("examples")
    point = str(metadata.get("point") or "") if isinstance(metadata, dict) else ""
    first = block.lc.data["examples"][0] + 1 if "examples" in block else block.lc.line + 1
    if isinstance(examples, str):
        lines = [line.strip() for line in examples.splitlines()]
        texts = [(first + number, line[1:]) for number, line in enumerate(lines, 1) if line.startswith("-")]
    elif isinstance(examples, list):
        items = [item.get("text") if isinstance(item, dict) else item for item in examples]
        texts = [(first + number, item) for number, item in enumerate(items, 1) if isinstance(item, str)]
    else:
        return
    for line, text in texts:
        yield Row(line, text.strip(), str(block["intent"]), point)


def _table(rows: Any) -> Iterator[Row]:
    numbered = enumerate(rows, 1)
    places = _places(numbered)
    for line, cells in numbered:
        values = {key: unharmed(cells[place].strip()) for key, place in places.items() if place < len(cells)}
        if any(values.values()):
            read = {key: values.get(key, "") for key in ("text", "intent", "point", "kind", "style")}
            yield Row(line, **read)


def _places(numbered: Iterator[tuple[int, Sequence[str]]]) -> dict[str, int]:
    """Where the columns stand, from the row that names them."""
    columns = read_names().columns
    for _, cells in islice(numbered, _FIRST_LINES):
        written = [cell.strip().lower() for cell in cells]
        places = {
            key: next(place for place, word in enumerate(written) if word in words)
            for key, words in columns.items()
            if set(words) & set(written)
        }
        if {"text", "intent"} <= places.keys():
            return places
    raise EditError("file_columns")


def _decoded(content: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or what Chinese spreadsheet programs write (GBK)."""
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise EditError("file_encoding")


_READING: Mapping[str, Callable[[bytes], Iterator[Row]]] = {
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".yml": _yaml,
    ".yaml": _yaml,
}
