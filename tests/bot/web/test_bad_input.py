"""Whatever is sent gets a clear line, and nothing crashes."""

import json
import unicodedata
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bot.web.conftest import Client
from tests.fakes.dialogue import FakeDialogue

numbers = count(1)
many = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
any_text = st.text(st.characters(exclude_categories=()), max_size=200)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=8,
)


async def sent_raw(client: Client, body: bytes, kind: str = "application/json") -> Any:
    """The answer to a body sent as it is."""
    url = f"/api/v1/conversations/{client.id}/messages"
    return await client.http.post(url, content=body, headers=client.headers | {"Content-Type": kind})


@pytest.mark.parametrize(
    "text",
    [
        "退",
        "?",
        "🏢📄👩‍👩‍👧 退税 🇨🇳",
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "'; DROP TABLE turns; --",
        "{{ 7*7 }} ${7*7} %s %n",
        "مرحبا привет こんにちは ภาษาไทย",
        "出口\u202e退税\u200b多久",
        "第一行\r\n第二行",
        "/start",
        "x" * 10_000,
        "退税" * 5_000,
    ],
)
async def test_odd_texts_are_answered(client: Client, text: str) -> None:
    response = await client.say(text)
    assert response.status_code == 200
    assert response.json()["replies"]


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u3000", "\x00\x01\x02", "\u200b\u200b"])
async def test_nothing_to_read_is_said_to_be_nothing(client: Client, text: str) -> None:
    response = await sent_raw(client, json.dumps({"message_id": "e", "text": text}).encode())
    assert response.status_code == 422
    assert response.json()["error"] == {"code": "empty", "message": "消息里没有可读的文字。"}


async def test_half_a_character_is_refused(client: Client) -> None:
    response = await sent_raw(client, b'{"message_id": "e", "text": "\\ud83d"}')
    assert (response.status_code, response.json()["error"]["code"]) == (422, "invalid")


async def test_control_characters_never_reach_the_dialogue(client: Client, dialogue: FakeDialogue) -> None:
    await client.say("出口\x00退\x1b[31m税\x7f")
    assert dialogue.incoming[0].text == "出口退[31m税"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "invalid"),
        (b"{", 400, "bad_json"),
        (b"\xff\xfe{}", 400, "bad_json"),
        (b'{"message_id": "1", "text": "\xff"}', 400, "bad_json"),
        (b"[" * 20_000, 400, "bad_json"),
        (b"[]", 422, "invalid"),
        (b"null", 422, "invalid"),
        (b'{"text": "hi"}', 422, "invalid"),
        (b'{"message_id": "1"}', 422, "invalid"),
        (b'{"message_id": "1", "text": null}', 422, "invalid"),
        (b'{"message_id": 1, "text": "hi"}', 422, "invalid"),
        (b'{"message_id": "1", "text": 7}', 422, "invalid"),
        (b'{"message_id": "1", "text": "hi", "payload": "/more"}', 422, "invalid"),
        (b'{"message_id": "1", "payload": "more"}', 422, "invalid"),
        (b'{"message_id": "1", "payload": "/\xe6\x9b\xb4"}', 422, "invalid"),
        (b'{"message_id": "a b", "text": "hi"}', 422, "invalid"),
        (b'{"message_id": "1", "text": "hi", "language": "fr"}', 422, "invalid"),
        (b'{"message_id": "1", "text": "hi", "admin": true}', 422, "invalid"),
        (b'{"message_id": "1", "text": "' + b"x" * 17_000 + b'"}', 422, "invalid"),
        (b'{"message_id": "1", "text": "' + b"x" * 70_000 + b'"}', 413, "too_large"),
    ],
)
async def test_bodies_of_the_wrong_shape_are_refused_with_a_reason(
    client: Client, body: bytes, status: int, code: str
) -> None:
    response = await sent_raw(client, body)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert response.json()["error"]["message"]


async def test_a_form_is_not_json(client: Client) -> None:
    response = await sent_raw(client, b"message_id=1&text=hi", "application/x-www-form-urlencoded")
    assert response.status_code == 422


async def test_refusals_name_the_field_and_never_repeat_what_was_sent(client: Client) -> None:
    response = await client.post({"message_id": "1", "text": "hi", "language": "my-secret"})
    assert response.json()["error"]["fields"][0]["field"] == "body.language"
    assert "my-secret" not in response.text


@pytest.mark.parametrize("since", ["-1", "abc", "1e9", str(2**31), str(10**40), ""])
async def test_turns_since_nonsense_are_refused(client: Client, since: str) -> None:
    assert (await client.get("turns", since=since)).status_code == 422


@many
@given(text=any_text)
async def test_any_text_is_answered_or_said_to_be_empty(client: Client, dialogue: FakeDialogue, text: str) -> None:
    response = await sent_raw(client, json.dumps({"message_id": f"h{next(numbers)}", "text": text}).encode())
    if response.status_code == 422:
        broken = any("\ud800" <= char <= "\udfff" for char in text)
        assert response.json()["error"]["code"] == ("invalid" if broken else "empty")
        return
    assert response.status_code == 200
    read = dialogue.incoming[-1].text
    assert read.encode()
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in read.replace("\n", ""))


@many
@given(body=st.binary(max_size=300))
async def test_any_bytes_are_refused_as_json_errors(client: Client, body: bytes) -> None:
    response = await sent_raw(client, body)
    assert 400 <= response.status_code < 500
    assert response.json()["error"]["code"] in ("bad_json", "invalid")


@many
@given(body=any_json)
async def test_any_json_is_refused_with_a_code(client: Client, body: Any) -> None:
    response = await sent_raw(client, json.dumps(body).encode())
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "invalid"
