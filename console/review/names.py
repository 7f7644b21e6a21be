"""What staff call what a filter, a turn or a parse holds."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from console.names import Names
from console.review.query import NOBODY, Query
from console.services import ConsoleServices
from console.wording import Words


class ReviewNames(Names):
    """Names in Chinese; `labels` and `staff` are filled in where the page needs them."""

    def __init__(self, services: ConsoleServices) -> None:
        super().__init__(services)
        self._words: Words = services.words
        self.labels: dict[int, str] = {}
        self.staff: dict[int, str] = {}
        words = self._words
        self._named: dict[str, Callable[[str], str]] = {
            "q": "“{}”".format,
            "from": str,
            "to": str,
            "hour": lambda value: words("review_value.hour", n=value),
            "longer": lambda value: words("review_value.longer", n=value),
            "channel": lambda value: words(f"channel.{value}"),
            "district": lambda value: self.district(value) if value != NOBODY else words("review_value.district_none"),
            "topic": self.topic,
            "matter": self.matter,
            "outcome": lambda value: "、".join(words(f"outcome.{one}") for one in value.split(",")),
            "mark": lambda value: words(f"mark.{value}"),
            "rating": lambda value: words(
                "review_value.rating_n" if value.isdecimal() else f"review_value.rating_{value}", n=value
            ),
            "staff": lambda value: self.staff.get(int(value), words("review_value.gone")),
            "label": lambda value: self.labels.get(int(value), words("review_value.gone")),
            "turns": lambda value: words("review_value.turns", n=value.count(",") + 1),
        }

    def value(self, key: str, value: str) -> str:
        """A value of the filter in words."""
        if name := self._named.get(key):
            return name(value)
        return self._words(f"review_value.{key}_{value}")

    def act(self, act: str) -> str:
        """What a message does besides asking."""
        return self._words.group("act").get(act, act)

    def entity(self, found: Mapping[str, Any]) -> str:
        """What an entity stands for; a district by its name."""
        value = found.get("value")
        return self.district(str(value)) if found.get("entity") == "district" else str(value)

    def point(self, point: str) -> str:
        """What a point says; empty where no plan has it any more."""
        known = self._services.answering and self._services.answering.knowledge.points.get(point)
        return known.text if known else ""

    def place(self, point: str, words: Words) -> str:
        """Where a point stands; empty where no plan has it any more."""
        answering = self._services.answering
        if answering is None or point not in answering.knowledge.points:
            return ""
        citation = answering.knowledge.citation(point)
        return words("conversation.source_place", plan=citation.plan.title, place=citation.measure.place)

    def chips(self, query: Query) -> Iterator[tuple[str, str, Query]]:
        """The conditions that hold, each as its name, its value in words, and the filter without it."""
        for key in query:
            yield self._words(f"review_filter.{key}"), self.value(key, query[key]), query.but(**{key: None})

    def told(self, query: Query) -> str:
        """The whole filter in words."""
        return "；".join(f"{name}：{value}" for name, value, _ in self.chips(query)) or self._words("saved.everything")
