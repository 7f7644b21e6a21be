"""Takes a file that a member of staff chose, pasted or dropped, as the body of a request."""

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from bot.desk.files import MOST
from bot.desk.tray import Tray
from console.accounts.staff import Staff
from console.names import Names
from console.services import ConsoleServices
from qifu.errors import DeskError

_STATUS = {"file_large": 413, "file_kind": 415, "not_owner": 403, "unknown_handoff": 404}


async def take_file(  # noqa: PLR0917  # what a request is made of
    services: ConsoleServices, tray: Tray, staff: Staff, request: Request, handoff_id: int, key: str, name: str
) -> Response:
    """Stages it. What is refused is said with the file's name and what to do instead."""
    try:
        await tray.put(staff.id, handoff_id, key, name, await _body(request))
    except DeskError as error:
        return JSONResponse({"message": said(services, name, error)}, _STATUS.get(error.code, 409))
    return JSONResponse({"key": key})


def said(services: ConsoleServices, name: str, error: DeskError) -> str:
    """Why a file isn't taken, and what helps."""
    words = services.words
    helps = words.group("desk_file_helps").get(error.code, "")
    return words("desk_file.refused", name=name, why=Names(services).refusal(error), helps=helps)


async def _body(request: Request) -> bytes:
    """The content, read no further than a file may be long."""
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > MOST:
            raise DeskError("file_large", megabytes=MOST // 1024 // 1024)
    return bytes(content)
