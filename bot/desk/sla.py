"""From events to figures: pure functions, no counters and no caches.

Which events count is the figures' meaning, so it is said here:
- A period holds what was requested (filed) within [since, until); what happened to it later counts as well.
- First response is from the request to the first human answer, in seconds within service hours; the bot's answers are
  no events. Resolution is from the request to the close, counted the same way. Nothing later moves them.
- A conversation that staff took from the bot was never waited for: it has a resolution but no first response.
- Within 60 s: of those that were answered, or went unanswered for more than 60 s. Who went on with the bot within the
  minute neither was kept waiting nor was helped in time.
- Resolved: closed as resolved, of all that ended in whatever way.
- Ratings: the latest of each. Waiting now: still waiting at `now`.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import fmean, median
from typing import Any

from qifu.labels import AppealEvent, AppealState, CloseReason, HandoffEvent, HandoffReason

PROMISE = 60.0
"""Seconds to the first human answer: 首次响应不超过1分钟 (闵行区2023年征求意见稿，十一)."""

type Seconds = Callable[[datetime, datetime], float]
"""Seconds within service hours between two moments."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event as the store has it; `subject` is the id of the handoff or appeal, `kind` the label's value."""

    subject: int
    at: datetime
    kind: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class HandoffFigures:
    """Shares are from 0 to 1 and spans in seconds within service hours; None where there is nothing to count."""

    handoffs: int
    by_reason: Mapping[str, int]
    answered: int
    unanswered: int
    waiting_now: int
    response_median: float | None
    response_p90: float | None
    within_minute: float | None
    resolution_median: float | None
    resolution_p90: float | None
    ended: int
    by_end: Mapping[str, int]
    resolved_share: float | None
    ratings: int
    rating_mean: float | None
    by_rating: Mapping[int, int]


@dataclass(frozen=True)
class AppealFigures:
    """Counts of appeals without duplicates. `overdue` are open past their deadline or a promise; `on_time` is a share.

    `on_time`: resolved by the deadline that held then, of all that were resolved or are past it. `promised` are those
    to which an answer was promised, and that were answered or whose day is over; `promise_kept` those answered by then.
    """

    appeals: int
    by_state: Mapping[str, int]
    by_unit: Mapping[str, int]
    by_topic: Mapping[str, int]
    by_district: Mapping[str, int]
    overdue: int
    on_time: float | None
    promised: int
    promise_kept: float | None
    resolved: int
    reopened: int
    ratings: int
    rating_mean: float | None


_ENDS = (HandoffEvent.CLOSED, HandoffEvent.RETURNED, HandoffEvent.CANCELLED)
_STATES = {
    AppealEvent.FILED: AppealState.RECEIVED,
    AppealEvent.ASSIGNED: AppealState.ASSIGNED,
    AppealEvent.STARTED: AppealState.IN_PROGRESS,
    AppealEvent.REFERRED: AppealState.IN_PROGRESS,
    AppealEvent.RESOLVED: AppealState.RESOLVED,
    AppealEvent.RATED: AppealState.RATED,
    AppealEvent.REOPENED: AppealState.REOPENED,
}


@dataclass
class _Case:
    """What the events say of one handoff."""

    reason: str
    requested: datetime
    answered: datetime | None = None
    ended: datetime | None = None
    end: str | None = None
    waiting: bool = True
    rating: int | None = None


def handoff_figures(events: Iterable[Event], now: datetime, seconds: Seconds) -> HandoffFigures:
    """The figures of handoffs, given all their events in order. `seconds` counts within service hours."""
    cases = [_case(theirs) for theirs in _by_subject(events)]
    asked = [case for case in cases if case.reason != HandoffReason.TAKEN]
    responses = [seconds(case.requested, case.answered) for case in asked if case.answered]
    late = [case for case in asked if not case.answered and seconds(case.requested, case.ended or now) > PROMISE]
    resolutions = [seconds(case.requested, case.ended) for case in cases if case.ended]
    ends = Counter(case.end for case in cases if case.end)
    ratings = [case.rating for case in cases if case.rating]
    return HandoffFigures(
        handoffs=len(cases),
        by_reason=_sorted(Counter(case.reason for case in cases)),
        answered=len(responses),
        unanswered=len(asked) - len(responses),
        waiting_now=sum(case.waiting for case in cases),
        response_median=median(responses) if responses else None,
        response_p90=percentile(responses, 0.9),
        within_minute=share(sum(span <= PROMISE for span in responses), len(responses) + len(late)),
        resolution_median=median(resolutions) if resolutions else None,
        resolution_p90=percentile(resolutions, 0.9),
        ended=ends.total(),
        by_end=_sorted(ends),
        resolved_share=share(ends[CloseReason.RESOLVED], ends.total()),
        ratings=len(ratings),
        rating_mean=fmean(ratings) if ratings else None,
        by_rating=dict(sorted(Counter(ratings).items())),
    )


def _case(events: Sequence[Event]) -> _Case:
    first = events[0]
    case = _Case(first.detail.get("reason") or HandoffReason.ASKED, first.at)
    for event in events:
        if event.kind == HandoffEvent.RATED:
            case.rating = event.detail["rating"]
        elif case.ended is not None:
            continue
        elif event.kind == HandoffEvent.ANSWERED and case.answered is None:
            case.answered = event.at
        elif event.kind == HandoffEvent.CLAIMED:
            case.waiting = False
        elif event.kind == HandoffEvent.TRANSFERRED:
            case.waiting = True
        elif event.kind in _ENDS:
            case.ended, case.waiting = event.at, False
            case.end = event.detail.get("reason") or str(event.kind)
    return case


@dataclass
class _Appeal:
    """What the events say of one appeal."""

    topic: str
    district: str
    deadline: datetime
    state: AppealState = AppealState.RECEIVED
    unit: str = ""
    on_time: bool | None = None
    answer_by: datetime | None = None
    answered: datetime | None = None
    reopened: bool = False
    rating: int | None = None

    def unanswered(self, now: datetime) -> bool:
        """Whether the day on which somebody was promised to answer is over, and nobody has."""
        return self.answer_by is not None and self.answer_by < now and self.answered is None


def appeal_figures(events: Iterable[Event], now: datetime) -> AppealFigures:
    """The figures of appeals, given all their events in order."""
    appeals = [_appeal(theirs) for theirs in _by_subject(events)]
    done = (AppealState.RESOLVED, AppealState.RATED)
    late = sum(appeal.state not in done and appeal.deadline < now for appeal in appeals)
    overdue = sum(appeal.state not in done and (appeal.deadline < now or appeal.unanswered(now)) for appeal in appeals)
    promises = [appeal for appeal in appeals if appeal.answer_by and (appeal.answered or appeal.answer_by < now)]
    kept = sum(bool(one.answered and one.answer_by and one.answered <= one.answer_by) for one in promises)
    judged = [appeal.on_time for appeal in appeals if appeal.state in done]
    ratings = [appeal.rating for appeal in appeals if appeal.rating]
    return AppealFigures(
        appeals=len(appeals),
        by_state=_sorted(Counter(appeal.state.value for appeal in appeals)),
        by_unit=_sorted(Counter(appeal.unit for appeal in appeals)),
        by_topic=_sorted(Counter(appeal.topic for appeal in appeals)),
        by_district=_sorted(Counter(appeal.district for appeal in appeals)),
        overdue=overdue,
        on_time=share(sum(map(bool, judged)), len(judged) + late),
        promised=len(promises),
        promise_kept=share(kept, len(promises)),
        resolved=len(judged),
        reopened=sum(appeal.reopened for appeal in appeals),
        ratings=len(ratings),
        rating_mean=fmean(ratings) if ratings else None,
    )


def _appeal(events: Sequence[Event]) -> _Appeal:
    filed = events[0].detail
    appeal = _Appeal(filed.get("topic") or "", filed.get("district") or "", _moment(filed["deadline"]))
    for event in events:
        if "deadline" in event.detail:
            appeal.deadline = _moment(event.detail["deadline"])
        if promised := event.detail.get("answer_by"):
            appeal.answer_by, appeal.answered = _moment(promised), None
        if event.kind in (AppealEvent.ANSWERED, AppealEvent.RESOLVED) and appeal.answered is None:
            appeal.answered = event.at
        if event.kind == AppealEvent.ASSIGNED:
            appeal.unit = event.detail.get("unit") or ""
        elif event.kind == AppealEvent.RESOLVED:
            appeal.on_time = event.at <= appeal.deadline
        elif event.kind == AppealEvent.RATED:
            appeal.rating = event.detail["rating"]
        elif event.kind == AppealEvent.REOPENED:
            appeal.reopened = True
        if event.kind in _STATES:
            appeal.state = _STATES[AppealEvent(event.kind)]
    return appeal


def percentile(values: Sequence[float], part: float) -> float | None:
    """The nearest-rank percentile: the smallest value that at least `part` of all don't exceed."""
    if not values:
        return None
    # Rounded, since 0.9 * 10 isn't 9 in binary for every part.
    return sorted(values)[max(0, math.ceil(round(part * len(values), 9)) - 1)]


def share(some: int, of: int) -> float | None:
    """A part of a whole, None of nothing."""
    return some / of if of else None


def _by_subject(events: Iterable[Event]) -> list[list[Event]]:
    found: dict[int, list[Event]] = defaultdict(list)
    for event in events:
        found[event.subject].append(event)
    return list(found.values())


def _sorted(counted: Mapping[Any, int]) -> dict[str, int]:
    """The most frequent first, then by name."""
    return {str(key): n for key, n in sorted(counted.items(), key=lambda item: (-item[1], str(item[0])))}


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written)
