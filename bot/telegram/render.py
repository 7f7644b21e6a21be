"""Turns a reply into messages for Telegram: HTML of the kinds Telegram knows, and the same as plain text.

Tags: https://core.telegram.org/bots/api#html-style
"""

import html
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from bot.dialogue.turn import Block, Reply
from bot.telegram.split import LIMIT, split

SHORT_LEAD = 60
"""A lead of up to so many characters in one line is shown bold."""

_MOST_BLOCKS = 90  # Telegram drops formatting beyond 100 entities and refuses more than 32 KiB of markup
_TAGS = {"quote": "blockquote", "citation": "i"}
_INVISIBLE = {"\u2800", "\ufffc"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One message to send: `html` for parse mode HTML; `plain` for when Telegram can't read that."""

    html: str
    plain: str


def render(reply: Reply) -> list[Piece]:
    """The messages of a reply, in order; their plain texts joined are the whole text.

    Pieces in which there is nothing to see are left out, because Telegram refuses them.
    """
    blocks = reply.blocks or (Block("text", reply.text),)
    pieces: list[Piece] = []
    for first in range(0, len(blocks), _MOST_BLOCKS):
        group = blocks[first : first + _MOST_BLOCKS]
        ending = "\n" if first + _MOST_BLOCKS < len(blocks) else ""
        pieces += _pieces(group, ending)
    return [piece for piece in pieces if _visible(piece.plain)]


def _pieces(blocks: tuple[Block, ...], ending: str) -> Iterator[Piece]:
    spans: list[tuple[int, int, str | None]] = []  # start and end in the text, tag
    text = ""
    for block in blocks:
        spans.append((len(text), len(text) + len(block.text), _tag(block)))
        text += block.text + "\n"
    text = text[:-1] + ending
    for start, end in split(text, LIMIT, [start for start, _, _ in spans]):
        yield Piece(_html(text, start, end, spans), text[start:end])


def _html(text: str, start: int, end: int, spans: list[tuple[int, int, str | None]]) -> str:
    """The part of the text from `start` to `end`; a span that is cut keeps its tag in both pieces."""
    parts = []
    position = start
    for span_start, span_end, tag in spans:
        inner_start, inner_end = max(span_start, start), min(span_end, end)
        if inner_start >= inner_end:
            continue
        parts.append(html.escape(text[position:inner_start]))
        inner = html.escape(text[inner_start:inner_end])
        parts.append(f"<{tag}>{inner}</{tag}>" if tag else inner)
        position = inner_end
    return "".join(parts) + html.escape(text[position:end])


def _tag(block: Block) -> str | None:
    if block.kind == "lead":
        return "b" if len(block.text) <= SHORT_LEAD and "\n" not in block.text else None
    return _TAGS.get(block.kind)


def _visible(text: str) -> bool:
    return any(unicodedata.category(char)[0] not in "ZC" and char not in _INVISIBLE for char in text)
