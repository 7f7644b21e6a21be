"""The report on a version: figures beside the live version's, what is below its floor, and every changed answer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui import ui
from nicegui.element import Element

from console import parts
from console.navigation import PREFIX
from console.services import ConsoleServices
from console.times import moment
from console.wording import Words
from qifu.errors import ModelError
from qifu.models.reporting import DAYS
from qifu.models.room import ModelRoom
from store.models import ModelChangeRow, ModelVersionRow
from store.repositories import ModelRepository

_PAGE = 20
_PERCENT = 100
_PLAIN = ("median characters of a reply", "median milliseconds")
_LESS_IS_BETTER = ("in scope, turned away", *_PLAIN)
_NOISE = 0.05


class ReportPage:
    """One version's page; `buttons` draws what can be done with it."""

    def __init__(
        self,
        services: ConsoleServices,
        room: ModelRoom,
        number: int,
        buttons: Callable[[ModelVersionRow], None],
    ) -> None:
        self._services, self._room, self._number, self._buttons = services, room, number, buttons
        self._words = services.words

    async def show(self) -> None:
        """The page."""
        words = self._words
        try:
            row = await self._room.registry.get(self._number)
        except ModelError as error:
            parts.empty(words(f"model_error.{error.code}", **error.values), symbol="search_off")
            parts.link(words("models.back"), f"{PREFIX}/models")
            return
        self._head(row)
        report = row.report or {}
        scores = report.get("scores")
        if scores is None:
            parts.empty(words("models.report_none"), words("models.report_none_detail"), "fact_check")
        else:
            self._falls(scores["falls"])
            self._figures(report)
            for kind in ("topic", "style"):
                self._groups(kind, report)
        if report.get("against"):
            await self._changes(row, report)

    def _head(self, row: ModelVersionRow) -> None:
        words, now = self._words, self._services.clock()
        parts.link(words("models.back"), f"{PREFIX}/models", "link back")
        report = row.report or {}
        against = report.get("against")
        lead = words("models.report_beside", n=against) if against else words("models.report_alone")
        with parts.heading(words("models.report_title", n=row.id), lead if report else ""):
            self._buttons(row)
        with parts.box("div", "badges"):
            parts.badge(
                words(f"model_state.{row.state}"), "good" if row.published_at and not row.retired_at else "calm"
            )
            parts.badge(words("models.by", name=words("models.made"), at=moment(row.made_at, now, words)))
            parts.badge(words("models.by", name=words("models.data"), at=row.checksum))
            if row.reason:
                parts.badge(words("models.reason", reason=row.reason), "warn")
        if row.error:
            parts.text("pre", row.error, "log")

    def _falls(self, falls: Sequence[Mapping[str, Any]]) -> None:
        words = self._words
        if not falls:
            return
        with parts.card(words("models.floors"), classes="bad-card"), parts.box("ul", "plain-list"):
            for fall in falls:
                figure = _figure_name(words, fall["figure"])
                if fall["kind"]:
                    group = self._group_name(fall["kind"], fall["group"])
                    figure = words("models.floor_group", figure=figure, group=group)
                key = "ceiling_line" if fall["word"] == "above" else "floor_line"
                parts.text(
                    "li", words(f"models.{key}", figure=figure, value=f"{fall['value']:.1f}", limit=fall["limit"])
                )

    def _figures(self, report: Mapping[str, Any]) -> None:
        words = self._words
        own, live = report["scores"]["figures"], (report.get("live_scores") or {}).get("figures") or {}
        columns = self._columns("figure", report)
        with (
            parts.card(words("models.figures"), classes="flush titled compact"),
            parts.table(columns, words("models.figures"), columns[1:]) as line,
        ):
            for name, (value, of) in own.items():
                with line():
                    parts.cell(columns[0], _figure_name(words, name))
                    unit = "" if name in _PLAIN else "%"
                    counted = parts.cell(columns[1], f"{value:.1f}{unit}", "end figure")
                    if of:
                        counted.props["title"] = str(of)
                    if live:
                        before = live.get(name, [None])[0]
                        self._compared(columns, value, before, unit, less_is_better=name in _LESS_IS_BETTER)

    def _groups(self, kind: str, report: Mapping[str, Any]) -> None:
        """The share of questions whose fact is in the reply, by topic or style."""
        words = self._words
        own = report["scores"]["groups"][kind]
        live = ((report.get("live_scores") or {}).get("groups") or {}).get(kind) or {}
        columns = self._columns("group", report)
        columns.insert(1, words("models.questions"))
        with (
            parts.card(words(f"models.by_{kind}"), words("models.fact"), "flush titled compact"),
            parts.table(columns, words(f"models.by_{kind}"), columns[1:]) as line,
        ):
            for name, (of, _right, fact) in own.items():
                with line():
                    parts.cell(columns[0], self._group_name(kind, name))
                    parts.cell(columns[1], str(of), "end figure")
                    value = _PERCENT * fact / of
                    parts.cell(columns[2], f"{value:.1f}%", "end figure")
                    if live:
                        was = live.get(name)
                        before = _PERCENT * was[2] / was[0] if was else None
                        self._compared(columns[1:], value, before, "%", less_is_better=False)

    def _columns(self, first: str, report: Mapping[str, Any]) -> list[str]:
        words = self._words
        beside = [words("models.other", n=report["against"]), words("models.difference")]
        return [words(f"models.{first}"), words("models.this"), *(beside if report.get("live_scores") else [])]

    @staticmethod
    def _compared(
        columns: Sequence[str], value: float, before: float | None, unit: str, *, less_is_better: bool
    ) -> None:
        """What the live version reaches, and by how much this one is better or worse."""
        _first, _own, other, difference = columns
        parts.cell(other, "—" if before is None else f"{before:.1f}{unit}", "end figure quiet")
        change = 0.0 if before is None else value - before
        if abs(change) < _NOISE:
            parts.cell(difference, "—", "end figure quiet")
        else:
            better = (change < 0) == less_is_better
            parts.cell(difference, f"{change:+.1f}", f"end figure {'up' if better else 'down'}")

    def _group_name(self, kind: str, name: str) -> str:
        if kind == "topic":
            return self._services.topics.get(name, {}).get("zh", name)
        return self._words.group("model_style").get(name, name)

    async def _changes(self, row: ModelVersionRow, report: Mapping[str, Any]) -> None:
        words = self._words
        lead = words("models.answers_lead", days=DAYS, of=report["asked"], n=report["changed"])
        with parts.card(words("models.answers"), lead):
            if not report["changed"]:
                key = "answers_none" if report["asked"] else "answers_unasked"
                parts.empty(words(f"models.{key}"), symbol="done_all")
                return
            place = parts.box("div", "changes")
            await self._more(row, place, None)

    async def _more(self, row: ModelVersionRow, place: Element, after: tuple[int, int] | None) -> None:
        """Shows some more of the changed answers."""
        async with self._services.database.session() as session:
            changes = await ModelRepository(session).changes(row.id, after, _PAGE + 1)
        with place:
            for change in changes[:_PAGE]:
                self._change(change)
            if len(changes) > _PAGE:
                last = changes[_PAGE - 1]
                button = ui.button(self._words("models.more")).props("outline")

                async def go_on() -> None:
                    button.delete()
                    await self._more(row, place, (last.asked, last.id))

                button.on_click(go_on)

    def _change(self, change: ModelChangeRow) -> None:
        words = self._words
        with parts.box("article", "change"):
            with parts.box("header", "change-head"):
                parts.text("h3", change.question)
                parts.text("span", words("models.times", n=change.asked), "lead")
            with parts.box("div", "change-sides"):
                for key, answer in (("before", change.before), ("after", change.after)):
                    with parts.box("section", f"change-side {key}"):
                        with parts.box("div", "change-kind"):
                            parts.text("h4", words(f"models.{key}"))
                            parts.badge(words.group("model_outcome").get(answer["outcome"], answer["outcome"]))
                        parts.text("p", answer["text"], "change-text")


def _figure_name(words: Words, name: str) -> str:
    return words.group("model_figure").get(name, name)
