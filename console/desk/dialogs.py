"""What the owner of a chat, or a manager, decides: to pass it on, to let the bot go on, to close it."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from console import parts
from console.desk.said import attempt
from console.desk.seat import Seat
from qifu.labels import CloseReason
from store.models import HandoffRow

_ALL = 0


class ChatDialogs:
    """The dialogs of one handoff; `changed` is called after each decision."""

    def __init__(self, seat: Seat, row: HandoffRow, changed: Callable[[], Awaitable[None]]) -> None:
        self._services = seat.services
        self._desk = seat.desk
        self._staff = seat.staff
        self._words = seat.words
        self._names = seat.names
        self._row = row
        self._changed = changed

    async def transfer(self) -> None:
        """To a colleague, or back to all on duty, with a note for whoever takes it."""
        words = self._words
        colleagues = await self._colleagues()
        with parts.dialog(words("desk.transfer_title"), words("desk.transfer_lead")) as dialog:
            to = ui.select(colleagues, label=words("desk.transfer_to"), value=_ALL, with_input=True)
            note = self._note(words("desk.transfer_note"))

            async def go() -> None:
                chosen = to.value or None
                await self._decide(
                    dialog,
                    lambda: self._desk.handoffs.transfer(
                        self._row.id, self._staff.id, to=chosen, note=(note.value or "").strip()
                    ),
                    words("desk.transferred"),
                )

            self._actions(dialog, words("desk.transfer"), go)

    async def _colleagues(self) -> dict[int, str]:
        """Everybody who could take it: those on duty first, with how much they have."""
        words, people = self._words, await self._services.people.all()
        on_duty = {row.id for row in await self._desk.roster.on_duty()}
        loads = await self._desk.roster.loads()
        serving = [row for row in people if row.active and row.role in ("service", "manager")]
        others = [row for row in serving if row.id != self._row.owner_id]
        others.sort(key=lambda row: (row.id not in on_duty, loads.get(row.id, 0), row.name))
        return {_ALL: words("desk.everybody")} | {
            row.id: words(
                "desk.colleague_on" if row.id in on_duty else "desk.colleague_off",
                name=row.name,
                n=loads.get(row.id, 0),
                most=row.most_chats,
            )
            for row in others
        }

    def hand_back(self) -> None:
        """The bot goes on."""
        words = self._words
        with parts.dialog(words("desk.hand_back_title"), words("desk.hand_back_lead")) as dialog:
            note = self._note(words("desk.end_note"))

            async def go() -> None:
                await self._decide(
                    dialog,
                    lambda: self._desk.handoffs.hand_back(self._row.id, self._staff.id, (note.value or "").strip()),
                    words("desk.handed_back"),
                )

            self._actions(dialog, words("desk.hand_back"), go)

    def close(self) -> None:
        """The end, with how it came out."""
        words = self._words
        with parts.dialog(words("desk.close_title"), words("desk.close_lead")) as dialog:
            reasons = {reason.value: self._names.label(reason) for reason in CloseReason}
            reason = ui.radio(reasons, value=CloseReason.RESOLVED.value).classes("choices")
            note = self._note(words("desk.end_note"))

            async def go() -> None:
                await self._decide(
                    dialog,
                    lambda: self._desk.handoffs.close(
                        self._row.id, self._staff.id, CloseReason(str(reason.value)), (note.value or "").strip()
                    ),
                    words("desk.closed"),
                )

            self._actions(dialog, words("desk.close"), go)

    @staticmethod
    def _note(label: str) -> ui.textarea:
        return ui.textarea(label).props("autogrow maxlength=1000")

    def _actions(self, dialog: ui.dialog, yes: str, go: Callable[[], Awaitable[None]]) -> None:
        with parts.box("div", "dialog-actions"):
            ui.button(self._words("common.cancel"), on_click=dialog.close).props("flat")
            ui.button(yes, on_click=go)

    async def _decide(self, dialog: ui.dialog, act: Callable[[], Awaitable[object]], said: str) -> None:
        if await attempt(self._names, act, said):
            dialog.close()
            await self._changed()
