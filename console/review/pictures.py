"""The figures on conversations as numbers and charts."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from urllib.parse import urlencode

from console import parts
from console.app import Console
from console.review import charts
from console.review.charts import Bar, Grid
from console.review.counted import MOST_UNANSWERED, Counted
from console.review.names import ReviewNames
from console.review.period import DESK, TALKS, kinds, period
from console.review.query import NOBODY, Query
from console.review.speech import shown
from console.review.templates import piece
from qifu.labels import Outcome
from store.repositories.review_filter import QUESTIONS

_WHOLE, _HALF, _PHONE = 940, 450, 322
_PROMISED = 0.9
_MOST_GROUPS = 12
_MOST_LINKED = 60
_COLOURS = {
    Outcome.ANSWERED: charts.MAIN,
    Outcome.NO_ANSWER: charts.BAD,
    Outcome.ERROR: charts.BAD,
    Outcome.CLARIFY: "#c99a2e",
}

type Draw = Callable[[int], str]


class Pictures:
    """Draws the page of a period; `leads` is whether the figures lead to their conversations."""

    def __init__(
        self, console: Console, names: ReviewNames, counted: Counted, span: tuple[date, date], leads: bool
    ) -> None:
        self._words = console.words
        self._topics = list(console.services.topics)
        self._names = names
        self._counted = counted
        self._span = span
        self._leads = leads

    def show(self, today: date, *, with_desk: bool) -> None:
        """Draws it where it stands; `with_desk`: there are figures of the desk, too."""
        words, span = self._words, self._span
        if with_desk:
            kinds(words, TALKS, urlencode({"since": span[0], "until": span[1]}))
        period(words, TALKS if with_desk else DESK, span, today)
        self._numbers()
        if len(self._counted.days) > 1:
            self._chart("trend", self._trend, _WHOLE, words("talks.trend_lead"))
        with parts.box("div", "halves"):
            self._chart("outcomes", self._outcomes, _HALF)
            self._chart("hours", self._hours, _HALF, words("talks.hours_lead"))
        self._chart("heat", self._heat, _WHOLE, words("talks.heat_lead"))
        with parts.box("div", "halves"):
            self._chart("matters", self._matters, _HALF, words("talks.matters_lead"))
            self._unanswered()
        parts.text("p", words("talks.note"), "lead")

    def _url(self, **values: str) -> str:
        """The conversations of the period for which this holds."""
        if not self._leads:
            return ""
        return Query.of({"from": str(self._span[0]), "to": str(self._span[1])} | values).url

    def _numbers(self) -> None:
        words, counted = self._words, self._counted
        totals, before, talks, desk = counted.totals, counted.before, counted.talks, counted.desk
        solved = talks.solved / talks.asked if talks.asked else None
        with parts.box("ul", "numbers"):
            self._number("questions", _many(totals.questions), self._compared(_many(before.questions)), self._url())
            self._number(
                "conversations", _many(counted.conversations), words("conversations.turns", n=totals.turns), self._url()
            )
            self._number("solved", _share(solved), words("talks.solved_hint"), self._url(solved="yes"))
            for key, outcome in (
                ("answered", Outcome.ANSWERED),
                ("clarify", Outcome.CLARIFY),
                ("no_answer", Outcome.NO_ANSWER),
            ):
                was = self._compared(_share(before.share(outcome))) if before.questions else words("talks.share_hint")
                self._number(key, _share(totals.share(outcome)), was, self._url(outcome=str(outcome)))
            if desk:
                found = desk.handoffs
                tone = "" if found.within_minute is None else "good" if found.within_minute >= _PROMISED else "bad"
                within = words("talks.within_hint", n=found.handoffs)
                self._number("within_minute", _share(found.within_minute), within, self._url(handoff="any"), tone)
                mean = "—" if found.rating_mean is None else words("rating_value.mean", n=f"{found.rating_mean:.1f}")
                self._number("rating", mean, words("talks.ratings", n=found.ratings), self._url(rating="low"))
            up, down = counted.thumbs
            value = words("talks.thumbs_value", up=up, down=down)
            self._number("thumbs", value, words("talks.thumbs_hint"), self._url(feedback="down"))

    def _compared(self, value: str) -> str:
        return self._words("talks.compared", value=value)

    def _number(self, key: str, value: str, hint: str, url: str, tone: str = "") -> None:
        link = {"href": url} if url else {}
        with parts.box("li"), parts.box("a" if url else "div", f"number {tone}", data_number=key, **link):
            parts.text("span", self._words(f"talks.{key}"), "number-name")
            parts.text("strong", value, "number-value")
            parts.text("span", hint, "number-hint")

    def _chart(self, key: str, draw: Draw, width: int, lead: str = "") -> None:
        """A sheet with a chart, drawn for a wide screen and for a phone, and a button that saves what is seen."""
        words = self._words
        title = words(f"talks.{key}")
        with parts.box("section", "card chart", data_chart=f"{title}　{self._span[0]} – {self._span[1]}"):
            with parts.box("header", "chart-head"):
                with parts.box("div"):
                    parts.text("h2", title)
                    if lead:
                        parts.text("p", lead, "lead")
                label = words("talks.save_picture")
                name = f"{title}-{self._span[0]}-{self._span[1]}"
                with parts.box(
                    "button", "icon-button", type="button", data_save=name, aria_label=f"{label}：{title}", title=label
                ):
                    parts.icon("image")
            wide = draw(width)
            if not wide:
                parts.text("p", words("talks.nothing"), "lead")
                return
            piece(wide, "drawn wide")
            piece(draw(_PHONE), "drawn narrow")

    def _trend(self, width: int) -> str:
        words = self._words
        bars = []
        for day in self._counted.days:
            said = words("talks.day", day=f"{day.day:%m-%d}", n=day.questions, failed=day.no_answer)
            # A day's own filter in place of the period's.
            url = Query.of({"from": str(day.day), "to": str(day.day)}).url if self._leads else ""
            colours = ((day.questions - day.no_answer, charts.PALE), (day.no_answer, charts.BAD))
            bars.append(Bar(f"{day.day:%m-%d}", colours[::-1], said, url if day.questions else ""))
        return charts.columns(bars, words("talks.trend"), width, line=self._counted.earlier)

    def _hours(self, width: int) -> str:
        words = self._words
        bars = [
            Bar(
                str(hour),
                ((n, charts.PALE),),
                words("talks.hour", hour=hour, n=n),
                self._url(hour=str(hour)) if n else "",
            )
            for hour, n in enumerate(self._counted.by_hour)
        ]
        return charts.columns(bars, words("talks.hours"), width, 262)

    def _outcomes(self, width: int) -> str:
        words, totals = self._words, self._counted.totals
        bars, notes = [], []
        for outcome, n in totals.by_outcome.most_common():
            name, share = words(f"outcome.{outcome}"), f"{n / totals.turns:.1%}"
            said = words("talks.bar", name=name, n=n, share=share)
            colour = _COLOURS.get(outcome, charts.GHOST)
            bars.append(Bar(name, ((n, colour),), said, self._url(outcome=str(outcome))))
            notes.append(f"{n:,} · {share}")
        return charts.bars(bars, words("talks.outcomes"), width, 70, notes) if bars else ""

    def _heat(self, width: int) -> str:
        words, names = self._words, self._names
        counts: Counter[tuple[str, str]] = Counter()
        for cell in self._counted.cells:
            if cell.topic and cell.outcome in QUESTIONS:
                counts[cell.topic, str(cell.district or NOBODY)] += cell.n
        by_topic: Counter[str] = Counter()
        for (topic, _), n in counts.items():
            by_topic[topic] += n
        topics = [topic for topic, _ in by_topic.most_common()]
        if not topics:
            return ""
        districts = sorted({district for _, district in counts}, key=lambda district: (district == NOBODY, district))
        called = [words("talks.no_district") if one == NOBODY else names.district(one) for one in districts]
        said = [
            [
                words("talks.cell", topic=names.topic(topic), district=called[n], n=counts[topic, district])
                for n, district in enumerate(districts)
            ]
            for topic in topics
        ]
        grid = Grid(
            rows=[names.topic(topic) for topic in topics],
            columns=called,
            counts=[[counts[topic, district] for district in districts] for topic in topics],
            said=said,
            urls=[[self._url(topic=topic, district=district) for district in districts] for topic in topics],
        )
        return charts.heat(grid, words("talks.heat"), width)

    def _matters(self, width: int) -> str:
        words, names = self._words, self._names
        bars: list[Bar] = []
        for asked in self._counted.matters:
            name, share = names.matter(asked.matter), f"{asked.answered / asked.n:.0%}"
            said = words("talks.bar", name=name, n=asked.n, share=share)
            parts_of = ((asked.answered, charts.MAIN), (asked.n - asked.answered, charts.PALE))
            bars.append(Bar(name, parts_of, said, self._url(matter=asked.matter)))
        return charts.bars(bars, words("talks.matters"), width, 210) if bars else ""

    def _unanswered(self) -> None:
        words, groups = self._words, self._counted.groups
        lead = words("talks.unanswered_lead", n=MOST_UNANSWERED)
        with parts.box("section", "card chart"):
            with parts.box("header", "chart-head"), parts.box("div"):
                parts.text("h2", words("talks.unanswered"))
                parts.text("p", lead, "lead")
            if not groups:
                parts.text("p", words("talks.nothing"), "lead")
                return
            with parts.box("ol", "asked-groups"):
                for group in groups[:_MOST_GROUPS]:
                    ids = ",".join(str(question.turn_id) for question in group.questions[:_MOST_LINKED])
                    url = Query.of({"turns": ids}).url if self._leads else ""
                    with parts.box("li"), parts.box("a" if url else "div", "asked-group", **_href(url)):
                        parts.text("span", shown(group.questions[0].text), "asked-text")
                        if group.wordings > 1:
                            parts.text("span", words("talks.group_more", n=group.wordings), "lead")
                        parts.text("b", words("talks.group", n=len(group.questions)))


def _href(url: str) -> dict[str, str]:
    return {"href": url} if url else {}


def _many(n: int) -> str:
    return f"{n:,}"


def _share(share: float | None) -> str:
    return "—" if share is None else f"{share:.1%}"
