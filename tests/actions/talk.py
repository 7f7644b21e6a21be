"""A conversation with the actions, called as Rasa calls them: over their webhook, with a tracker of one message."""

from itertools import count
from typing import Any

import httpx
from fastapi import FastAPI

from actions.build import build_actions, build_webhook
from actions.compose import Composer
from actions.cues import Cues
from actions.knowledge.base import Knowledge
from actions.knowledge.ranking import Ranker
from actions.knowledge.search import PointSearch
from actions.services import Services
from actions.state import DialogueState
from actions.wording import Wording
from bot.dialogue.read import read_turn
from bot.dialogue.turn import Turn
from qifu.labels import Act
from qifu.settings import ROOT
from seeds.model import Seeds
from seeds.yaml import load_yaml
from tests.actions import knowledge as k
from tests.fakes.desk import FakeDesk, FakeKeeper
from tests.fakes.understanding import FakeParser, Meaning

CONVERSATION = "web:4f1a"

MEANINGS = [
    Meaning(("谢",), "thanks"),
    Meaning(("再见",), "goodbye"),
    Meaning(("你好",), "greet"),
    Meaning(("你会什么",), "help"),
    Meaning(("机器人",), "bot_challenge"),
    Meaning(("投诉",), "appeal"),
    Meaning(("进度",), "appeal_status"),
    Meaning(("转人工",), "handoff"),
    Meaning(("重新开始",), "restart"),
    Meaning(("取消订阅",), "unsubscribe"),
    Meaning(("订阅",), "subscribe"),
    Meaning(("用英文", "用中文", "换语言"), "switch_language"),
    Meaning(("我们做餐饮",), "set_profile"),
    Meaning(("还有吗",), "more"),
    Meaning(("依据",), "source"),
    Meaning(("找谁",), "contact_followup"),
    Meaning(("没用",), "feedback_down"),
    Meaning(("有用",), "feedback_up"),
    Meaning(("好的",), "affirm"),
    Meaning(("不用了",), "deny"),
    Meaning(("普通注销",), "registration", {k.ORDINARY: 0.9, k.DEREGISTER: 0.05}),
    Meaning(("关掉公司", "简易注销", "deregister"), "registration", {k.DEREGISTER: 0.9, k.ORDINARY: 0.05}),
    Meaning(("注销",), "registration", {k.DEREGISTER: 0.28, k.ORDINARY: 0.27}),
    Meaning(("退税", "refund"), "taxes", {k.REFUND: 0.9}),
    Meaning(("缴税",), "taxes", {k.GENERAL: 0.9}),
    Meaning(("贷款",), "finance", {k.LOAN: 0.9}),
    Meaning(("公寓",), "talent", {k.FLAT: 0.9}),
    Meaning(("外国人",), "foreign_services", {k.WINDOW: 0.9}),
    Meaning(("模糊",), "taxes", {k.REFUND: 0.01}, confidence=0.3),
    Meaning(("我在", "那闵行", "那浦东", "那普陀", "搬到"), "set_district"),
]
TERMS = {"餐饮": ("industry", "catering"), "小微": ("company_size", "small")}


def build_services(seeds: Seeds, parser: FakeParser, desk: FakeDesk, keeper: FakeKeeper) -> Services:
    """Services over a knowledge base, with the real wording and cues."""
    wording, known = Wording(), Knowledge(seeds)
    return Services(
        knowledge=known,
        ranker=Ranker(known, PointSearch(known)),
        composer=Composer(known, wording, load_yaml(ROOT / "seeds" / "districts.yml")),
        wording=wording,
        cues=Cues(),
        keeper=keeper,
        parser=parser,
        desk=desk,
        topics=load_yaml(ROOT / "seeds" / "topics.yml"),
    )


class Talk:
    """One conversation. `said` is the newest turn; `turn` numbers count from 1, as the dialogue counts them."""

    def __init__(self, services: Services, parser: FakeParser, desk: FakeDesk, keeper: FakeKeeper) -> None:
        self.services, self.parser, self.desk, self.keeper = services, parser, desk, keeper
        self.said: Turn | None = None
        self.conversation = CONVERSATION
        self._numbers, self._last = count(1), 0
        self._app: FastAPI = build_webhook(build_actions(services))

    async def state(self) -> DialogueState:
        """What the conversation remembers."""
        return await self.keeper.load(self.conversation)

    async def says(self, text: str) -> Turn:
        """The user types; the newest turn."""
        return await self._message(self.parser.message(text), text)

    async def repeats(self, text: str) -> Turn:
        """The same turn is run again, as after a crash."""
        return await self._message(self.parser.message(text), text, self._last)

    async def presses(self, title: str) -> Turn:
        """The user presses a button of the newest turn."""
        assert self.said is not None
        payloads = {button.title: button.payload for reply in self.said.replies for button in reply.buttons}
        return await self.sends(payloads[title])

    async def sends(self, payload: str) -> Turn:
        """The user's client sends a payload, offered or forged."""
        return await self._message(self.parser.message(payload), "")

    async def _message(self, message: dict[str, Any], text: str, turn: int | None = None) -> Turn:
        state = await self.state()
        self._last = turn or next(self._numbers)
        state.turn, state.text = self._last, text
        await self.keeper.save(self.conversation, state)
        call = {
            "next_action": action_of(message["intent"]["name"]),
            "sender_id": self.conversation,
            "tracker": {"sender_id": self.conversation, "latest_message": message, "slots": {}, "events": []},
            "domain": {},
        }
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self._app), base_url="http://actions") as http:
            answer = await http.post("/webhook", json=call)
        answer.raise_for_status()
        self.said = read_turn(answer.json()["responses"], text)
        return self.said


def action_of(intent: str) -> str:
    """The action that the rules name for an intent."""
    own = {*map(str, Act), "choose", "out_of_scope"}
    return f"action_{intent}" if intent in own else "action_answer"


def said(turn: Turn) -> str:
    """All that a turn says."""
    return "\n".join(reply.text for reply in turn.replies)


def titles(turn: Turn) -> list[str]:
    """The titles of a turn's buttons."""
    return [button.title for reply in turn.replies for button in reply.buttons]


def blocks(turn: Turn, kind: str) -> list[str]:
    """The texts of a turn's blocks of one kind."""
    return [block.text for reply in turn.replies for block in reply.blocks if block.kind == kind]
