"""The figures say what the events say: recomputed here by brute force, without the code under test."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.calendar import ServiceCalendar
from bot.desk.sla import Event, appeal_figures, handoff_figures, percentile
from qifu.labels import HandoffReason
from tests.bot.desk.support import OPEN_AT

CALENDAR = ServiceCalendar()


def story(subject: int, *steps: tuple[float, str], reason: str = "asked", begin: datetime = OPEN_AT) -> list[Event]:
    """Events at so many seconds after the request; `closed resolved` is a kind with its detail."""
    events = [Event(subject, begin, "requested", {"reason": reason})]
    for seconds, what in steps:
        kind, _, word = what.partition(" ")
        detail: dict[str, object] = {"rating": int(word)} if kind == "rated" else {"reason": word} if word else {}
        events.append(Event(subject, begin + timedelta(seconds=seconds), kind, detail))
    return events


def figures(*stories: Sequence[Event], now: datetime = OPEN_AT + timedelta(hours=1)) -> object:
    """The figures of some handoffs."""
    return handoff_figures([event for story in stories for event in story], now, CALENDAR.service_seconds)


def test_first_response_is_from_the_request_to_the_first_human_answer() -> None:
    found = handoff_figures(
        story(1, (10, "claimed"), (30, "answered"), (400, "closed resolved"), (500, "rated 4"), (600, "rated 5")),
        OPEN_AT,
        CALENDAR.service_seconds,
    )
    assert (found.response_median, found.within_minute, found.resolution_median) == (30, 1.0, 400)
    assert (found.resolved_share, found.rating_mean, found.by_rating) == (1.0, 5, {5: 1})
    assert (found.handoffs, found.answered, found.unanswered, found.waiting_now) == (1, 1, 0, 0)


def test_a_transfer_does_not_begin_the_clock_anew() -> None:
    found = handoff_figures(
        story(1, (10, "claimed"), (50, "transferred"), (70, "claimed"), (90, "answered"), (95, "closed unresolved")),
        OPEN_AT,
        CALENDAR.service_seconds,
    )
    assert (found.response_median, found.within_minute, found.resolved_share) == (90, 0.0, 0.0)


def test_the_night_does_not_count() -> None:
    evening = OPEN_AT.replace(hour=9, minute=29, second=30)
    night = 15.5 * 3600
    found = handoff_figures(
        story(1, (night + 40, "answered"), (night + 100, "returned"), begin=evening), OPEN_AT, CALENDAR.service_seconds
    )
    assert (found.response_median, found.resolution_median, found.by_end) == (40, 100, {"returned": 1})


def test_the_clock_ends_at_the_close_and_thanks_or_ratings_do_not_move_it() -> None:
    steps = ((5, "answered"), (100, "closed resolved"))
    later = ((900, "rated 5"), (1000, "answered"), (2000, "closed unresolved"))
    assert handoff_figures(story(1, *steps), OPEN_AT, CALENDAR.service_seconds).resolution_median == 100
    found = handoff_figures(story(1, *steps, *later), OPEN_AT, CALENDAR.service_seconds)
    assert (found.response_median, found.resolution_median, found.resolved_share, found.ended) == (5, 100, 1.0, 1)


def test_who_waits_for_more_than_a_minute_counts_against_the_promise_and_who_left_before_does_not() -> None:
    now = OPEN_AT + timedelta(seconds=90)
    stories = (
        story(1, (10, "claimed"), (20, "answered")),
        story(2),
        story(3, (30, "cancelled")),
        story(4, (80, "cancelled")),
        story(5, begin=now - timedelta(seconds=10)),
        story(6, (0, "claimed"), reason=HandoffReason.TAKEN),
    )
    found = handoff_figures([event for one in stories for event in one], now, CALENDAR.service_seconds)
    assert found.within_minute == pytest.approx(1 / 3)
    assert (found.waiting_now, found.unanswered, found.by_end) == (2, 4, {"cancelled": 2})
    assert found.resolved_share == 0.0


def test_of_nothing_there_are_no_shares() -> None:
    found = handoff_figures([], OPEN_AT, CALENDAR.service_seconds)
    assert (found.handoffs, found.within_minute, found.response_p90, found.resolved_share) == (0, None, None, None)
    assert appeal_figures([], OPEN_AT).on_time is None


@pytest.mark.parametrize(("count", "rank"), [(1, 1), (9, 9), (10, 9), (11, 10), (100, 90)])
def test_nine_of_ten_are_at_most_the_ninetieth_percentile(count: int, rank: int) -> None:
    assert percentile([float(n) for n in range(count, 0, -1)], 0.9) == rank


STEPS = st.sampled_from(
    (
        *("claimed", "answered", "transferred", "alerted", "offered", "edited", "reminded"),
        *("closed resolved", "closed no_reply", "returned", "cancelled", "rated 1", "rated 3", "rated 5"),
    )
)
STORIES = st.lists(
    st.tuples(
        st.sampled_from([reason.value for reason in HandoffReason]),
        st.integers(0, 40 * 3600),
        st.lists(st.tuples(st.integers(1, 20_000), STEPS), max_size=8),
    ),
    max_size=6,
)


@given(STORIES)
def test_figures_are_those_of_counting_by_hand(stories: list[tuple[str, int, list[tuple[int, str]]]]) -> None:
    told: list[list[Event]] = []
    for subject, (reason, offset, steps) in enumerate(stories, start=1):
        passed, moved = 0, []
        for gap, what in steps:
            passed += gap
            moved.append((float(passed), what))
        told.append(story(subject, *moved, reason=reason, begin=OPEN_AT + timedelta(seconds=offset)))
    now = OPEN_AT + timedelta(days=30)
    # As the table has them: mixed, in the order in which they happened.
    mixed = sorted((event for one in told for event in one), key=lambda event: event.at)
    found = handoff_figures(mixed, now, CALENDAR.service_seconds)

    responses, kept_waiting, ends, ratings, resolutions, waiting = [], 0, [], [], [], 0
    for one in told:
        asked, kinds = one[0], [event.kind for event in one]
        end = next((event for event in one if event.kind in ("closed", "returned", "cancelled")), None)
        before = one[: one.index(end)] if end else one
        answer = next((event for event in before if event.kind == "answered"), None)
        if end:
            ends.append(end.detail.get("reason", end.kind))
            resolutions.append(CALENDAR.service_seconds(asked.at, end.at))
        elif not [kind for kind in kinds if kind in ("claimed", "transferred")]:
            waiting += 1
        else:
            waiting += [kind for kind in kinds if kind in ("claimed", "transferred")][-1] == "transferred"
        if asked.detail["reason"] != "taken":
            if answer:
                responses.append(CALENDAR.service_seconds(asked.at, answer.at))
            elif CALENDAR.service_seconds(asked.at, end.at if end else now) > 60:
                kept_waiting += 1
        if stars := [event.detail["rating"] for event in one if event.kind == "rated"]:
            ratings.append(stars[-1])

    judged = len(responses) + kept_waiting
    assert found.within_minute == (sum(span <= 60 for span in responses) / judged if judged else None)
    assert found.resolved_share == (ends.count("resolved") / len(ends) if ends else None)
    assert found.waiting_now == waiting
    assert found.ratings == len(ratings)
    assert found.by_rating == {stars: ratings.count(stars) for stars in sorted(set(ratings))}
    for spans, middle, high in (
        (responses, found.response_median, found.response_p90),
        (resolutions, found.resolution_median, found.resolution_p90),
    ):
        if not spans:
            assert (middle, high) == (None, None)
            continue
        spans.sort()
        half = len(spans) // 2
        assert middle == (spans[half] if len(spans) % 2 else (spans[half - 1] + spans[half]) / 2)
        assert high == next(span for span in spans if 10 * sum(other <= span for other in spans) >= 9 * len(spans))


def appeal(subject: int, *steps: tuple[float, str, dict[str, object]], due: float = 3600) -> list[Event]:
    """Events at so many seconds after the filing, with a deadline."""
    about = {"topic": "taxes", "district": None, "deadline": (OPEN_AT + timedelta(seconds=due)).isoformat()}
    filed = Event(subject, OPEN_AT, "filed", about)
    return [filed, *(Event(subject, OPEN_AT + timedelta(seconds=at), kind, detail) for at, kind, detail in steps)]


def test_appeals_are_counted_by_state_unit_topic_and_district_and_by_their_deadlines() -> None:
    later = (OPEN_AT + timedelta(seconds=9000)).isoformat()
    stories = (
        appeal(1, (10, "assigned", {"unit": "区税务局", "owner": 1}), (20, "started", {}), (30, "resolved", {})),
        appeal(2, (4000, "assigned", {"unit": "区税务局"}), (4001, "started", {}), (4002, "resolved", {})),
        appeal(3, (10, "graded", {"deadline": later})),
        appeal(4),
        appeal(5, (10, "resolved", {}), (20, "rated", {"rating": 1}), (30, "reopened", {"deadline": later})),
        appeal(6, (10, "resolved", {}), (20, "rated", {"rating": 5})),
    )
    found = appeal_figures([event for one in stories for event in one], OPEN_AT + timedelta(seconds=5000))
    assert found.by_state == {"received": 2, "resolved": 2, "rated": 1, "reopened": 1}
    assert found.by_unit == {"": 4, "区税务局": 2}
    assert (found.by_topic, found.by_district) == ({"taxes": 6}, {"": 6})
    assert (found.overdue, found.resolved, found.reopened) == (1, 3, 1)
    # In time: 1 and 6; late: 2; overdue: 4.
    assert found.on_time == pytest.approx(2 / 4)
    assert (found.ratings, found.rating_mean) == (2, 3)


def test_moments_of_any_time_zone_are_the_same_moments() -> None:
    events = story(1, (30, "answered"))
    moved = [Event(e.subject, e.at.astimezone(UTC), e.kind, e.detail) for e in events]
    assert figures(events) == figures(moved)


def test_promised_answers_are_counted_once_their_day_is_over_or_they_were_given() -> None:
    by: dict[str, object] = {"answer_by": (OPEN_AT + timedelta(seconds=1000)).isoformat()}

    def promised(subject: int, *steps: tuple[float, str, dict[str, object]]) -> list[Event]:
        filed, *rest = appeal(subject, *steps, due=9000)
        return [Event(subject, filed.at, "filed", {**filed.detail, **by}), *rest]

    stories = (
        promised(1, (900, "answered", {})),
        promised(2, (1100, "answered", {}), (1200, "answered", {})),
        promised(3, (10, "assigned", {"unit": ""}), (20, "resolved", {})),
        promised(4, (10, "graded", {"deadline": (OPEN_AT + timedelta(seconds=9000)).isoformat()})),
        appeal(5, (30, "joined", by), due=9000),
        appeal(6, due=9000),
    )
    events = [event for one in stories for event in one]
    found = appeal_figures(events, OPEN_AT + timedelta(seconds=500))
    assert (found.overdue, found.promised, found.promise_kept) == (0, 3, 2 / 3)
    found = appeal_figures(events, OPEN_AT + timedelta(seconds=2000))
    # 4 and 5 got none; their deadlines are still to come, so that they aren't late otherwise.
    assert (found.overdue, found.promised, found.promise_kept, found.on_time) == (2, 5, 2 / 5, 1.0)
