"""What is done with an appeal: graded and assigned, begun, passed on to 12345, resolved, remarked on."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from console import parts
from console.desk.said import attempt
from console.desk.seat import Seat
from console.times import SHANGHAI
from qifu.labels import AppealGrade, AppealTier, StaffRole
from store.models import AppealRow

_LONGEST = 2000
_MOST_PROPOSED = 6


class TicketDialogs:
    """The dialogs of one appeal; `changed` is called after each step."""

    def __init__(self, seat: Seat, row: AppealRow, changed: Callable[[], Awaitable[None]]) -> None:
        self._seat = seat
        self._appeals = seat.desk.appeals
        self._by = seat.staff.id
        self._words = seat.words
        self._names = seat.names
        self._row = row
        self._changed = changed

    async def start(self) -> None:
        """Begins to deal with it; nothing is asked."""
        if await attempt(
            self._names, lambda: self._appeals.start(self._row.id, self._by), self._words("appeals.started")
        ):
            await self._changed()

    def resolve(self) -> None:
        """The result, as the user reads it."""
        self._write("resolve", lambda text: self._appeals.resolve(self._row.id, self._by, text))

    def answer(self) -> None:
        """A person's words to the user, while it goes on."""
        self._write("answer", lambda text: self._appeals.answer(self._row.id, self._by, text))

    def refer(self) -> None:
        """The number at 12345."""
        self._write("refer", lambda text: self._appeals.refer(self._row.id, self._by, text), lines=False)

    def note(self) -> None:
        """A remark for colleagues."""
        self._write("note", lambda text: self._appeals.note(self._row.id, self._by, text))

    def _write(self, key: str, act: Callable[[str], Awaitable[object]], lines: bool = True) -> None:
        words = self._words
        with parts.dialog(words(f"appeals.{key}_title"), words(f"appeals.{key}_lead")) as dialog:
            label = words(f"appeals.{key}_text")
            text: ui.input | ui.textarea = ui.textarea(label) if lines else ui.input(label)
            text.props(f"autofocus maxlength={_LONGEST}" + (" autogrow" if lines else ""))

            async def go() -> None:
                written = (text.value or "").strip()
                if not written:
                    text.props["error"] = True
                    text.props["error-message"] = words("appeals.empty_text")
                elif await attempt(self._names, lambda: act(written), words("common.saved")):
                    dialog.close()
                    await self._changed()

            self._buttons(dialog, words(f"appeals.{key}"), go)

    async def assign(self) -> None:
        """Grade and tier with the deadline they bring; who deals with it, and which unit is responsible."""
        words, names, row = self._words, self._names, self._row
        people = {
            person.id: person.name
            for person in await self._seat.services.people.all()
            if person.active and person.role in (StaffRole.SERVICE, StaffRole.MANAGER)
        }
        with parts.dialog(words("appeals.assign_title"), words("appeals.assign_lead"), "wide") as dialog:
            with parts.box("div", "fields"):
                grade = ui.select(
                    {label.value: names.label(label) for label in AppealGrade},
                    label=words("appeals.grade"),
                    value=row.grade.value if row.grade else None,
                )
                tier = ui.select(
                    {label.value: names.label(label) for label in AppealTier},
                    label=words("appeals.tier"),
                    value=(row.tier or AppealTier.DISTRICT).value,
                )
                owner = ui.select(
                    people,
                    label=words("appeals.owner"),
                    value=row.owner_id if row.owner_id in people else None,
                    with_input=True,
                )
                units = self._units()
                unit = ui.input(
                    words("appeals.unit"), value=names.unit(row.unit), autocomplete=list(dict.fromkeys(units.values()))
                )
            due = parts.text("p", "", "lead")
            self._proposals(unit)
            note = ui.textarea(words("appeals.assign_note")).props(f"autogrow maxlength={_LONGEST}")

            def show_due() -> None:
                due.text = self._due(grade.value, tier.value)

            grade.on_value_change(show_due)
            tier.on_value_change(show_due)
            show_due()

            async def go() -> None:
                written = (unit.value or "").strip()[:80]
                chosen = next((key for key, name in units.items() if name == written), written) or None
                if await self._grade_and_assign(
                    grade.value, tier.value, owner.value, chosen, (note.value or "").strip()
                ):
                    dialog.close()
                    parts.done(words("common.saved"))
                    await self._changed()

            self._buttons(dialog, words("common.save"), go)

    def _units(self) -> dict[str, str]:
        """All units by id; those of the district first, so that a name finds the nearest."""
        answering = self._seat.services.answering
        contacts = answering.knowledge.contacts.values() if answering else ()
        near = sorted((c for c in contacts if c.kind == "unit"), key=lambda c: c.district != self._row.district)
        return {contact.id: contact.name for contact in near}

    def _proposals(self, unit: ui.input) -> None:
        proposed = self._appeals.proposed_units(self._row)[:_MOST_PROPOSED]
        if not proposed:
            return
        with parts.box("div", "badges"):
            parts.text("span", self._words("appeals.proposed"), "lead")
            for name in dict.fromkeys(self._names.unit(unit_id) for unit_id in proposed):
                button = parts.text("button", name, "chip", type="button")
                button.on("click", lambda name=name: unit.set_value(name), args=[])

    def _due(self, grade: str | None, tier: str | None) -> str:
        row, words = self._row, self._words
        if not grade:
            return words("appeals.due_ungraded")
        since = row.reopened_at or row.created_at
        due = self._seat.desk.rules.due(since, AppealGrade(grade), AppealTier(tier) if tier else None)
        return words("appeals.due_graded", at=f"{due.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")

    async def _grade_and_assign(
        self, grade: str | None, tier: str | None, owner: int | None, unit: str | None, note: str
    ) -> bool:
        """What was changed, and only that: each change is told to the user."""
        row, appeals = self._row, self._appeals
        if grade and tier and (grade, tier) != (row.grade, row.tier):
            new_grade, new_tier = AppealGrade(grade), AppealTier(tier)
            if not await attempt(self._names, lambda: appeals.grade(row.id, self._by, new_grade, new_tier)):
                return False
        if (owner, unit) != (row.owner_id, row.unit) and (owner or unit):
            return await attempt(
                self._names, lambda: appeals.assign(row.id, self._by, owner=owner, unit=unit, note=note or None)
            )
        return not note or await attempt(self._names, lambda: appeals.note(row.id, self._by, note))

    def _buttons(self, dialog: ui.dialog, yes: str, go: Callable[[], Awaitable[None]]) -> None:
        with parts.box("div", "dialog-actions"):
            ui.button(self._words("common.cancel"), on_click=dialog.close).props("flat")
            ui.button(yes, on_click=go)
