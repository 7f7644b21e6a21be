"""Cleans a document's lines of what a PDF did to them, and folds text for comparison.

Nothing but widths, white space and punctuation shapes changes: no word is touched.
"""

import re
import unicodedata

_WIDE_ASCII = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_WIDE_KEPT = "，：；（）！？．"
_WIDTHS = {code: ascii_ for code, ascii_ in _WIDE_ASCII.items() if chr(code) not in _WIDE_KEPT}
_HALF_PUNCTUATION = {",": "，", ":": "：", ";": "；", "«": "《", "»": "》"}
_PAGE_MARK = re.compile(r"^—\s*\d+\s*—$")
_SPACE = re.compile(r"\s+")
_FOLDED = str.maketrans({"。": ".", "《": "«", "》": "»", "、": "、"})


def clean_line(line: str, half_width: bool = False) -> str:
    """One printed line without PDF damage: full-width digits folded, spaces beside Chinese dropped.

    `half_width`: the document prints “,” and “.” where Chinese punctuation is meant.
    """
    line = line.translate(_WIDTHS)
    line = re.sub(r"(?<![A-Za-z])\s+|\s+(?![A-Za-z])", "", line)
    line = line.replace("(", "（").replace(")", "）")
    line = re.sub(r"(?<=[^\x00-\x7f]),|,(?=[^\x00-\x7f])", "，", line)
    if half_width:
        for half, full in _HALF_PUNCTUATION.items():
            line = line.replace(half, full)
        line = re.sub(r"(?<!\d)\.|\.(?!\d)", "。", line)
    return line


def is_page_mark(line: str) -> bool:
    """Whether a cleaned line is a printed page number such as “—2—”."""
    return bool(_PAGE_MARK.match(line))


def fold(text: str) -> str:
    """Text for comparing a quotation with its document: NFKC, no white space, one shape of punctuation.

    Written apart from `clean_line` on purpose, so that a slip there is found.
    """
    folded = unicodedata.normalize("NFKC", text)
    return _SPACE.sub("", folded).translate(_FOLDED)


def fold_document(text: str) -> str:
    """A whole document folded, its page marks taken out."""
    lines = unicodedata.normalize("NFKC", text).splitlines()
    return fold("".join(line for line in lines if not _PAGE_MARK.match(line.strip())))
