"""The desk at work in the main process: its clock, its deliveries, its files."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import structlog

from bot.desk.delivery import Deliverer, UserChannel
from bot.desk.desk import Desk
from bot.desk.files import Files
from bot.telegram.application import TelegramChannel
from bot.telegram.files import PREFIX as TELEGRAM_FILES
from bot.web.desk import WebDesk
from qifu.clock import real_seconds
from qifu.labels import Channel
from qifu.repeating import repeating
from qifu.settings import ROOT, Settings
from seeds.yaml import load_yaml
from store.database import Database
from store.repositories import ConversationRepository
from store.retention import purge

log = structlog.get_logger()

_TICK_EVERY = 1.0


@asynccontextmanager
async def desk_open(
    desk: Desk, web: WebDesk, telegram: TelegramChannel | None, settings: Settings
) -> AsyncIterator[None]:
    """The desk's timers and deliveries, while the block runs."""
    channels: dict[Channel, UserChannel] = {Channel.WEB: web, Channel.API: web}
    if telegram:
        channels[Channel.TELEGRAM] = telegram
    districts = load_yaml(ROOT / "seeds" / "districts.yml")
    deliverer = Deliverer(desk, channels, staff=[telegram] if telegram else [], districts=districts)

    async def tick() -> None:
        await desk.timers.tick()

    async with web.running(), deliverer.running(), repeating("desk", real_seconds(settings, _TICK_EVERY), tick):
        yield


def files_of(settings: Settings, telegram: TelegramChannel | None) -> Files:
    """The files of conversations, wherever they lie."""
    return Files(settings.home / "files", {TELEGRAM_FILES: telegram.fetch} if telegram else {})


async def forget(database: Database, files: Files, keep_days: int) -> None:
    """Forgets conversations that are older than users were told, and their files."""
    async with database.session() as session:
        if gone := await purge(session, datetime.now(UTC) - timedelta(days=keep_days)):
            log.info("conversations_purged", count=gone)

    async def known(conversations: Iterable[str]) -> set[str]:
        async with database.session() as session:
            repository = ConversationRepository(session)
            return {each for each in conversations if await repository.get(each) is not None}

    if lost := await files.forget(known):
        log.info("files_purged", count=lost)
