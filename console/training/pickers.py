"""Dialogs to pick from what is known: an intent, a point of the plans, a contact; by search."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

from nicegui import ui

from bot.desk.measures import Measures
from console import parts
from console.training.editing import Editing
from console.training.names import group_of, intents
from qifu.labels import Language
from seeds.model import Contact

_MOST = 30
_MOST_POINTS = 12

type Taken = Callable[[str], Awaitable[None] | None]


def pick_intent(editing: Editing, title: str, take: Taken, *, but: str = "", matters_only: bool = False) -> None:
    """A matter, an act or out_of_scope; `take` gets its id."""
    names, words = editing.names, editing.words

    def found(wanted: str) -> Iterator[tuple[str, str, str]]:
        parts_of = wanted.lower().split()
        for intent in intents(editing.catalogue):
            matter = editing.catalogue.seeds.matters.get(intent)
            about = " ".join((intent, names.full(intent), *((matter.name_en, *matter.keywords) if matter else ())))
            if intent != but and (matter or not matters_only) and all(part in about.lower() for part in parts_of):
                count = len(editing.catalogue.by_intent.get(intent, ()))
                under = words("training.pick_under", group=names.group(group_of(intent)), id=intent, n=count)
                yield intent, names.intent(intent), under

    async def search(wanted: str) -> list[tuple[str, str, str]]:
        hits = list(found(wanted))
        # What is called so comes before what is about it.
        return sorted(hits, key=lambda hit: (wanted not in hit[1], hit[1] != wanted))[:_MOST]

    _dialog(editing, title, words("training.pick_intent_search"), search, take)


def pick_point(editing: Editing, take: Taken, *, but: Callable[[], list[str]]) -> None:
    """A point of the plans, by what it says; `take` gets its id."""
    words, names = editing.words, editing.names

    async def search(wanted: str) -> list[tuple[str, str, str]]:
        if not wanted.strip():
            return []
        taken, points = set(but()), editing.catalogue.seeds.points
        hits = await asyncio.to_thread(_points, editing, wanted)
        return [
            (point, points[point].text, names.place(point)) for point in hits if point in points and point not in taken
        ][:_MOST_POINTS]

    _dialog(editing, words("training.pick_point"), words("training.pick_point_search"), search, take)


def pick_contact(editing: Editing, take: Taken, *, but: Callable[[], list[str]]) -> None:
    """A contact; `take` gets its id."""
    words = editing.words

    async def search(wanted: str) -> list[tuple[str, str, str]]:
        taken, looked = set(but()), wanted.lower().split()
        return [
            (contact.id, contact.name, contact_under(editing, contact))
            for contact in editing.catalogue.seeds.contacts.values()
            if contact.id not in taken and all(word in _about(contact) for word in looked)
        ][:_MOST]

    _dialog(editing, words("training.pick_contact"), words("training.pick_contact_search"), search, take)


def contact_under(editing: Editing, contact: Contact) -> str:
    """What stands below a contact's name."""
    district = editing.services.districts.get(contact.district, {}).get("zh", contact.district)
    return " · ".join(filter(None, (district, contact.handles, contact.phone)))


def _about(contact: Contact) -> str:
    return " ".join((contact.name, contact.name_en, *contact.aliases, contact.handles, contact.id)).lower()


def _points(editing: Editing, wanted: str) -> list[str]:
    """Points nearest to the words: as the bot finds them, and those that hold the words, which it may not know yet."""
    points, looked = editing.catalogue.seeds.points, wanted.split()
    hits = [point.id for point in points.values() if wanted == point.id or all(word in point.text for word in looked)]
    if editing.services.answering:
        found = Measures(editing.services.answering).search(wanted, Language.ZH, most=_MOST_POINTS)
        hits = [*(hit.point for hit in found), *hits]
    return list(dict.fromkeys(hits))


def _dialog(
    editing: Editing,
    title: str,
    label: str,
    search: Callable[[str], Awaitable[list[tuple[str, str, str]]]],
    take: Taken,
) -> None:
    words, last = editing.words, ""

    async def look(wanted: str) -> None:
        nonlocal last
        last = wanted
        hits = await search(wanted)
        if wanted != last:
            return
        results.clear()
        results.props["data-found"] = wanted
        with results:
            if not hits:
                parts.text("p", words("training.pick_none" if wanted.strip() else "training.pick_hint"), "lead")
            for key, name, under in hits:
                item(key, name, under)

    def item(key: str, name: str, under: str) -> None:
        with parts.box("button", "pick", type="button", data_pick="") as button:
            parts.text("strong", name)
            parts.text("span", under, "pick-cite")

        async def chosen() -> None:
            dialog.close()
            result = take(key)
            if result is not None:
                await result

        button.on("click", chosen, args=[])

    with parts.dialog(title, classes="wide picker") as dialog:
        field = ui.input(label).props("autofocus debounce=200 clearable type=search").classes("picker-search")
        field.on_value_change(lambda event: look(event.value or ""))
        results = parts.box("div", "picks")
    ui.timer(0, lambda: look(""), once=True)
