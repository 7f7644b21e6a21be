"""Files that users or staff sent, for whoever may see them; each look is noted."""

from typing import Any
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import PlainTextResponse

from console.accounts.staff import Staff
from console.desk.lines import PICTURES
from console.services import ConsoleServices
from qifu.errors import ChannelError
from qifu.labels import StaffRole
from store.models import AppealRow, HandoffRow
from store.repositories import AppealRepository, DeskViewRepository, HandoffRepository


async def file_of_message(services: ConsoleServices, staff: Staff, message_id: int, place: int) -> Response:
    """A file of a message in a chat: for its owner and for managers."""
    async with services.database.session() as session:
        message = await DeskViewRepository(session).message(message_id)
        handoff = await HandoffRepository(session, services.clock).get(message.handoff_id) if message else None
    if message is None or handoff is None:
        return _refused(services, 404)
    return await _served(services, staff, handoff, message.attachments, place)


async def file_of_appeal(services: ConsoleServices, staff: Staff, number: str, place: int) -> Response:
    """A file of an appeal: for its owner and for managers."""
    async with services.database.session() as session:
        appeal = await AppealRepository(session, services.clock).by_number(number)
    if appeal is None:
        return _refused(services, 404)
    return await _served(services, staff, appeal, appeal.files, place)


async def _served(
    services: ConsoleServices, staff: Staff, row: HandoffRow | AppealRow, files: list[Any], place: int
) -> Response:
    if staff.role != StaffRole.MANAGER and row.owner_id != staff.id:
        return _refused(services, 403)
    if services.files is None or not 0 <= place < len(files):
        return _refused(services, 404)
    file = files[place]
    try:
        content = await services.files.fetch(str(file["ref"]))
    except ChannelError:
        return _refused(services, 502)
    if content is None:
        return _refused(services, 404)
    await services.note(staff.id, "desk.file", row.number, name=place + 1)
    mime = str(file.get("mime") or "")
    # What a browser couldn't show harmlessly is saved.
    disposition = "inline" if mime in PICTURES else "attachment"
    name = quote(str(file.get("name") or "file"))
    headers = {
        "Content-Disposition": f"{disposition}; filename*=UTF-8''{name}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=mime if mime in PICTURES else "application/octet-stream", headers=headers)


def _refused(services: ConsoleServices, status: int) -> Response:
    return PlainTextResponse(services.words(f"desk.file_{status}"), status)
