"""What staff make of conversations, and what they keep: labels, marks, remarks, filters; and figures."""

import random
from collections import Counter
from datetime import UTC, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from qifu.labels import Channel, District, Outcome, TurnMark
from store.repositories import ReviewFigureRepository, ReviewRepository, SavedFilterRepository
from store.repositories.review_filter import QUESTIONS
from tests.store.factories import FakeClock
from tests.store.review import Line, somebody, talked


async def test_a_label_is_there_while_something_carries_it(session: AsyncSession) -> None:
    clock, staff = FakeClock(), await somebody(session)
    for key in ("web:a", "web:b"):
        await talked(session, clock, key)
    review = ReviewRepository(session, clock)
    for key in ("web:a", "web:b", "web:a"):
        await review.add_label(key, "  典型  案例 ", staff)
    ((number, name),) = (await review.labels()).items()
    assert name == "典型 案例"
    await review.remove_label("web:a", number, staff)
    assert (await review.labels_of("web:a"), await review.labels_of("web:b")) == ({}, {number: name})
    await review.remove_label("web:b", number, staff)
    await review.remove_label("web:b", number, staff)
    assert await review.labels() == {}
    with pytest.raises(ValueError, match="needs a name"):
        await review.add_label("web:a", "  ", staff)


async def test_judgements_exclude_each_other_and_the_trainer_gets_it_besides(session: AsyncSession) -> None:
    clock, staff = FakeClock(), await somebody(session)
    (turn,) = await talked(session, clock, "web:a")
    review = ReviewRepository(session, clock)
    for mark in (TurnMark.GOOD, TurnMark.TRAINER, TurnMark.WRONG, TurnMark.WRONG):
        await review.set_mark(turn, mark, staff, True)
    assert {row.mark for row in (await review.marks_of("web:a"))[turn]} == {TurnMark.TRAINER, TurnMark.WRONG}
    assert [row.turn_id for row in await review.for_trainer()] == [turn]
    await review.set_mark(turn, TurnMark.TRAINER, staff, False)
    assert await review.for_trainer() == []
    await review.set_mark(turn + 1, TurnMark.GOOD, staff, True)


async def test_a_remark_is_removed_by_its_author_only(session: AsyncSession) -> None:
    clock, staff = FakeClock(), await somebody(session)
    (turn,) = await talked(session, clock, "web:a")
    review = ReviewRepository(session, clock)
    await review.comment("web:a", " 要问税务局 ", staff, turn)
    (row,) = await review.comments_of("web:a")
    assert (row.text, row.turn_id) == ("要问税务局", turn)
    assert not await review.remove_comment(row.id, staff + 1)
    assert await review.remove_comment(row.id, staff)
    with pytest.raises(ValueError, match="needs words"):
        await review.comment("web:a", "\n", staff)


async def test_a_saved_filter_is_its_owners_unless_shared(session: AsyncSession) -> None:
    clock, li, wang = FakeClock(), await somebody(session), await somebody(session, "wang")
    saved = SavedFilterRepository(session, clock)
    await saved.save(li, "税", "topic=taxes", False)
    await saved.save(li, " 税 ", "topic=taxes&outcome=no_answer", False)
    (row,) = await saved.of(li)
    assert row.query == "topic=taxes&outcome=no_answer"
    assert (await saved.of(wang), await saved.get(row.id, wang)) == ([], None)
    await saved.save(li, "税", row.query, True)
    assert [found.id for found in await saved.of(wang)] == [row.id]
    assert not await saved.remove(row.id, wang, any_shared=False)
    assert await saved.remove(row.id, wang, any_shared=True)


async def test_figures_are_what_counting_by_hand_gives(session: AsyncSession) -> None:
    chance, clock = random.Random(3), FakeClock()  # noqa: S311 - no secret
    since = clock() + timedelta(hours=6)
    until = since + timedelta(hours=30)
    hours: Counter[object] = Counter()
    cells: Counter[object] = Counter()
    matters: Counter[str] = Counter()
    seen, failed = set(), []
    for number in range(30):
        key = f"web:{number:02}"
        topic, outcome = chance.choice(("taxes", "talent")), chance.choice(tuple(Outcome))
        channel, district = chance.choice((Channel.WEB, Channel.TELEGRAM)), chance.choice((None, District.PUTUO))
        line = Line(f"问题{number}", outcome=outcome, topic=topic, matter=f"{topic}/x")
        (turn,) = await talked(session, clock, key, line, channel=channel, district=district, seconds=5000)
        if since <= clock() < until:
            hours[clock().astimezone(UTC).replace(minute=0, second=0, microsecond=0), outcome] += 1
            cells[topic, district, channel, outcome] += 1
            matters[f"{topic}/x"] += outcome in QUESTIONS
            seen.add(key)
            failed += [turn] if outcome is Outcome.NO_ANSWER else []
    figures = ReviewFigureRepository(session, clock)
    await figures.prepare()
    assert {(row.at, row.outcome): row.n for row in await figures.hours(since, until)} == hours
    assert {tuple(row[:4]): row.n for row in await figures.cells(since, until)} == cells
    assert await figures.conversations(since, until) == len(seen)
    assert {row.matter: row.n for row in await figures.matters(since, until, 9)} == +matters
    assert [row.turn_id for row in await figures.unanswered(since, until, 99)] == failed[::-1]
    assert await figures.thumbs(since, until) == (0, 0)
