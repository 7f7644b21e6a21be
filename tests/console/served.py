"""The console really served on a port, in the test's own event loop."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from playwright.async_api import Page

from actions.services import Services
from bot.desk.desk import Desk
from bot.desk.files import Files
from bot.web.app import create_app
from bot.web.files import WebFiles
from bot.web.hub import Hub
from bot.web.ports import Dialogue, Transcripts
from console.accounts.passwords import Passwords
from console.accounts.people import Profile
from console.build import build_console
from console.services import ConsoleServices, build_services
from qifu.labels import StaffRole
from qifu.models.room import ModelRoom
from qifu.settings import ROOT, Settings
from qifu.training.workspace import Workspace
from seeds.yaml import load_yaml
from store.database import Database
from tests.console.conftest import CHEAP, GOOD
from tests.fakes.dialogue import FakeDialogue
from tests.fakes.webserver import GENEROUS, TOPICS, all_well
from tests.store.factories import FakeClock

NAMES = {
    StaffRole.SERVICE: "王芳",
    StaffRole.MANAGER: "李经理",
    StaffRole.TRAINER: "赵训练",
    StaffRole.ADMINISTRATOR: "陈管理",
}


@dataclass(frozen=True)
class WebChat:
    """What the chat page beside the console talks with."""

    dialogue: Dialogue
    transcripts: Transcripts
    hub: Hub
    files: WebFiles


class ConsoleServer:
    """A console with its web chat on a loopback port; without `chat` the chat only echoes."""

    def __init__(
        self,
        database: Database,
        clock: FakeClock | None = None,
        *,
        desk: Desk | None = None,
        answering: Services | None = None,
        files: Files | None = None,
        models: ModelRoom | None = None,
        chat: WebChat | None = None,
        training: Workspace | None = None,
        **settings: Any,
    ) -> None:
        self.clock = clock or FakeClock()
        self.port = _free_port()
        self.services: ConsoleServices = build_services(
            database,
            Settings(**settings),
            passwords=Passwords(CHEAP),
            clock=self.clock,
            topics=TOPICS,
            districts=load_yaml(ROOT / "seeds" / "districts.yml"),
            desk=desk,
            answering=answering,
            files=files,
            models=models,
            training=training,
        )
        self.console = build_console(self.services)
        echo = FakeDialogue()
        self.app = create_app(
            chat.dialogue if chat else echo,
            self.services.settings,
            transcripts=chat.transcripts if chat else echo,
            health=all_well,
            limits=GENEROUS,
            hub=chat.hub if chat else None,
            files=chat.files if chat else None,
        )
        self.console.mount(self.app)

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self.port}"

    async def person(self, role: StaffRole, login: str | None = None, name: str | None = None) -> str:
        """An account with the password GOOD; its login."""
        login = login or str(role)
        await self.services.people.add(None, login, Profile(name or NAMES[role], role))
        row = await self.services.people.by_login(login)
        await self.services.people.set_password(row.id, GOOD)
        return login

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ConsoleServer"]:
        """Serves while the block runs."""
        config = uvicorn.Config(self.app, "127.0.0.1", self.port, log_level="error", lifespan="off")
        config.timeout_graceful_shutdown = 1
        server = uvicorn.Server(config)
        config.load()
        async with self.console.running():
            task = asyncio.create_task(server._serve())  # serve() would take over the test run's signals
            while not server.started:  # noqa: ASYNC110 - uvicorn offers no event to wait for
                await asyncio.sleep(0.01)
            try:
                yield self
            finally:
                server.should_exit = True
                await task


async def log_in(page: Page, url: str, login: str, password: str = GOOD, path: str = "/console/") -> None:
    """Opens a page of the console through the login."""
    await page.goto(url + path)
    await page.get_by_label("账号").fill(login)
    await page.get_by_label("密码", exact=True).fill(password)
    await page.get_by_role("button", name="登录").click()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
