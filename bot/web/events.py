"""Live delivery to a page: Server-Sent Events of one conversation."""

import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query
from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.web.access import Owned
from bot.web.context import Web, WebParts
from bot.web.conversations import MAX_ID, MAX_TURNS, refusals
from bot.web.hub import Event, entry_event

HEARTBEAT = 15.0
SEND_TIMEOUT = 30.0


def events_router() -> APIRouter:
    """The route of the event stream."""
    router = APIRouter(prefix="/conversations", tags=["conversations"])
    stream = {"description": "The stream.", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
    router.get(
        "/{conversation_id}/events",
        response_class=EventSourceResponse,
        responses={**refusals(401, 404, 422, 429), 200: stream},
    )(read_events)
    return router


async def read_events(
    conversation: Owned,
    web: WebParts,
    since: Annotated[int | None, Query(ge=0, le=MAX_ID, description="First send the turns with a greater id.")] = None,
    last_event_id: Annotated[str | None, Header(description="Like `since`; sent by browsers on their own.")] = None,
) -> EventSourceResponse:
    """Follows a conversation. Events: `turn` (a turn as JSON; its id is the event's id; also turns nobody asked for,
    such as a person's reply), `typing` ({"on": true|false}), `replaced` (the same conversation was opened in too many
    places: this stream ends), `ping` (every 15 seconds). The same turn may come twice."""
    start = _number(last_event_id)
    return EventSourceResponse(
        _stream(web, conversation.id, since if start is None else start),
        ping=HEARTBEAT,
        ping_message_factory=lambda: ServerSentEvent(event="ping", data="{}"),
        send_timeout=SEND_TIMEOUT,
        sep="\n",
    )


async def _stream(web: Web, conversation_id: str, since: int | None) -> AsyncIterator[ServerSentEvent]:
    """First what was missed, then what happens; subscribed before reading, so nothing falls between."""
    with web.hub.subscribe(conversation_id) as page:
        if since is not None:
            for entry in await web.transcripts.entries(conversation_id, since, MAX_TURNS):
                yield _sent(entry_event(entry))
        if web.inflight.busy(conversation_id):
            yield ServerSentEvent(event="typing", data='{"on": true}')
        async for event in page:
            yield _sent(event)


def _sent(event: Event) -> ServerSentEvent:
    identity = None if event.id is None else str(event.id)
    return ServerSentEvent(event=event.kind, id=identity, data=json.dumps(event.data, ensure_ascii=False))


def _number(last_event_id: str | None) -> int | None:
    """The turn a browser saw last; None where it is no number of a turn."""
    text = (last_event_id or "").strip()
    return min(int(text), MAX_ID) if text.isascii() and text.isdigit() and len(text) < 20 else None
