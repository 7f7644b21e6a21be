"""Requests for people: handoff, feedback, subscriptions."""

from actions.base import QifuAction
from actions.compose import reply
from actions.result import Result
from actions.services import Wish
from actions.situation import Situation
from qifu.labels import Act, HandoffReason, Outcome


class HandoffAction(QifuAction):
    """转人工: calls a person and says what happens next; outside service hours a question can be left for them."""

    action = "action_handoff"

    async def decide(self, situation: Situation) -> Result:
        """The number of the request, the place in the queue and the expected wait."""
        state, composer, language = situation.state, self.services.composer, situation.language
        wish = Wish(
            self._reason(situation),
            language,
            self.form.leaving.written(situation) or state.last.question,
            state.district or next(iter(state.last.districts), None),
            state.last.topic,
            state.last.matter,
            state.turn,
        )
        called = await self.services.desk.hand_off(situation.conversation, wish)
        if called.number is None:
            return self.form.leaving.offer(situation, called)
        self.form.leaving.drop(situation)
        state.called = True
        key = "handoff" if called.new else "handoff_twice"
        more = {"number": called.number, "ahead": called.ahead, "wait": called.wait, "hours": called.hours}
        block = composer.say("text", key, language, **more)
        buttons = [composer.button("cancel_handoff", "/desk_cancel", language)] if called.ahead is not None else []
        return Result(Outcome.HANDOFF, (reply([block], buttons),), act=Act.HANDOFF)

    def _reason(self, situation: Situation) -> HandoffReason:
        """Why: what it was offered for in the last turn, if it was; else anger, or just so."""
        if situation.state.offered in set(HandoffReason):
            return HandoffReason(situation.state.offered)
        upset = situation.text and self.services.cues.has("anger", situation.text)
        return HandoffReason.ANGER if upset else HandoffReason.ASKED


class FeedbackAction(QifuAction):
    """👍 or 👎 for an answer: the turn of the button's payload, else the last one."""

    def __init__(self, *arguments: object, act: Act, value: int) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.action, self.act, self.value = f"action_{act}", act, value

    async def decide(self, situation: Situation) -> Result:
        """Thanks, or regret with a way on."""
        composer, language = self.services.composer, situation.language
        named = situation.value("turn")
        turn = int(named) if named and named.isdecimal() and len(named) < 19 else None
        await self.services.desk.feedback(situation.conversation, turn, self.value)
        buttons = [composer.button("handoff", "/handoff", language)] if self.value < 0 else []
        return Result(Outcome.ACT, (reply([composer.say("text", str(self.act), language)], buttons),), act=self.act)


class SubscribeAction(QifuAction):
    """有新政策告诉我: subscribes the conversation to news of its district."""

    action = "action_subscribe"

    async def decide(self, situation: Situation) -> Result:
        """Confirms the subscription."""
        composer, state = self.services.composer, situation.state
        if districts := situation.understood.districts:
            state.focus = districts
        district = state.focus[0] if state.focus else state.district
        await self.services.desk.subscribe(situation.conversation, district, [])
        name = composer.district(district, situation.language) if district else None
        block = composer.say("text", "subscribed", situation.language, district=name)
        return Result(Outcome.ACT, (reply([block]),), act=Act.SUBSCRIBE)


class UnsubscribeAction(QifuAction):
    """取消订阅: ends the subscription."""

    action = "action_unsubscribe"

    async def decide(self, situation: Situation) -> Result:
        """Confirms the end."""
        await self.services.desk.unsubscribe(situation.conversation)
        block = self.services.composer.say("text", "unsubscribed", situation.language)
        return Result(Outcome.ACT, (reply([block]),), act=Act.UNSUBSCRIBE)
