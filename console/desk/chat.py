"""One chat of the desk: who and what about, the clocks, what was said, and a composer for whoever has it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from nicegui import ui

from bot.desk.talk import Attachment, Transcript
from console import parts
from console.desk.bubbles import Bubbles
from console.desk.clock import clock
from console.desk.composer import Composer, Drafts
from console.desk.dialogs import ChatDialogs
from console.desk.lines import Line, lines_of
from console.desk.pickers import Pickers
from console.desk.said import attempt
from console.desk.seat import Seat
from console.navigation import PREFIX
from console.times import SHANGHAI, moment
from qifu.labels import HandoffReason, HandoffState, Language
from store.masking import mask
from store.models import HandoffRow


class Chat:
    """A handoff as a messenger shows it; `look` brings it up to date.

    Personal data are masked, but for the owner while they have it, and for managers who ask to see them; that they saw
    them is noted.
    """

    def __init__(self, seat: Seat, handoff_id: int, drafts: Drafts) -> None:
        self._seat = seat
        self._services = seat.services
        self._desk = seat.desk
        self._staff = seat.staff
        self._words = seat.words
        self._names = seat.names
        self.handoff_id = handoff_id
        self._asked_to_reveal = False
        self._noted = False
        self._stamps: dict[str, object] = {}
        self._drafts = drafts
        self._staging = drafts.staging(seat.staff.id, handoff_id)
        self._composer: Composer | None = None
        self._one_at_a_time = asyncio.Lock()

    async def show(self) -> None:
        """Draws it where it stands. Raises DeskError unknown_handoff."""
        transcript = await self._desk.talk.transcript(self.handoff_id)
        words = self._words
        self._head = parts.box("header", "chat-head")
        with parts.box("div", "talk", data_talk="", tabindex=0, role="log", aria_label=words("desk.talk")):
            self._talk = parts.box("div", "talk-lines")
        with parts.box("button", "newer", type="button", data_newer="", hidden=True):
            parts.icon("arrow_downward")
            parts.text("span", words("desk.newer"))
        self._foot = parts.box("footer", "chat-foot")
        self._bubbles = Bubbles(self._seat, self._talk, self._edit)
        await self._draw(transcript)

    async def look(self) -> None:
        """Draws what changed."""
        await self._draw(await self._desk.talk.transcript(self.handoff_id))

    async def _draw(self, transcript: Transcript) -> None:
        async with self._one_at_a_time:
            await self._draw_parts(transcript)

    async def _draw_parts(self, transcript: Transcript) -> None:
        row, people = transcript.handoff, await self._names.people()
        lines = lines_of(transcript, people, self._names, self._words)
        personal = any(mask(line.text) != line.text for line in lines)
        shown = self._reveals(row)
        if shown and personal:
            await self._note()
        if not shown:
            lines = [_hidden(line) for line in lines]
        now = self._seat.now
        facts = (row.state, row.owner_id, row.answered_at, row.unanswered_since, row.closed_at, row.rating)
        is_open = self._desk.rules.calendar.is_open(now)
        if self._changed("head", (facts, personal, shown, is_open)):
            self._head.clear()
            with self._head:
                await self._draw_head(row, people, now, personal)
        self._bubbles.update(_with_days(lines), now)
        if self._staging and not self._is_mine(row):
            await self._staging.remove()
        if self._changed("foot", (row.state, row.owner_id)):
            self._foot.clear()
            with self._foot:
                self._draw_foot(row, people)
        elif self._composer:
            self._composer.show_files()

    def _changed(self, part: str, stamp: object) -> bool:
        if self._stamps.get(part) == stamp:
            return False
        self._stamps[part] = stamp
        return True

    def _is_mine(self, row: HandoffRow) -> bool:
        return row.state == HandoffState.CLAIMED and row.owner_id == self._staff.id

    def _may_reveal(self, row: HandoffRow) -> bool:
        return self._seat.manages or row.owner_id == self._staff.id

    def _reveals(self, row: HandoffRow) -> bool:
        return self._may_reveal(row) and (self._is_mine(row) or self._asked_to_reveal)

    async def _note(self) -> None:
        """Notes once for each opening of the chat that personal data were seen."""
        if not self._noted:
            self._noted = True
            row = await self._desk.handoffs.get(self.handoff_id)
            await self._services.note(self._staff.id, "desk.reveal", row.number)

    async def _draw_head(self, row: HandoffRow, people: dict[int, str], now: datetime, personal: bool) -> None:
        words, names = self._words, self._names
        with parts.box("div", "chat-title"):
            back = {"aria_label": words("desk.back_to_list"), "data_back": ""}
            with parts.box("a", "icon-button chat-back", href=f"{PREFIX}/desk", **back):
                parts.icon("arrow_back")
            with parts.box("div", "chat-names"):
                parts.text("h2", names.about(row.topic, row.matter) or words("desk.no_topic"))
                language = words(f"language.{row.language}") if row.language is not Language.ZH else ""
                facts = (row.number, names.district(row.district), words(f"channel.{row.channel}"), language)
                parts.text("p", " · ".join(filter(None, facts)), "lead")
            with parts.box("div", "chat-clocks"):
                self._clocks(row, now)
        with parts.box("div", "chat-tools"):
            parts.badge(names.label(row.state), _TONES[row.state])
            if row.is_open:
                parts.badge(names.label(row.reason))
            if row.owner_id and not self._is_mine(row):
                parts.badge(people.get(row.owner_id, ""), "calm")
            if row.rating:
                reason = names.label(row.rating_reason)
                stars = words("desk.stars", n=row.rating) + (f" · {reason}" if reason else "")
                parts.badge(stars, "bad" if row.rating <= self._desk.rules.low_rating else "good")
            await self._appeals(row)
            if personal and self._may_reveal(row) and not self._is_mine(row):
                self._reveal_button()
            if row.state == HandoffState.CLAIMED and self._may_decide(row):
                self._decisions(row)

    def _may_decide(self, row: HandoffRow) -> bool:
        return self._is_mine(row) or self._seat.manages

    def _clocks(self, row: HandoffRow, now: datetime) -> None:
        """First response, then how long the user waits for the next answer: what the promise is measured by."""
        rules, words = self._desk.rules, self._words
        if row.reason != HandoffReason.TAKEN:
            with parts.box("div", "chat-clock"):
                parts.text("span", words("desk.first_response"))
                clock(rules, row.requested_at, now, row.answered_at or row.closed_at)
        if row.is_open and row.unanswered_since and row.answered_at:
            with parts.box("div", "chat-clock"):
                parts.text("span", words("desk.user_waits"))
                clock(rules, row.unanswered_since, now)

    async def _appeals(self, row: HandoffRow) -> None:
        """The user's own appeals, to look at."""
        for appeal in (await self._desk.appeals.of_conversation(row.conversation_id))[:3]:
            with parts.box("a", "tag-link", href=f"{PREFIX}/appeals/{appeal.number}", target="_blank"):
                parts.icon("assignment")
                parts.text("span", f"{appeal.number} {self._names.label(appeal.state)}")

    def _reveal_button(self) -> None:
        async def toggle() -> None:
            self._asked_to_reveal = not self._asked_to_reveal
            # Each wish to see them is noted by itself.
            self._noted = False
            await self.look()

        key = "hide" if self._asked_to_reveal else "reveal"
        icon = "visibility_off" if self._asked_to_reveal else "visibility"
        ui.button(self._words(f"desk.{key}"), icon=icon, on_click=toggle).props("flat dense size=13px")

    def _decisions(self, row: HandoffRow) -> None:
        dialogs = ChatDialogs(self._seat, row, self.look)
        with parts.box("div", "chat-decisions"):
            for key, icon, act in (
                ("transfer", "swap_horiz", dialogs.transfer),
                ("hand_back", "smart_toy", dialogs.hand_back),
                ("close", "task_alt", dialogs.close),
            ):
                button = ui.button(self._words(f"desk.{key}"), icon=icon, on_click=act)
                button.props(f"dense size=13px {'unelevated' if key == 'close' else 'flat'}")
                button.props["title"] = button.props["aria-label"] = self._words(f"desk.{key}")

    def _draw_foot(self, row: HandoffRow, people: dict[int, str]) -> None:
        words = self._words
        self._composer = None
        if not self._is_mine(row):
            with parts.box("div", "foot-bar"):
                if row.state == HandoffState.WAITING:
                    parts.text("p", words("desk.foot_waiting"))
                    ui.button(words("desk.claim"), icon="front_hand").props["data-claim"] = str(row.id)
                elif row.state == HandoffState.CLAIMED:
                    parts.text("p", words("desk.foot_other", name=people.get(row.owner_id or 0, "")))
                else:
                    at = moment(row.closed_at, self._seat.now, words) if row.closed_at else ""
                    end = self._names.label(row.close_reason) or self._names.label(row.state)
                    parts.text("p", words("desk.foot_ended", at=at, end=end))
        mine = self._is_mine(row)
        pickers = Pickers(self._seat, row, self._insert, self._send_now) if mine else None
        staging = self._staging if mine else None
        self._composer = Composer(self._words, row.id, self._drafts, self._send, pickers, staging, can_reply=mine)
        self._composer.show()

    def _insert(self, text: str) -> None:
        if self._composer:
            self._composer.insert(text)

    async def _send_now(self, text: str) -> bool:
        """Words alone: what is staged belongs to what is being written."""
        return await attempt(self._names, lambda: self._answer(text, []))

    async def _send(self, text: str, is_note: bool) -> bool:
        if is_note:
            talk, key = self._desk.talk, self._staff.id
            return await attempt(self._names, lambda: talk.note(self.handoff_id, key, text))
        staged = self._staging.take() if self._staging else []
        sent = await attempt(self._names, lambda: self._answer(text, [one.attachment for one in staged]))
        if not sent and self._staging:
            self._staging.put_back(staged)
        return sent

    async def _answer(self, text: str, files: Sequence[Attachment]) -> None:
        await self._desk.talk.staff_message(self.handoff_id, self._staff.id, text, attachments=files)

    def _edit(self, line: Line) -> None:
        words, message_id = self._words, line.message_id
        if message_id is None:
            return
        title = words("desk.edit_note" if line.kind == "note" else "desk.edit")
        with parts.dialog(title, "" if line.kind == "note" else words("desk.edit_lead")) as dialog:
            text = ui.textarea(words("desk.edit_text"), value=line.text).props("autogrow autofocus")

            async def save() -> None:
                new = (text.value or "").strip()
                if new and await attempt(self._names, lambda: self._desk.talk.edit(message_id, new, self._staff.id)):
                    dialog.close()

            with parts.box("div", "dialog-actions"):
                ui.button(words("common.cancel"), on_click=dialog.close).props("flat")
                ui.button(words("common.save"), on_click=save)


_TONES: dict[HandoffState, parts.Tone] = {
    HandoffState.WAITING: "warn",
    HandoffState.CLAIMED: "good",
    HandoffState.CLOSED: "quiet",
    HandoffState.RETURNED: "quiet",
    HandoffState.CANCELLED: "quiet",
}


def _hidden(line: Line) -> Line:
    """The line without personal data: a picture may show some, so it is a link, and opening it is noted."""
    files = tuple(replace(file, is_picture=False) for file in line.files)
    return replace(line, text=mask(line.text), files=files)


def _with_days(lines: Sequence[Line]) -> list[Line]:
    """The lines with a line before each new day."""
    found: list[Line] = []
    day: date | None = None
    for line in lines:
        local = line.at.astimezone(SHANGHAI)
        if local.date() != day:
            day = local.date()
            found.append(Line(f"d{day}", line.at, "event", "", before=line.before))
        found.append(line)
    return found
