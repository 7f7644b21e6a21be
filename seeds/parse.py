"""Parses a plan from its document as given: headings, measures, points, responsible units.

Headings are 一、 （一） and 1. at the start of a printed line, in order; a heading out of order is an error
with its line number unless the register lists it under `numbering`. See ../README.md for the way of the data.
"""

import re
from dataclasses import dataclass, field

from qifu.errors import SeedError
from seeds.clean import clean_line, is_page_mark
from seeds.model import Document, Measure, Plan, Point, Segment
from seeds.register import PlanEntry

_NUMERALS = "一二三四五六七八九十"
_HEADINGS = (
    re.compile(rf"^([{_NUMERALS}]+)、"),
    re.compile(rf"^（([{_NUMERALS}]+)）"),
    re.compile(r"^(\d{1,2})[.．](?!\d)"),
)
_UNITS = re.compile(r"（责任单位：([^（）]+)）$")
_SENTENCE = re.compile(r"[^。]+。|[^。]+$")
_ORGANISATION = re.compile("总体要求|组织保障")


def number_of(numeral: str) -> int:
    """The value of a heading's numeral: 二十三 → 23, 7 → 7."""
    if numeral.isdigit():
        return int(numeral)
    tens, has_ten, ones = numeral.partition("十")
    if not has_ten:
        return _NUMERALS.index(tens) + 1
    return (_NUMERALS.index(tens) + 1 if tens else 1) * 10 + (_NUMERALS.index(ones) + 1 if ones else 0)


@dataclass
class _Node:
    """A heading with the lines below it, up to the next heading."""

    level: int
    number: int
    printed: str
    line: int
    lines: list[tuple[int, str]] = field(default_factory=list)
    note: str | None = None


class _Parser:
    def __init__(self, plan: Plan, entry: PlanEntry, text: str, path: str) -> None:
        self.plan, self.entry, self.path = plan, entry, path
        self.segments: list[Segment] = []
        self.nodes: list[_Node] = []
        self.lines = [
            (number, cleaned)
            for number, raw in enumerate(text.splitlines(), start=1)
            if (cleaned := clean_line(raw, entry.half_width))
        ]

    def parse(self) -> Document:
        self._split()
        measures: list[Measure] = []
        headings: list[_Node] = []
        for node in self.nodes:
            headings = [above for above in headings if above.level < node.level] + [node]
            if measure := self._measure(node, headings):
                measures.append(measure)
        return Document(self.plan, tuple(measures), tuple(self.segments))

    def _split(self) -> None:
        """Lines into front matter, preamble, headings with their bodies, and annex."""
        node: _Node | None = None
        for number, line in self.lines:
            if is_page_mark(line):
                self.segments.append(Segment("page_mark", line, number))
            elif node is None and not line.startswith(self.entry.body_starts):
                self.segments.append(Segment("front", line, number))
            elif self.entry.annex_starts and line.startswith(self.entry.annex_starts):
                self.segments.append(Segment("annex", line, number))
            elif heading := self._heading(line, number):
                node = heading
                self.nodes.append(node)
            elif node is None:
                node = _Node(0, 0, "", number, [(number, line)])
                self.nodes.append(node)
            else:
                node.lines.append((number, line))
        if node is None:
            raise SeedError([f"{self.path}:1: no line starts with “{self.entry.body_starts}” (body_starts)"])

    def _heading(self, line: str, line_number: int) -> _Node | None:
        for level, pattern in enumerate(_HEADINGS, start=1):
            if match := pattern.match(line):
                number = number_of(match.group(1))
                node = _Node(level, number, match.group(0).strip("、.．"), line_number, [(line_number, line)])
                return self._in_order(node, line)
        return None

    def _in_order(self, node: _Node, line: str) -> _Node:
        """The node, its number put right where the register says so; an error where it is out of order."""
        for printed, number in self.entry.numbering.items():
            if line.startswith(printed):
                node.note = f"原文编号印作{node.printed}，依次应为第{number}项"
                node.number = number
        same = [other for other in self.nodes if other.level == node.level]
        last_above = max((i for i, other in enumerate(self.nodes) if 0 < other.level < node.level), default=-1)
        siblings = [other for other in self.nodes[last_above + 1 :] if other.level == node.level]
        expected = {siblings[-1].number + 1} if siblings else {1, same[-1].number + 1 if same else 1}
        if node.number not in expected:
            wanted = " or ".join(str(number) for number in sorted(expected))
            raise SeedError(
                [
                    f"{self.path}:{node.line}: heading “{line[:20]}” has number {node.number}, expected {wanted}; "
                    "if the original is wrong, list it under `numbering` in plans.yml"
                ]
            )
        return node

    def _measure(self, node: _Node, headings: list[_Node]) -> Measure | None:
        title, body = self._title_and_body(node)
        if title:
            self.segments.append(Segment("title", title, node.line))
        units: tuple[str, ...] = ()
        text = "".join(line for _, line in body)
        if match := _UNITS.search(text):
            units = tuple(self.entry.units.get(unit, unit) for unit in match.group(1).split("、"))
            self.segments.append(Segment("units", match.group(0), body[-1][0]))
            text = text[: match.start()]
        if not text:
            return None
        measure_id = f"{self.plan.id}/{self._number(node, headings)}"
        points = self._points(measure_id, text, body)
        heading = title[len(node.printed) :].strip("、.．。") if node.level else "前言"
        return Measure(
            measure_id,
            self.plan.id,
            self._place(headings),
            heading,
            self._kind(node, headings),
            points,
            units,
            node.note,
        )

    def _title_and_body(self, node: _Node) -> tuple[str, list[tuple[int, str]]]:
        if node.level == 0:
            return "", node.lines
        if node.level == 1 or self.entry.titles == "line":
            return node.lines[0][1], node.lines[1:]
        text = "".join(line for _, line in node.lines)
        end = text.find("。") + 1 or len(text)
        body: list[tuple[int, str]] = []
        position = 0
        for number, line in node.lines:
            if rest := line[max(0, end - position) :]:
                body.append((number, rest))
            position += len(line)
        return text[:end], body

    def _points(self, measure_id: str, text: str, body: list[tuple[int, str]]) -> tuple[Point, ...]:
        points: list[Point] = []
        for match in _SENTENCE.finditer(text):
            position, line = 0, body[0][0]
            for number, piece in body:
                if position <= match.start():
                    line = number
                position += len(piece)
            points.append(Point(f"{measure_id}#{len(points) + 1}", match.group(0), line))
            self.segments.append(Segment("point", match.group(0), line))
        return tuple(points)

    def _number(self, node: _Node, headings: list[_Node]) -> str:
        if node.level == 0:
            return "preamble"
        if node.level == 1:
            return f"part{node.number}"
        if self.entry.ids == "item":
            return str(node.number)
        return ".".join(str(heading.number) for heading in headings if heading.level)

    def _place(self, headings: list[_Node]) -> str:
        shown = [h for h in headings if h.level]
        if self.entry.ids == "item" and len(shown) > 1:
            shown = shown[1:]
        return "".join(heading.printed for heading in shown) or "前言"

    def _kind(self, node: _Node, headings: list[_Node]) -> str:
        part = next((h for h in headings if h.level == 1), None)
        if part and _ORGANISATION.search(part.lines[0][1]):
            return "organisation"
        return "preamble" if node.level < 2 else "measure"


def parse_plan(plan: Plan, entry: PlanEntry, text: str, path: str) -> Document:
    """The document of `plan` from its text as given.

    Raises SeedError (`path:line: message`) where the body is not found or a heading is out of order.
    """
    return _Parser(plan, entry, text, path).parse()
