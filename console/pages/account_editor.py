"""The form of an account, and the one look at its one-time password."""

from collections.abc import Callable
from enum import StrEnum

from nicegui import ui

from console import parts
from console.accounts.people import MOST_CHATS, Profile
from console.accounts.staff import Staff
from console.services import ConsoleServices
from console.wording import Words
from qifu.errors import AccountError
from qifu.labels import District, Language, StaffRole, Topic
from store.models import StaffRow

_LISTS: tuple[tuple[str, type[StrEnum]], ...] = (("districts", District), ("topics", Topic), ("languages", Language))


class AccountEditor:
    """Adds and changes accounts in a dialog; `saved` is called after a change."""

    def __init__(self, services: ConsoleServices, staff: Staff, saved: Callable[[], object]) -> None:
        self._services = services
        self._words = services.words
        self._staff = staff
        self._saved = saved

    def add(self) -> None:
        """The form for a new account."""
        self._form(self._words("accounts.add_title"), None)

    async def edit(self, staff_id: int) -> None:
        """The form for an account there is."""
        row = await self._services.people.get(staff_id)
        self._form(self._words("accounts.edit_title", name=row.name), row)

    def _form(self, title: str, row: StaffRow | None) -> None:
        words = self._words
        with ui.dialog() as dialog, parts.box("div", "dialog wide", role="document"):
            parts.text("h2", title)
            with parts.box("div", "fields"):
                login = ui.input(words("accounts.field_login"), value=row.login if row else "")
                login.props("autocapitalize=none autocomplete=off maxlength=32")
                login.props["hint"] = words("accounts.field_login_hint")
                login.set_enabled(row is None)
                name = ui.input(words("accounts.field_name"), value=row.name if row else "").props("maxlength=40")
                role = ui.select(
                    {kind.value: words(f"role.{kind}") for kind in StaffRole},
                    label=words("accounts.field_role"),
                    value=(row.role if row else StaffRole.SERVICE).value,
                )
                most = ui.number(
                    words("accounts.field_most_chats"), value=row.most_chats if row else 3, min=1, max=MOST_CHATS
                )
                lists = {key: self._list(key, labels, getattr(row, key) if row else []) for key, labels in _LISTS}
                telegram = ui.input(words("accounts.field_telegram"), value=_plain(row))
                telegram.props("inputmode=numeric autocomplete=off")
                telegram.props["hint"] = words("accounts.field_telegram_hint")
            wrong = parts.box("div", "form-error", role="alert")

            async def save() -> None:
                wrong.clear()
                try:
                    profile = Profile(
                        name=name.value or "",
                        role=StaffRole(role.value or StaffRole.SERVICE),
                        districts=[District(value) for value in lists["districts"].value],
                        topics=[Topic(value) for value in lists["topics"].value],
                        languages=[Language(value) for value in lists["languages"].value],
                        most_chats=int(most.value or 0),
                        telegram_id=_number(telegram.value or ""),
                    )
                    password = await self._keep(row, login.value or "", profile)
                except AccountError as error:
                    with wrong:
                        parts.text("p", words(f"account_error.{error}"))
                    return
                dialog.close()
                self._saved()
                if password:
                    show_password(words, profile.name, (login.value or "").strip().lower(), password)
                else:
                    parts.done(words("common.saved"))

            with parts.box("div", "dialog-actions"):
                ui.button(words("common.cancel"), on_click=dialog.close).props("flat")
                ui.button(words("common.save" if row else "common.add"), on_click=save)
        dialog.open()

    async def _keep(self, row: StaffRow | None, login: str, profile: Profile) -> str | None:
        """The one-time password of a new account; None after a change."""
        people = self._services.people
        if row is None:
            return await people.add(self._staff.id, login, profile)
        await people.change(self._staff.id, row.id, profile)
        return None

    def _list(self, key: str, labels: type[StrEnum], chosen: list[str]) -> ui.select:
        names = {"districts": self._services.districts, "topics": self._services.topics}.get(key, {})
        options = {
            str(label): names[label]["zh"] if label in names else self._name(key, str(label)) for label in labels
        }
        select = ui.select(options, label=self._words(f"accounts.field_{key}"), value=list(chosen), multiple=True)
        select.props("use-chips clearable")
        select.props["hint"] = self._words("accounts.all_hint")
        return select

    def _name(self, key: str, label: str) -> str:
        return self._words(f"language.{label}") if key == "languages" else label


def show_password(words: Words, name: str, login: str, password: str) -> None:
    """Shows a one-time password once."""

    def copied() -> None:
        ui.clipboard.write(password)
        parts.done(words("common.copied"))

    with ui.dialog().props("persistent") as dialog, parts.box("div", "dialog", role="document"):
        parts.text("h2", words("accounts.password_title"))
        parts.text("p", words("accounts.password_lead", name=name), "lead")
        with parts.box("dl", "facts"):
            for key, value, kind in (("login", login, "secret"), ("password", password, "secret one-time")):
                with parts.box("div"):
                    parts.text("dt", words(f"login.{key}"))
                    with parts.box("dd"):
                        parts.text("code", value, kind)
        with parts.box("div", "dialog-actions"):
            copy = ui.button(words("common.copy"), icon="content_copy").props("flat")
            copy.on_click(copied)
            ui.button(words("common.close"), on_click=dialog.close)
    dialog.open()


def _plain(row: StaffRow | None) -> str:
    return str(row.telegram_id) if row and row.telegram_id else ""


def _number(written: str) -> int | None:
    written = written.strip()
    if not written:
        return None
    if not (written.isascii() and written.isdecimal() and len(written) <= 18):
        raise AccountError("telegram")
    return int(written)
