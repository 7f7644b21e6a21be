"""What trainers should look at is gathered once, whatever comes in between."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, select

from actions.knowledge.base import Knowledge
from bot.desk.desk import Desk
from bot.desk.rules import DeskRules
from bot.dialogue.turn import Turn
from console.inbox.gathering import BATCH, Gatherer
from qifu.labels import Channel, CloseReason, Language, Outcome, TurnMark
from qifu.training.labels import ProposalReason
from store.database import Database
from store.models import ProposalRow
from store.models.base import Base
from store.repositories import (
    ConversationRepository,
    FeedbackRepository,
    ProposalRepository,
    ReviewRepository,
    TurnRepository,
)
from tests.actions import knowledge as k
from tests.actions.knowledge import small_seeds
from tests.bot.desk.support import OPEN_AT
from tests.store.factories import FakeClock, a_turn, an_incoming
from tests.store.review import Line, somebody, talked

UNANSWERED = Line("退税卡住了，电话13812345678", "没有找到", Outcome.NO_ANSWER, matter=None)


class World:
    """A database with a gatherer over it."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock = database, FakeClock(OPEN_AT)
        self.knowledge = Knowledge(small_seeds())
        self.restart()

    def restart(self) -> None:
        self.gatherer = Gatherer(self.database, self.clock, lambda: self.knowledge)

    async def talk(self, key: str, *lines: Line) -> list[int]:
        async with self.database.session() as session:
            return await talked(session, self.clock, key, *lines)

    async def gather(self, **later: float) -> int:
        self.clock.forward(**(later or {"minutes": 1}))
        return await self.gatherer.gather()

    async def rows(self) -> Sequence[ProposalRow]:
        async with self.database.session() as session:
            return (await session.scalars(select(ProposalRow).order_by(ProposalRow.id))).all()


class CutShort(Gatherer):
    """Fails in the middle of its work."""

    async def _keep(self, proposals: ProposalRepository, *found: Any) -> int:
        await super()._keep(proposals, *found)
        raise RuntimeError("cut short")


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def reasons(row: ProposalRow) -> list[ProposalReason]:
    return ProposalReason.of(row.reasons)


async def test_a_failed_turn_is_gathered_once_masked_and_labelled(world: World) -> None:
    async with world.database.session() as session:
        turns = TurnRepository(session, world.clock)
        accepted = await turns.accept(an_incoming(UNANSWERED.text))
        parse = {
            "matters": {"taxes/a": 0.2, "taxes/b": 0.41, "taxes/c": 0.1, "taxes/d": 0.01},
            "candidates": [{"point": "p/1#1", "matter": "taxes/b", "score": 0.3, "shares": {}}],
        }
        answer = replace(a_turn(outcome=Outcome.NO_ANSWER), intent="taxes", topic=None, parse=parse)
        await turns.answer(accepted.row.id, answer)
    assert await world.gather() == 1
    assert await world.gather() == 0
    world.restart()
    assert await world.gather(hours=3) == 0
    (row,) = await world.rows()
    assert (row.text, row.topic, reasons(row)) == ("退税卡住了，电话[mobile]", "taxes", [ProposalReason.NO_ANSWER])
    assert row.proposed == [
        {"intent": "taxes/b", "point": "p/1#1", "share": 0.41},
        {"intent": "taxes/a", "point": None, "share": 0.2},
        {"intent": "taxes/c", "point": None, "share": 0.1},
    ]
    assert row.group_no == row.id


async def test_what_is_alike_shares_a_group_across_batches_and_restarts(world: World) -> None:
    await world.talk("web:a", UNANSWERED, Line("人才公寓怎么申请", outcome=Outcome.NO_ANSWER))
    assert await world.gather() == 2
    world.restart()
    await world.talk("web:b", Line("退税卡住了", outcome=Outcome.NO_ANSWER))
    await world.talk(
        "web:c", Line("怎么申请人才公寓呀", outcome=Outcome.NO_ANSWER), Line("？", outcome=Outcome.NO_ANSWER)
    )
    assert await world.gather() == 3
    first, second, *others = await world.rows()
    assert [row.group_no for row in others] == [first.id, second.id, others[-1].id]


async def test_choices_count_as_left_open_once_something_else_was_said_or_nothing_at_all(world: World) -> None:
    clarify = Line("注销", outcome=Outcome.CLARIFY)
    await world.talk("web:taken", replace(clarify, text="注销一"), Line('/choose{"m":"x"}', is_payload=True))
    await world.talk("web:said", replace(clarify, text="注销二"), Line("简易注销要几天"))
    await world.talk("web:left", replace(clarify, text="变更"))
    await world.talk("web:other", replace(clarify, text="许可证"), Line("算了", outcome=Outcome.ACT, confidence=0.9))
    assert await world.gather() == 0
    assert await world.gather(minutes=31) == 2
    assert {(row.text, *reasons(row)) for row in await world.rows()} == {
        ("变更", ProposalReason.CLARIFY),
        ("许可证", ProposalReason.CLARIFY),
    }


async def test_what_users_and_staff_think_of_a_turn_is_gathered_and_a_button_stands_for_what_was_typed(
    world: World,
) -> None:
    typed, pressed = await world.talk("web:a", Line("注销", confidence=0.3), Line('/choose{"m":"x"}', is_payload=True))
    assert await world.gather() == 1
    async with world.database.session() as session:
        await FeedbackRepository(session, world.clock).give(pressed, "web:a", -1)
        staff = await somebody(session)
        await ReviewRepository(session, world.clock).set_mark(typed, TurnMark.TRAINER, staff, True)
    assert await world.gather() == 0
    (row,) = await world.rows()
    assert (row.turn_id, reasons(row)) == (
        typed,
        [ProposalReason.THUMB_DOWN, ProposalReason.LOW_CONFIDENCE, ProposalReason.TRAINER],
    )


async def test_what_was_said_while_the_bot_was_off_is_left_out(world: World) -> None:
    async with world.database.session() as session:
        turns = TurnRepository(session, world.clock)
        accepted = await turns.accept(an_incoming("在吗"))
        await turns.answer(accepted.row.id, Turn("在吗", (), Outcome.NO_ANSWER))
    assert await world.gather() == 0


async def test_more_than_a_batch_is_gathered_at_once(world: World) -> None:
    lines = [Line(f"没有答案的问题{n}", outcome=Outcome.NO_ANSWER) for n in range(BATCH + 5)]
    await world.talk("web:a", *lines)
    assert await world.gather() == BATCH + 5


async def test_a_batch_cut_short_is_gathered_again(world: World) -> None:
    await world.talk("web:a", UNANSWERED)
    async with world.database.session() as session:
        await session.execute(
            insert(Base.metadata.tables["proposal_cursors"]).values(source="failed", at=OPEN_AT, number=0)
        )
    whole, world.gatherer = world.gatherer, CutShort(world.database, world.clock, lambda: None)
    with pytest.raises(RuntimeError, match="cut short"):
        await world.gather()
    assert await world.rows() == []
    world.gatherer = whole
    assert await world.gather() == 1


async def handed(world: World, question: str, *answers: str, matter: str | None = None) -> None:
    """A handoff that a person took, answered and closed."""
    desk = Desk(world.database, DeskRules(), clock=world.clock)
    async with world.database.session() as session:
        staff = await somebody(session, "wang")
        await ConversationRepository(session, world.clock).get_or_create("web:h", Channel.WEB, Language.ZH)
    requested = await desk.handoffs.request("web:h", question=question, matter=matter)
    assert requested.handoff is not None
    await desk.handoffs.claim(requested.handoff.id, staff)
    await desk.talk.user_message("web:h", "我要办退税登记", "u1")
    for answer in answers:
        await desk.talk.staff_message(requested.handoff.id, staff, answer)
    assert await world.gather() == 0
    await desk.handoffs.close(requested.handoff.id, staff, CloseReason.RESOLVED)


async def test_what_staff_answered_is_kept_beside_the_question_that_led_to_them(world: World) -> None:
    (asked, *_) = await world.talk(
        "web:h", Line("退税要几天呀"), Line("转人工", outcome=Outcome.HANDOFF, matter=None, topic=None)
    )
    quote = world.knowledge.points[f"{k.DRAFT}/7#1"].text
    await handed(world, "退税要几天呀", f"您好，{quote}", "有事打13812345678")
    assert await world.gather() == 1
    (row,) = await world.rows()
    assert (row.turn_id, reasons(row)) == (asked, [ProposalReason.HANDOFF])
    assert row.answer == f"您好，{quote}\n有事打[mobile]"
    assert row.proposed[0] == {"intent": k.REFUND, "point": f"{k.DRAFT}/7#1", "share": None}


async def test_without_a_turn_the_first_message_to_a_person_is_the_question(world: World) -> None:
    await handed(world, "", "请带上执照", matter=k.LOAN)
    assert await world.gather() == 1
    (row,) = await world.rows()
    assert row.turn_id is None
    assert (row.text, row.answer) == ("我要办退税登记", "请带上执照")
    assert row.proposed == [{"intent": k.LOAN, "point": None, "share": None}]
