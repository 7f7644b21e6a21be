"""The table of topics, matters and acts: looked for, filtered, sorted, page by page."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from console.training.figures import Figures, Owners
from console.training.names import ACTS, PLACE, IntentNames, group_of, groups, intents, url_of
from qifu.labels import OUT_OF_SCOPE
from qifu.training.catalogue import Catalogue
from qifu.training.checks import ENOUGH

PAGE = 50
STATES = ("few", "below", "confused", "untested")
SORTS = ("questions", "score", "confused", "name")
_LONGEST = 60
_LAST = 101.0


@dataclass(frozen=True)
class Query:
    """What is wanted, as the page's address says it."""

    q: str = ""
    topic: str = ""
    state: str = ""
    sort: str = ""
    page: int = 1

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Query":
        """What makes no sense is left out."""
        number = given.get("page", "")
        return cls(
            given.get("q", "").strip()[:_LONGEST],
            given.get("topic", "") if given.get("topic") in groups() else "",
            given.get("state", "") if given.get("state") in STATES else "",
            given.get("sort", "") if given.get("sort") in SORTS else "",
            int(number) if number.isascii() and number.isdecimal() and 0 < int(number[:4]) < 1000 else 1,
        )

    def __bool__(self) -> bool:
        return bool(self.q or self.topic or self.state or self.sort)

    def url(self, **changes: object) -> str:
        """The address with changes; another condition begins with the first page."""
        values = vars(self) | {"page": 1} | changes
        query = urlencode({key: value for key, value in values.items() if value and (key, value) != ("page", 1)})
        return f"{PLACE}?{query}" if query else PLACE


@dataclass(frozen=True)
class Row:
    """A line of the table. `score` and `percent` are None where nothing was measured."""

    key: str
    name: str
    url: str
    questions: int
    held_out: int
    score: str | None = None
    percent: float | None = None
    below: bool = False
    trend: Sequence[tuple[int, float]] = ()
    confused: Sequence[tuple[str, str, int]] = ()
    topic: str = ""
    matters: int | None = None
    few: int = 0
    hit: str = ""
    hits: int = 0
    often: int = field(default=0, compare=False)

    @property
    def line(self) -> str:
        """The trend as the points of a line, 64 wide and 20 high."""
        last = max(len(self.trend) - 1, 1)
        return " ".join(
            f"{2 + 60 * n / last:.1f},{18 - percent * 0.16:.1f}" for n, (_, percent) in enumerate(self.trend)
        )

    @property
    def way(self) -> str:
        """Whether the last version was better than the one before: up, down or empty."""
        if len(self.trend) < 2:
            return ""
        change = self.trend[-1][1] - self.trend[-2][1]
        return "up" if change > 0 else "down" if change < 0 else ""


class Table:
    """All rows of one state of the data."""

    def __init__(self, catalogue: Catalogue, figures: Figures, names: IntentNames) -> None:
        self._catalogue, self._figures, self._names = catalogue, figures, names
        owners = Owners(catalogue)
        self._held_out = Counter(owners.intent(row) for row in catalogue.held_out)
        self._counts = {intent: len(questions) for intent, questions in catalogue.by_intent.items()}

    def topics(self) -> list[Row]:
        """A row for each topic, the acts and what is out of scope."""
        return [self._topic(group) for group in groups()]

    def found(self, query: Query) -> list[Row]:
        """The matters and acts that are wanted, in the order wanted."""
        rows = [row for row in self._wanted(query) if not query.state or self._fits(row, query.state)]
        if query.sort == "name":
            return sorted(rows, key=lambda row: row.name)
        if query.sort == "questions":
            return sorted(rows, key=lambda row: row.questions)
        if query.sort == "score":
            return sorted(rows, key=lambda row: _LAST if row.percent is None else row.percent)
        if query.sort == "confused":
            return sorted(rows, key=lambda row: -row.often)
        return rows

    def row(self, intent: str, hits: Sequence[str] = ()) -> Row:
        """The row of a matter, an act or out_of_scope."""
        count = self._counts.get(intent, 0)
        return self._row(
            intent,
            self._names.intent(intent),
            url_of(intent),
            (count, self._held_out[intent]),
            self._figures.confused.get(intent, Counter()),
            topic=self._names.group(group_of(intent)) if group_of(intent) != intent else "",
            few=int(count < ENOUGH),
            hit=hits[0] if hits else "",
            hits=len(hits),
        )

    def _row(
        self,
        key: str,
        name: str,
        url: str,
        counts: tuple[int, int],
        confused: Counter[str],
        *,
        topic: str = "",
        matters: int | None = None,
        few: int = 0,
        hit: str = "",
        hits: int = 0,
    ) -> Row:
        score = self._figures.score(key)
        called = self._names.group if matters is not None else self._names.intent
        links = [
            (called(other), url_of(other) if matters is None else Query(topic=other).url(), count)
            for other, count in confused.most_common(2)
        ]
        return Row(
            key,
            name,
            url,
            *counts,
            f"{score.right}/{score.of}" if score else None,
            score.percent if score else None,
            self._figures.below(key),
            self._figures.trend(key),
            links,
            topic,
            matters,
            few,
            hit,
            hits,
            sum(confused.values()),
        )

    def _topic(self, group: str) -> Row:
        own = [intent for intent in intents(self._catalogue) if group_of(intent) == group]
        counts = [self._counts.get(intent, 0) for intent in own]
        confused: Counter[str] = Counter()
        for intent in own:
            for other, count in self._figures.confused.get(intent, {}).items():
                if group_of(other) != group:
                    confused[group_of(other)] += count
        return self._row(
            group,
            self._names.group(group),
            url_of(group) if group == OUT_OF_SCOPE else Query(topic=group).url(),
            (sum(counts), sum(self._held_out[intent] for intent in own)),
            confused,
            matters=0 if group in (ACTS, OUT_OF_SCOPE) else len(own),
            few=sum(count < ENOUGH for count in counts),
        )

    def _wanted(self, query: Query) -> Iterator[Row]:
        words = query.q.lower().split()
        for intent in intents(self._catalogue):
            if query.topic and group_of(intent) != query.topic:
                continue
            if not words:
                yield self.row(intent)
                continue
            hits = [
                question.text
                for question in self._catalogue.by_intent.get(intent, ())
                if all(word in question.text.lower() for word in words)
            ]
            if hits or all(word in self._about(intent) for word in words):
                yield self.row(intent, hits)

    def _about(self, intent: str) -> str:
        matter = self._catalogue.seeds.matters.get(intent)
        more = (matter.name_en, *matter.keywords) if matter else ()
        return " ".join((intent, self._names.intent(intent), *more)).lower()

    @staticmethod
    def _fits(row: Row, state: str) -> bool:
        if state == "few":
            return bool(row.few)
        if state == "below":
            return row.below
        return bool(row.confused) if state == "confused" else not row.held_out
