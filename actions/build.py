"""Builds the actions and the webhook through which Rasa calls them."""

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from actions.answer import AnswerAction, ChooseAction, OutOfScopeAction
from actions.answering import Answerer
from actions.appeal.opening import AppealAction
from actions.appeal.status import AppealStatusAction
from actions.base import QifuAction
from actions.desk import (
    FeedbackAction,
    HandoffAction,
    SubscribeAction,
    UnsubscribeAction,
)
from actions.follow_up import ContactAction, MoreAction, SourceAction
from actions.profile import SetDistrictAction, SetProfileAction, SwitchLanguageAction
from actions.services import Services
from actions.small_talk import AffirmAction, DenyAction, PhraseAction, RestartAction, WelcomeAction
from qifu.labels import Act

log = structlog.get_logger()


def build_actions(services: Services) -> list[QifuAction]:
    """Every custom action, ready to be registered."""
    answerer = Answerer(services)
    plain = (
        AnswerAction,
        OutOfScopeAction,
        ChooseAction,
        MoreAction,
        SourceAction,
        ContactAction,
        SetDistrictAction,
        SetProfileAction,
        AffirmAction,
        SwitchLanguageAction,
        HandoffAction,
        AppealAction,
        AppealStatusAction,
        SubscribeAction,
        UnsubscribeAction,
        RestartAction,
        DenyAction,
    )
    return [
        *(action(services, answerer) for action in plain),
        *(PhraseAction(services, answerer, act) for act in (Act.THANKS, Act.GOODBYE, Act.BOT_CHALLENGE)),
        *(WelcomeAction(services, answerer, act) for act in (Act.GREET, Act.HELP)),
        FeedbackAction(services, answerer, act=Act.FEEDBACK_UP, value=1),
        FeedbackAction(services, answerer, act=Act.FEEDBACK_DOWN, value=-1),
    ]


def build_webhook(actions: list[QifuAction]) -> FastAPI:
    """The action webhook of Rasa's protocol: POST /webhook runs one action, GET /health says it lives."""
    executor = ActionExecutor()
    for action in actions:
        executor.register_action(action)
    app = FastAPI(title="qifu actions", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/webhook")
    async def webhook(request: Request) -> JSONResponse:
        call: dict[str, Any] = await request.json()
        try:
            answer = await executor.run(call)
        except ActionExecutionRejection as error:
            return JSONResponse({"error": str(error), "action_name": error.action_name}, status_code=400)
        except ActionNotFoundException as error:
            log.error("action_unknown", action=error.action_name)
            return JSONResponse({"error": str(error), "action_name": error.action_name}, status_code=404)
        return JSONResponse(answer.model_dump() if answer else {})

    return app
