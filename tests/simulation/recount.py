"""The desk's figures, counted a second time from raw events by other means than bot/desk/sla.py uses."""

from collections import Counter, defaultdict
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from bot.desk.figures import DeskFigures
from store.repositories.numbers import SHANGHAI
from tests.simulation.facts import Facts, Row

OPENS, CLOSES = 9 * 3600.0, 17.5 * 3600.0
_MINUTE = 60.0


def seconds(since: datetime, until: datetime) -> float:
    """Seconds from nine to half past five on the one working day of the simulation."""
    day = since.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)

    def within(moment: datetime) -> float:
        return min(CLOSES, max(OPENS, (moment - day) / timedelta(seconds=1)))

    return max(0.0, within(until) - within(since))


def recount(facts: Facts, now: datetime) -> dict[str, Any]:
    """The figures by their names in DeskFigures."""
    return {"handoffs": _handoffs(facts, now), "appeals": _appeals(facts, now)} | _talks(facts)


def _handoffs(facts: Facts, now: datetime) -> dict[str, Any]:
    first: dict[int, dict[str, Row]] = defaultdict(dict)
    last: dict[int, dict[str, Row]] = defaultdict(dict)
    for event in facts.handoff_events:
        first[event["handoff_id"]].setdefault(event["kind"], event)
        last[event["handoff_id"]][event["kind"]] = event
    spans, ends, reasons, stars, late, waiting, resolutions = [], Counter[str](), Counter[str](), [], 0, 0, []
    asked = 0
    for number, events in first.items():
        requested = events["requested"]
        reasons[requested["detail"]["reason"]] += 1
        end = min(
            (events[kind] for kind in ("closed", "returned", "cancelled") if kind in events),
            key=lambda one: int(one["id"]),
            default=None,
        )
        if end:
            ends[end["detail"].get("reason") or end["kind"]] += 1
            resolutions.append(seconds(requested["at"], end["at"]))
        else:
            moves = [last[number][kind]["id"] for kind in ("claimed", "transferred") if kind in last[number]]
            waiting += not moves or last[number].get("claimed", {"id": 0})["id"] != max(moves)
        if "rated" in events:
            stars.append(last[number]["rated"]["detail"]["rating"])
        if requested["detail"]["reason"] == "taken":
            continue
        asked += 1
        if "answered" in events:
            spans.append(seconds(requested["at"], events["answered"]["at"]))
        elif seconds(requested["at"], end["at"] if end else now) > _MINUTE:
            late += 1
    return {
        "handoffs": len(first),
        "by_reason": dict(reasons),
        "answered": len(spans),
        "unanswered": asked - len(spans),
        "waiting_now": waiting,
        "response_median": _middle(spans),
        "response_p90": _ninety(spans),
        "within_minute": _part(sum(span <= _MINUTE for span in spans), len(spans) + late),
        "resolution_median": _middle(resolutions),
        "resolution_p90": _ninety(resolutions),
        "ended": sum(ends.values()),
        "by_end": dict(ends),
        "resolved_share": _part(ends["resolved"], sum(ends.values())),
        "ratings": len(stars),
        "rating_mean": _part(sum(stars), len(stars)),
        "by_rating": dict(Counter(stars)),
    }


def _appeals(facts: Facts, now: datetime) -> dict[str, Any]:
    states = {"filed": "received", "assigned": "assigned", "started": "in_progress", "referred": "in_progress"}
    states |= {kind: kind for kind in ("resolved", "rated", "reopened")}
    cases: dict[int, dict[str, Any]] = {}
    for event in facts.appeal_events:
        detail, kind = event["detail"], event["kind"]
        case = cases.setdefault(event["appeal_id"], {"topic": "", "district": "", "unit": "", "stars": None})
        if kind == "filed":
            case |= {"topic": detail.get("topic") or "", "district": detail.get("district") or ""}
        if "deadline" in detail:
            case["deadline"] = datetime.fromisoformat(detail["deadline"])
        if "answer_by" in detail:
            case |= {"answer_by": datetime.fromisoformat(detail["answer_by"]), "answered": None}
        if kind in ("answered", "resolved"):
            case["answered"] = case.get("answered") or event["at"]
        if kind == "assigned":
            case["unit"] = detail.get("unit") or ""
        if kind == "resolved":
            case["in_time"] = event["at"] <= case["deadline"]
        if kind == "rated":
            case["stars"] = detail["rating"]
        case["reopened"] = case.get("reopened", False) or kind == "reopened"
        case["state"] = states.get(kind, case.get("state"))
    done = [case for case in cases.values() if case["state"] in ("resolved", "rated")]
    late = [case for case in cases.values() if case not in done and case["deadline"] < now]
    promised = [case for case in cases.values() if "answer_by" in case]
    broken = [case for case in promised if not case["answered"] and case["answer_by"] < now]
    kept = [case for case in promised if case["answered"] and case["answered"] <= case["answer_by"]]
    due = [case for case in promised if case["answered"] or case in broken]
    stars = [case["stars"] for case in cases.values() if case["stars"]]
    return {
        "appeals": len(cases),
        "by_state": dict(Counter(case["state"] for case in cases.values())),
        "by_unit": dict(Counter(case["unit"] for case in cases.values())),
        "by_topic": dict(Counter(case["topic"] for case in cases.values())),
        "by_district": dict(Counter(case["district"] for case in cases.values())),
        "overdue": len(late) + sum(case not in late and case not in done for case in broken),
        "on_time": _part(sum(case["in_time"] for case in done), len(done) + len(late)),
        "promised": len(due),
        "promise_kept": _part(len(kept), len(due)),
        "resolved": len(done),
        "reopened": sum(case["reopened"] for case in cases.values()),
        "ratings": len(stars),
        "rating_mean": _part(sum(stars), len(stars)),
    }


def _talks(facts: Facts) -> dict[str, Any]:
    questions = ("answered", "clarify", "no_answer", "handoff", "error")
    asked = {turn["conversation_id"] for turn in facts.turns if turn["outcome"] in questions}
    answered = {turn["conversation_id"] for turn in facts.turns if turn["outcome"] == "answered"}
    called = {row["conversation_id"] for row in facts.handoffs}
    appealed = {row["conversation_id"] for row in facts.appeals}
    disliked = {row["conversation_id"] for row in facts.feedback if row["value"] < 0}
    waiting = sum(row["state"] == "waiting" for row in facts.handoffs)
    solved = answered - called - appealed - disliked
    return {"asked": len(asked), "bot_solved": _part(len(solved), len(asked)), "waiting_now": waiting}


def differences(figures: DeskFigures, mine: dict[str, Any]) -> list[str]:
    """What the desk counts otherwise."""
    theirs = asdict(figures)
    found = [(name, theirs[name], mine[name]) for name in ("asked", "bot_solved", "waiting_now")]
    for group in ("handoffs", "appeals"):
        found += [(f"{group}.{name}", value, mine[group][name]) for name, value in theirs[group].items()]
    return [
        f"{name}: the desk says {value}, the events say {other}"
        for name, value, other in found
        if not _same(value, other)
    ]


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) < 1e-6
    return bool(one == other)


def _middle(values: list[float]) -> float | None:
    if not values:
        return None
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def _ninety(values: list[float]) -> float | None:
    return sorted(values)[(len(values) * 9 + 9) // 10 - 1] if values else None


def _part(some: float, of: int) -> float | None:
    return some / of if of else None
