"""The desk's figures as numbers with a name, how they stand to what is promised, and the list of what they count."""

from dataclasses import dataclass, field
from typing import Literal

from bot.desk.figures import DeskFigures
from console.wording import Words

PROMISED_SHARE = 0.9
"""解决率达到90% (闵行区2023年方案征求意见稿，十一)."""

type Tone = Literal["", "good", "bad"]


@dataclass(frozen=True)
class Number:
    """`list` is the page that lists what is counted, with its query; None where there is none."""

    group: str
    key: str
    name: str
    value: str
    hint: str = ""
    tone: Tone = ""
    list: tuple[str, dict[str, str]] | None = field(default=None)


def numbers(figures: DeskFigures, words: Words) -> list[Number]:
    """All of them, in the order in which they are shown."""
    handoffs, appeals = figures.handoffs, figures.appeals

    hints = words.group("figures_hint")
    for key, ratings in (("rating", handoffs.ratings), ("appeal_rating", appeals.ratings)):
        hints[key] = words("figures.ratings", n=ratings)
    hints["promise_kept"] = words("figures.promised", n=appeals.promised)

    def number(group: str, key: str, value: str, tone: Tone = "", where: str = "", **query: str) -> Number:
        return Number(
            group, key, words(f"figures.{key}"), value, hints.get(key, ""), tone, (where, query) if where else None
        )

    return [
        number("handoffs", "waiting_now", str(figures.waiting_now), "bad" if figures.waiting_now else "", "/desk"),
        number("handoffs", "handoffs_count", str(handoffs.handoffs), "", "/handoffs"),
        number(
            "handoffs",
            "within_minute",
            share(handoffs.within_minute),
            _tone(handoffs.within_minute),
            "/handoffs",
            late="1",
        ),
        number("handoffs", "response_median", span(handoffs.response_median, words), "", "/handoffs", only="answered"),
        number("handoffs", "response_p90", span(handoffs.response_p90, words), "", "/handoffs", only="answered"),
        number(
            "handoffs",
            "resolved_share",
            share(handoffs.resolved_share),
            _tone(handoffs.resolved_share),
            "/handoffs",
            only="ended",
        ),
        number("handoffs", "resolution_median", span(handoffs.resolution_median, words), "", "/handoffs", only="ended"),
        number("handoffs", "rating", stars(handoffs.rating_mean, words), "", "/handoffs", only="rated"),
        number("handoffs", "bot_solved", share(figures.bot_solved), "", "/conversations", solved="yes"),
        number("appeals", "appeals_count", str(appeals.appeals), "", "/appeals", view="all"),
        number("appeals", "resolved", str(appeals.resolved), "", "/appeals", only="done"),
        number("appeals", "on_time", share(appeals.on_time), _tone(appeals.on_time), "/appeals", only="judged"),
        number(
            "appeals", "overdue", str(appeals.overdue), "bad" if appeals.overdue else "", "/appeals", view="overdue"
        ),
        number(
            "appeals",
            "promise_kept",
            share(appeals.promise_kept),
            _tone(appeals.promise_kept),
            "/appeals",
            only="promised",
        ),
        number("appeals", "reopened", str(appeals.reopened), "", "/appeals", only="reopened"),
        number("appeals", "appeal_rating", stars(appeals.rating_mean, words), "", "/appeals", only="rated"),
    ]


def share(value: float | None) -> str:
    """A share as a percentage."""
    return "—" if value is None else f"{value:.1%}"


def span(seconds: float | None, words: Words) -> str:
    """Seconds as 23 秒, 4:05 or 2:10:00."""
    if seconds is None:
        return "—"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02d}:{rest:02d}"
    return f"{minutes}:{rest:02d}" if minutes else words("figures.seconds", n=rest)


def stars(mean: float | None, words: Words) -> str:
    """The mean of ratings."""
    return "—" if mean is None else words("desk.stars", n=f"{mean:.1f}")


def _tone(value: float | None) -> Tone:
    return "" if value is None else "good" if value >= PROMISED_SHARE else "bad"
