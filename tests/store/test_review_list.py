"""The list of conversations: every filter and every mix of them, in order, page by page, whichever way it goes."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from qifu.labels import Channel, District, HandoffState, Outcome, TurnMark
from store.models import ConversationRow
from store.repositories import ReviewCardRepository, ReviewFilter, ReviewListRepository, ReviewRepository, review_list
from tests.store.factories import FakeClock
from tests.store.review import Line, handed, ids_of, indexed, somebody, talked

NOW = FakeClock()()
DAY = timedelta(days=1)


async def listed(session: AsyncSession, **chosen: Any) -> list[str]:
    rows = await ReviewListRepository(session).page(ReviewFilter(**chosen), 50)
    return [key.removeprefix("web:") for key in ids_of(rows)]


async def test_conditions_on_a_turn_hold_for_one_and_the_same_turn(session: AsyncSession) -> None:
    clock = FakeClock()
    unanswered = Line(outcome=Outcome.NO_ANSWER, matter=None)
    await talked(session, clock, "web:one", unanswered)
    await talked(session, clock, "web:mixed", Line(), Line(outcome=Outcome.NO_ANSWER, topic="talent", matter=None))
    await talked(session, clock, "web:good", Line(feedback=1), Line(topic="talent", feedback=-1, confidence=0.3))
    assert await listed(session) == ["good", "mixed", "one"]
    assert await listed(session, topic="taxes", outcomes=(Outcome.NO_ANSWER,)) == ["one"]
    assert await listed(session, matter="taxes/export_refund") == ["good", "mixed"]
    assert await listed(session, feedback="down", topic="taxes") == []
    assert await listed(session, feedback="down", confidence="low") == ["good"]
    assert await listed(session, feedback="none", topic="taxes") == ["mixed", "one"]
    assert await listed(session, confidence="high", topic="talent") == ["mixed"]


async def test_times_bound_the_turn_that_is_meant(session: AsyncSession) -> None:
    clock = FakeClock()
    await talked(session, clock, "web:old", Line(outcome=Outcome.NO_ANSWER), Line(), seconds=DAY.total_seconds())
    early = {"since": NOW, "until": NOW + 1.5 * DAY}
    assert await listed(session, **early, outcomes=(Outcome.NO_ANSWER,)) == ["old"]
    assert await listed(session, **early, outcomes=(Outcome.ANSWERED,)) == []
    assert await listed(session, since=NOW + 1.2 * DAY, until=NOW + 1.8 * DAY) == []
    assert await listed(session, since=NOW + 1.5 * DAY) == ["old"]
    hour = (NOW.hour + 8) % 24
    assert await listed(session, hour=hour) == ["old"]
    assert await listed(session, hour=hour + 1) == []


async def test_a_conversation_is_read_until_somebody_says_more(session: AsyncSession) -> None:
    clock, staff = FakeClock(), await somebody(session)
    await talked(session, clock, "web:a")
    review = ReviewRepository(session, clock)
    await review.set_reviewed(await session.get_one(ConversationRow, "web:a"), staff, True)
    assert (await listed(session, reviewed=True), await listed(session, reviewed=False)) == (["a"], [])
    clock.forward(seconds=1)
    await talked(session, clock, "web:a")
    session.expire_all()
    assert (await listed(session, reviewed=True), await listed(session, reviewed=False)) == ([], ["a"])
    await review.set_reviewed(await session.get_one(ConversationRow, "web:a"), staff, True)
    await review.set_reviewed(await session.get_one(ConversationRow, "web:a"), staff, False)
    assert await listed(session, reviewed=False) == ["a"]


async def test_handoffs_ratings_and_their_staff_are_asked_for_together(session: AsyncSession) -> None:
    clock, li, wang = FakeClock(), await somebody(session), await somebody(session, "wang")
    for key in ("a", "b", "c"):
        await talked(session, clock, f"web:{key}")
    await handed(session, "web:a", NOW, li, 5)
    await handed(session, "web:a", NOW, wang, 1)
    await handed(session, "web:b", NOW, wang, None, HandoffState.CLAIMED)
    assert await listed(session, handoff="any") == ["b", "a"]
    assert await listed(session, handoff="none") == ["c"]
    assert await listed(session, handoff="open") == ["b"]
    assert await listed(session, staff_id=wang, handoff="ended") == ["a"]
    assert await listed(session, staff_id=li, rating=(1, 2)) == []
    assert await listed(session, staff_id=wang, rating=(1, 2)) == ["a"]
    assert await listed(session, rating=(5,), since=NOW + DAY) == []
    assert await listed(session, solved=True) == ["c"]
    assert await listed(session, solved=False) == ["b", "a"]


async def test_pages_follow_each_other_both_ways_even_at_the_same_moment(session: AsyncSession) -> None:
    clock = FakeClock()
    for number in range(7):
        await talked(session, clock, f"web:{number}", seconds=0 if number % 3 else 1)
    repository, chosen = ReviewListRepository(session), ReviewFilter()
    whole = await repository.page(chosen, 50)
    assert ids_of(whole) == [f"web:{number}" for number in (6, 5, 4, 3, 2, 1, 0)]
    first = await repository.page(chosen, 3)
    second = await repository.page(chosen, 3, after=first[-1].key)
    assert ids_of([*first, *second]) == ids_of(whole[:6])
    assert ids_of(await repository.page(chosen, 2, before=second[0].key)) == ids_of(whole[1:3])
    assert await repository.page(chosen, 3, before=whole[0].key) == []


async def test_the_hit_is_the_newest_turn_that_is_meant(session: AsyncSession) -> None:
    clock = FakeClock()
    pressed = Line("/more", is_payload=True)
    ids = await talked(session, clock, "web:a", Line(outcome=Outcome.NO_ANSWER), Line(), pressed)
    repository = ReviewListRepository(session)
    for chosen, hit in ((ReviewFilter(outcomes=(Outcome.NO_ANSWER,)), ids[0]), (ReviewFilter(), ids[1])):
        (row,) = await repository.with_hits(chosen, await repository.page(chosen, 5))
        assert row.hit == hit
    await indexed(session)
    (card,) = await ReviewCardRepository(session).cards(await repository.page(ReviewFilter(longer=3), 5))
    assert (card.number, card.listed.turns) == (ids[0], 3)


@pytest.mark.parametrize("many", [0, 3, 20_000])
async def test_any_mix_of_filters_lists_what_going_through_all_would_list(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    # Whatever way the counting chooses, the list is the same.
    monkeypatch.setattr(review_list, "MANY", many)
    chance = random.Random(5)  # noqa: S311 - no secret
    made = await _many(session, chance)
    for _ in range(60):
        chosen, holds = _mix(chance)
        expected = [key for key, talk in made if holds(talk)]
        assert ids_of(await ReviewListRepository(session).page(ReviewFilter(**chosen), 99)) == expected, chosen


async def _many(session: AsyncSession, chance: random.Random) -> list[tuple[str, dict[str, Any]]]:
    clock, staff = FakeClock(), [await somebody(session), await somebody(session, "wang")]
    review = ReviewRepository(session, clock)
    made = []
    for number in range(40):
        key = f"web:{number:02}"
        talk: dict[str, Any] = {
            "channel": chance.choice((Channel.WEB, Channel.TELEGRAM)),
            "district": chance.choice((None, District.PUTUO, District.MINHANG)),
            "handoffs": [],
            "label": chance.random() < 0.3,
            "marked": {},
        }
        lines = []
        for _ in range(chance.randint(1, 4)):
            topic = chance.choice(("taxes", "talent"))
            words = chance.choice(("退税要几天", "注销公司", "人才公寓怎么申请"))
            outcome = chance.choice((Outcome.ANSWERED, Outcome.NO_ANSWER, Outcome.CLARIFY))
            confidence, thumb = chance.choice((0.2, 0.6, 0.95)), chance.choice((None, None, 1, -1))
            lines.append(Line(words, "好的", outcome, topic, f"{topic}/x", confidence, False, thumb))
        began = clock()
        talk["ids"] = await talked(
            session, clock, key, *lines, channel=talk["channel"], district=talk["district"], seconds=3600
        )
        talk["turns"] = [(line, began + timedelta(hours=n + 1)) for n, line in enumerate(lines)]
        if chance.random() < 0.4:
            owner, rating = chance.choice(staff), chance.choice((None, 1, 5))
            await handed(session, key, clock(), owner, rating)
            talk["handoffs"].append((owner, rating, clock()))
        if talk["label"]:
            await review.add_label(key, "典型", staff[0])
        if chance.random() < 0.3:
            await review.set_mark(talk["ids"][0], TurnMark.WRONG, staff[0], True)
            talk["marked"] = {0}
        made.append((key, talk))
    await indexed(session)
    return made[::-1]


def _mix(chance: random.Random) -> tuple[dict[str, Any], Callable[[dict[str, Any]], bool]]:
    """A filter, and the same as a function over a conversation."""
    chosen: dict[str, Any] = {}
    of_turn: list[Callable[[Line, datetime, int, Any], bool]] = []
    of_talk: list[Callable[[dict[str, Any]], bool]] = []

    def maybe(name: str, value: Any) -> bool:
        if chance.random() < 0.25:
            chosen[name] = value
            return True
        return False

    since = NOW.astimezone(UTC) + timedelta(hours=chance.randint(0, 60))
    if maybe("since", since):
        of_turn.append(lambda line, at, n, talk: at >= since)
    if maybe("topic", "taxes"):
        of_turn.append(lambda line, at, n, talk: line.topic == "taxes")
    if maybe("outcomes", (Outcome.NO_ANSWER, Outcome.CLARIFY)):
        of_turn.append(lambda line, at, n, talk: line.outcome in (Outcome.NO_ANSWER, Outcome.CLARIFY))
    if maybe("confidence", "low"):
        of_turn.append(lambda line, at, n, talk: (line.confidence or 0) < 0.5)
    if maybe("feedback", "down"):
        of_turn.append(lambda line, at, n, talk: line.feedback == -1)
    if maybe("words", "退税"):
        of_turn.append(lambda line, at, n, talk: "退税" in line.text)
    if maybe("mark", TurnMark.WRONG):
        of_turn.append(lambda line, at, n, talk: n in talk["marked"])
    about_turns = bool(set(chosen) - {"since"})
    rated, owned = maybe("rating", (1,)), maybe("staff_id", 1)
    if maybe("channel", Channel.WEB):
        of_talk.append(lambda talk: talk["channel"] == Channel.WEB)
    if maybe("district", ""):
        of_talk.append(lambda talk: talk["district"] is None)
    if maybe("longer", 3):
        of_talk.append(lambda talk: len(talk["turns"]) >= 3)
    if maybe("label_id", 1):
        of_talk.append(lambda talk: talk["label"])
    if rated or owned:
        of_talk.append(
            lambda talk: any(
                (not rated or rating == 1) and (not owned or owner == 1) and at >= chosen.get("since", at)
                for owner, rating, at in talk["handoffs"]
            )
        )
    turn_needed = about_turns or ("since" in chosen and not (rated or owned))

    def holds(talk: dict[str, Any]) -> bool:
        turn = any(all(test(line, at, n, talk) for test in of_turn) for n, (line, at) in enumerate(talk["turns"]))
        return (
            (turn or not turn_needed)
            and all(test(talk) for test in of_talk)
            and ("since" not in chosen or talk["turns"][-1][1] >= chosen["since"])
        )

    return chosen, holds
