"""`qifu desk report`: the desk's figures of a period, as lines for a terminal."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import typer

from bot.desk.desk import Desk
from bot.desk.figures import DeskFigures
from bot.desk.rules import DeskRules
from bot.desk.wording import LABELS, DeskWording
from qifu.clock import clock_of
from qifu.errors import SettingsError
from qifu.labels import AppealState, CloseReason, District, HandoffReason, HandoffState, Language, Topic
from qifu.settings import ROOT, Settings
from seeds.yaml import load_yaml
from store.database import Database
from store.repositories.numbers import SHANGHAI

_DAYS = 30


async def report(settings: Settings, first: str | None, last: str | None) -> None:
    """Prints the figures of the days from `first` to `last`, both included; without them the last thirty days.

    Raises SettingsError for what is no day, StoreError where the database can't be used.
    """
    until = _day("--to", last) or datetime.now(SHANGHAI).date()
    since = _day("--from", first) or until - timedelta(days=_DAYS - 1)
    if since > until:
        raise SettingsError(f"--from {since} is after --to {until}")
    database = Database(settings.database)
    try:
        await database.check()
        desk = Desk(database, DeskRules.of(settings), clock=clock_of(settings))
        figures = await desk.figures.of_days(since, until)
    finally:
        await database.dispose()
    for line in lines(figures, since, until, DeskWording()):
        typer.echo(line)


def _day(option: str, written: str | None) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise SettingsError(f"{option}: “{written}” is no day; write it as 2026-11-21") from None


def lines(figures: DeskFigures, first: date, last: date, wording: DeskWording) -> list[str]:
    """The report, line by line."""

    def say(key: str, **values: object) -> str:
        return wording.say(f"report.{key}", Language.ZH, **values)

    def seconds(value: float | None) -> str:
        return say("none") if value is None else say("seconds", n=f"{value:.0f}")

    def share(value: float | None) -> str:
        return say("none") if value is None else f"{value:.1%}"

    def stars(count: int, mean: float | None) -> str:
        return say("none") if mean is None else say("stars", n=count, mean=f"{mean:.2f}")

    handoffs, appeals = figures.handoffs, figures.appeals
    rows = {
        "asked": str(figures.asked),
        "bot_solved": share(figures.bot_solved),
        "handoffs": str(handoffs.handoffs),
        "waiting_now": str(figures.waiting_now),
        "answered": str(handoffs.answered),
        "response_median": seconds(handoffs.response_median),
        "response_p90": seconds(handoffs.response_p90),
        "within_minute": share(handoffs.within_minute),
        "resolution_median": seconds(handoffs.resolution_median),
        "resolved_share": share(handoffs.resolved_share),
        "ratings": stars(handoffs.ratings, handoffs.rating_mean),
        "appeals": str(appeals.appeals),
        "overdue": str(appeals.overdue),
        "on_time": share(appeals.on_time),
        "promise_kept": share(appeals.promise_kept),
        "reopened": str(appeals.reopened),
        "appeal_ratings": stars(appeals.ratings, appeals.rating_mean),
    }
    groups = {
        "by_reason": handoffs.by_reason,
        "by_end": handoffs.by_end,
        "by_state": appeals.by_state,
        "by_unit": appeals.by_unit,
        "by_topic": appeals.by_topic,
        "by_district": appeals.by_district,
    }
    names = _names(wording)
    return [
        say("title", since=first, until=last),
        *(f"  {say(key)}：{value}" for key, value in rows.items()),
        *(f"  {say(key)}：{_counted(group, names[key], say('none'))}" for key, group in groups.items()),
    ]


def _counted(group: Mapping[str, int], names: Mapping[str, str], none: str) -> str:
    return "，".join(f"{names.get(key, key) or none} {count}" for key, count in group.items()) or none


def _names(wording: DeskWording) -> dict[str, dict[str, str]]:
    """What to call what is counted, by group."""
    known = {kind: {label.value: wording.name(label, Language.ZH) for label in kind} for kind in LABELS}
    topics, districts = (load_yaml(ROOT / "seeds" / name) for name in ("topics.yml", "districts.yml"))
    return {
        "by_reason": known[HandoffReason],
        "by_end": known[HandoffState] | known[CloseReason],
        "by_state": known[AppealState],
        "by_unit": {},
        "by_topic": {topic.value: str(topics[topic.value]["zh"]) for topic in Topic},
        "by_district": {district.value: str(districts[district.value]["zh"]) for district in District},
    }
