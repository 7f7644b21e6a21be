"""Files of a conversation: those that people sent are fetched, the user's own are taken while people read them."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Response

from bot.desk.desk import Desk
from bot.desk.files import Files
from bot.desk.talk import Attachment
from bot.web.access import Owned
from bot.web.context import WebParts
from bot.web.conversations import MAX_ID, refusals
from bot.web.errors import Refusal
from qifu.labels import Direction

# What a browser shows without running anything of it; everything else is saved.
_SHOWN = ("image/jpeg", "image/png", "image/webp")
_MOST_FILES = 20


class WebFiles:
    """The files that a conversation's user may see."""

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


def files_router() -> APIRouter:
    """The routes of files below /conversations."""
    router = APIRouter(prefix="/conversations", tags=["conversations"])
    content = {"description": "The file.", "content": {"application/octet-stream": {}}}
    router.get(
        "/{conversation_id}/files/{message_id}/{place}",
        response_class=Response,
        responses={**refusals(401, 404, 422, 429), 200: content},
    )(read_file)
    return router


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
