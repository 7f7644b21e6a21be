"""Beside a conversation: what it is, its labels, and what staff remark on it."""

from typing import TYPE_CHECKING

from nicegui import ui
from nicegui.events import GenericEventArguments

from console import parts
from console.navigation import PREFIX
from console.times import exact, moment
from qifu.labels import Language, StaffRole
from store.repositories import ReviewRepository
from store.repositories.review import LONGEST_COMMENT, LONGEST_LABEL

if TYPE_CHECKING:
    from console.review.reader import Reader


class Aside:
    """Draws three sheets; what is added appears at once."""

    def __init__(self, reader: "Reader") -> None:
        self._reader = reader
        self._services = reader.services
        self._words = reader.words
        self._staff = reader.staff
        self._labels = ui.refreshable(self._draw_labels)
        self._comments = ui.refreshable(self._draw_comments)

    async def show(self) -> None:
        """Draws them where they stand."""
        words = self._words
        with parts.box("aside", "reader-aside"):
            with parts.card(words("conversation.labels")):
                await self._labels()
            with parts.card(words("conversation.comments")):
                await self._comments()
            with parts.card(words("conversation.about")):
                await self._about()

    async def _about(self) -> None:
        words, reader, row = self._words, self._reader, self._reader.row
        now = self._services.clock()
        async with self._services.database.session() as session:
            turns = len(await ReviewRepository(session, self._services.clock).turn_ids(row.id))
        facts = {
            "channel": words(f"channel.{row.channel}"),
            "district": reader.names.district(row.district) or "—",
            "language": words(f"language.{row.language or Language.ZH}"),
            "count": words("conversations.turns", n=turns),
            "started": moment(row.started_at, now, words),
            "last": moment(row.last_at, now, words),
        }
        with parts.box("dl", "facts two"):
            for key, value in facts.items():
                with parts.box("div"):
                    parts.text("dt", words(f"conversation.{key}"))
                    parts.text("dd", value)
        if reader.handoffs:
            with parts.box("div", "reader-handoffs"):
                parts.text("span", words("conversation.handoffs"), "lead")
                leads = self._staff.role in (StaffRole.SERVICE, StaffRole.MANAGER) and self._services.desk is not None
                for handoff in reader.handoffs:
                    url = {"href": f"{PREFIX}/desk/{handoff.number}"} if leads else {}
                    with parts.box("a" if leads else "span", "tag-link", **url):
                        parts.icon("support_agent")
                        stars = words("conversations.stars", n=handoff.rating) if handoff.rating else ""
                        state = reader.names.label(handoff.close_reason or handoff.state)
                        parts.text("span", " · ".join(filter(None, (handoff.number, state, stars))))

    async def _draw_labels(self) -> None:
        words, row = self._words, self._reader.row
        async with self._services.database.session() as session:
            review = ReviewRepository(session, self._services.clock)
            mine, known = await review.labels_of(row.id), await review.labels()
        with parts.box("div", "label-list"):
            for number, name in mine.items():
                with parts.box("span", "review-label"):
                    parts.text("span", name)
                    label = words("conversation.label_remove", name=name)
                    with parts.box("button", "", type="button", aria_label=label, title=label) as button:
                        parts.icon("close")
                    button.on("click", lambda number=number: self._remove_label(number), args=[])
            if not mine:
                parts.text("span", words("conversation.labels_none"), "lead")
        rest = [name for number, name in known.items() if number not in mine]
        field = ui.input(words("conversation.label_add"), autocomplete=rest).classes("label-add")
        field.props(f'dense maxlength={LONGEST_LABEL} data-label-add=""')

        async def add(event: GenericEventArguments) -> None:
            if name := str(event.args or "").strip():
                await self._add_label(name)

        # The browser says what stands there: the last letters may still be on their way.
        field.on("keydown.enter", add, js_handler="(event) => emit(event.target.value)")
        if rest:
            with parts.box("div", "label-offers"):
                for name in rest[:8]:
                    with parts.box("button", "label-offer", type="button") as offer:
                        parts.icon("add")
                        parts.text("span", name)
                    offer.on("click", lambda name=name: self._add_label(name), args=[])

    async def _add_label(self, name: str) -> None:
        async with self._services.database.session() as session:
            review = ReviewRepository(session, self._services.clock)
            await review.add_label(self._reader.row.id, name, self._staff.id)
        self._labels.refresh()

    async def _remove_label(self, number: int) -> None:
        async with self._services.database.session() as session:
            review = ReviewRepository(session, self._services.clock)
            await review.remove_label(self._reader.row.id, number, self._staff.id)
        self._labels.refresh()

    async def _draw_comments(self) -> None:
        words, reader = self._words, self._reader
        async with self._services.database.session() as session:
            rows = await ReviewRepository(session, self._services.clock).comments_of(reader.row.id)
        now = self._services.clock()
        if not rows:
            parts.text("p", words("conversation.comments_none"), "lead")
        with parts.box("ul", "comments"):
            for row in rows:
                with parts.box("li"):
                    with parts.box("div", "comment-head"):
                        parts.text("b", reader.names.staff.get(row.staff_id, ""))
                        parts.text("time", moment(row.at, now, words), title=exact(row.at))
                        if row.staff_id == self._staff.id:
                            label = words("conversation.comment_remove")
                            with parts.box("button", "", type="button", aria_label=label, title=label) as button:
                                parts.icon("close")
                            button.on("click", lambda number=row.id: self._remove_comment(number), args=[])
                    parts.text("p", row.text)
        text = ui.textarea(words("conversation.comment_write")).classes("comment-write")
        text.props(f"autogrow maxlength={LONGEST_COMMENT}")

        async def add() -> None:
            if (text.value or "").strip():
                await reader.comment(text.value)
                self._comments.refresh()

        ui.button(words("conversation.comment_add"), on_click=add).props("outline dense size=14px")

    async def _remove_comment(self, number: int) -> None:
        async with self._services.database.session() as session:
            review = ReviewRepository(session, self._services.clock)
            await review.remove_comment(number, self._staff.id)
        self._comments.refresh()
