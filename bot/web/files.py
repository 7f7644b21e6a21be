"""Files of a conversation: those that people sent are fetched, the user's own are taken while people read them."""

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request, Response

from bot.desk.desk import Desk
from bot.desk.files import MARK, Files
from bot.desk.talk import Attachment
from bot.dialogue.turn import Incoming
from bot.web.access import Owned
from bot.web.context import WebParts
from bot.web.conversations import MAX_ID, answer, refusals
from bot.web.errors import Refusal
from bot.web.hub import turn_event
from bot.web.tokens import channel_of
from bot.web.wire import MessageId, TurnOut
from qifu.errors import DeskError
from qifu.labels import Direction, Language
from store.repositories import StateRepository

# What a browser shows without running anything of it; everything else is saved.
_SHOWN = ("image/jpeg", "image/png", "image/webp")
_MOST_FILES = 20
_STATUS = {"file_large": 413, "file_kind": 415}


class WebFiles:
    """The files that a conversation's user may see, or send."""

    def __init__(self, desk: Desk, files: Files) -> None:
        self._desk, self._files = desk, files

    async def of_message(self, conversation_id: str, message_id: int, place: int) -> tuple[Attachment, bytes] | None:
        """A file of a message to or from the user; None where there is none. Raises ChannelError."""
        async with self._desk.store.work() as work:
            message = await work.messages.get(message_id)
        if message is None or message.conversation_id != conversation_id or message.direction == Direction.NOTE:
            return None
        if place >= len(message.attachments):
            return None
        attachment = Attachment(**message.attachments[place])
        content = await self._files.fetch(attachment.ref)
        return None if content is None else (attachment, content)

    async def are_wanted(self, conversation_id: str) -> bool:
        """Whether somebody reads what is sent: a person was called, or an appeal is being filled in."""
        if await self._desk.handoffs.open_of(conversation_id):
            return True
        async with self._desk.store.work() as work:
            return bool((await StateRepository(work.session).load(conversation_id) or {}).get("form"))

    async def keep(self, conversation_id: str, message_id: str, name: str, content: bytes) -> Attachment:
        """Keeps a file that the user sends. Raises DeskError that says why not."""
        return await self._files.keep(conversation_id, message_id, name, content)


def files_router() -> APIRouter:
    """The routes of files below /conversations."""
    router = APIRouter(prefix="/conversations", tags=["conversations"])
    content = {"description": "The file.", "content": {"application/octet-stream": {}}}
    router.get(
        "/{conversation_id}/files/{message_id}/{place}",
        response_class=Response,
        responses={**refusals(401, 404, 422, 429), 200: content},
    )(read_file)
    body = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
    router.post(
        "/{conversation_id}/files",
        responses=refusals(401, 404, 409, 413, 415, 422, 429),
        openapi_extra={"requestBody": {**body, "required": True}},
    )(send_file)
    return router


async def send_file(
    request: Request,
    conversation: Owned,
    web: WebParts,
    *,
    message_id: Annotated[MessageId, Query(description="Chosen by the client, as of a message.")],
    name: Annotated[str, Query(max_length=300, description="The file's name.")] = "",
    language: Annotated[Language | None, Query(description="Language of the reply's frame.")] = None,
) -> TurnOut:
    """Sends a picture (JPEG, PNG, WebP) or a document (PDF, Word, Excel) of at most 5 MB as the body of the request.

    It goes to the person who was called, or to the appeal that is being filled in, and makes a turn like a message.
    """
    came = datetime.now(UTC)
    web.gate.message(conversation.id)
    if web.files is None or not await web.files.are_wanted(conversation.id):
        raise Refusal(409, "nobody_reads")
    try:
        kept = await web.files.keep(conversation.id, message_id, name, await request.body())
    except DeskError as error:
        raise Refusal(_STATUS.get(error.code, 409), error.code, None, **error.values) from None
    incoming = Incoming(conversation.id, channel_of(conversation.id), message_id, f"{MARK}{kept.name}", language)
    turn = await web.inflight.run(conversation.id, message_id, lambda: answer(web, incoming, came))
    return TurnOut.model_validate(turn_event(turn, message_id=message_id, at=came).data)


async def read_file(
    conversation: Owned,
    web: WebParts,
    message_id: Annotated[int, Path(ge=1, le=MAX_ID, description="The id of what was told.")],
    place: Annotated[int, Path(ge=0, lt=_MOST_FILES, description="Its place in `files`, from 0.")],
) -> Response:
    """A photo or file that a person sent."""
    found = await web.files.of_message(conversation.id, message_id, place) if web.files else None
    if found is None:
        raise Refusal(404, "not_found")
    attachment, content = found
    mime = attachment.mime or "application/octet-stream"
    disposition = "inline" if mime in _SHOWN else "attachment"
    headers = {"Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(attachment.name or 'file')}"}
    return Response(content, media_type=mime if mime in _SHOWN else "application/octet-stream", headers=headers)
