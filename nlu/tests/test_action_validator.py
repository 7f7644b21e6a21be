"""The compiled validator judges action replies as stock Rasa does."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from server import compile_action_validator

LISTEN = {"event": "action", "name": "action_listen", "policy": None, "confidence": 1.0, "timestamp": None}
REPLIES: list[dict[str, Any]] = [
    {},
    {"events": [], "responses": []},
    {"events": [], "responses": [{"text": "您好", "buttons": [{"title": "更多", "payload": "/more"}]}]},
    {"responses": [{"custom": {"turn": {"outcome": "answered"}}}]},
    {"events": [{"event": "slot", "name": "district", "value": "minhang"}]},
    {"events": [LISTEN, {"event": "restart"}, {"event": "session_started"}]},
    {"events": [{"event": "followup", "name": "action_answer"}]},
    {"events": "none"},
    {"events": None},
    {"events": [{"name": "district"}]},
    {"events": [{"event": "slot"}]},
    {"events": [{"event": "no such event"}]},
    {"events": [{"event": "slot", "name": "district", "value": "x", "timestamp": "now"}]},
    {"events": [[]]},
    {"responses": ["您好"]},
    {"responses": {}},
    {"responses": [None]},
]


@pytest.fixture
def stock() -> Iterator[Callable[[RemoteAction, dict[str, Any]], bool]]:
    """Rasa's own method, put back afterwards."""
    method = RemoteAction._validate_action_result
    yield method
    RemoteAction._validate_action_result = method


def accepts(judge: Callable[[RemoteAction, dict[str, Any]], bool], reply: dict[str, Any]) -> bool:
    try:
        return judge(RemoteAction("action_answer", None), reply)
    except ValidationError:
        return False


def test_verdicts_are_those_of_stock_rasa(stock: Callable[[RemoteAction, dict[str, Any]], bool]) -> None:
    expected = [accepts(stock, reply) for reply in REPLIES]
    compile_action_validator()
    compiled = RemoteAction._validate_action_result
    assert compiled is not stock
    assert [accepts(compiled, reply) for reply in REPLIES] == expected
    assert {True, False} == set(expected)
