"""The desk's side of a user's message: what people take, or the desk itself asked for, never reaches Rasa.

Each message is taken once however often it is run: what it did is found again by its id, or is done already.
"""

import re
from dataclasses import asdict

from actions.appeal.sheet import attach
from actions.cues import Cues
from actions.state import DialogueState
from bot.desk.desk import Desk
from bot.desk.files import MARK, Files
from bot.desk.ratings import COMMANDS, Press, Ratings
from bot.desk.saying import Saying
from bot.desk.talk import Attachment
from bot.desk.telling import button
from bot.desk.times import Times
from bot.desk.wording import DeskWording
from bot.dialogue.clean import clean_text
from bot.dialogue.turn import Incoming, Turn
from qifu.errors import DeskError
from qifu.labels import Act, Direction, HandoffState, Language, Outcome
from store.models import DeskMessageRow, HandoffRow
from store.repositories import FeedbackRepository, TurnRepository

_COMMAND = re.compile(rf"/(desk_cancel|{'|'.join(COMMANDS)})(\{{.*\}})?")
_THUMB = re.compile(r'/feedback_(up|down)\{"turn":"(\d{1,18})"\}')
_MOST_KEPT = 16_000
"""Characters of a message that staff get to read."""
_LONGEST_CUE = {True: 60, False: 20}
"""Characters of a message that can be about the queue alone: of an ASCII one, of another."""
_MOST_TURNS = 20


class Front:
    """Stands before Rasa."""

    def __init__(self, desk: Desk, cues: Cues, files: Files | None = None, wording: DeskWording | None = None) -> None:
        self._desk, self._cues, self._files = desk, cues, files
        self._words = wording or DeskWording()
        self._saying, self._times = Saying(self._words), Times(self._words)
        self._ratings = Ratings(desk, cues, self._saying)

    async def takes(
        self, incoming: Incoming, state: DialogueState, language: Language, again: bool = False
    ) -> Turn | None:
        """The turn of a message that is the desk's; None: it is the bot's. `again`: it was begun before, and broke off.

        While a person is in charge the turn has no replies, and staff have the message. While one is waited for, staff
        have it, too, and the bot answers. Sets `state.called` to whether a handoff is open.
        """
        text = clean_text(incoming.text, _MOST_KEPT)[0]
        if not text:
            return None
        if incoming.is_payload and (pressed := _COMMAND.fullmatch(text)):
            return await self._pressed(incoming.conversation_id, Press.of(pressed[1], pressed[2]), state, language)
        row = await self._desk.handoffs.open_of(incoming.conversation_id)
        state.called = row is not None
        if incoming.is_payload or row is not None:
            state.desk = None
        if again and (known := await self._known(incoming)):
            return await self._kept_before(known, row, language)
        if file := await self._file_of(incoming, text):
            return await self._file(incoming, file, state, language)
        if row is not None and row.bot_is_silent:
            return await self._to_staff(incoming, text, state, language)
        return None if incoming.is_payload else await self._typed(incoming, text, row, state, language)

    async def _typed(
        self, incoming: Incoming, text: str, row: HandoffRow | None, state: DialogueState, language: Language
    ) -> Turn | None:
        takes = self._about_service if row is None else self._while_waiting
        return await takes(incoming, text, state, language)

    async def hushes(self, conversation_id: str) -> bool:
        """Whether a person has taken over by now: then the bot's answer comes too late to be said."""
        row = await self._desk.handoffs.open_of(conversation_id)
        return row is not None and row.bot_is_silent

    async def _pressed(self, conversation: str, press: Press, state: DialogueState, language: Language) -> Turn:
        state.desk = None
        if press.command == "desk_cancel":
            return await self._cancel(conversation, state, language)
        return await self._ratings.pressed(conversation, press, state, language)

    async def _about_service(
        self, incoming: Incoming, text: str, state: DialogueState, language: Language
    ) -> Turn | None:
        conversation = incoming.conversation_id
        return await self._ratings.answered(conversation, text, state, language) or await self._ratings.typed(
            conversation, state.turn, text, language
        )

    async def _to_staff(self, incoming: Incoming, text: str, state: DialogueState, language: Language) -> Turn | None:
        if incoming.is_payload:
            if thumb := _THUMB.fullmatch(text):
                await self._thumb(incoming.conversation_id, int(thumb[2]), 1 if thumb[1] == "up" else -1)
                return self._saying.silent()
            text = await self._title(incoming.conversation_id, text)
        kept = await self._desk.talk.user_message(
            incoming.conversation_id, text, incoming.message_id, turn_id=state.turn
        )
        return None if kept is None else await self._silent(kept.row, language)

    async def _file_of(self, incoming: Incoming, text: str) -> Attachment | None:
        if self._files is None or not text.startswith(MARK):
            return None
        return await self._files.of(incoming.conversation_id, incoming.message_id)

    async def _file(self, incoming: Incoming, file: Attachment, state: DialogueState, language: Language) -> Turn:
        """A file goes to staff, else to the appeal that is being filled in."""
        kept = await self._desk.talk.user_message(
            incoming.conversation_id, "", incoming.message_id, [file], turn_id=state.turn
        )
        if kept is not None:
            handoff = await self._desk.handoffs.get(kept.row.handoff_id)
            if handoff.claimed_at is not None:
                return await self._silent(kept.row, language)
            return self._saying.turn("file_kept", language)
        count = attach(state, [asdict(file)], self._desk.store.clock())
        if count is None:
            return self._saying.refused(DeskError("file_nobody"), language)
        return self._saying.turn("file_attached", language, act=Act.APPEAL, outcome=Outcome.FORM, count=count)

    async def _while_waiting(
        self, incoming: Incoming, text: str, state: DialogueState, language: Language
    ) -> Turn | None:
        conversation = incoming.conversation_id
        if len(text) <= _LONGEST_CUE[text.isascii()] and self._cues.has("queue", text):
            return await self._place(conversation, language)
        # A bare 取消 may be about the form or the choice that is open.
        bare = not state.form and not state.asked and self._cues.has("cancel", text)
        if bare or self._cues.has("handoff_cancel", text):
            return await self._cancel(conversation, state, language)
        await self._desk.talk.user_message(conversation, text, incoming.message_id, turn_id=state.turn)
        return None

    async def _kept_before(self, known: DeskMessageRow, row: HandoffRow | None, language: Language) -> Turn | None:
        """The turn of a message that staff have had since before a crash: silent if the bot was silent, or is now."""
        handoff = row if row and row.id == known.handoff_id else await self._desk.handoffs.get(known.handoff_id)
        was_silent = handoff.claimed_at is not None and handoff.claimed_at <= known.at
        if was_silent or (row is not None and row.bot_is_silent):
            return await self._silent(known, language)
        return None

    async def _silent(self, message: DeskMessageRow, language: Language) -> Turn:
        """Nothing is said; but the first message outside service hours, when nobody is there, gets an honest line."""
        calendar, now = self._desk.rules.calendar, self._desk.store.clock()
        if calendar.is_open(now):
            return self._saying.silent()
        for before in await self._desk.talk.messages(message.handoff_id):
            spoken = before.direction in (Direction.USER, Direction.STAFF) and before.id != message.id
            if spoken and calendar.service_seconds(before.at, now) == 0:
                return self._saying.silent()
        opens_at = self._times.moment(calendar.next_opening(now), language)
        told = self._saying.turn("after_hours", language, opens_at=opens_at)
        return Turn("", told.replies, Outcome.HANDOFF, act=told.act)

    async def _place(self, conversation: str, language: Language) -> Turn | None:
        status = await self._desk.handoffs.status(conversation)
        if status is None or status.handoff is None or status.place is None:
            return None
        now, calendar = self._desk.store.clock(), self._desk.rules.calendar
        waited = calendar.service_seconds(status.handoff.waiting_since, now)
        left = None if status.wait is None or status.wait <= waited else status.wait - waited
        return self._saying.turn(
            "place",
            language,
            [button(self._words, "desk_cancel", "desk_cancel", language)],
            number=status.handoff.number,
            ahead=status.place - 1,
            wait=None if left is None else self._times.span(left, language),
            opens_at=None if calendar.is_open(now) else self._times.moment(status.opens_at, language),
        )

    async def _cancel(self, conversation: str, state: DialogueState, language: Language) -> Turn:
        try:
            row = await self._desk.handoffs.cancel(conversation)
        except DeskError as error:
            return self._saying.refused(error, language)
        state.called = False
        if row is None:
            async with self._desk.store.work() as work:
                last = next(iter(await work.handoffs.of_conversation(conversation, 1)), None)
            row = last if last and last.state == HandoffState.CANCELLED else None
        if row is None:
            return self._saying.turn("nobody_called", language, [button(self._words, "handoff", "handoff", language)])
        return self._saying.turn("cancelled", language, number=row.number)

    async def _known(self, incoming: Incoming) -> DeskMessageRow | None:
        async with self._desk.store.work() as work:
            return await work.messages.by_key(incoming.conversation_id, incoming.message_id)

    async def _thumb(self, conversation: str, turn: int, value: int) -> None:
        async with self._desk.store.work() as work:
            await FeedbackRepository(work.session, lambda: work.now).give(turn, conversation, value)

    async def _title(self, conversation: str, payload: str) -> str:
        """What the pressed button said: staff don't read payloads."""
        async with self._desk.store.work() as work:
            turns = await TurnRepository(work.session).last(conversation, _MOST_TURNS)
        offered: list[dict[str, str]] = [
            one for turn in reversed(turns) for reply in turn.replies or () for one in reply["buttons"]
        ]
        return next((one["title"] for one in offered if one["payload"] == payload), payload)
