"""A desk behind the channel: users and staff on a fake Telegram, one SQLite database, the outbox delivered."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.desk.delivery import Deliverer
from bot.desk.desk import Desk
from bot.dialogue.turn import Incoming, Reply, Turn
from bot.telegram.application import build_application
from bot.telegram.staff.build import DeskParts
from bot.telegram.staff.linking import Linking
from bot.telegram.staff.picking import FoundMeasure
from qifu.labels import Channel, Direction, District, HandoffReason, Language, Outcome, StaffRole
from store.database import Database
from store.models import HandoffRow
from store.repositories import ConversationRepository, StaffRepository
from tests.bot.desk.support import OPEN_AT
from tests.bot.telegram.support import FAST, Rig, ScriptedDialogue, data_of, titles
from tests.fakes.telegram import FakeTelegram

USER, OTHER_USER = 1001, 1002
WANG, LI, CHEN, ZHAO, STRANGER = 2001, 2002, 2003, 2004, 2999
GROUP = -1009


class TickingClock:
    """Ten o'clock on a working day in Shanghai, a millisecond later each time it is asked."""

    def __init__(self) -> None:
        self.now = OPEN_AT

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


class DeskDialogue(ScriptedDialogue):
    """Does what the dialogue does with a handoff: keeps messages for staff, is silent while they are there."""

    def __init__(self, desk: Desk, database: Database) -> None:
        super().__init__()
        self._desk = desk
        self._database = database

    async def handle(self, incoming: Incoming) -> Turn:
        """A silent turn where a person has the conversation."""
        async with self._database.session() as session:
            conversations = ConversationRepository(session)
            await conversations.get_or_create(incoming.conversation_id, incoming.channel, Language.ZH)
        row = await self._desk.handoffs.open_of(incoming.conversation_id)
        if incoming.text == "/desk_cancel":
            await self._desk.handoffs.cancel(incoming.conversation_id)
            return Turn(incoming.text, (Reply("好的，不等了。"),), Outcome.ACT)
        if row is not None and not incoming.is_payload:
            await self._desk.talk.user_message(incoming.conversation_id, incoming.text, incoming.message_id)
            if row.bot_is_silent:
                self.asked.append(incoming)
                return Turn(incoming.text, (), Outcome.HANDOFF)
        return await super().handle(incoming)


@dataclass(frozen=True)
class Point:
    """A point of a plan, found."""

    quote: str
    citation: str

    @property
    def text(self) -> str:
        """As it is sent."""
        return f"“{self.quote}”\n——{self.citation}"


POINTS = (
    Point("出口退税平均办理时间压缩至5个工作日", "上海方案 第12条"),
    Point("推行出口退税备案无纸化", "闵行方案 第3条"),
)


def search(words: str, _language: Language, _district: District | None) -> Sequence[FoundMeasure]:
    """Finds both points for 退税, nothing else."""
    return POINTS if "退税" in words else ()


class DeskRig:
    """The channel with a desk; `start` it with or without the staff's group."""

    def __init__(self, telegram: FakeTelegram, database: Database) -> None:
        self.telegram = telegram
        self.database = database
        self.clock = TickingClock()
        self.desk = Desk(database, clock=self.clock)
        self.rig = Rig(telegram)
        self.rig.dialogue = DeskDialogue(self.desk, database)
        self.linking = Linking(database, self.clock)
        self.files: dict[str, bytes] = {}
        """What was sent on the web, by its reference."""
        self._ended = asyncio.Event()
        self._delivering: asyncio.Task[None] | None = None

    async def start(self, group: int | None = None) -> None:
        """A running channel, and the outbox delivered."""
        parts = DeskParts(
            self.desk,
            search,
            {"minhang": {"zh": "闵行区", "en": "Minhang District"}},
            {"taxes": {"zh": "税费办理", "en": "Taxes"}},
            self._fetch,
        )
        settings = self.rig.settings(telegram_staff_group=group)
        channel = build_application(settings, self.rig.dialogue, self.rig.inbox, FAST, parts)
        self.rig.channel = channel
        await channel.start()
        deliverer = Deliverer(self.desk, {Channel.TELEGRAM: channel}, staff=[channel])
        self._delivering = asyncio.create_task(self._deliver(deliverer))

    async def _fetch(self, ref: str) -> bytes | None:
        return self.files.get(ref)

    async def _deliver(self, deliverer: Deliverer) -> None:
        """Until the end; nothing is broken off in the middle of a transaction."""
        self._ended.clear()
        while not self._ended.is_set():
            await deliverer.deliver_due()
            await asyncio.sleep(0.02)

    async def stop(self) -> None:
        """As at the end of the process."""
        if self._delivering is not None:
            self._ended.set()
            await self._delivering
            self._delivering = None
        await self.rig.stop(grace=0.5)

    async def hire(self, telegram_id: int | None, name: str, role: StaffRole = StaffRole.SERVICE) -> int:
        """A member of staff who is on duty, linked where there is an account."""
        async with self.database.session() as session:
            login = f"staff{telegram_id or name}"
            row = await StaffRepository(session).add(login, name, role, "x", telegram_id=telegram_id)
        assert row is not None
        if telegram_id is not None:
            self.telegram.world.chat(telegram_id)
        if role in (StaffRole.SERVICE, StaffRole.MANAGER):
            await self.desk.roster.come(row.id)
        return row.id

    async def calls(self, user: int = USER, question: str = "出口退税多久到账") -> HandoffRow:
        """A user calls for a person."""
        name = f"telegram:{user}"
        self.telegram.world.chat(user)
        async with self.database.session() as session:
            await ConversationRepository(session).get_or_create(name, Channel.TELEGRAM, Language.ZH)
        requested = await self.desk.handoffs.request(
            name, HandoffReason.ASKED, question=question, district=District.MINHANG
        )
        assert requested.handoff is not None
        return requested.handoff

    async def row(self, handoff_id: int) -> HandoffRow:
        """The handoff as it stands."""
        return await self.desk.handoffs.get(handoff_id)

    async def claims(self, chat_id: int, row: HandoffRow, user_id: int | None = None) -> None:
        """Presses 接待 under the last offer of a handoff, and waits until it is theirs."""
        offer = await self.shown(chat_id, lambda message: "接待" in titles(message))
        data = data_of(offer, "接待")
        self.telegram.user_presses(chat_id, offer["message_id"], data, user_id=user_id)
        await self.until_row(row.id, lambda now: now.owner_id is not None)

    async def until_row(self, handoff_id: int, condition: Callable[[HandoffRow], bool]) -> HandoffRow:
        """Waits for a state of a handoff. Raises TimeoutError."""
        async with asyncio.timeout(5):
            while not condition(row := await self.row(handoff_id)):  # noqa: ASYNC110 - the store tells nobody
                await asyncio.sleep(0.01)
        return row

    async def until_delivered(self, direction: Direction) -> None:
        """Waits until the other side has everything. Raises TimeoutError."""
        async with asyncio.timeout(5):
            while await self.desk.talk.undelivered(direction):  # noqa: ASYNC110 - the store tells nobody
                await asyncio.sleep(0.01)

    async def shown(self, chat_id: int, condition: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """Waits for a message of the bot in a chat; the newest that fulfils the condition. Raises TimeoutError."""
        await self.telegram.until(lambda: any(condition(message) for message in self.telegram.sent(chat_id)))
        return [message for message in self.telegram.sent(chat_id) if condition(message)][-1]

    async def says(self, chat_id: int, words: str) -> dict[str, Any]:
        """Waits until the bot shows these words in a chat."""
        return await self.shown(chat_id, lambda message: words in text_of(message))

    async def topic_of(self, row: HandoffRow) -> int:
        """The topic of a handoff, once there is one."""
        world = self.telegram.world

        def found() -> list[int]:
            return [thread for (_, thread), topic in world.topics.items() if row.number in topic["name"]]

        await self.telegram.until(found)
        return found()[0]

    def texts(self, chat_id: int) -> list[str]:
        """What the bot wrote in a chat."""
        return [text_of(message) for message in self.telegram.sent(chat_id)]


def text_of(message: dict[str, Any]) -> str:
    """Text or caption."""
    return str(message.get("text") or message.get("caption") or "")


@asynccontextmanager
async def desk_rig(database: Database) -> AsyncIterator[DeskRig]:
    """A rig, stopped at the end."""
    async with FakeTelegram() as telegram:
        rig = DeskRig(telegram, database)
        yield rig
        await rig.stop()
