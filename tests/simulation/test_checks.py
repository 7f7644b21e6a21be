"""The checks find what they are for: a day on which all is well, and what is found once something in it is changed."""

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.desk.sla import Event, appeal_figures
from tests.simulation import checks, recount
from tests.simulation.diary import Answered, Diary, Said
from tests.simulation.facts import Facts

WEB, TEN = "api:1", datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ASKED, TALKED, FILED, ANSWER = "uqbbbbb", "uqccccc", "uqddddd", "sqbbbbb"
SECOND = 30
"""Enough between two things for their order to be certain."""


def at(place: int) -> datetime:
    """The moment of something: the first, the second …"""
    return TEN + timedelta(seconds=SECOND * place)


def turn(number: int, place: int, text: str, spoken: bool = True, **more: Any) -> dict[str, Any]:
    """A turn answered in a second."""
    times = {"accepted_at": at(place), "answered_at": at(place) + timedelta(seconds=1)}
    about = {"id": number, "conversation_id": WEB, "message_id": f"m{number}", "is_payload": False}
    return about | times | {"text": text, "replies": [{"text": "好"}] if spoken else [], "outcome": "answered"} | more


def event(number: int, place: int, kind: str, staff: int | None = None, **detail: Any) -> dict[str, Any]:
    """An event of the one handoff."""
    return {"id": number, "handoff_id": 1, "at": at(place), "kind": kind, "staff_id": staff, "detail": detail}


def a_day() -> tuple[Diary, Facts, checks.Sides]:
    """Somebody asks, calls a person, talks with staff 7 and files an appeal."""
    facts = Facts(
        turns=[
            turn(1, 0, f"出口退税 {ASKED}"),
            turn(2, 1, "/handoff", is_payload=True, outcome="handoff"),
            turn(3, 5, f"还有 {TALKED}", spoken=False, outcome="handoff"),
            turn(4, 9, f"内容：路灯坏了（{FILED}）", outcome="form"),
        ],
        messages=[
            {"id": 1, "handoff_id": 1, "direction": "user", "text": f"还有 {TALKED}", "at": at(5), "turn_id": 3},
            {"id": 2, "handoff_id": 1, "direction": "staff", "text": ANSWER, "at": at(6), "staff_id": 7,
             "turn_id": None, "delivered_at": at(6)},
        ],
        handoffs=[
            {"id": 1, "number": "BB20261123-0001", "conversation_id": WEB, "state": "closed", "requested_at": at(1),
             "claimed_at": at(3), "closed_at": at(8)},
        ],
        handoff_events=[
            event(1, 1, "requested", reason="asked"), event(2, 3, "claimed", 7), event(3, 6, "answered", 7),
            event(4, 8, "closed", 7, reason="resolved"), event(5, 9, "rated", rating=5),
        ],
        appeals=[{"id": 1, "number": "SQ20261123-0001", "conversation_id": WEB, "text": FILED, "joined_to": None}],
        appeal_events=[{"id": 1, "appeal_id": 1, "kind": "filed", "at": at(10), "detail": {}}],
        notices=[{"id": 1, "kind": "claimed", "delivered_at": at(3), "attempts": 0}],
        staff=[{"id": 7, "login": "s07", "role": "service"}, {"id": 8, "login": "s08", "role": "service"}],
    )  # fmt: skip
    diary = Diary(
        said=[
            Said(WEB, "m1", ASKED, at(0)),
            Said(WEB, "m2", None, at(1), cue=True),
            Said(WEB, "m3", TALKED, at(5)),
            Said(WEB, "m4", FILED, at(9), cue=True),
        ],
        answered=[Answered("s07", 1, ANSWER, at(6))],
        appeals={FILED: (WEB, "SQ20261123-0001")},
    )
    return diary, facts, checks.Sides({WEB: Counter({ANSWER: 1})}, {"s07": Counter({TALKED: 1}), "s08": Counter()})


def found(diary: Diary, facts: Facts, sides: checks.Sides) -> dict[str, list[str]]:
    """What each check finds wrong."""
    return {
        "users": checks.users_messages(diary, facts),
        "staff": checks.staffs_messages(diary, facts, sides)[0],
        "got": checks.staff_got(facts, sides, {7, 8})[0],
        "silence": checks.silence(facts),
        "owner": checks.one_owner(facts),
        "ends": checks.everything_ended(facts),
        "appeals": checks.appeals_once(diary, facts),
        "alerts": checks.alerts(facts),
        "outbox": checks.outbox(facts),
    }


def test_a_day_on_which_all_is_well_has_nothing_wrong() -> None:
    assert not any(found(*a_day()).values())


type Change = Callable[[Diary, Facts, checks.Sides], object]

CHANGES: dict[str, tuple[str, Change]] = {
    "a message that is in no turn": ("users", lambda _, facts, __: facts.turns.pop(0)),
    "a message that is in two turns": ("users", lambda _, facts, __: facts.turns.append(turn(9, 2, ASKED))),
    "a message never answered": ("users", lambda _, facts, __: facts.turns[0].update(answered_at=None)),
    "a message in a handoff that staff never got": ("users", lambda _, facts, __: facts.messages.pop(0)),
    "a message that staff have twice": (
        "users", lambda _, facts, __: facts.messages.append(deepcopy(facts.messages[0]))
    ),
    "an answer that never came": ("staff", lambda _, __, sides: sides.users[WEB].clear()),
    "an answer that came to somebody else": (
        "staff", lambda _, __, sides: sides.users.update({"api:2": Counter({ANSWER: 1})})  # type: ignore[attr-defined]
    ),
    "an answer kept twice": ("staff", lambda _, facts, __: facts.messages.append(deepcopy(facts.messages[1]))),
    "an answer that nobody wrote": ("staff", lambda diary, _, __: diary.answered.clear()),
    "an owner who never saw what the user said": ("got", lambda _, __, sides: sides.phones["s07"].clear()),
    "a bot that speaks meanwhile": ("silence", lambda _, facts, __: facts.turns[2].update(replies=[{"text": "好"}])),
    "a second owner": ("owner", lambda _, facts, __: facts.handoff_events.insert(2, event(6, 4, "claimed", 8))),
    "an end by somebody else": ("owner", lambda _, facts, __: facts.handoff_events[3].update(staff_id=8)),
    "an answer by somebody else": ("owner", lambda _, facts, __: facts.messages[1].update(staff_id=8)),
    "something after the end": ("owner", lambda _, facts, __: facts.handoff_events.append(event(7, 9, "claimed", 8))),
    "a handoff that never ended": ("ends", lambda _, facts, __: facts.handoff_events.pop(3)),
    "columns that say something else": ("ends", lambda _, facts, __: facts.handoffs[0].update(state="returned")),
    "an appeal that wasn't filed": ("appeals", lambda _, facts, __: facts.appeals.clear()),
    "an appeal filed twice": ("appeals", lambda _, facts, __: facts.appeals.append(deepcopy(facts.appeals[0]))),
    "an appeal that nobody confirmed": ("appeals", lambda diary, _, __: diary.appeals.clear()),
    "an appeal told under another number": (
        "appeals", lambda diary, _, __: diary.appeals.update({FILED: (WEB, "SQ20261123-0002")})
    ),
    "a second alert": (
        "alerts",
        lambda _, facts, __: facts.handoff_events.extend([event(8, 2, "alerted"), event(9, 2, "alerted")]),
    ),
    "a notice that waits": ("outbox", lambda _, facts, __: facts.notices[0].update(delivered_at=None)),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_check_finds(change: str) -> None:
    check, do = CHANGES[change]
    diary, facts, sides = a_day()
    do(diary, facts, sides)
    assert found(diary, facts, sides)[check]


def test_figures_are_counted_from_the_events() -> None:
    _, facts, _ = a_day()
    facts.appeal_events[0]["detail"] = {"deadline": at(1000).isoformat(), "topic": None, "district": "minhang"}
    counted = recount.recount(facts, at(20))
    assert counted["asked"] == 1
    assert counted["bot_solved"] == 0
    handoffs = counted["handoffs"]
    assert (handoffs["response_median"], handoffs["resolution_median"]) == (5 * SECOND, 7 * SECOND)
    assert (handoffs["within_minute"], handoffs["resolved_share"], handoffs["rating_mean"]) == (0, 1, 5)
    assert counted["appeals"]["by_district"] == {"minhang": 1}


def test_seconds_outside_of_service_hours_do_not_count() -> None:
    close = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    assert recount.seconds(close - timedelta(minutes=1), close + timedelta(hours=1)) == 60


def test_promised_answers_are_counted_as_the_desk_counts_them() -> None:
    due, later = at(50).isoformat(), at(1000).isoformat()
    told: dict[int, list[tuple[int, str, dict[str, Any]]]] = {
        1: [(0, "filed", {"deadline": due, "answer_by": due}), (40, "answered", {})],
        2: [(0, "filed", {"deadline": due, "answer_by": due}), (10, "graded", {"deadline": later})],
        3: [(0, "filed", {"deadline": due, "answer_by": due}), (60, "resolved", {})],
        4: [(0, "filed", {"deadline": later}), (5, "joined", {"answer_by": due})],
        5: [(0, "filed", {"deadline": later})],
    }
    rows: list[dict[str, Any]] = [
        {"appeal_id": appeal, "at": at(place), "kind": kind, "detail": detail}
        for appeal, events in told.items()
        for place, kind, detail in events
    ]
    for now in (at(20), at(55), at(100)):
        passed = [row for row in rows if row["at"] <= now]
        mine = recount.recount(Facts(appeal_events=passed), now)["appeals"]
        events = [Event(row["appeal_id"], row["at"], row["kind"], row["detail"]) for row in passed]
        theirs = asdict(appeal_figures(events, now))
        assert {name: mine[name] for name in theirs} == theirs
    assert (mine["overdue"], mine["promised"], mine["promise_kept"]) == (3, 4, 1 / 4)
