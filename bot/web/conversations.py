"""The HTTP API of conversations: open one, send messages, read what was said, choose a district."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Query, Response

from bot.dialogue.clean import clean_text
from bot.dialogue.turn import Incoming, Turn
from bot.web.access import Owned
from bot.web.context import Address, Web, WebParts
from bot.web.errors import Refusal
from bot.web.hub import turn_event, typing_event
from bot.web.ports import Conversation, Entry
from bot.web.tokens import COOKIE, channel_of, conversation_of, new_token
from bot.web.wire import (
    MAX_TEXT,
    ChargeOut,
    ConversationIn,
    ConversationOut,
    DistrictIn,
    DistrictOut,
    MessageIn,
    OpenedOut,
    ProblemOut,
    TurnOut,
    TurnsOut,
)
from qifu.labels import Channel

MAX_TURNS = 200
MAX_ID = 2**31 - 1
DAY = 24 * 60 * 60

REFUSALS = {
    401: "No token, or not this conversation's.",
    404: "The conversation is no more: open a new one.",
    409: "Not now: nobody would read it, or there is no room.",
    413: "The body is too large.",
    415: "Only JPEG, PNG, WebP, PDF, Word and Excel are taken.",
    422: "Something in the request makes no sense; `fields` names it.",
    429: "Too many requests: come back after Retry-After seconds.",
}

Since = Annotated[int, Query(ge=0, le=MAX_ID, description="Only turns with a greater id.")]
ToldAfter = Annotated[int, Query(ge=0, le=MAX_ID, description="Of what the desk told, only what has a greater place.")]


def refusals(*codes: int) -> dict[int | str, dict[str, Any]]:
    """How the schema describes refused requests."""
    return {code: {"model": ProblemOut, "description": REFUSALS[code]} for code in codes}


def conversations_router() -> APIRouter:
    """The routes below /conversations."""
    router = APIRouter(prefix="/conversations", tags=["conversations"], responses=refusals(429))
    router.post("", status_code=201, responses=refusals(422))(open_conversation)
    owned = refusals(401, 404, 422)
    router.post("/{conversation_id}/messages", responses=owned)(post_message)
    router.get("/{conversation_id}/turns", responses=owned)(read_turns)
    router.put("/{conversation_id}/district", responses=owned)(choose_district)
    return router


async def open_conversation(body: ConversationIn, web: WebParts, address: Address, response: Response) -> OpenedOut:
    """Opens a conversation and greets. The token is told once: whoever has it can read and write."""
    web.gate.opening(address)
    token = new_token()
    channel = Channel.WEB if body.keep == "cookie" else Channel.API
    conversation_id = conversation_of(channel, token)
    turn = await web.dialogue.open(conversation_id, channel, body.language)
    if body.district:
        await web.dialogue.set_district(conversation_id, channel, body.district)
    if body.keep == "cookie":
        age = web.settings.keep_days * DAY
        response.set_cookie(COOKIE, token, max_age=age, httponly=True, samesite="lax", secure=web.secure)
    conversation = Conversation(conversation_id, body.district, body.language)
    return OpenedOut(
        conversation=ConversationOut.of(conversation),
        token=None if body.keep == "cookie" else token,
        turn=TurnOut.model_validate(turn_event(turn).data),
    )


async def post_message(body: MessageIn, conversation: Owned, web: WebParts, after: BackgroundTasks) -> TurnOut:
    """Sends a message and returns the turn made of it; open event streams receive the same turn."""
    incoming, came = _incoming(body, conversation), datetime.now(UTC)
    web.gate.message(conversation.id)
    turn = await web.inflight.run(conversation.id, body.message_id, lambda: answer(web, incoming, came))
    if turn.id is not None and not turn.parse.get("pending"):
        after.add_task(web.dialogue.mark_delivered, turn.id)
    return TurnOut.model_validate(turn_event(turn, message_id=body.message_id, at=came).data)


async def read_turns(
    conversation: Owned,
    web: WebParts,
    since: Since = 0,
    told: ToldAfter = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_TURNS, description="The newest so many.")] = MAX_TURNS,
) -> TurnsOut:
    """What was said, oldest first: the whole page after a reload, or what was missed since a turn.

    The whole begins with the greeting, which has no id.
    """
    entries = list(await web.transcripts.entries(conversation.id, since, limit, told))
    if since == 0 and len(entries) < limit:
        greeting = await web.dialogue.open(conversation.id, channel_of(conversation.id), conversation.language)
        entries.insert(0, Entry(greeting, entries[0].at if entries else datetime.now(UTC)))
    return TurnsOut(
        conversation=ConversationOut.of(conversation),
        charge=ChargeOut.of(await web.transcripts.charge(conversation.id)),
        turns=[TurnOut.of(entry) for entry in entries],
    )


async def choose_district(body: DistrictIn, conversation: Owned, web: WebParts) -> DistrictOut:
    """Chooses the district whose measures come first."""
    await web.dialogue.set_district(conversation.id, channel_of(conversation.id), body.district)
    return DistrictOut(district=body.district)


def _incoming(body: MessageIn, conversation: Conversation) -> Incoming:
    """The message for the dialogue. Raises Refusal where nothing is left to read."""
    text = body.payload if body.payload is not None else clean_text(body.text or "", MAX_TEXT)[0]
    if not text:
        raise Refusal(422, "empty")
    return Incoming(
        conversation_id=conversation.id,
        channel=channel_of(conversation.id),
        message_id=body.message_id,
        text=text,
        language=body.language,
        is_payload=body.payload is not None,
    )


async def answer(web: Web, incoming: Incoming, came: datetime) -> Turn:
    """Runs the dialogue, and shows every open page what happens."""
    web.hub.publish(incoming.conversation_id, typing_event(True))
    try:
        turn = await web.dialogue.handle(incoming)
        web.hub.publish(incoming.conversation_id, turn_event(turn, message_id=incoming.message_id, at=came))
        return turn
    finally:
        web.hub.publish(incoming.conversation_id, typing_event(False))
