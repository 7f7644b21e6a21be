"""The chat page really served, over a real desk and database; only Rasa is fake."""

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from sqlalchemy import select

from actions.cues import Cues
from actions.wording import Wording
from bot.desk.calendar import ServiceCalendar
from bot.desk.delivery import Deliverer
from bot.desk.desk import Desk
from bot.desk.files import Files
from bot.desk.front import Front
from bot.desk.rules import DeskRules
from bot.dialogue.dialogue import Dialogue
from bot.dialogue.memory import Memory
from bot.dialogue.rasa import RasaClient
from bot.web.desk import WebDesk
from bot.web.files import WebFiles
from bot.web.hub import Hub
from bot.web.stored import StoredTranscripts
from qifu.labels import Channel, StaffRole
from store.database import Database
from store.models import ConversationRow
from store.repositories import StaffRepository
from tests.fakes.rasa import FakeRasa
from tests.fakes.webserver import WebServer

ALWAYS = ServiceCalendar(time(0), time(0), every_day=True)


@dataclass
class DeskServer:
    """A page at `url`, the desk behind it, and one of its staff, 王敏."""

    server: WebServer
    desk: Desk
    rasa: FakeRasa
    database: Database
    files: Files
    wang: int

    @property
    def url(self) -> str:
        """The address of the page."""
        return self.server.url

    async def call(self) -> int:
        """Calls a person in the conversation that was begun last; the handoff's id."""
        async with self.database.session() as session:
            newest = select(ConversationRow.id).order_by(ConversationRow.started_at.desc()).limit(1)
            conversation = (await session.scalars(newest)).one()
        row = (await self.desk.handoffs.request(conversation)).handoff
        assert row is not None
        return row.id


@asynccontextmanager
async def desk_server(migrated: Path, folder: Path) -> AsyncIterator[DeskServer]:
    """Served while the block runs; the desk is always open."""
    shutil.copy(migrated, folder / "qifu.db")
    database, rasa, hub = Database(f"sqlite+aiosqlite:///{folder / 'qifu.db'}"), FakeRasa(), Hub()
    async with database.session() as session:
        person = await StaffRepository(session).add("wang", "王敏", StaffRole.SERVICE, "x")
    assert person is not None
    desk = Desk(database, DeskRules(calendar=ALWAYS))
    await desk.roster.come(person.id)
    client, files = RasaClient("http://rasa", 5.0, rasa.transport), Files(folder / "files")
    front = Front(desk, Cues(), files=files)
    dialogue = Dialogue(client, Memory(database), Wording(), front=front)
    web = WebDesk(hub, desk)
    server = WebServer(dialogue, transcripts=StoredTranscripts(database, web), hub=hub, files=WebFiles(desk, files))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.dispose)
        stack.push_async_callback(client.close)
        await stack.enter_async_context(web.running())
        await stack.enter_async_context(Deliverer(desk, {Channel.WEB: web, Channel.API: web}).running())
        await server.start()
        stack.push_async_callback(server.stop)
        yield DeskServer(server, desk, rasa, database, files, person.id)
