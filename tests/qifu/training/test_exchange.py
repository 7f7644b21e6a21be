"""Questions come in and go out as files; nothing is replaced that nobody chose."""

import csv
import io
import zipfile
from collections.abc import Sequence

import pytest
from openpyxl import Workbook, load_workbook

from qifu.errors import EditError, SeedError
from qifu.training.exchange import LARGEST, MOST, Row, read_file, read_names
from qifu.training.exchange_export import FileForm, questions_file
from qifu.training.exchange_preview import Line, Verdict, preview, take
from qifu.training.workspace import Workspace

_PAPER = "taxes/whitepaper"
_POINT = "shanghai-2024/1.7#1"
_LONG = "会计群里攒了一堆吐槽，交上去以后总想看看上面收到了没有、别人都提了什么、有没有下文。有没有一个公开的地方能查？"


def _csv(rows: Sequence[Sequence[str]], encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def _xlsx(rows: Sequence[Sequence[object]]) -> bytes:
    book, content = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(list(row))  # type: ignore[union-attr]
    book.save(content)
    return content.getvalue()


_ROWS = [
    ["问法", "事项或意图", "要点", "类别"],
    ["册子去哪儿翻", _PAPER, _POINT, ""],
    ["", "", "", ""],
    ["多谢", "thanks"],
]
_READ = [Row(2, "册子去哪儿翻", _PAPER, _POINT), Row(4, "多谢", "thanks")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_every_usual_encoding(encoding: str, delimiter: str) -> None:
    assert read_file("问法.CSV", _csv(_ROWS, encoding, delimiter)) == _READ


def test_xlsx_is_read_below_a_heading() -> None:
    assert read_file("a.xlsx", _xlsx([["我们整理的问法"], *_ROWS[:1], *_ROWS[1:]])) == [
        Row(row.line + 1, row.text, row.intent, row.point) for row in _READ
    ]


def test_columns_may_be_named_in_english_and_stand_anywhere() -> None:
    rows = [["Intent", "note", "Question", "Kind", "style"], ["thanks", "x", "thx", "Held-out", "short"]]
    assert read_file("a.csv", _csv(rows)) == [Row(2, "thx", "thanks", "", "Held-out", "short")]


def test_rasas_blocks_are_read_as_text_and_as_lists() -> None:
    text = (
        'version: "3.1"\nnlu:\n- intent: taxes/a\n  metadata: {point: p/1#1}\n  examples: |\n    - 甲\n    - 乙\n'
        "- lookup: x\n  examples: |\n    - no\n- intent: thanks\n  examples:\n  - text: |\n      谢\n  - 多谢\n"
    )
    assert read_file("nlu.yml", text.encode()) == [
        Row(6, "甲", "taxes/a", "p/1#1"),
        Row(7, "乙", "taxes/a", "p/1#1"),
        Row(13, "谢", "thanks"),
        Row(14, "多谢", "thanks"),
    ]


def _bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * (101 * 1024 * 1024))
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xls", b"x", "file_kind"),
        ("a", b"x", "file_kind"),
        ("a.csv", b"x" * (LARGEST + 1), "file_large"),
        ("a.xlsx", _bomb(), "file_large"),
        ("a.csv", _csv([["问法", "意图"], *([["多谢", "thanks"]] * (MOST + 1))]), "file_rows"),
        ("a.csv", b"\x81\xff\xff\x00", "file_encoding"),
        ("a.csv", '问法,意图\n"多谢'.encode(), "file_broken"),
        ("a.csv", b"question,intent\n" + b"x" * 200_000, "file_broken"),
        ("a.xlsx", b"PK no workbook", "file_broken"),
        ("a.yml", b"nlu: [", "file_broken"),
        ("a.yml", b"[" * 3_000, "file_broken"),
        ("a.csv", _csv([["问法"], ["多谢"]]), "file_columns"),
        ("a.yml", b"rules: []", "file_columns"),
        ("a.csv", _csv([["问法", "意图"]]), "file_empty"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(name: str, content: bytes, code: str) -> None:
    with pytest.raises(EditError) as refused:
        read_file(name, content)
    assert refused.value.code == code


async def _look(workspace: Workspace, *rows: Row) -> list[Line]:
    return preview(await workspace.read(), rows, {"感谢": "thanks"})


def _codes(line: Line) -> list[str]:
    return [finding.code for finding in line.findings]


@pytest.mark.parametrize(
    ("row", "verdict", "codes"),
    [
        (Row(2, "年底那份册子去哪儿翻", _PAPER, _POINT), Verdict.NEW, []),
        (Row(2, "年底那份册子去哪儿翻", "税收营商环境白皮书与纳税人意见公开"), Verdict.NEW, []),
        (Row(2, "多谢侬", "感谢"), Verdict.NEW, []),
        (Row(2, "税收白皮书。", _PAPER, _POINT), Verdict.THERE, []),
        (Row(2, "税收白皮书", _PAPER), Verdict.MOVE, ["stands_here"]),
        (Row(2, "税收白皮书", "taxes/advance_ruling"), Verdict.MOVE, ["stands_elsewhere"]),
        (Row(2, "册子", "taxes/nowhere"), Verdict.BAD, ["unknown_intent"]),
        (Row(2, "册子", _PAPER, "shanghai-2024/9.9#9"), Verdict.BAD, ["unknown_point"]),
        (Row(2, "多谢", "thanks", _POINT), Verdict.BAD, ["unknown_point"]),
        (Row(2, "", "thanks"), Verdict.BAD, ["empty"]),
        (Row(2, "册子[新]", _PAPER), Verdict.BAD, ["schema"]),
        (Row(2, "打13812345678问册子", _PAPER), Verdict.BAD, ["personal"]),
        (Row(2, "大家伙给收钱那帮人提的牢骚有没有地方能看到", _PAPER), Verdict.BAD, ["held_out"]),
        (Row(2, _LONG.replace("能查", "查查"), _PAPER, _POINT), Verdict.NEW, ["template"]),
        (Row(2, _LONG.replace("能查", "查查"), "taxes/advance_ruling"), Verdict.NEW, ["near"]),
        (Row(2, "多谢", "thanks", kind="其他"), Verdict.BAD, ["unknown_kind"]),
        (Row(2, "多谢", "thanks", style="其他"), Verdict.BAD, ["unknown_style"]),
        (Row(2, "多谢侬", "thanks", kind="留出"), Verdict.NEW, []),
        (Row(2, "税收白皮书", _PAPER, kind="留出"), Verdict.BAD, ["held_out_trained"]),
        (Row(2, "大家伙给收钱那帮人提的牢骚，有没有地方能看到", _PAPER, kind="留出"), Verdict.THERE, []),
    ],
)
async def test_a_row_is_judged(workspace: Workspace, row: Row, verdict: Verdict, codes: list[str]) -> None:
    (line,) = await _look(workspace, row)
    assert (line.verdict, _codes(line)) == (verdict, codes)
    assert line.advised == (verdict is Verdict.NEW and not codes)


async def test_rows_are_looked_at_beside_each_other(workspace: Workspace) -> None:
    near = "想看看一整年里报税的人都抱怨过什么事情没有"
    lines = await _look(
        workspace,
        Row(2, "多谢侬", "thanks"),
        Row(3, "多谢 侬！", "thanks"),
        Row(4, near, _PAPER),
        Row(5, f"{near}呀", _PAPER),
        Row(6, f"{near}啊", "taxes/advance_ruling"),
    )
    assert [_codes(line) for line in lines] == [[], ["repeated"], [], ["template_row"], ["near_row"]]


async def test_rows_of_a_template_are_found_as_a_whole(workspace: Workspace) -> None:
    ends = ["册子", "名单", "答复", "汇总", "报告", "清单", "结果", "说明"]
    rows = [Row(number, f"我想问一下{end}", "thanks") for number, end in enumerate(ends, 2)]
    lines = await _look(workspace, *rows)
    assert {code for line in lines for code in _codes(line)} == {"same_begin"}
    assert not any(line.advised for line in lines)


async def test_what_was_chosen_is_added_moved_and_held_out(workspace: Workspace) -> None:
    lines = await _look(
        workspace,
        Row(2, "年底那份册子去哪儿翻", _PAPER, _POINT),
        Row(3, "税收白皮书", "taxes/advance_ruling"),
        Row(4, "多谢侬", "thanks", kind="留出", style="口语"),
        Row(5, "册子去哪", "taxes/nowhere"),
        Row(6, "年底那份册子", _PAPER, kind="held-out"),
    )
    catalogue = await workspace.read()
    count = []
    await workspace.change(lambda draft: count.append(take(draft, catalogue, lines)), by=1, what="imported", subject="")
    assert count == [4]
    now = await workspace.read()
    texts = {(question.intent, question.point, question.text) for question in now.seeds.questions}
    assert (_PAPER, _POINT, "年底那份册子去哪儿翻") in texts
    assert ("taxes/advance_ruling", None, "税收白皮书") in texts
    assert (_PAPER, _POINT, "税收白皮书") not in texts
    held = {row.text: row for row in now.held_out}
    assert (held["多谢侬"].label, held["多谢侬"].style) == ("thanks", "colloquial")
    assert held["年底那份册子"].points == (_POINT,)
    assert len(now.seeds.questions) == len(catalogue.seeds.questions) + 1


async def test_what_was_taken_elsewhere_meanwhile_stops_an_import(workspace: Workspace) -> None:
    lines = await _look(workspace, Row(2, "多谢侬", "thanks"))
    catalogue = await workspace.read()
    (other,) = await _look(workspace, Row(2, "多谢侬", "goodbye"))
    await workspace.change(lambda draft: take(draft, catalogue, [other]), by=1, what="imported", subject="")
    with pytest.raises(SeedError, match="is also a question of"):
        await workspace.change(lambda draft: take(draft, catalogue, lines), by=1, what="imported", subject="")


@pytest.mark.parametrize("form", list(FileForm))
async def test_what_went_out_comes_in_again_as_it_is(workspace: Workspace, form: FileForm) -> None:
    catalogue = await workspace.read()
    rows = read_file(f"a.{form}", questions_file(catalogue, form, "taxes", held_out=True))
    lines = preview(catalogue, rows)
    assert {line.verdict for line in lines} == {Verdict.THERE}
    trained = [line for line in lines if not line.held_out]
    assert len(trained) == sum(question.intent.startswith("taxes/") for question in catalogue.seeds.questions)
    assert any(line.held_out for line in lines) == (form is not FileForm.YAML)


@pytest.mark.parametrize(
    ("wanted", "intents"), [("acts", {"goodbye", "thanks"}), ("thanks", {"thanks"}), ("ip", set())]
)
async def test_only_what_is_wanted_goes_out(workspace: Workspace, wanted: str, intents: set[str]) -> None:
    text = questions_file(await workspace.read(), FileForm.CSV, wanted, str.upper).decode("utf-8-sig")
    head, *rows = list(csv.reader(io.StringIO(text)))
    assert head[:3] == ["问法", "事项或意图", "名称"]
    assert {row[1] for row in rows} == intents
    assert all(row[2] == row[1].upper() for row in rows)


@pytest.mark.parametrize("form", [FileForm.CSV, FileForm.XLSX])
async def test_formulas_go_out_harmless_and_come_in_as_they_were(workspace: Workspace, form: FileForm) -> None:
    (line,) = await _look(workspace, Row(2, '=HYPERLINK"x"', "thanks"))
    catalogue = await workspace.read()
    await workspace.change(lambda draft: take(draft, catalogue, [line]), by=1, what="imported", subject="")
    content = questions_file(await workspace.read(), form, "thanks")
    if form is FileForm.XLSX:
        sheet = load_workbook(io.BytesIO(content)).active
        assert sheet is not None
        assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}
    else:
        assert b"'=HYPERLINK" in content
    assert '=HYPERLINK"x"' in [row.text for row in read_file(f"a.{form}", content)]


def test_every_kind_and_style_is_understood_by_all_its_names() -> None:
    names = read_names()
    assert all(names.kind(word.upper()) == kind for kind, words in names.kinds.items() for word in words)
    assert all(names.style(word) == style for style, words in names.styles.items() for word in words)
