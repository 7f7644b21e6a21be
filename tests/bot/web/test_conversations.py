"""The HTTP API of conversations."""

import asyncio
from typing import get_args

import httpx
from structlog.testing import capture_logs

from bot.dialogue.turn import BlockKind, Incoming, Turn
from bot.web.limits import Limits, Rate
from qifu.errors import StoreError
from qifu.labels import Channel, District, Language, Outcome
from tests.bot.web.conftest import Client, opened
from tests.fakes.dialogue import FakeDialogue, reply
from tests.fakes.webserver import build


async def test_opening_returns_a_token_and_a_greeting(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v1/conversations", json={"language": "en"})
    answer = response.json()
    assert response.status_code == 201
    assert len(answer["token"]) >= 22
    assert answer["conversation"]["channel"] == "api"
    assert answer["turn"]["replies"][0]["text"] == "Hello, this is Qifu."
    assert "set-cookie" not in response.headers


async def test_the_page_gets_its_token_in_a_cookie_that_scripts_cannot_read(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v1/conversations", json={"keep": "cookie"})
    cookie = response.headers["set-cookie"]
    assert response.json()["token"] is None
    assert response.json()["conversation"]["channel"] == "web"
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "Secure" not in cookie


async def test_the_cookie_is_secure_behind_https(dialogue: FakeDialogue) -> None:
    transport = httpx.ASGITransport(build(dialogue, public_url="https://qifu.example"))
    async with httpx.AsyncClient(transport=transport, base_url="https://qifu.example") as http:
        response = await http.post("/api/v1/conversations", json={"keep": "cookie"})
    assert "Secure" in response.headers["set-cookie"]
    assert "Strict-Transport-Security" in response.headers


async def test_a_message_becomes_a_turn_with_blocks_and_buttons(client: Client, dialogue: FakeDialogue) -> None:
    turn = (await client.say("出口退税多久？", language="zh")).json()
    assert turn["text"] == "出口退税多久？"
    assert turn["outcome"] == "answered"
    assert turn["replies"][0]["blocks"] == [{"kind": "lead", "text": "收到：出口退税多久？"}]
    assert turn["replies"][0]["buttons"][0] == {"title": "更多", "payload": "/more"}
    assert dialogue.incoming[0] == Incoming(client.id, Channel.API, "m1", "出口退税多久？", Language.ZH)


async def test_a_delivered_turn_is_marked(client: Client, dialogue: FakeDialogue) -> None:
    turn = (await client.say("你好")).json()
    assert dialogue.delivered == [turn["id"]]


async def test_a_pressed_button_arrives_as_a_payload(client: Client, dialogue: FakeDialogue) -> None:
    await client.post({"message_id": "b1", "payload": '/choose{"m":"taxes/export_refund"}'})
    assert dialogue.incoming[0].is_payload
    assert dialogue.incoming[0].text == '/choose{"m":"taxes/export_refund"}'


async def test_the_same_message_twice_is_answered_once(client: Client, dialogue: FakeDialogue) -> None:
    first = (await client.say("几天？", message_id="same")).json()
    second = (await client.say("几天？", message_id="same")).json()
    assert first["id"] == second["id"]
    assert dialogue.runs["same"] == 1


async def test_the_same_message_sent_while_it_is_answered_waits_for_that_answer(
    client: Client, dialogue: FakeDialogue
) -> None:
    dialogue.pause.clear()
    both = asyncio.gather(client.say("几天？", message_id="same"), client.say("几天？", message_id="same"))
    await asyncio.sleep(0.05)
    dialogue.pause.set()
    first, second = await both
    assert first.json()["id"] == second.json()["id"]
    assert dialogue.runs["same"] == 1


async def test_a_message_is_answered_even_when_the_client_goes_away(client: Client, dialogue: FakeDialogue) -> None:
    dialogue.pause.clear()
    request = asyncio.ensure_future(client.say("几天？", message_id="gone"))
    await asyncio.sleep(0.05)
    request.cancel()
    dialogue.pause.set()
    await asyncio.sleep(0.05)
    assert dialogue.runs["gone"] == 1


async def test_the_transcript_begins_with_the_greeting(client: Client) -> None:
    await client.say("第一句")
    await client.say("第二句")
    turns = (await client.get("turns")).json()["turns"]
    assert [turn["text"] for turn in turns] == ["", "第一句", "第二句"]
    assert [turn["message_id"] for turn in turns] == [None, "m1", "m2"]


async def test_what_was_missed_is_read_since_a_turn(client: Client) -> None:
    first = (await client.say("第一句")).json()
    await client.say("第二句")
    turns = (await client.get("turns", since=first["id"])).json()["turns"]
    assert [turn["text"] for turn in turns] == ["第二句"]


async def test_a_message_kept_while_rasa_is_away_says_that_its_answer_is_to_come(
    client: Client, dialogue: FakeDialogue
) -> None:
    dialogue.away = True
    turn = (await client.say("在吗")).json()
    assert turn["pending"]
    assert dialogue.delivered == []


async def test_a_district_is_chosen(client: Client, dialogue: FakeDialogue) -> None:
    url = f"/api/v1/conversations/{client.id}/district"
    answer = await client.http.put(url, json={"district": "minhang"}, headers=client.headers)
    assert answer.json() == {"district": "minhang"}
    assert dialogue.conversations_known[client.id].district == District.MINHANG
    assert (await client.get("turns")).json()["conversation"]["district"] == "minhang"


async def test_a_conversation_may_begin_with_a_district(http: httpx.AsyncClient, dialogue: FakeDialogue) -> None:
    client = await opened(http, district="putuo")
    assert dialogue.conversations_known[client.id].district == District.PUTUO


async def test_a_conversation_that_was_deleted_says_so(client: Client, dialogue: FakeDialogue) -> None:
    dialogue.forget_all()
    response = await client.say("还在吗")
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "unknown_conversation"


async def test_too_many_messages_are_put_off_politely(dialogue: FakeDialogue) -> None:
    few = Limits(messages=Rate(2, 30.0))
    transport = httpx.ASGITransport(build(dialogue, few))
    async with httpx.AsyncClient(transport=transport, base_url="http://qifu") as http:
        client = await opened(http)
        assert [(await client.say("快")).status_code for _ in range(3)] == [200, 200, 429]
        refused = await client.say("快")
    assert 1 <= int(refused.headers["Retry-After"]) <= 30
    assert refused.json()["error"]["message"] == f"您发得有点快，请在 {refused.headers['Retry-After']} 秒后再试。"


async def test_one_address_opens_only_so_many_conversations(dialogue: FakeDialogue) -> None:
    transport = httpx.ASGITransport(build(dialogue, Limits(openings=Rate(3, 60.0))))
    async with httpx.AsyncClient(transport=transport, base_url="http://qifu") as http:
        codes = [(await http.post("/api/v1/conversations", json={})).status_code for _ in range(4)]
    assert codes == [201, 201, 201, 429]


async def test_a_store_that_cannot_be_reached_is_a_polite_503(client: Client, dialogue: FakeDialogue) -> None:
    dialogue.error = StoreError("disk full: /secret/path")
    response = await client.say("你好")
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "unavailable"
    assert "secret" not in response.text


async def test_a_bug_shows_no_stack_trace(client: Client, dialogue: FakeDialogue) -> None:
    dialogue.error = ZeroDivisionError("secret detail")
    with capture_logs() as logs:
        response = await client.say("你好")
    assert [(entry["event"], entry["path"]) for entry in logs] == [
        ("web.crashed", "/conversations/{conversation_id}/messages")
    ]
    assert response.status_code == 500
    assert response.json()["error"]["code"] == "internal"
    assert "secret" not in response.text
    assert "Traceback" not in response.text


async def test_a_turn_without_replies_is_a_turn_too(client: Client, dialogue: FakeDialogue) -> None:
    dialogue.script = lambda incoming: Turn(incoming.text, (), Outcome.HANDOFF)
    turn = (await client.say("帮办人员在吗")).json()
    assert (turn["outcome"], turn["replies"]) == ("handoff", [])


async def test_english_clients_read_english_errors(client: Client) -> None:
    response = await client.http.get(
        f"/api/v1/conversations/{client.id}/turns", headers={"Accept-Language": "en-GB,en;q=0.9"}
    )
    assert response.json()["error"]["message"] == "The token is missing, or isn't this conversation's."


async def test_a_reply_may_have_every_kind_of_block(client: Client, dialogue: FakeDialogue) -> None:
    kinds = get_args(BlockKind)
    said = reply(*((kind, kind) for kind in kinds))
    dialogue.script = lambda incoming: Turn(incoming.text, (said,), Outcome.ANSWERED)
    turn = (await client.say("都有什么")).json()
    assert [block["kind"] for block in turn["replies"][0]["blocks"]] == list(kinds)
