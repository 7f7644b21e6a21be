"""What goes wrong inside an action ends as an apology and a turn, never as a trace or a silence."""

import httpx
import pytest
from structlog.testing import capture_logs

from actions.build import build_actions, build_webhook
from qifu.errors import UnderstandingTimeout
from qifu.labels import Language, Outcome
from tests.actions.talk import Talk, said

SECRET = "请把我的手机号13800138000转给办事员"


async def test_a_failure_inside_an_action_is_an_apology(talk: Talk) -> None:
    talk.desk.error = ZeroDivisionError(SECRET)
    with capture_logs() as logs:
        turn = await talk.says("转人工")
    assert turn.outcome is Outcome.ERROR
    assert said(turn) == talk.services.wording.say("error", Language.ZH)
    [event] = [entry for entry in logs if entry["event"] == "action_failed"]
    assert (event["action"], event["turn"]) == ("action_handoff", 1)
    assert SECRET not in str({key: value for key, value in event.items() if key != "exc_info"})


async def test_after_a_failure_the_next_message_is_answered(talk: Talk) -> None:
    talk.desk.error = ZeroDivisionError()
    await talk.says("转人工")
    assert (await talk.says("出口退税几天")).outcome is Outcome.ANSWERED


async def test_understanding_that_fails_half_way_is_an_apology(talk: Talk) -> None:
    await talk.says("上海出口退税几天")
    talk.parser.error = UnderstandingTimeout("Rasa didn't answer in time")
    assert (await talk.says("那闵行呢")).outcome is Outcome.ERROR


async def test_an_apology_is_in_the_users_language(talk: Talk) -> None:
    talk.parser.error = UnderstandingTimeout("Rasa didn't answer in time")
    await talk.says("注销")
    turn = await talk.says("the simple deregister please")
    assert said(turn) == talk.services.wording.say("error", Language.EN)


@pytest.fixture
async def http(talk: Talk) -> httpx.AsyncClient:
    """The webhook itself."""
    app = build_webhook(build_actions(talk.services))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://actions")


async def test_an_action_nobody_knows_is_refused_and_logged(http: httpx.AsyncClient) -> None:
    tracker = {"sender_id": "web:1", "latest_message": {"text": "你好"}, "slots": {}, "events": []}
    call = {"next_action": "action_dance", "sender_id": "web:1", "tracker": tracker, "domain": {}}
    with capture_logs() as logs:
        answer = await http.post("/webhook", json=call)
    assert answer.status_code == 404
    assert answer.json()["action_name"] == "action_dance"
    assert [entry["event"] for entry in logs] == ["action_unknown"]


async def test_the_webhook_says_that_it_lives(http: httpx.AsyncClient) -> None:
    assert (await http.get("/health")).json() == {"status": "ok"}
