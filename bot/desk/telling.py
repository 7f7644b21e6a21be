"""What a notice says to a user: its words, its buttons, who it is from."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.talk import Attachment
from bot.desk.times import Times
from bot.desk.wording import DeskWording
from bot.dialogue.turn import Button
from qifu.labels import Language, RatingReason
from store.models import AppealRow, DeskMessageRow, HandoffRow, NoticeRow, StaffRow
from store.repositories import ConversationRepository

MESSAGE = "message"
"""The kind of the notice that brings what a person wrote."""
CALLED = "called"
"""The kind of the entry that remembers in which turn a person was called; it tells nothing."""
ANSWERED = frozenset({CALLED, "appeal_filed", "appeal_rated", "appeal_reopened"})
"""What the user did themselves: the turn in which they did it says so already."""
RATED_AFTER = {"closed": "desk_rate", "returned": "desk_rate", "appeal_resolved": "appeal_rate"}
GOOD = (RatingReason.QUICK, RatingReason.CLEAR, RatingReason.FRIENDLY, RatingReason.OTHER)
BAD = (RatingReason.SLOW, RatingReason.UNCLEAR, RatingReason.UNSOLVED, RatingReason.UNFRIENDLY, RatingReason.OTHER)
"""Reasons offered for four and more stars, and for fewer."""


@dataclass(frozen=True, slots=True)
class ToUser:
    """Something for a user that no message of theirs asked for.

    `sender` is the name of the person it is from, None for qifu itself; `message_id` the desk's message, `edited` that
    it was sent before with other words. `notice_id` names the occasion: the same one twice is the same message.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    sender: str | None = None
    message_id: int | None = None
    edited: bool = False
    notice_id: int = 0
    kind: str = MESSAGE
    at: datetime | None = None
    edited_at: datetime | None = None
    language: Language = Language.ZH
    detail: dict[str, Any] = field(default_factory=dict)


class Telling:
    """Composes what is told, in the language of the handoff or appeal it is about."""

    def __init__(self, wording: DeskWording) -> None:
        self.wording = wording
        self._times = Times(wording)

    async def of(self, session: AsyncSession, notice: NoticeRow) -> ToUser | None:
        """What a user's notice says; None where there is nothing (any more) to tell."""
        if notice.kind in ANSWERED:
            return None
        if notice.kind == MESSAGE:
            return await self._to_send(session, notice)
        about = await self._about(session, notice)
        language = about.language if about else await self._language(session, notice)
        detail = dict(notice.detail)
        # An appeal is reopened once; who did so isn't asked again.
        detail["reopened"] = isinstance(about, AppealRow) and about.reopened
        if opens_at := detail.get("opens_at"):
            detail["opens_at"] = self._times.moment(datetime.fromisoformat(str(opens_at)), language)
        return ToUser(
            self.wording.say(f"notices.{notice.kind}", language, **detail),
            self._buttons(notice, language, can_reopen=not detail["reopened"]),
            notice_id=notice.id,
            kind=notice.kind,
            at=notice.created_at,
            language=language,
            detail=dict(notice.detail),
        )

    async def message(self, session: AsyncSession, notice: NoticeRow) -> ToUser | None:
        """What a person wrote, as it stands now; None where it is no more."""
        message = await session.get(DeskMessageRow, int(notice.detail["message"]))
        if message is None:
            return None
        person = await session.get(StaffRow, message.staff_id) if message.staff_id else None
        return ToUser(
            message.text,
            attachments=tuple(Attachment(**attachment) for attachment in message.attachments),
            sender=person.name if person else None,
            message_id=message.id,
            edited=message.edited_at is not None,
            edited_at=message.edited_at,
            notice_id=notice.id,
            at=message.at,
        )

    async def _to_send(self, session: AsyncSession, notice: NoticeRow) -> ToUser | None:
        edit = bool(notice.detail.get("edit"))
        found = await self.message(session, notice)
        message = await session.get(DeskMessageRow, int(notice.detail["message"]))
        if found is None or message is None:
            return None
        if edit and message.delivered_at and message.edited_at and message.delivered_at >= message.edited_at:
            # It went out with its new words.
            return None
        return replace(found, edited=edit)

    async def _about(self, session: AsyncSession, notice: NoticeRow) -> HandoffRow | AppealRow | None:
        """The handoff or appeal that a notice is about."""
        if notice.handoff_id is not None:
            return await session.get(HandoffRow, notice.handoff_id)
        if notice.appeal_id is not None:
            return await session.get(AppealRow, notice.appeal_id)
        return None

    async def _language(self, session: AsyncSession, notice: NoticeRow) -> Language:
        conversation = await ConversationRepository(session).get(notice.conversation_id or "")
        return (conversation.language if conversation else None) or Language.ZH

    def _buttons(self, notice: NoticeRow, language: Language, *, can_reopen: bool) -> tuple[Button, ...]:
        number = str(notice.detail.get("number", ""))
        if command := RATED_AFTER.get(notice.kind):
            buttons = rating_buttons(self.wording, command, number, language)
            if command == "appeal_rate" and can_reopen:
                buttons += (button(self.wording, "appeal_reopen", "appeal_reopen", language, n=number),)
            return buttons
        if notice.kind == "closed_meanwhile":
            return (button(self.wording, "desk_cancel", "desk_cancel", language),)
        return ()


def button(wording: DeskWording, key: str, command: str, language: Language, **values: object) -> Button:
    """A button with the words `buttons.<key>` and the payload /command{values}."""
    payload = f"/{command}{json.dumps(values, separators=(',', ':')) if values else ''}"
    return Button(wording.say(f"buttons.{key}", language), payload)


def rating_buttons(wording: DeskWording, command: str, number: str, language: Language) -> tuple[Button, ...]:
    """One to five stars."""
    return tuple(
        Button(wording.say("buttons.stars", language, n=n), f'/{command}{{"n":"{number}","s":{n}}}')
        for n in range(1, 6)
    )


def reason_buttons(wording: DeskWording, number: str, stars: int, language: Language) -> tuple[Button, ...]:
    """What the stars may be for."""
    return tuple(
        Button(wording.name(reason, language), f'/desk_why{{"n":"{number}","r":"{reason}"}}')
        for reason in (GOOD if stars >= 4 else BAD)
    )
