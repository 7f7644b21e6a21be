"""Telegram pushes updates to a webhook; only Telegram can, and none is lost."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bot.telegram.application import TelegramChannel
from bot.telegram.webhook import LARGEST_BODY, PATH
from qifu.errors import ChannelError
from tests.bot.telegram.support import FAST, Rig
from tests.fakes.loopback import Loopback

USER = 1001
HEADER = "X-Telegram-Bot-Api-Secret-Token"
SECRET = "s3cret_-token"


class Hook:
    """A main process that mounts whichever channel runs."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.app = FastAPI()
        self.server = Loopback(self.app)

    @property
    def url(self) -> str:
        return self.server.url + PATH

    def mount(self, **changes: Any) -> TelegramChannel:
        """Builds a channel and mounts it, in place of one from before."""
        given = {"telegram_webhook_url": self.server.url, "telegram_webhook_secret": SECRET}
        channel = self.rig.build(**(given | changes))
        self.app.router.routes.clear()
        self.app.include_router(channel.router)
        return channel

    async def post(self, body: Any, secret: str | None = SECRET, **more: Any) -> int:
        """The status for a body, as JSON unless it is bytes."""
        content = body if isinstance(body, bytes) or hasattr(body, "__aiter__") else json.dumps(body)
        headers = {} if secret is None else {HEADER: secret}
        async with httpx.AsyncClient(trust_env=False) as client:
            return (await client.post(self.url, content=content, headers=headers, **more)).status_code


@pytest.fixture
async def hook(rig: Rig) -> AsyncIterator[Hook]:
    """A listening server and a running channel behind it."""
    hook = Hook(rig)
    await hook.server.start()
    await hook.mount().start()
    yield hook
    await rig.stop(grace=0.2)
    await hook.server.stop()


def message(number: int = 5, text: str = "你好") -> dict[str, Any]:
    chat = {"id": USER, "type": "private", "first_name": "小明"}
    sender = {"id": USER, "is_bot": False, "first_name": "小明"}
    return {"update_id": number, "message": {"message_id": 1, "date": 0, "chat": chat, "from": sender, "text": text}}


async def test_pushed_updates_are_answered(hook: Hook) -> None:
    assert await hook.rig.asks(USER, "出口退税") == "答：出口退税"
    await hook.rig.settled()
    assert hook.rig.telegram.pushes == [200]
    assert hook.rig.telegram.calls_of("getUpdates") == []


async def test_telegram_is_told_address_secret_and_kinds(hook: Hook) -> None:
    [call] = hook.rig.telegram.calls_of("setWebhook")
    assert (call["url"], call["secret_token"]) == (hook.url, SECRET)
    assert json.loads(call["allowed_updates"]) == ["message", "edited_message", "callback_query", "my_chat_member"]


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "sécret"])
async def test_without_the_secret_nothing_gets_in(hook: Hook, secret: str | None) -> None:
    headers = {} if secret is None else {HEADER.encode(): secret.encode("latin-1")}
    request = httpx.Request("POST", hook.url, headers=headers, json=message())
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.send(request)).status_code == 403
    assert hook.rig.inbox.rows == {}


async def test_a_polling_channel_lets_nothing_in(rig: Rig) -> None:
    hook = Hook(rig)
    await hook.server.start()
    hook.mount(telegram_webhook_url=None)
    assert await hook.post(message()) == 403
    assert await hook.post(message(), secret="") == 403
    await hook.server.stop()


async def test_a_body_too_large_is_refused(hook: Hook) -> None:
    assert await hook.post(b"x" * (LARGEST_BODY + 1)) == 413


async def test_a_body_too_large_without_a_length_is_refused(hook: Hook) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(LARGEST_BODY // 65536 + 2):
            yield b"x" * 65536

    with suppress(httpx.WriteError):  # the server may hang up on a sender that doesn't stop
        assert await hook.post(chunks()) == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b"[]",
        b"7",
        b'{"update_id": "7"}',
        b'{"update_id": 1e9}',
        b'{"update_id": -1}',
        b'{"update_id": 99999999999999999999}',
    ],
)
async def test_what_is_no_update_is_refused(hook: Hook, body: bytes) -> None:
    assert await hook.post(body) == 400
    assert hook.rig.inbox.rows == {}


async def test_an_update_the_library_cannot_read_is_kept_and_noted(hook: Hook) -> None:
    assert await hook.post({"update_id": 3, "message": {"text": 7}}) == 200
    await hook.rig.telegram.until(lambda: hook.rig.inbox.states[0].startswith("failed"))
    assert await hook.rig.asks(USER, "还在吗") == "答：还在吗"


async def test_an_update_pushed_twice_is_answered_once(hook: Hook) -> None:
    hook.rig.telegram.user_sends(USER, "你好")
    await hook.rig.telegram.sent_to(USER, 1)
    hook.rig.telegram.world.again(hook.rig.telegram.last_update())
    await hook.rig.settled()
    assert hook.rig.telegram.pushes == [200, 200]
    assert len(hook.rig.telegram.sent()) == 1


async def test_the_same_update_pushed_at_once_is_answered_once(hook: Hook) -> None:
    hook.rig.telegram.world.chat(USER)
    hook.rig.inbox.slow = 0.02
    assert await asyncio.gather(*(hook.post(message()) for _ in range(5))) == [200] * 5
    await hook.rig.settled()
    assert len(hook.rig.telegram.sent()) == 1


async def test_it_is_acknowledged_only_once_kept(hook: Hook) -> None:
    hook.rig.inbox.failing = 2
    hook.rig.telegram.user_sends(USER, "你好")
    await hook.rig.telegram.sent_to(USER, 1)
    await hook.rig.settled()
    assert hook.rig.telegram.pushes == [503, 503, 200]
    assert len(hook.rig.telegram.sent()) == 1


async def test_it_is_acknowledged_before_it_is_answered(hook: Hook) -> None:
    hook.rig.dialogue.hold.clear()
    hook.rig.telegram.user_sends(USER, "难题")
    await hook.rig.telegram.until(lambda: hook.rig.telegram.pushes == [200])
    assert hook.rig.telegram.sent() == []
    hook.rig.dialogue.hold.set()
    await hook.rig.telegram.sent_to(USER, 1)


async def test_when_too_much_waits_telegram_keeps_its_updates(hook: Hook) -> None:
    hook.rig.dialogue.hold.clear()
    for number in range(FAST.backlog + 3):
        hook.rig.telegram.user_sends(USER + number, "你好")
    await hook.rig.telegram.until(lambda: 503 in hook.rig.telegram.pushes)
    assert len(hook.rig.inbox.rows) == FAST.backlog
    hook.rig.dialogue.hold.set()
    await hook.rig.telegram.until(lambda: len(hook.rig.telegram.sent()) == FAST.backlog + 3, within=15)


async def test_what_was_pushed_and_not_answered_is_answered_after_a_restart(hook: Hook) -> None:
    hook.rig.dialogue.hold.clear()
    hook.rig.telegram.user_sends(USER, "旧")
    await hook.rig.telegram.until(lambda: hook.rig.dialogue.asked)
    await hook.rig.stop(grace=0)
    channel = hook.mount()
    hook.rig.telegram.user_sends(USER, "新")  # pushed while the channel isn't started: kept
    await hook.rig.telegram.until(lambda: len(hook.rig.inbox.rows) == 2)
    hook.rig.dialogue.hold.set()
    await channel.start()
    answers = await hook.rig.telegram.sent_to(USER, 2)
    assert [answer["text"] for answer in answers] == ["答：旧", "答：新"]
    await hook.rig.settled()
    assert len(hook.rig.telegram.sent()) == 2


async def test_without_a_secret_a_new_one_is_made_each_time(hook: Hook) -> None:
    await hook.rig.stop()
    await hook.mount(telegram_webhook_secret=None).start()
    made = hook.rig.telegram.calls_of("setWebhook")[-1]["secret_token"]
    assert len(made) >= 32
    assert await hook.post(message()) == 403
    assert await hook.rig.asks(USER, "你好") == "答：你好"


async def test_a_channel_that_polls_removes_the_webhook(hook: Hook) -> None:
    await hook.rig.stop()
    await hook.rig.start()
    assert hook.rig.telegram.world.webhook is None
    assert await hook.rig.asks(USER, "你好") == "答：你好"


async def test_an_address_with_the_path_is_taken_as_it_is(hook: Hook) -> None:
    await hook.rig.stop()
    await hook.mount(telegram_webhook_url=hook.url + "/").start()
    assert hook.rig.telegram.calls_of("setWebhook")[-1]["url"] == hook.url


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"telegram_webhook_url": "example"}, "QIFU_TELEGRAM_WEBHOOK_URL"),
        ({"telegram_webhook_url": "ftp://example.org"}, "QIFU_TELEGRAM_WEBHOOK_URL"),
        (
            {"telegram_webhook_url": "https://example.org", "telegram_webhook_secret": "a b"},
            "QIFU_TELEGRAM_WEBHOOK_SECRET",
        ),
    ],
)
def test_settings_that_cannot_be_right_are_named(changes: dict[str, Any], named: str, unstarted: Rig) -> None:
    with pytest.raises(ChannelError, match=named):
        unstarted.build(**changes)


@pytest.fixture
def unstarted() -> Iterator[Rig]:
    """A rig for channels that are never started."""

    class Nowhere:
        token, url = "1:A", "http://127.0.0.1:9"

    yield Rig(Nowhere())  # type: ignore[arg-type]


async def test_an_address_telegram_refuses_is_named(rig: Rig) -> None:
    with pytest.raises(ChannelError, match=r"QIFU_TELEGRAM_WEBHOOK_URL.*https"):
        await rig.build(telegram_webhook_url="http://example.org").start()
