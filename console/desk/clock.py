"""Clocks that run in the browser: seconds within service hours, as the desk counts them."""

from datetime import datetime

from nicegui.element import Element

from bot.desk.rules import DeskRules
from console import parts


def clock(rules: DeskRules, since: datetime, now: datetime, until: datetime | None = None) -> Element:
    """A clock from `since` on, 0:37 or 1:02:45; it stands still after `until` and outside service hours.

    It is calm until all on duty would be alerted, and late once the managers would be told (督办).
    """
    seconds = int(rules.calendar.service_seconds(since, until or now))
    limits = {"data_warn": int(rules.alert), "data_bad": int(rules.escalate)}
    element = parts.text("span", written(seconds), "clock", data_seconds=seconds, **limits)
    if until is None and rules.calendar.is_open(now):
        element.props["data-runs"] = True
    element.props["data-tone"] = "bad" if seconds > rules.escalate else "warn" if seconds > rules.alert else "calm"
    return element


def written(seconds: int) -> str:
    """Seconds as 0:37, 12:05 or 1:02:45."""
    minutes, rest = divmod(max(0, seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
