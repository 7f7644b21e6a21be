"""Telegram's HTML parse mode as its server reads it: text and entities, or the error it answers with.

Rules: https://core.telegram.org/bots/api#html-style
"""

import re
from dataclasses import dataclass
from typing import Any

ENTITY_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
}
MOST_ENTITIES = 100
"""Entities beyond this are silently dropped."""

_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")
_ATTRIBUTE = re.compile(r"\s*([a-zA-Z-]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[\w.-]+))?")


class CantParse(Exception):
    """The description after "Bad Request: can't parse entities: "."""


@dataclass
class _Open:
    tag: str
    offset: int
    href: str | None


def utf16(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def parse_html(markup: str) -> tuple[str, list[dict[str, Any]]]:
    """The text without tags and its entities. Raises CantParse."""
    parser = _Parser(markup)
    parser.run()
    return "".join(parser.text), sorted(parser.entities, key=lambda entity: int(entity["offset"]))[:MOST_ENTITIES]


class _Parser:
    def __init__(self, markup: str) -> None:
        self.markup = markup
        self.position = 0
        self.text: list[str] = []
        self.length = 0  # of the text, in UTF-16 code units
        self.entities: list[dict[str, Any]] = []
        self.open: list[_Open] = []

    def run(self) -> None:
        while self.position < len(self.markup):
            if self.markup[self.position] == "<":
                self._tag()
            else:
                self._character()
        if self.open:
            raise CantParse(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')

    def _character(self) -> None:
        """One character or character reference; an unknown reference is plain text."""
        found = _REFERENCE.match(self.markup, self.position)
        character = _referred(found) if found else None
        if found and character:
            self.position = found.end()
        else:
            character = self.markup[self.position]
            self.position += 1
        self.text.append(character)
        self.length += utf16(character)

    def _tag(self) -> None:
        end = self.markup.find(">", self.position)
        kind = "end" if self.markup.startswith("</", self.position) else "start"
        if end < 0:
            raise CantParse(f"Unclosed {kind} tag at byte offset {self._bytes()}")
        inner = self.markup[self.position + 1 : end]
        if kind == "end":
            self._close(inner[1:].strip().lower())
        else:
            self._start(inner)
        self.position = end + 1

    def _start(self, inner: str) -> None:
        tag = re.split(r"\s", inner, maxsplit=1)[0].lower()
        if tag not in ENTITY_TYPES and tag not in {"span", "tg-emoji"}:
            raise CantParse(f'Unsupported start tag "{tag}" at byte offset {self._bytes()}')
        pairs = _ATTRIBUTE.findall(inner[len(tag) :])
        attributes = {name.lower(): (value or "").strip("\"'") for name, value in pairs}
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise CantParse(f'Tag "span" must have class "tg-spoiler" at byte offset {self._bytes()}')
        self.open.append(_Open(tag, self.length, attributes.get("href")))

    def _close(self, tag: str) -> None:
        if not self.open:
            raise CantParse(f"Unexpected end tag at byte offset {self._bytes()}")
        opened = self.open.pop()
        if tag not in {"", opened.tag}:
            expected = f'expected "</{opened.tag}>", found "</{tag}>"'
            raise CantParse(f"Unmatched end tag at byte offset {self._bytes()}, {expected}")
        if self.length > opened.offset and opened.tag in ENTITY_TYPES:
            entity = {"type": ENTITY_TYPES[opened.tag], "offset": opened.offset, "length": self.length - opened.offset}
            self.entities.append(entity | ({"url": opened.href or ""} if opened.tag == "a" else {}))

    def _bytes(self) -> int:
        return len(self.markup[: self.position].encode())


def _referred(found: re.Match[str]) -> str | None:
    """The character of a reference; None where there is no such."""
    hexadecimal, decimal, name = found.groups()
    if name:
        return _NAMED.get(name)
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else None
