"""The head of a conversation: which it is, the way to the next one, and what can be done with it."""

from typing import TYPE_CHECKING

from nicegui import ui

from console import parts
from console.navigation import PREFIX
from console.review.testing import ConversationTest
from console.times import moment
from qifu.errors import DeskError
from qifu.labels import Channel, StaffRole
from store.repositories import ReviewRepository
from store.repositories.review import latest

if TYPE_CHECKING:
    from console.review.reader import Reader

_TAKEABLE = (Channel.TELEGRAM, Channel.WEB)


class Head:
    """Draws the head; what it says follows what is done."""

    def __init__(self, reader: "Reader", before: str, after: str) -> None:
        self._reader = reader
        self._services = reader.services
        self._words = reader.words
        self._staff = reader.staff
        self._before, self._after = before, after
        self._buttons = ui.refreshable(self._draw_buttons)

    async def show(self) -> None:
        """Draws it where it stands."""
        words, reader, row = self._words, self._reader, self._reader.row
        with parts.box("header", "reader-head"):
            with parts.box("div", "reader-title"):
                label = words("conversation.back")
                with parts.box(
                    "a", "icon-button", href=reader.list_url, aria_label=label, title=label, data_back_to_list=""
                ):
                    parts.icon("arrow_back")
                with parts.box("div"):
                    parts.text("h1", words("conversation.title", number=reader.number))
                    district = reader.names.district(row.district)
                    facts = (
                        words(f"channel.{row.channel}"),
                        district,
                        moment(row.last_at, self._services.clock(), words),
                    )
                    parts.text("p", " · ".join(filter(None, facts)), "lead")
            with parts.box("div", "reader-acts"):
                await self._buttons()
                with parts.box("nav", "steps", aria_label=words("conversations.list")):
                    self._step("previous", "expand_less", self._before)
                    self._step("next", "expand_more", self._after)

    def _step(self, key: str, symbol: str, url: str) -> None:
        label = self._words(f"conversation.{key}")
        known = {"href": url} if url else {"aria_disabled": "true"}
        with parts.box("a", "icon-button step", aria_label=label, title=label, data_step=key, **known):
            parts.icon(symbol)

    async def _draw_buttons(self) -> None:
        words, reader = self._words, self._reader
        if self._staff.role is StaffRole.MANAGER and reader.has_personal_data():
            key, symbol = ("hide", "visibility_off") if reader.reveal else ("reveal", "visibility")
            self._lesser(f"conversation.{key}", symbol, self._toggle_reveal)
        if self._may_take():
            self._lesser("conversation.take", "front_hand", self._take)
        if self._staff.role is StaffRole.TRAINER and self._services.training is not None:
            self._lesser("conversation.make_test", "rule", self._make_test)
        async with self._services.database.session() as session:
            review = await ReviewRepository(session, self._services.clock).review_of(reader.row.id)
        read = latest(review, reader.row.last_at)
        button = ui.button(
            words("conversation.marked_read" if read else "conversation.mark_read"),
            icon="task_alt" if read else "radio_button_unchecked",
            on_click=lambda: self._set_read(not read),
        )
        button.props(f'data-reviewed="{"yes" if read else "no"}" {"outline" if read else ""}')
        if review:
            at = moment(review.at, self._services.clock(), words)
            name = reader.names.staff.get(review.staff_id, "")
            button.props["title"] = words(f"conversation.{'read_by' if read else 'read_before'}", name=name, at=at)

    def _lesser(self, key: str, symbol: str, act: parts.Action) -> None:
        """A button that a phone shows without its words."""
        button = ui.button(self._words(key), icon=symbol, on_click=act).props("flat dense")
        button.props["title"] = button.props["aria-label"] = self._words(key)

    def _may_take(self) -> bool:
        serving = self._staff.role in (StaffRole.SERVICE, StaffRole.MANAGER)
        return serving and self._services.desk is not None and self._reader.row.channel in _TAKEABLE

    async def _make_test(self) -> None:
        if made := await ConversationTest.begin(self._reader):
            await made.open()

    async def _set_read(self, read: bool) -> None:
        async with self._services.database.session() as session:
            review = ReviewRepository(session, self._services.clock)
            # As the page has it: what was said since it was opened hasn't been read.
            await review.set_reviewed(self._reader.row, self._staff.id, read)
        self._buttons.refresh()

    async def _toggle_reveal(self) -> None:
        reader = self._reader
        reader.reveal = not reader.reveal
        if reader.reveal:
            await self._services.note(self._staff.id, "conversation.reveal", f"conversation:{reader.number}")
        await reader.redraw()
        self._buttons.refresh()

    async def _take(self) -> None:
        words, desk, names = self._words, self._services.desk, self._reader.names
        if desk is None or not await parts.ask(
            words, words("conversation.take_title"), words("conversation.take_lead"), words("conversation.take")
        ):
            return
        try:
            claim = await desk.handoffs.take(self._reader.row.id, self._staff.id)
        except DeskError as error:
            parts.failed(names.refusal(error))
            return
        if not claim.won:
            name = names.staff.get(claim.handoff.owner_id or 0, "")
            parts.failed(words("conversation.taken_by", name=name))
            return
        ui.navigate.to(f"{PREFIX}/desk/{claim.handoff.number}".removeprefix(PREFIX))
