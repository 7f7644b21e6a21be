"""A desk with people, behind a console that is really served."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.async_api import Browser, Page, expect

from bot.desk.desk import Desk
from bot.desk.drafts import AppealDraft
from bot.desk.files import Files
from bot.desk.rules import DeskRules
from bot.desk.units import proposer
from bot.dialogue.turn import Incoming, Reply, Turn
from qifu.labels import Channel, District, Language, Outcome, StaffRole, Topic
from store.database import Database
from store.models import AppealRow, AuditRow, HandoffRow
from store.repositories import AuditFilter, AuditRepository, ConversationRepository, TurnRepository
from tests.actions.knowledge import small_seeds
from tests.actions.talk import MEANINGS, TERMS, build_services
from tests.bot.desk.support import OPEN_AT
from tests.console.served import ConsoleServer, log_in
from tests.fakes.browser import opened_page
from tests.fakes.desk import FakeDesk, FakeKeeper
from tests.fakes.understanding import FakeParser
from tests.store.factories import FakeClock

PHOTO = b"\x89PNG\r\n\x1a\n"


@dataclass
class DeskRoom:
    """王芳 (service) and 李娜 (li) serve, 李经理 (manager) manages, 赵训练 (trainer) trains.

    It is ten on a Wednesday.
    """

    server: ConsoleServer
    desk: Desk
    clock: FakeClock
    ids: dict[str, int]
    kept: Files

    async def conversation(self, conversation_id: str) -> str:
        """A conversation on the web."""
        async with self.desk.store.database.session() as session:
            repository = ConversationRepository(session, self.clock)
            await repository.get_or_create(conversation_id, Channel.WEB, Language.ZH)
        return conversation_id

    async def asks(self, conversation_id: str, question: str, **about: Any) -> HandoffRow:
        """A user who talked with the bot and now waits for a person."""
        await self.conversation(conversation_id)
        async with self.desk.store.database.session() as session:
            turns = TurnRepository(session, self.clock)
            accepted = await turns.accept(Incoming(conversation_id, Channel.WEB, "b1", question, Language.ZH))
            await turns.answer(accepted.row.id, Turn(question, (Reply("机器人的答复"),), Outcome.ANSWERED))
        self.clock.forward(seconds=5)
        about = {"district": District.MINHANG, "topic": Topic.TAXES} | about
        requested = await self.desk.handoffs.request(conversation_id, question=question, **about)
        assert requested.handoff is not None
        return requested.handoff

    async def says(self, conversation_id: str, text: str, key: str = "u1") -> None:
        """The user writes while the handoff is open."""
        assert await self.desk.talk.user_message(conversation_id, text, key) is not None

    async def files(self, conversation_id: str, text: str, **more: Any) -> AppealRow:
        """The user files an appeal."""
        await self.conversation(conversation_id)
        fields = {"company": "上海某某贸易有限公司", "contact_name": "王女士", "phone": "13812345678"}
        filing = await self.desk.appeals.file(conversation_id, AppealDraft(text, **(fields | more)))
        return filing.appeal

    async def audited(self, action: str) -> list[AuditRow]:
        """The audit entries of an action, newest first."""
        async with self.desk.store.database.session() as session:
            return list(await AuditRepository(session).page(AuditFilter(action=action)))

    @asynccontextmanager
    async def entered(self, browser: Browser, login: str, path: str, **options: Any) -> AsyncIterator[Page]:
        """A page of the console, opened by somebody, that hears clicks."""
        async with opened_page(browser, self.server.url, **options) as page:
            await log_in(page, self.server.url, login, path=path)
            await expect(page.locator("main h1").first).to_be_attached()
            await page.wait_for_function("window.did_handshake === true")
            yield page


async def fetched(ref: str) -> bytes | None:
    """The file of one reference."""
    return PHOTO if ref == "file:1" else None


@asynccontextmanager
async def desk_room(database: Database) -> AsyncIterator[DeskRoom]:
    """The desk, served while the block runs."""
    with TemporaryDirectory() as folder:
        async with _served(database, Files(Path(folder), {"file:1": fetched})) as room:
            yield room


@asynccontextmanager
async def _served(database: Database, files: Files) -> AsyncIterator[DeskRoom]:
    clock, seeds = FakeClock(OPEN_AT), small_seeds()
    desk = Desk(database, DeskRules(), proposer(seeds), clock)
    answering = build_services(seeds, FakeParser(MEANINGS, TERMS), FakeDesk(), FakeKeeper())
    server = ConsoleServer(database, clock, desk=desk, answering=answering, files=files)
    for role in (StaffRole.SERVICE, StaffRole.MANAGER, StaffRole.TRAINER):
        await server.person(role)
    await server.person(StaffRole.SERVICE, "li", "李娜")
    ids = {row.login: row.id for row in await server.services.people.all()}
    await desk.roster.come(ids["service"])
    async with server.running():
        yield DeskRoom(server, desk, clock, ids, files)
