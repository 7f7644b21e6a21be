"""The switches: read by every channel, set in the console."""

from datetime import timedelta

from console.switches import Standing, Switches
from qifu.labels import Language
from store.database import Database
from store.repositories import AuditFilter, AuditRepository
from tests.store.factories import FakeClock


async def test_without_a_word_from_anybody_the_bot_is_on_and_there_is_no_notice(database: Database) -> None:
    switches = Switches(database)
    assert await switches.current() == Standing()
    assert await switches.notices() == {Language.ZH: "", Language.EN: ""}


async def test_what_is_set_here_holds_at_once_and_elsewhere_within_seconds(database: Database) -> None:
    clock = FakeClock()
    here, elsewhere = (Switches(database, clock, timedelta(seconds=2)) for _ in range(2))
    assert (await elsewhere.current()).bot_on
    await here.turn_bot(None, on=False)
    assert not (await here.current()).bot_on
    assert (await elsewhere.current()).bot_on, "still believed"
    clock.forward(seconds=2)
    assert not (await elsewhere.current()).bot_on


async def test_notice_and_bot_do_not_disturb_each_other_and_each_change_is_written_down(database: Database) -> None:
    switches = Switches(database)
    await switches.set_notice(None, "  台风\n停办 ", "Closed for the typhoon")
    await switches.turn_bot(None, on=False)
    now = await switches.current()
    assert (now.bot_on, now.notice(Language.ZH), now.notice(Language.EN)) == (
        False,
        "台风 停办",
        "Closed for the typhoon",
    )
    await switches.set_notice(None, "", "")
    assert not (await switches.current()).bot_on
    async with database.session() as session:
        rows = await AuditRepository(session).page(AuditFilter(action="switches.change"))
    assert rows[1].detail == {"from": {"bot_on": True}, "to": {"bot_on": False}}
    assert len(rows) == 3
