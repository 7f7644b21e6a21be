"""What staff read of what was said: masked unless they may see it, with what they seek picked out."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from store.masking import mask
from store.tokens import folded

_BEFORE = 16
_SPAN = 92


class Piece(NamedTuple):
    """A piece of a text, and whether it is what is sought."""

    text: str
    hit: bool = False


def shown(text: str, reveal: bool = False) -> str:
    """A text as this person may read it."""
    return text if reveal else mask(text)


def excerpt(text: str, words: str) -> list[Piece] | None:
    """The part of a text around the sought words, with these picked out; None where none of them stands in it."""
    plain = " ".join(text.split())
    there = _hits(plain, words)
    if not there:
        return None
    start = max(0, there[0][0] - _BEFORE)
    end = start + _SPAN
    pieces, at = [Piece("…")] if start else [], start
    for first, last in there:
        if at <= first < end:
            pieces += [Piece(plain[at:first]), Piece(plain[first:last], True)]
            at = last
    pieces.append(Piece(plain[at : max(at, end)]))
    return [piece for piece in pieces if piece.text] + ([Piece("…")] if end < len(plain) else [])


def marked(text: str, words: str) -> list[Piece]:
    """A whole text with the sought words picked out."""
    pieces, at = [], 0
    for first, last in _hits(text, words):
        if first >= at:
            pieces += [Piece(text[at:first]), Piece(text[first:last], True)]
            at = last
    return [piece for piece in (*pieces, Piece(text[at:])) if piece.text]


def _hits(text: str, words: str) -> list[tuple[int, int]]:
    """Where the words stand, in order."""
    same = folded(text)
    if len(same) != len(text):
        # Some character counts for two: places no longer agree, so only what is written alike is found.
        same = text
    found = []
    for word in filter(None, map(folded, words.split())):
        at = same.find(word)
        while at >= 0:
            found.append((at, at + len(word)))
            at = same.find(word, at + len(word))
    return sorted(found)


def answer_of(replies: Sequence[Mapping[str, Any]] | None) -> str:
    """All that the bot said in a turn."""
    return "\n".join(reply.get("text") or "" for reply in replies or ())


def button_of(payload: str, earlier: Sequence[Mapping[str, Any]]) -> str:
    """What stood on a pressed button, by the replies that offered it; else the name of what it does."""
    for reply in reversed(earlier):
        for button in reply.get("buttons") or ():
            if button.get("payload") == payload:
                return str(button.get("title") or payload)
    return payload.lstrip("/").partition("{")[0]
