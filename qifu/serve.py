"""`qifu serve`: the main process, from an empty folder to a running service, and down again."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any

import structlog
import typer
from fastapi import FastAPI

from bot.desk.files import Files
from bot.desk.measures import Measures
from bot.telegram.application import TelegramChannel, build_application
from bot.telegram.staff.build import DeskParts
from bot.telegram.store_inbox import StoreInbox
from bot.web.app import create_app
from bot.web.desk import WebDesk
from bot.web.files import WebFiles
from bot.web.hub import Hub
from bot.web.stored import StoredTranscripts, late_delivery
from console.accounts.people import FIRST_LOGIN
from console.build import build_console
from console.services import build_services
from console.switches import Switches
from qifu.clock import clock_of
from qifu.desk_service import desk_open, files_of, forget
from qifu.errors import ChannelError, QifuError
from qifu.lock import only_one
from qifu.models.registry import Registry
from qifu.models.room import ModelRoom, build_room, room_open
from qifu.models.starting import note_start, start_of
from qifu.repeating import repeating
from qifu.running import Running, recovering, running
from qifu.seeding import seed
from qifu.servers import free_port, serving
from qifu.settings import ROOT, Settings
from qifu.training.workspace import Workspace
from qifu.understanding_room import ensure_model
from seeds.yaml import load_yaml
from store.database import Database

log = structlog.get_logger()

_PURGE_EVERY = 24 * 3600.0


async def serve(settings: Settings) -> None:
    """Serves until SIGINT or SIGTERM. Raises QifuError where something it needs can't be had."""
    settings = with_port(settings)
    with only_one(settings.home, settings.address), _until_signal():
        free_port(settings.host, settings.port, "QIFU_PORT")
        async with service(settings) as address:
            typer.echo(
                f"企服已启动：\n  网页聊天  {address}/\n  管理台    {address}/console/\n  接口文档  {address}/docs\n"
                "按 Ctrl-C 停止。"
            )
            await asyncio.Event().wait()


def with_port(settings: Settings) -> Settings:
    """The settings with a free port in place of 0, so that the address can be told."""
    if settings.port:
        return settings
    return settings.model_copy(update={"port": free_port(settings.host, 0, "QIFU_PORT")})


@contextmanager
def _until_signal() -> Iterator[None]:
    """Lets SIGINT and SIGTERM end the block wherever it stands, also while a model is trained or Rasa starts."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None  # noqa: S101  # a coroutine runs in one
    stopped = False

    def stop() -> None:
        nonlocal stopped
        if not stopped:
            stopped = True
            typer.echo("正在停止……")
            task.cancel()

    signals = (signal.SIGINT, signal.SIGTERM)
    for number in signals:
        loop.add_signal_handler(number, stop)
    try:
        yield
    except asyncio.CancelledError:
        if not stopped:
            raise
        task.uncancel()
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


@asynccontextmanager
async def service(settings: Settings) -> AsyncIterator[str]:
    """Everything, running while the block runs; the web chat's address."""
    settings = with_port(settings)
    database = Database(settings.database)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.dispose)
        registry = Registry(settings, database)
        await database.migrate()
        start = await start_of(registry)
        typer.echo("资料入库：" + ("已更新" if await seed(database, home=start.home) else "无变化"))
        typer.echo("语言模型：没有现成的就训练，首次需要几分钟……")
        model = await ensure_model(settings, home=start.home)
        await note_start(registry, start, model)
        started = await stack.enter_async_context(running(settings, database, model))
        house, hub = started.house, Hub()
        room = build_room(registry, started)
        stack.callback(hub.close)
        telegram = await _telegram(settings, started, database, stack)
        switches = Switches(database, house.desk.store.clock)
        web, files = WebDesk(hub, house.desk), files_of(settings, telegram)
        if house.dialogue.switched:
            house.dialogue.switched.switches = switches
        app = create_app(
            house.dialogue,
            settings,
            transcripts=StoredTranscripts(database, web),
            health=lambda: _health(started, telegram),
            hub=hub,
            topics=house.services.topics,
            notice=switches.notices,
            files=WebFiles(house.desk, files),
            extra_routers=[telegram.router] if telegram else [],
        )
        await stack.enter_async_context(console_on(app, settings, started, switches, files, room=room))
        _tell_late(started, hub, telegram)
        await stack.enter_async_context(serving(app, settings.host, settings.port, "QIFU_PORT"))
        stack.callback(hub.close)
        await stack.enter_async_context(recovering(house))
        await stack.enter_async_context(room_open(room))
        await stack.enter_async_context(desk_open(house.desk, web, telegram, settings))
        await stack.enter_async_context(
            repeating("purge", _PURGE_EVERY, lambda: forget(database, files, settings.keep_days))
        )
        yield settings.address


@asynccontextmanager
async def console_on(
    app: FastAPI,
    settings: Settings,
    started: Running,
    switches: Switches,
    files: Files,
    *,
    room: ModelRoom | None = None,
) -> AsyncIterator[None]:
    """The console on the app while the block runs; on a first start the administrator's password is told, once."""
    house = started.house
    services = build_services(
        house.database,
        settings,
        switches=switches,
        clock=clock_of(settings),
        topics=house.services.topics,
        districts=load_yaml(ROOT / "seeds" / "districts.yml"),
        dialogue=house.dialogue,
        desk=house.desk,
        answering=house.services,
        models=room,
        training=Workspace(settings),
        files=files,
    )
    console = build_console(services)
    console.mount(app)
    async with console.running():
        if password := await services.people.first(services.words("first_name")):
            typer.echo(f"管理台首次登录：账号 {FIRST_LOGIN}，一次性密码 {password}（只显示这一次，登录后须修改）")
        yield


async def _telegram(
    settings: Settings, started: Running, database: Database, stack: AsyncExitStack
) -> TelegramChannel | None:
    """The Telegram channel where a token is set; one that Telegram refuses is said, and the rest goes on."""
    if settings.telegram_bot_token is None:
        typer.echo("Telegram：没有设置 TELEGRAM_BOT_TOKEN，不启用；网页和接口照常可用。")
        return None
    house = started.house
    desk = DeskParts(
        house.desk,
        Measures(house.services).search,
        load_yaml(ROOT / "seeds" / "districts.yml"),
        house.services.topics,
        files_of(settings, None).fetch,
    )
    try:
        channel = build_application(settings, house.dialogue, StoreInbox(database), desk=desk)
        await channel.start()
    except ChannelError as error:
        typer.echo(f"Telegram：{error}", err=True)
        return None
    stack.push_async_callback(channel.stop)
    typer.echo(f"Telegram：已启用{f'，https://t.me/{channel.username}' if channel.username else ''}")
    return channel


def _tell_late(started: Running, hub: Hub, telegram: TelegramChannel | None) -> None:
    """Answers that had to wait reach open pages and Telegram chats."""
    started.house.dialogue.late.append(late_delivery(hub, started.house.dialogue))
    if telegram:
        started.house.dialogue.late.append(telegram.deliver)


async def _health(started: Running, telegram: TelegramChannel | None) -> dict[str, Any]:
    understanding = await started.house.rasa.alive()
    try:
        await started.house.database.check()
        store = True
    except QifuError:
        store = False
    return {
        "status": "ok" if understanding and store else "degraded",
        "rasa": {"alive": understanding, "restarts": started.rasa.restarts},
        "store": {"alive": store},
        "telegram": {"state": telegram.state if telegram else "off"},
    }
