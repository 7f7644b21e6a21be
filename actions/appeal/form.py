"""Takes the text of an appeal: the message after 我要投诉."""

from actions.compose import reply
from actions.result import Result
from actions.services import Services
from actions.situation import Situation
from qifu.labels import Act, Outcome

SHORTEST = 8
"""Fewer characters than this can't say which firm, what happened and what is wanted."""


async def take_appeal(services: Services, situation: Situation) -> Result:
    """The message after “appeal”: filed, cancelled, or asked for in more detail."""
    state, text = situation.state, situation.text.strip()
    values: dict[str, str] = {}
    if services.cues.has("cancel", text):
        state.form = None
        key, outcome = "appeal_cancelled", Outcome.ACT
    elif len(text) < SHORTEST:
        key, outcome = "appeal_too_short", Outcome.FORM
    else:
        state.form = None
        filed = await services.desk.appeal(situation.conversation, state.district, situation.understood.topic, text)
        key, outcome, values = "appeal_filed", Outcome.ACT, {"number": filed.number}
    block = services.composer.say("text", key, situation.language, **values)
    return Result(outcome, (reply([block]),), act=Act.APPEAL)
