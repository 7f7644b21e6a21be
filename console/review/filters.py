"""The conditions above the list: each choice leads to the address that says so."""

from nicegui import ui

from console import parts
from console.review.names import ReviewNames
from console.review.query import LENGTHS, LONGEST_WORDS, PERIODS, Query
from console.services import ConsoleServices
from qifu.labels import Channel, District, Outcome, TurnMark
from store.repositories.review_filter import BANDS

_FIRST = ("period", "outcome", "topic")
_MORE = (
    "matter",
    "district",
    "channel",
    "confidence",
    "feedback",
    "mark",
    "handoff",
    "rating",
    "staff",
    "longer",
    "reviewed",
    "label",
    "solved",
    "said",
)


class Filters:
    """Draws the search, the conditions and those that hold."""

    def __init__(self, services: ConsoleServices, names: ReviewNames, query: Query) -> None:
        self._services = services
        self._words = services.words
        self._names = names
        self._query = query

    def show(self) -> None:
        """Draws them where they stand; the lesser ones wait until somebody wants them."""
        words, query = self._words, self._query
        with parts.box("div", "review-filters", role="search"):
            with parts.box("div", "filters tight"):
                search = ui.input(words("conversations.search"), value=query["q"]).classes("review-search")
                search.props('clearable type=search maxlength=100 data-search=""')
                search.props["title"] = words("conversations.search_hint")
                # The browser says what stands there: the last letters may still be on their way.
                search.on(
                    "keydown.enter",
                    lambda event: self._go(q=str(event.args or "").strip()[:LONGEST_WORDS] or None),
                    js_handler="(event) => emit(event.target.value)",
                )
                search.on("clear", lambda: self._go(q=None))
                for key in _FIRST:
                    self._choice(key)
            more = parts.box("div", "filters tight more-filters")
            more.set_visibility(False)
        self._chips(more)

    def _chips(self, more: ui.element) -> None:
        words, query = self._words, self._query
        drawn = False

        def toggle() -> None:
            nonlocal drawn
            if not drawn:
                drawn = True
                with more:
                    for key in _MORE:
                        self._choice(key)
                    self._days()
            more.set_visibility(not more.visible)
            button.text = words("conversations.less" if more.visible else "conversations.more")

        with parts.box("div", "chips"):
            button = ui.button(words("conversations.more"), icon="tune", on_click=toggle).props("flat dense size=14px")
            button.props('data-more=""')
            for name, value, rest in self._names.chips(query):
                label = words("conversations.without", name=name)
                with parts.box("a", "chip", href=rest.url, aria_label=f"{name}：{value}。{label}", title=label):
                    parts.text("span", name, "chip-name")
                    parts.text("span", value)
                    parts.icon("close")
            if len(list(query)) > 1:
                parts.link(words("conversations.clear"), Query().url)

    def _days(self) -> None:
        words = self._words
        for key in ("from", "to"):
            field = ui.input(words(f"review_filter.{key}"), value=self._query[key]).props("type=date stack-label")
            field.on("change", lambda field=field, key=key: self._go(**{key: field.value or None}))

    def _choice(self, key: str) -> None:
        options = self.options(key)
        if len(options) < 2:
            return
        value = self._query[key] if self._query[key] in options else ""
        field = ui.select(
            options,
            label=self._words(f"review_filter.{key}"),
            value=value,
            with_input=key in ("topic", "matter", "staff", "label"),
            on_change=lambda event, key=key: self._go(**{key: event.value or None}),
        )
        field.props(f'data-filter="{key}"')

    def options(self, key: str) -> dict[str, str]:
        """The values of a condition by what they are called."""
        none = {"": self._words("conversations.any")}
        known: dict[str, list[str]] = {
            "period": list(PERIODS),
            "outcome": ["failed", *map(str, Outcome)],
            "topic": list(self._services.topics),
            "matter": self._matters(),
            "district": [*map(str, District), "none"],
            "channel": list(map(str, Channel)),
            "confidence": list(BANDS),
            "feedback": ["up", "down", "none"],
            "mark": list(map(str, TurnMark)),
            "handoff": ["any", "open", "ended", "none"],
            "rating": ["low", "high", *"54321"],
            "staff": list(map(str, self._names.staff)),
            "longer": list(map(str, LENGTHS)),
            "reviewed": ["no", "yes"],
            "label": list(map(str, self._names.labels)),
            "solved": ["yes", "no"],
            "said": ["user", "bot"] if self._query["q"] else [],
        }
        values = known[key]
        chosen = self._query[key]
        if chosen and chosen not in values:
            values = [*values, chosen]
        return none | {value: self._names.value(key, value) for value in values}

    def _matters(self) -> list[str]:
        """The matters of the chosen topic: all of them would be too many to choose from."""
        answering, topic = self._services.answering, self._query["topic"] or self._query["matter"].partition("/")[0]
        if answering is None or not topic:
            return []
        return [matter.id for matter in answering.knowledge.matters.values() if matter.topic == topic]

    def _go(self, **changes: str | None) -> None:
        ui.navigate.to(self._query.but(**changes).url.removeprefix("/console"))
