"""Offers a person where the bot doesn't get on: after two failed answers in a row, after 👎, to somebody upset."""

from dataclasses import replace

from actions.compose import MOST_CHARACTERS, reply
from actions.result import Result
from actions.services import Services
from actions.situation import Situation
from bot.dialogue.turn import Reply
from qifu.labels import Act, HandoffReason, Outcome

ENOUGH_MISSES = 2
PAYLOAD = "/handoff"
_FAILED = (Outcome.NO_ANSWER, Outcome.OUT_OF_SCOPE)
_ON_THE_WAY = (Act.HANDOFF, Act.APPEAL, Act.APPEAL_STATUS)


def with_offer(services: Services, situation: Situation, result: Result) -> Result:
    """The result, with the offer of a person where one may be wanted; the state remembers why it was made.

    Nobody is offered to somebody who waits for one, or is about to file an appeal.
    """
    state = situation.state
    reason = _reason(services, situation, result)
    state.offered = None if state.called else reason
    if state.offered is None or reason is HandoffReason.THUMB_DOWN:
        # The answer to a thumb down has the offer in its own words.
        return result
    composer, language = services.composer, situation.language
    block = composer.say("text", f"offer_{reason}", language)
    last = result.replies[-1]
    offered = any(button.payload == PAYLOAD for button in last.buttons)
    buttons = last.buttons if offered else (*last.buttons, composer.button("handoff", PAYLOAD, language))
    if len(last.text) + len(block.text) < MOST_CHARACTERS and len(last.blocks) > 0:
        more: tuple[Reply, ...] = (Reply(f"{last.text}\n{block.text}", buttons, (*last.blocks, block)),)
    else:
        more = (last, reply([block], [composer.button("handoff", PAYLOAD, language)]))
    return replace(result, replies=(*result.replies[:-1], *more))


def _reason(services: Services, situation: Situation, result: Result) -> HandoffReason | None:
    if result.act in _ON_THE_WAY or result.outcome in (Outcome.FORM, Outcome.HANDOFF) or not result.replies:
        return None
    if result.act == Act.FEEDBACK_DOWN:
        return HandoffReason.THUMB_DOWN
    if situation.text and services.cues.has("anger", situation.text):
        return HandoffReason.ANGER
    if result.outcome in _FAILED and situation.state.misses >= ENOUGH_MISSES:
        return HandoffReason.FAILED
    return None
