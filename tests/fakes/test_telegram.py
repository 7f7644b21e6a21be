"""The fake Bot API answers as Telegram does, whatever client asks."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_html import CantParse, parse_html

USER = 1001


class Client:
    """A client without any library."""

    def __init__(self, telegram: FakeTelegram) -> None:
        self.telegram = telegram
        self.http = httpx.AsyncClient(trust_env=False, timeout=10)

    async def call(self, method: str, token: str | None = None, **parameters: Any) -> Any:
        """The result, or the whole answer where it is an error."""
        url = f"{self.telegram.url}/bot{token or self.telegram.token}/{method}"
        body = (await self.http.post(url, json=parameters)).json()
        return body["result"] if body["ok"] else body


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A client of a running fake that knows one user."""
    async with FakeTelegram() as telegram:
        telegram.world.chat(USER)
        client = Client(telegram)
        yield client
        await client.http.aclose()


async def test_forms_files_json_and_addresses_carry_parameters(client: Client) -> None:
    url = f"{client.telegram.url}/bot{client.telegram.token}/sendMessage"
    sent = {"chat_id": str(USER), "text": "你好"}
    answers = [
        await client.http.post(url, data=sent),
        await client.http.post(url, json=sent),
        await client.http.post(url, data=sent, files={"x": b"y"}),
        await client.http.get(url, params=sent),
    ]
    assert [answer.json()["result"]["text"] for answer in answers] == ["你好"] * 4


async def test_a_message_is_complete(client: Client) -> None:
    sent = await client.call("sendMessage", chat_id=USER, text="<b>好</b>", parse_mode="HTML")
    assert sent["message_id"] == 1
    assert sent["from"]["is_bot"] is True
    assert sent["chat"]["type"] == "private"
    assert abs(sent["date"] - time.time()) < 5
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 1}]


@pytest.mark.parametrize(
    ("method", "parameters", "code", "description"),
    [
        ("sendMessage", {"chat_id": USER, "text": ""}, 400, "message text is empty"),
        ("sendMessage", {"chat_id": USER, "text": " \n"}, 400, "message text is empty"),
        ("sendMessage", {"chat_id": USER, "text": "字" * 4097}, 400, "message is too long"),
        ("sendMessage", {"chat_id": USER, "text": "😀" * 2049}, 400, "message is too long"),
        ("sendMessage", {"chat_id": USER, "text": "<x>", "parse_mode": "HTML"}, 400, "can't parse entities"),
        ("sendMessage", {"chat_id": 5, "text": "x"}, 400, "chat not found"),
        ("sendMessage", {"text": "x"}, 400, "chat_id is empty"),
        ("sendChatAction", {"chat_id": USER, "action": "dancing"}, 400, "wrong parameter action"),
        ("answerCallbackQuery", {"callback_query_id": "9"}, 400, "query is too old"),
        ("editMessageReplyMarkup", {"chat_id": USER, "message_id": 9}, 400, "message to edit not found"),
        ("setWebhook", {"url": "http://example.org"}, 400, "HTTPS"),
        ("setWebhook", {"url": "https://example.org", "secret_token": "ä"}, 400, "unallowed characters"),
        ("setMyCommands", {"commands": [{"command": "Ä", "description": "x"}]}, 400, "BOT_COMMAND_INVALID"),
        ("flyAway", {}, 404, "method not found"),
    ],
)
async def test_errors_have_codes_and_descriptions(
    client: Client, method: str, parameters: dict[str, Any], code: int, description: str
) -> None:
    answer = await client.call(method, **parameters)
    assert (answer["ok"], answer["error_code"]) == (False, code)
    assert description in answer["description"]


async def test_tokens_are_checked(client: Client) -> None:
    assert (await client.call("getMe", token="1:wrong"))["error_code"] == 401
    assert (await client.call("getMe", token="nonsense"))["error_code"] == 404


@pytest.mark.parametrize("data", ["", "x" * 65])
async def test_buttons_carry_1_to_64_bytes(client: Client, data: str) -> None:
    markup = {"inline_keyboard": [[{"text": "更多", "callback_data": data}]]}
    answer = await client.call("sendMessage", chat_id=USER, text="x", reply_markup=json.dumps(markup))
    assert answer["description"] == "Bad Request: BUTTON_DATA_INVALID"


async def test_a_keyboard_that_stays_the_same_is_not_modified(client: Client) -> None:
    sent = await client.call("sendMessage", chat_id=USER, text="x")
    answer = await client.call("editMessageReplyMarkup", chat_id=USER, message_id=sent["message_id"])
    assert "message is not modified" in answer["description"]


async def test_a_press_is_acknowledged_once(client: Client) -> None:
    markup = {"inline_keyboard": [[{"text": "更多", "callback_data": "/more"}]]}
    sent = await client.call("sendMessage", chat_id=USER, text="x", reply_markup=markup)
    query = client.telegram.user_presses(USER, sent["message_id"], "/more")
    assert await client.call("answerCallbackQuery", callback_query_id=query) is True
    assert (await client.call("answerCallbackQuery", callback_query_id=query))["error_code"] == 400


async def test_an_offset_acknowledges(client: Client) -> None:
    for text in ("一", "二", "三"):
        client.telegram.user_sends(USER, text)
    first = await client.call("getUpdates", limit=2)
    assert [update["message"]["text"] for update in first] == ["一", "二"]
    assert await client.call("getUpdates", limit=2) == first
    rest = await client.call("getUpdates", offset=first[-1]["update_id"] + 1)
    assert [update["message"]["text"] for update in rest] == ["三"]
    assert await client.call("getUpdates", offset=-1) == rest


async def test_a_long_poll_waits_for_an_update(client: Client) -> None:
    poll = asyncio.create_task(client.call("getUpdates", timeout=5))
    await asyncio.sleep(0.05)
    assert not poll.done()
    client.telegram.user_sends(USER, "你好")
    assert len(await asyncio.wait_for(poll, 1)) == 1


async def test_a_second_poll_ends_the_first(client: Client) -> None:
    first = asyncio.create_task(client.call("getUpdates", timeout=5))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(client.call("getUpdates", timeout=5))
    assert (await asyncio.wait_for(first, 1))["error_code"] == 409
    client.telegram.user_sends(USER, "你好")
    assert len(await asyncio.wait_for(second, 1)) == 1


async def test_polling_conflicts_with_a_webhook(client: Client) -> None:
    assert await client.call("setWebhook", url="https://example.invalid/hook") is True
    assert (await client.call("getWebhookInfo"))["url"] == "https://example.invalid/hook"
    assert (await client.call("getUpdates"))["error_code"] == 409
    await client.call("deleteWebhook")
    assert await client.call("getUpdates") == []


async def test_only_the_kinds_asked_for_come(client: Client) -> None:
    await client.call("getUpdates", allowed_updates=["callback_query"])
    client.telegram.user_sends(USER, "你好")
    assert await client.call("getUpdates") == []


async def test_faults_come_as_ordered(client: Client) -> None:
    client.telegram.flood("getMe", 7)
    answer = await client.call("getMe")
    assert (answer["error_code"], answer["parameters"]) == (429, {"retry_after": 7})
    client.telegram.drop("getMe")
    with pytest.raises(httpx.RemoteProtocolError):
        await client.call("getMe")
    client.telegram.drop("sendMessage", after=True)
    with pytest.raises(httpx.RemoteProtocolError):
        await client.call("sendMessage", chat_id=USER, text="x")
    assert len(client.telegram.sent(USER)) == 1


async def test_blocked_and_moved_chats_refuse(client: Client) -> None:
    client.telegram.user_blocks(USER)
    assert (await client.call("sendMessage", chat_id=USER, text="x"))["error_code"] == 403
    client.telegram.world.chat(-5)
    client.telegram.group_migrates(-5, -1005)
    assert (await client.call("sendMessage", chat_id=-5, text="x"))["parameters"] == {"migrate_to_chat_id": -1005}


async def test_commands_are_kept_by_language(client: Client) -> None:
    await client.call("setMyCommands", commands=[{"command": "help", "description": "帮助"}])
    assert await client.call("getMyCommands", language_code="en") == []
    assert (await client.call("getMyCommands"))[0]["description"] == "帮助"


@pytest.mark.parametrize(
    ("markup", "text", "kinds"),
    [
        ("a<b>c</b>", "ac", ["bold"]),
        ("<i>a<b>b</b></i>", "ab", ["italic", "bold"]),
        ("&lt;&amp;&gt;&quot;&#39;&#x27;", "<&>\"''", []),
        ("&nbsp;&&#0;", "&nbsp;&&#0;", []),
        ('<a href="https://example.org">x</a>', "x", ["text_link"]),
        ("<blockquote></blockquote>x", "x", []),
    ],
)
def test_html_becomes_text_and_entities(markup: str, text: str, kinds: list[str]) -> None:
    parsed, entities = parse_html(markup)
    assert parsed == text
    assert sorted(entity["type"] for entity in entities) == sorted(kinds)


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ("<script>", 'Unsupported start tag "script" at byte offset 0'),
        ("字<", "Unclosed start tag at byte offset 3"),
        ("a < b", "Unclosed start tag"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag"),
        ("<br/>", "Unsupported start tag"),
    ],
)
def test_broken_html_is_refused(markup: str, reason: str) -> None:
    with pytest.raises(CantParse) as caught:
        parse_html(markup)
    assert reason in str(caught.value)
