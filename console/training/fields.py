"""The form of a matter: names, id, topic, points and contacts picked by search, keywords."""

import re
from collections.abc import Callable, Sequence

from nicegui import ui

from console import parts
from console.training.editing import Editing
from console.training.pickers import contact_under, pick_contact, pick_point
from qifu.labels import Topic
from seeds.model import Matter

_LONGEST_NAME = 60
_LONGEST_KEYWORDS = 400
_LONGEST_ID = 40
_SMALL_WORDS = {"a", "an", "and", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"}
_SEPARATORS = re.compile("[,，、;；\n]")


class MatterFields:
    """The fields; `matter` gives what stands in them. `changed` is called when points or names change."""

    def __init__(self, editing: Editing, matter: Matter | None = None, *, topic: str = "", fixed: bool = False) -> None:
        self._editing, self._words, self._given = editing, editing.words, matter
        self._topic, self._fixed = topic or (str(matter.topic) if matter else ""), fixed
        self.points: list[str] = list(matter.points) if matter else []
        self._contacts: list[str] = list(matter.contacts) if matter else []
        self._own_id = False
        self._changed: list[Callable[[], object]] = []
        self._points_list = ui.refreshable(self._draw_points)
        self._contacts_list = ui.refreshable(self._draw_contacts)

    def on_change(self, act: Callable[[], object]) -> None:
        """Calls `act` when the points, the name or the id change."""
        self._changed.append(act)

    def show_names(self) -> None:
        """Names, topic, id, audience and keywords."""
        words, given = self._words, self._given
        topics = {str(topic): self._editing.names.group(topic) for topic in Topic}
        with parts.box("div", "fields"):
            self.name = ui.input(words("training.name_zh"), value=given.name if given else "")
            self.name.props(f"maxlength={_LONGEST_NAME} debounce=300")
            self.name_en = ui.input(words("training.name_en"), value=given.name_en if given else "")
            self.name_en.props(f"maxlength={_LONGEST_NAME * 2} debounce=300")
            if not self._fixed:
                self.topic = ui.select(
                    topics, label=words("training.topic"), value=self._topic or None, with_input=True
                )
                self.topic.on_value_change(self._tell)
                self.id = ui.input(words("training.id")).props(f"maxlength={_LONGEST_ID} debounce=300")
                self.id.props["hint"] = words("training.id_hint")
                self.id.on("keyup", self._wrote_id, args=[])
                self.id.on_value_change(self._tell)
            self.audience = ui.input(words("training.audience"), value=(given.audience or "") if given else "")
            self.audience.props(f"maxlength={_LONGEST_NAME}")
            self.keywords = ui.input(words("training.keywords"), value="，".join(given.keywords) if given else "")
            self.keywords.props(f"maxlength={_LONGEST_KEYWORDS}").props["hint"] = words("training.keywords_hint")
        self.name.on_value_change(self._tell)
        self.name_en.on_value_change(self._propose)

    def show_points(self) -> None:
        """The points chosen, in full, and the way to more."""
        with parts.box("div", "chosen-head"):
            parts.text("h3", self._words("training.points"))
            ui.button(self._words("training.add_point"), icon="search", on_click=self._pick_point).props(
                "outline dense"
            )
        self._points_list()

    def show_contacts(self) -> None:
        """The contacts chosen, and the way to more."""
        with parts.box("div", "chosen-head"):
            parts.text("h3", self._words("training.contacts"))
            ui.button(self._words("training.add_contact"), icon="search", on_click=self._pick_contact).props(
                "outline dense"
            )
        self._contacts_list()

    @property
    def matter_id(self) -> str:
        """The whole id, `topic/matter`."""
        if self._fixed and self._given:
            return self._given.id
        return f"{self.topic.value or ''}/{(self.id.value or '').strip()}"

    def problem(self) -> str:
        """What is still missing, as a key of the words; empty where nothing is."""
        if not (self.name.value or "").strip() or not (self.name_en.value or "").strip():
            return "need_names"
        if not self._fixed and not self.topic.value:
            return "need_topic"
        return "" if self.points else "need_points"

    def matter(self, points: Sequence[str] | None = None) -> Matter:
        """What stands in the form."""
        given = self._given
        keywords = (word.strip() for word in _SEPARATORS.split(self.keywords.value or ""))
        return Matter(
            id=self.matter_id,
            topic=Topic(self.matter_id.partition("/")[0]),
            name=(self.name.value or "").strip(),
            name_en=(self.name_en.value or "").strip(),
            points=tuple(self.points if points is None else points),
            contacts=tuple(self._contacts),
            keywords=tuple(dict.fromkeys(word for word in keywords if word)),
            audience=(self.audience.value or "").strip() or None,
            general=bool(given and given.general and self._fixed),
        )

    def _wrote_id(self) -> None:
        self._own_id = bool((self.id.value or "").strip())

    async def _propose(self) -> None:
        """An id from the English name, as long as none was written."""
        if not self._fixed and not self._own_id:
            taken = {matter.partition("/")[2] for matter in self._editing.catalogue.seeds.matters}
            self.id.set_value(proposed_id(self.name_en.value or "", taken))
        self._tell()

    def _tell(self) -> None:
        for act in self._changed:
            act()

    def _pick_point(self) -> None:
        def take(point: str) -> None:
            self.points.append(point)
            self._points_list.refresh()
            self._tell()

        pick_point(self._editing, take, but=lambda: self.points)

    def _pick_contact(self) -> None:
        def take(contact: str) -> None:
            self._contacts.append(contact)
            self._contacts_list.refresh()

        pick_contact(self._editing, take, but=lambda: self._contacts)

    def _draw_points(self) -> None:
        names, words = self._editing.names, self._words
        with parts.box("ul", "chosen"):
            for point in self.points:
                with parts.box("li", "chosen-line"):
                    with parts.box("div"):
                        parts.text("p", names.point(point), "chosen-text")
                        parts.text("span", names.place(point), "pick-cite")
                    self._drop(self.points, point, self._points_list, words("training.drop_point"))
        if not self.points:
            parts.text("p", words("training.no_points"), "lead")

    def _draw_contacts(self) -> None:
        words, known = self._words, self._editing.catalogue.seeds.contacts
        with parts.box("ul", "chosen"):
            for contact in self._contacts:
                with parts.box("li", "chosen-line"):
                    with parts.box("div"):
                        name = known[contact].name if contact in known else contact
                        parts.text("p", name, "chosen-text")
                        if contact in known:
                            parts.text("span", contact_under(self._editing, known[contact]), "pick-cite")
                    self._drop(self._contacts, contact, self._contacts_list, words("training.drop_contact", name=name))
        if not self._contacts:
            parts.text("p", words("training.no_contacts"), "lead")

    def _drop(self, chosen: list[str], item: str, shown: ui.refreshable, label: str) -> None:  # type: ignore[type-arg]
        def drop() -> None:
            chosen.remove(item)
            shown.refresh()
            self._tell()

        button = ui.button(icon="close", on_click=drop).props("flat round dense size=12px")
        button.props["aria-label"] = label


def proposed_id(name_en: str, taken: set[str]) -> str:
    """An id from an English name: its words, the small ones aside, joined by _; a number behind one that is taken."""
    found = re.findall("[a-z0-9]+", name_en.lower())
    told = [word for word in found if word not in _SMALL_WORDS] or found
    own = ""
    for word in told:
        if own and len(own) + len(word) >= _LONGEST_ID - 3:
            break
        own = f"{own}_{word}" if own else word[: _LONGEST_ID - 3]
    own = own if not own or own[0].isalpha() else f"m{own}"
    number = 2
    while own and (own if number == 2 else f"{own}_{number - 1}") in taken:
        number += 1
    return own if number == 2 or not own else f"{own}_{number - 1}"
