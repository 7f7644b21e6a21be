"""What answers: a Rasa with the actions it calls and the knowledge they answer from. Another can be put in its place.

A line is whole: while one takes over from another, each message runs through one of them from beginning to end, so that
no question is understood by one version of the model and answered from the knowledge of another.
"""

import asyncio
import copy
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from actions.build import build_actions, build_webhook
from actions.compose import Composer
from actions.knowledge.base import Knowledge
from actions.knowledge.ranking import Ranker
from actions.knowledge.search import PointSearch
from actions.services import Services
from bot.desk.contacts import StaffContacts
from bot.dialogue.rasa import RasaClient
from qifu.build import House
from qifu.servers import LOOPBACK, free_port, serving
from qifu.settings import Settings
from qifu.understanding_room import RasaProcess

log = structlog.get_logger()

_ACTION_PORT, _RASA_PORT = "QIFU_ACTION_PORT", "QIFU_RASA_PORT"
_PARSES, _MESSAGES = 20, 3
_DRAIN_MARGIN = 5.0


@dataclass(frozen=True)
class Known:
    """What a version of the model answers from."""

    knowledge: Knowledge
    search: PointSearch


@dataclass(frozen=True)
class Line:
    """A Rasa that runs, and the services of its actions."""

    rasa: RasaProcess
    services: Services
    parts: AsyncExitStack

    async def warm(self, questions: Sequence[str]) -> None:
        """Asks it some questions, so that the first user doesn't wait for what is loaded when it is first needed."""
        client = RasaClient(self.rasa.url, 30.0)
        try:
            for question in questions[:_PARSES]:
                await client.parse(question)
            for question in questions[:_MESSAGES]:
                await client.send("warm-up", question)
        finally:
            await client.close()

    async def close(self) -> None:
        """Ends Rasa, then the actions."""
        await self.parts.aclose()


async def open_line(
    settings: Settings, services: Services, model: Path, *, rasa_port: int = 0, action_port: int = 0
) -> Line:
    """A line that answers; ports of 0 are any that are free. `services` are the model's own, apart from the parser.

    Raises ServiceError where a port is taken or Rasa doesn't come up, and leaves nothing behind then.
    """
    action_port = free_port(LOOPBACK, action_port, _ACTION_PORT)
    rasa_port = free_port(LOOPBACK, rasa_port, _RASA_PORT)
    async with AsyncExitStack() as parts:
        rasa = RasaProcess(settings, model, rasa_port, f"http://{LOOPBACK}:{action_port}/webhook")
        parser = RasaClient(rasa.url, settings.rasa_timeout)
        parts.push_async_callback(parser.close)
        own = replace(services, parser=parser)
        await parts.enter_async_context(serving(build_webhook(build_actions(own)), LOOPBACK, action_port, _ACTION_PORT))
        parts.push_async_callback(rasa.stop)
        await rasa.start()
        return Line(rasa, own, parts.pop_all())
    raise AssertionError  # the block returns or raises


class Lines:
    """The line that answers the house's messages."""

    def __init__(self, settings: Settings, house: House) -> None:
        self._settings, self._house = settings, house
        self._one_at_a_time = asyncio.Lock()
        self._line: Line | None = None

    @property
    def rasa(self) -> RasaProcess:
        """The Rasa that answers."""
        return self.line.rasa

    @property
    def line(self) -> Line:
        """The line that answers. Raises RuntimeError before the first one is there."""
        if self._line is None:
            raise RuntimeError("no line was started yet")
        return self._line

    async def start(self, model: Path, rasa_port: int, action_port: int) -> None:
        """The first line, on the ports at which the house's own client looks for it. Raises ServiceError."""
        services = self._services_of(Known(self._house.services.knowledge, self._house.services.ranker.search))
        self._line = await open_line(self._settings, services, model, rasa_port=rasa_port, action_port=action_port)

    async def change(self, model: Path, known: Known | None, publish: Callable[[], Awaitable[None]]) -> None:
        """Puts another line in the place of the one that answers; no message waits or is lost.

        `known` is None where the knowledge stays. Once the new line is warm, `publish` writes down that it holds; what
        fails until then leaves everything as it was. Raises what `publish` raises, and ServiceError.
        """
        async with self._one_at_a_time:
            services = await self._taught(known) if known else self.line.services
            line = await open_line(self._settings, services, model)
            try:
                await line.warm(_questions(services.knowledge))
                await publish()
            except BaseException:
                await line.close()
                raise
            await self._take_over(line)

    async def close(self) -> None:
        """Ends the line that answers."""
        if self._line is not None:
            await self._line.close()

    async def _take_over(self, line: Line) -> None:
        earlier, self._line = self.line, line
        house, services = self._house.services, line.services
        if house.knowledge.seeds is not services.knowledge.seeds:
            house.knowledge.become(services.knowledge)
            house.ranker.search.become(services.ranker.search)
        try:
            if not await self._house.rasa.switch(line.rasa.url, self._settings.rasa_timeout + _DRAIN_MARGIN):
                log.warning("line_not_drained")
            # What staff added to a contact while the line was prepared.
            await StaffContacts(self._house.database, house.knowledge).load()
        finally:
            await earlier.close()

    async def _taught(self, known: Known) -> Services:
        await StaffContacts(self._house.database, known.knowledge).load()
        return self._services_of(known)

    def _services_of(self, known: Known) -> Services:
        """Services that go on holding this knowledge when the house's own changes."""
        house = self._house.services
        knowledge, search = copy.copy(known.knowledge), copy.copy(known.search)
        ranker = Ranker(knowledge, search, house.ranker.weights)
        composer = Composer(knowledge, house.wording, house.composer.districts)
        return replace(house, knowledge=knowledge, ranker=ranker, composer=composer)


def _questions(knowledge: Knowledge) -> list[str]:
    """Some questions from all over the training data."""
    texts = [question.text for question in knowledge.seeds.questions if "/" in question.intent]
    return texts[:: max(1, len(texts) // _PARSES)]
