"""Only the owner of a conversation reads and writes it."""

import re

import httpx
import pytest

from bot.web.tokens import CONVERSATION_ID, conversation_of, new_token, opens
from qifu.labels import Channel
from tests.bot.web.conftest import Client, opened


def test_tokens_are_long_and_never_the_same() -> None:
    tokens = {new_token() for _ in range(200)}
    assert len(tokens) == 200
    assert min(map(len, tokens)) >= 22


def test_a_token_opens_its_own_conversation_only() -> None:
    token = new_token()
    conversation = conversation_of(Channel.WEB, token)
    assert re.match(CONVERSATION_ID, conversation)
    assert token not in conversation
    assert opens(conversation, token)
    assert not opens(conversation, new_token())
    assert not opens(conversation_of(Channel.API, token), token + "x")
    assert not opens(conversation, "\ud800")


@pytest.mark.parametrize("path", ["turns", "events"])
async def test_nothing_is_read_without_the_token(client: Client, path: str) -> None:
    response = await client.http.get(f"/api/v1/conversations/{client.id}/{path}")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_nothing_is_written_without_the_token(client: Client) -> None:
    base = f"/api/v1/conversations/{client.id}"
    message = {"message_id": "x", "text": "hi"}
    assert (await client.http.post(f"{base}/messages", json=message)).status_code == 401
    assert (await client.http.put(f"{base}/district", json={"district": "putuo"})).status_code == 401


async def test_the_token_of_another_conversation_does_not_help(client: Client, http: httpx.AsyncClient) -> None:
    other = await opened(http)
    stolen = Client(http, client.id, other.token)
    assert (await stolen.get("turns")).status_code == 401


async def test_a_cookie_opens_the_conversation_of_the_page(http: httpx.AsyncClient) -> None:
    answer = (await http.post("/api/v1/conversations", json={"keep": "cookie"})).json()
    url = f"/api/v1/conversations/{answer['conversation']['id']}/turns"
    assert (await http.get(url)).status_code == 200


async def test_another_site_cannot_use_the_cookie(http: httpx.AsyncClient) -> None:
    answer = (await http.post("/api/v1/conversations", json={"keep": "cookie"})).json()
    url = f"/api/v1/conversations/{answer['conversation']['id']}/turns"
    assert (await http.get(url, headers={"Sec-Fetch-Site": "cross-site"})).status_code == 403


async def test_a_wrong_header_is_not_healed_by_the_cookie(http: httpx.AsyncClient) -> None:
    answer = (await http.post("/api/v1/conversations", json={"keep": "cookie"})).json()
    url = f"/api/v1/conversations/{answer['conversation']['id']}/turns"
    assert (await http.get(url, headers={"Authorization": "Bearer wrong"})).status_code == 401


@pytest.mark.parametrize("conversation", ["telegram:12345", "web:zz", "api:../../etc", "%00", "web:" + "a" * 33])
async def test_ids_of_other_kinds_are_refused(http: httpx.AsyncClient, conversation: str) -> None:
    response = await http.get(f"/api/v1/conversations/{conversation}/turns", headers={"Authorization": "Bearer x"})
    assert response.status_code in (404, 422)
