"""The desk at work in the main process: its clock runs, what it tells arrives, old files go."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from bot.desk.calendar import ServiceCalendar
from bot.desk.desk import Desk
from bot.desk.files import Files
from bot.desk.rules import DeskRules
from bot.web.desk import WebDesk
from bot.web.hub import Hub
from qifu.desk_service import desk_open, forget
from qifu.labels import Channel, HandoffEvent, StaffRole
from qifu.settings import Settings
from store.database import Database
from store.repositories import ConversationRepository, HandoffRepository, StaffRepository

WEB = "web:" + "a" * 32
RULES = DeskRules(calendar=ServiceCalendar(time(0), time(0), every_day=True), offer=0.1, alert=0.2, escalate=0.3)


async def test_timers_run_and_an_open_page_is_told(database: Database) -> None:
    async with database.session() as session:
        await ConversationRepository(session).get_or_create(WEB, Channel.WEB)
        person = await StaffRepository(session).add("wang", "王敏", StaffRole.MANAGER, "x")
    assert person is not None
    desk, hub = Desk(database, RULES), Hub()
    await desk.roster.come(person.id)
    row = (await desk.handoffs.request(WEB)).handoff
    assert row is not None
    with hub.subscribe(WEB) as page:
        async with desk_open(desk, WebDesk(hub, desk), None, Settings()), asyncio.timeout(10):
            await _escalated(database, row.id)
            await desk.handoffs.claim(row.id, person.id)
            seen = set()
            async for event in page:
                seen.add(event.data.get("state") or event.data["told"]["kind"])
                if seen == {"claimed"}:
                    break


async def _escalated(database: Database, handoff_id: int) -> None:
    while True:
        async with database.session() as session:
            events = await HandoffRepository(session).events(handoff_id)
        if HandoffEvent.ESCALATED in {event.kind for event in events}:
            return
        await asyncio.sleep(0.05)


async def test_old_conversations_go_with_their_files(database: Database, tmp_path: Path) -> None:
    def long_ago() -> datetime:
        return datetime.now(UTC) - timedelta(days=200)

    async with database.session() as session:
        await ConversationRepository(session, long_ago).get_or_create("web:old", Channel.WEB)
        await ConversationRepository(session).get_or_create(WEB, Channel.WEB)
    files = Files(tmp_path / "files")
    old = await files.keep("web:old", "1", "a.pdf", b"%PDF-1")
    new = await files.keep(WEB, "1", "a.pdf", b"%PDF-1")
    await forget(database, files, 180)
    assert (await files.fetch(old.ref), await files.fetch(new.ref)) == (None, b"%PDF-1")
