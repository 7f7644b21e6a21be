"""A handoff as lines of a messenger, deadlines in words, and clocks."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.desk.desk import Desk
from bot.dialogue.turn import Incoming, Reply, Turn
from console.desk.appeal_query import AppealQuery
from console.desk.clock import written
from console.desk.deadlines import deadline
from console.desk.lines import Line, lines_of
from console.names import Names
from console.services import build_services
from console.wording import read_words
from qifu.labels import AppealState, Channel, Language, Outcome, StaffRole
from qifu.settings import Settings
from store.database import Database
from store.models import AppealRow
from store.repositories import ConversationRepository, StaffRepository, TurnRepository
from tests.bot.desk.support import OPEN_AT, WEB
from tests.store.factories import FakeClock


async def lines(database: Database, desk: Desk, handoff_id: int) -> list[Line]:
    """The lines as 王芳 reads them."""
    names = Names(build_services(database, Settings()))
    transcript = await desk.talk.transcript(handoff_id)
    return lines_of(transcript, {1: "王芳"}, names, read_words())


async def test_a_message_that_the_bot_answered_while_the_user_waited_stands_there_once(database: Database) -> None:
    clock = FakeClock(OPEN_AT)
    desk = Desk(database, clock=clock)
    async with database.session() as session:
        await ConversationRepository(session, clock).get_or_create(WEB, Channel.WEB, Language.ZH)
        await StaffRepository(session, clock).add("wang", "王芳", StaffRole.SERVICE, "x")

    async def turn(message_id: str, text: str) -> int:
        async with database.session() as session:
            turns = TurnRepository(session, clock)
            accepted = await turns.accept(Incoming(WEB, Channel.WEB, message_id, text, Language.ZH))
            clock.forward(seconds=1)
            await turns.answer(accepted.row.id, Turn(text, (Reply(f"答：{text}"),), Outcome.ANSWERED))
            return accepted.row.id

    await turn("m1", "退税几天")
    clock.forward(seconds=1)
    row = (await desk.handoffs.request(WEB, question="退税几天")).handoff
    assert row is not None
    clock.forward(seconds=1)
    # The message is kept before the bot answers it, as the front does.
    await desk.talk.user_message(WEB, "还在吗", "m2")
    await turn("m2", "还在吗")
    clock.forward(seconds=1)
    await desk.handoffs.claim(row.id, 1)
    said = [(line.kind, line.text, line.before) for line in await lines(database, desk, row.id)]
    assert said == [
        ("user", "退税几天", True),
        ("bot", "答：退税几天", True),
        ("event", f"转人工 {row.number}（用户要求）", False),
        ("event", "没有人在岗可派", False),
        ("user", "还在吗", False),
        ("bot", "答：还在吗", False),
        ("event", "王芳 开始接待", False),
    ]


NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "words", "tone"),
    [
        (NOW + timedelta(hours=7), "今天 17:00 到期", "warn"),
        (NOW + timedelta(days=1), "明天到期", "warn"),
        (NOW + timedelta(days=9), "11-27 到期", "quiet"),
        (NOW - timedelta(hours=1), "今天已超期", "bad"),
        (NOW - timedelta(days=3), "超期 3 天", "bad"),
    ],
)
def test_a_deadline_is_told_in_words(due: datetime, words: str, tone: str) -> None:
    row = AppealRow(state=AppealState.RECEIVED, deadline=due)
    assert deadline(row, NOW, read_words()) == (words, tone)


@pytest.mark.parametrize(
    ("due", "words", "tone"),
    [(NOW, "11-17 办结", "quiet"), (NOW - timedelta(days=3), "11-17 办结，超期", "warn")],
)
def test_what_has_ended_tells_when_and_whether_that_was_late(due: datetime, words: str, tone: str) -> None:
    row = AppealRow(state=AppealState.RATED, deadline=due, resolved_at=NOW - timedelta(days=1))
    assert deadline(row, NOW, read_words()) == (words, tone)


@pytest.mark.parametrize(("seconds", "clock"), [(-1, "0:00"), (37, "0:37"), (725, "12:05"), (3765, "1:02:45")])
def test_a_clock_is_written_as_short_as_it_can_be(seconds: int, clock: str) -> None:
    assert written(seconds) == clock


def test_an_address_keeps_what_it_asked_for_and_leaves_out_what_it_cannot_mean() -> None:
    query = AppealQuery.of({"district": "putuo", "q": " 路灯 ", "before": "3", "evil": "x"})
    assert query.address(q="") == "district=putuo"
    assert query.is_filtered
    assert not AppealQuery.of({"view": "mine"}).is_filtered
