"""What a simulation tells in the end."""

from collections import Counter
from collections.abc import Iterator

from tests.simulation.run import Outcome

_MOST = 12


def render(outcome: Outcome) -> str:
    """The report, line by line."""
    return "\n".join(_lines(outcome))


def _lines(outcome: Outcome) -> Iterator[str]:
    plan, diary, facts, figures = outcome.plan, outcome.diary, outcome.facts, outcome.figures
    handoffs, appeals = figures.handoffs, figures.appeals
    yield (
        f"seed {plan.seed}: {plan.users} users, {plan.staff} staff, {plan.hours:g} h at {plan.speed:g} times the speed "
        f"({outcome.real_seconds:.0f} real seconds in all)"
    )
    yield f"trouble: {'; '.join(diary.events) or 'none'}"
    yield f"starts: {', '.join(f'{start:.0f}' for start in outcome.starts)} s; memory: {outcome.memory} MB"
    yield (
        f"users: {len(diary.said)} messages, {len(facts.turns)} turns; in handoffs "
        f"{sum(row['direction'] == 'user' for row in facts.messages)} kept for staff, "
        f"{outcome.counted['to phones']} looked for on phones"
    )
    counted = outcome.counted
    yield (
        f"staff: {len(diary.answered)} answers, {counted['kept']} kept and seen by their user, {counted['refused']} "
        f"refused, {counted['seen again']} seen a second time; {sum(diary.streamed.values())} came to open pages live"
    )
    kinds = Counter(event["kind"] for event in facts.handoff_events)
    yield f"events: {', '.join(f'{kind} {number}' for kind, number in kinds.most_common())}"
    yield (
        f"handoffs: {handoffs.handoffs}, ends {dict(handoffs.by_end)}, first response median "
        f"{_number(handoffs.response_median)} s, p90 {_number(handoffs.response_p90)} s, within 60 s "
        f"{_share(handoffs.within_minute)}, resolved {_share(handoffs.resolved_share)}, ratings {handoffs.ratings}"
    )
    yield f"appeals: {appeals.appeals}, {dict(appeals.by_state)}, ratings {appeals.ratings}"
    yield f"bot solved {_share(figures.bot_solved)} of {figures.asked} conversations"
    yield f"met with: {', '.join(f'{what} {number}' for what, number in sorted(diary.met.items())) or 'nothing'}"
    for name, wrong in outcome.wrong.items():
        yield f"{'ok  ' if not wrong else 'FAIL'} {name}{f': {len(wrong)}' if wrong else ''}"
        yield from (f"       {one}" for one in wrong[:_MOST])
        if len(wrong) > _MOST:
            yield f"       and {len(wrong) - _MOST} more"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"
