"""审计: who did and looked at what; the address carries the filter, so that it can be sent to a colleague."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query
from nicegui import ui

from console import parts
from console.accounts.staff import Staff
from console.app import Console
from console.navigation import PREFIX
from console.times import day_of, exact, moment
from console.wording import Words
from store.models import AuditRow, StaffRow
from store.repositories import AuditFilter, AuditRepository

_PAGE = 50
_LONGEST = 80


def register(console: Console) -> None:
    """Registers the page."""
    services, words = console.services, console.words

    @console.page("audit")
    async def audit(
        staff: Staff,
        person: Annotated[str, Query(max_length=12)] = "",
        action: Annotated[str, Query(max_length=64)] = "",
        day: Annotated[str, Query(max_length=10)] = "",
        before: Annotated[str, Query(max_length=64)] = "",
    ) -> None:
        chosen = {"person": person, "action": action, "day": day}
        people = {row.id: row for row in await services.people.all()}
        async with services.database.session() as session:
            repository = AuditRepository(session, services.clock)
            rows = await repository.page(_filter(chosen), _key(before), _PAGE + 1)
            looked = {key: value for key, value in chosen.items() if value}
            await repository.write(staff.id, "audit.look", detail=looked or None)
        parts.heading(words("audit.title"), words("audit.lead"))
        _filters(words, people, chosen)
        with parts.card(classes="flush"):
            if rows:
                _table(words, rows[:_PAGE], people, services.clock())
            else:
                parts.empty(words("audit.empty"), symbol="search_off")
        with parts.box("nav", "pager"):
            if len(rows) > _PAGE:
                last = rows[_PAGE - 1]
                older = urlencode({**looked, "before": f"{last.at.isoformat()}~{last.id}"})
                parts.link(words("audit.older"), f"{PREFIX}/audit?{older}", "button-link")
            elif rows:
                parts.text("p", words("audit.end"), "lead")


def _filter(chosen: Mapping[str, str]) -> AuditFilter:
    """What the address asks for; what makes no sense there is left out."""
    since = until = None
    with suppress(ValueError, OverflowError):
        since, until = day_of(date.fromisoformat(chosen["day"]))
    person = int(chosen["person"]) if chosen["person"].isdecimal() else None
    return AuditFilter(staff_id=person, action=chosen["action"] or None, since=since, until=until)


def _key(before: str) -> tuple[datetime, int] | None:
    at, _, row_id = before.partition("~")
    try:
        moment_of = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (moment_of, int(row_id)) if row_id.isdecimal() and moment_of.tzinfo else None


def _filters(words: Words, people: Mapping[int, StaffRow], chosen: Mapping[str, str]) -> None:
    names = {"": words("audit.anybody")} | {str(row.id): f"{row.name}（{row.login}）" for row in people.values()}
    actions = {"": words("audit.any_action")} | {
        key.replace("_", ".", 1): name for key, name in words.group("audit_action").items()
    }
    with parts.box("div", "filters", role="search"):

        def go() -> None:
            wanted = {"person": person.value, "action": action.value, "day": day.value}
            query = urlencode({key: value for key, value in wanted.items() if value})
            ui.navigate.to("/audit" + (f"?{query}" if query else ""))

        person = ui.select(
            names, label=words("audit.person"), value=_known(chosen["person"], names), with_input=True, on_change=go
        )
        action = ui.select(
            actions, label=words("audit.action"), value=_known(chosen["action"], actions), with_input=True, on_change=go
        )
        day = ui.input(words("audit.day"), value=chosen["day"]).props("type=date stack-label").on("change", go)
        if any(chosen.values()):
            parts.link(words("audit.clear"), f"{PREFIX}/audit")


def _known(value: str, options: Mapping[str, str]) -> str:
    return value if value in options else ""


def _table(words: Words, rows: Sequence[AuditRow], people: Mapping[int, StaffRow], now: datetime) -> None:
    names = ("at", "who", "what", "subject", "detail")
    at, who, what, subject, detail = (words(f"audit.{key}") for key in names)
    actions = words.group("audit_action")
    with parts.table((at, who, what, subject, detail), words("audit.title")) as line:
        for row in rows:
            with line():
                parts.cell(at, moment(row.at, now, words), "quiet nowrap").props["title"] = exact(row.at)
                person = people.get(row.staff_id or 0)
                stranger = words("audit.stranger" if row.action.startswith("login.") else "audit.nobody")
                parts.cell(who, person.name if person else stranger, "nowrap")
                parts.cell(what, actions.get(row.action.replace(".", "_"), row.action), "strong nowrap")
                parts.cell(subject, _subject(words, row.subject, people), "nowrap")
                parts.cell(detail, "；".join(_pieces(words, row.detail or {})), "quiet")


def _subject(words: Words, subject: str | None, people: Mapping[int, StaffRow]) -> str:
    kind, _, key = (subject or "").partition(":")
    if kind == "staff" and key.isdecimal() and int(key) in people:
        return people[int(key)].name
    return words("nav.switches") if subject == "switches" else subject or "—"


def _pieces(words: Words, detail: dict[str, Any]) -> list[str]:
    """What an entry tells, piece by piece: changes as from → to."""
    if set(detail) == {"from", "to"}:
        return [
            words(
                "audit.change",
                name=_name(words, key),
                before=_value(words, key, detail["from"].get(key)),
                after=_value(words, key, value),
            )
            for key, value in detail["to"].items()
        ]
    told = {key: value for key, value in detail.items() if value not in (None, "", [])}
    return [
        words("audit.value", name=_name(words, key), value=_value(words, key, value)) for key, value in told.items()
    ]


def _name(words: Words, key: str) -> str:
    return words.group("audit_key").get(key, key)


def _value(words: Words, key: str, value: Any) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value)) or words("common.all")
    plain = str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
    kinds = {"role": "role", "action": "audit_action"}
    plain = words.group(kinds.get(key, "audit_value")).get(plain.replace(".", "_"), plain)
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"
