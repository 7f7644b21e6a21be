"""Live delivery to a page: Server-Sent Events of one conversation."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Header, Query
from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.web.access import Owned
from bot.web.context import Web, WebParts
from bot.web.conversations import MAX_ID, MAX_TURNS, refusals
from bot.web.hub import Event, charge_event, entry_event

HEARTBEAT = 15.0
SEND_TIMEOUT = 30.0
_EVENT_ID = re.compile(r"([0-9]{1,19})(?:\.([0-9]{1,19}))?")


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
    told: Annotated[int, Query(ge=0, le=MAX_ID, description="Of what the desk told, what has a greater place.")] = 0,
    last_event_id: Annotated[str | None, Header(description="Like `since.told`; sent by browsers alone.")] = None,
) -> EventSourceResponse:
    """Follows a conversation. Events: `turn` (a turn as JSON; the event's id is the last turn's id, followed by a dot
    and the place of what the desk told last, if it told anything), `charge` (who answers from now on), `typing`
    ({"on": true|false}), `replaced` (the same conversation was opened in too many places: this stream ends), `ping`
    (every 15 seconds). The same turn may come twice."""
    start = _place(last_event_id) or (None if since is None else _Place(since, told))
    return EventSourceResponse(
        _stream(web, conversation.id, start),
        ping=HEARTBEAT,
        ping_message_factory=lambda: ServerSentEvent(event="ping", data="{}"),
        send_timeout=SEND_TIMEOUT,
        sep="\n",
    )


@dataclass(slots=True)
class _Place:
    """How far a page has read: the last turn, and the place of what the desk told last."""

    turn: int = 0
    told: int = 0

    def after(self, event: Event) -> str | None:
        """The event's id: how far a page has read with it."""
        if event.id is None and event.told is None:
            return None
        self.turn, self.told = max(self.turn, event.id or 0), max(self.told, event.told or 0)
        return f"{self.turn}.{self.told}" if self.told else str(self.turn)


async def _stream(web: Web, conversation_id: str, start: _Place | None) -> AsyncIterator[ServerSentEvent]:
    """First what was missed, then what happens; subscribed before reading, so nothing falls between."""
    place = start or _Place()
    with web.hub.subscribe(conversation_id) as page:
        if start is not None:
            for entry in await web.transcripts.entries(conversation_id, start.turn, MAX_TURNS, start.told):
                yield _sent(entry_event(entry), place)
            yield _sent(charge_event(await web.transcripts.charge(conversation_id)), place)
        if web.inflight.busy(conversation_id):
            yield ServerSentEvent(event="typing", data='{"on": true}')
        async for event in page:
            yield _sent(event, place)


def _sent(event: Event, place: _Place) -> ServerSentEvent:
    return ServerSentEvent(event=event.kind, id=place.after(event), data=json.dumps(event.data, ensure_ascii=False))


def _place(last_event_id: str | None) -> _Place | None:
    """How far a browser has read; None where it doesn't say, or something else."""
    found = _EVENT_ID.fullmatch((last_event_id or "").strip())
    return _Place(min(int(found[1]), MAX_ID), min(int(found[2] or 0), MAX_ID)) if found else None
