"""Rasa's HTTP API over understanding by keywords: the real actions answer, no model is needed."""

import json
from typing import Any

import httpx

from actions.build import build_actions, build_webhook
from actions.services import Services
from tests.actions.talk import action_of
from tests.fakes.understanding import FakeParser


class KeywordRasa:
    """`transport` is for RasaClient; the rules are those of the flows: each intent has its action."""

    def __init__(self, parser: FakeParser, services: Services) -> None:
        self._parser = parser
        self._actions = httpx.ASGITransport(build_webhook(build_actions(services)))

    @property
    def transport(self) -> httpx.MockTransport:
        """Answers as Rasa's REST channel does."""
        return httpx.MockTransport(self._handle)

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/status":
            return httpx.Response(200, json={"model_file": "x"})
        asked = json.loads(request.content)
        if request.url.path == "/model/parse":
            return httpx.Response(200, json=self._parser.message(asked["text"]))
        return httpx.Response(200, json=await self._answered(asked["sender"], asked["message"]))

    async def _answered(self, sender: str, text: str) -> list[dict[str, Any]]:
        message = self._parser.message(text)
        call = {
            "next_action": action_of(message["intent"]["name"]),
            "sender_id": sender,
            "tracker": {"sender_id": sender, "latest_message": message, "slots": {}, "events": []},
            "domain": {},
        }
        async with httpx.AsyncClient(transport=self._actions, base_url="http://actions") as http:
            answer = await http.post("/webhook", json=call)
        answer.raise_for_status()
        responses: list[dict[str, Any]] = answer.json()["responses"]
        return [{"recipient_id": sender, **response} for response in responses]
