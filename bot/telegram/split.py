"""Cuts a text into pieces that Telegram accepts, at the end of a sentence where one is near.

Telegram counts UTF-16 code units and allows 4,096 (https://core.telegram.org/bots/api#sendmessage).
"""

import re
import unicodedata
from collections.abc import Collection, Iterator

LIMIT = 4096
"""UTF-16 code units of one message."""

_SENTENCE_END = re.compile(r"(?:[。！？；…!?;]|\.(?=\s))[”’」』）)\"']*\s*|\n+")
_PAUSE = re.compile(r"[，、：,:]\s*|\s+")
_JOINERS = ("\u200d", "\ufe0f", "\ufe0e")


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units: characters beyond the basic plane count twice."""
    return len(text) + sum(char > "\uffff" for char in text)


def split(text: str, limit: int = LIMIT, borders: Collection[int] = ()) -> Iterator[tuple[int, int]]:
    """(start, end) of the pieces; together they are the whole text. `borders` are positions where a cut is best.

    A piece ends, in this order, at a border or sentence in its second half, at a sentence, at a pause, or at the limit.
    """
    start = 0
    while start < len(text):
        end = _reach(text, start, limit)
        if end < len(text):
            end = _cut(text, start, end, borders)
        yield start, end
        start = end


def _reach(text: str, start: int, limit: int) -> int:
    """The last position up to which the text from `start` is within the limit."""
    units = 0
    for position in range(start, min(len(text), start + limit)):
        units += 2 if text[position] > "\uffff" else 1
        if units > limit:
            return position
    return min(len(text), start + limit)


def _cut(text: str, start: int, end: int, borders: Collection[int]) -> int:
    half = start + (end - start) // 2
    sentences = [match.end() for match in _SENTENCE_END.finditer(text, start, end)]
    pauses = [match.end() for match in _PAUSE.finditer(text, start, end)]
    for cuts, least in ((borders, half), (sentences, half), (sentences, start + 1), (pauses, half)):
        fitting = [cut for cut in cuts if least <= cut <= end]
        if fitting:
            return max(fitting)
    return _between_glyphs(text, start, end)


def _between_glyphs(text: str, start: int, end: int) -> int:
    """A hard cut that doesn't tear an accent or a joined emoji from its base, where that can be helped."""
    for cut in range(end, max(start + 1, end - 32), -1):
        if not _continues(text[cut]) and text[cut - 1] != "\u200d":
            return cut
    return end


def _continues(char: str) -> bool:
    return char in _JOINERS or unicodedata.combining(char) > 0 or "\U0001f3fb" <= char <= "\U0001f3ff"
