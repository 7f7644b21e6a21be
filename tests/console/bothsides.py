"""The chat page and the console over one desk and one database, really served; only Rasa is fake."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, expect

from actions.wording import Wording
from bot.desk.delivery import Deliverer
from bot.desk.desk import Desk
from bot.desk.files import Files
from bot.desk.front import Front
from bot.desk.requests import RequestDesk
from bot.desk.rules import DeskRules
from bot.desk.units import proposer
from bot.dialogue.dialogue import Dialogue
from bot.dialogue.memory import Memory
from bot.dialogue.rasa import RasaClient
from bot.web.desk import WebDesk
from bot.web.files import WebFiles
from bot.web.hub import Hub
from bot.web.stored import StoredTranscripts
from qifu.labels import Channel, StaffRole
from store.database import Database
from store.models.base import utc_now
from tests.actions.knowledge import small_seeds
from tests.actions.talk import MEANINGS, TERMS, build_services
from tests.bot.web.chatpage import ChatPage
from tests.console.deskroom import DeskRoom
from tests.console.served import ConsoleServer, WebChat
from tests.fakes.browser import opened_page
from tests.fakes.desk import FakeDesk, FakeKeeper
from tests.fakes.deskserver import ALWAYS
from tests.fakes.keyword_rasa import KeywordRasa
from tests.fakes.understanding import FakeParser
from tests.store.factories import FakeClock


class RealClock(FakeClock):
    """The time as it is: the chat page's own times are real, too."""

    def __call__(self) -> datetime:
        return utc_now()


@dataclass
class BothSides(DeskRoom):
    """People as in DeskRoom; users talk on the chat page of the same server."""

    @asynccontextmanager
    async def user(self, browser: Browser, **options: Any) -> AsyncIterator[ChatPage]:
        """A user on the chat page."""
        async with opened_page(browser, self.server.url, **options) as page:
            chat = ChatPage(page)
            await chat.ready()
            yield chat


@asynccontextmanager
async def both_sides(database: Database, folder: Path) -> AsyncIterator[BothSides]:
    """Served while the block runs; what the desk has for users is delivered."""
    clock, seeds, hub = RealClock(), small_seeds(), Hub()
    desk, files, memory = (
        Desk(database, DeskRules(calendar=ALWAYS), proposer(seeds), clock),
        Files(folder),
        Memory(database, clock),
    )
    parser = FakeParser(MEANINGS, TERMS)
    built = build_services(seeds, parser, FakeDesk(), FakeKeeper())
    services = replace(built, keeper=memory, desk=RequestDesk(database, desk), clock=clock)
    client = RasaClient("http://rasa", 10.0, KeywordRasa(parser, services).transport)
    dialogue = Dialogue(client, memory, Wording(), front=Front(desk, services.cues, files))
    web = WebDesk(hub, desk)
    chat = WebChat(dialogue, StoredTranscripts(database, web), hub, WebFiles(desk, files))
    server = ConsoleServer(database, clock, desk=desk, answering=services, files=files, chat=chat)
    for role in (StaffRole.SERVICE, StaffRole.MANAGER):
        await server.person(role)
    await server.person(StaffRole.SERVICE, "li", "李娜")
    ids = {row.login: row.id for row in await server.services.people.all()}
    await desk.roster.come(ids["service"])
    async with AsyncExitStack() as stack:
        stack.push_async_callback(client.close)
        await stack.enter_async_context(web.running())
        await stack.enter_async_context(Deliverer(desk, {Channel.WEB: web, Channel.API: web}).running())
        await stack.enter_async_context(server.running())
        stack.callback(hub.close)
        yield BothSides(server, desk, clock, ids, files)


async def say(page: Page, text: str) -> None:
    """A member of staff writes to the user, and sees it arrive."""
    box = page.locator("[data-composer]")
    await box.fill(text)
    await box.press("Enter")
    await expect(page.locator(".said.staff").last).to_contain_text(text)
    await expect(page.locator(".said.staff").last).to_contain_text("已送达")
