"""What users think of the service: stars, what they are for, a remark; and an appeal reopened with a reason.

Stars come by a button or in words right after they were asked for. A remark, and why an appeal is to be reopened, is
the one message after the desk asked for it: `DialogueState.desk` remembers what was asked.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from actions.cues import Cues
from actions.state import DialogueState
from bot.desk.desk import Desk
from bot.desk.saying import Saying
from bot.desk.telling import button, reason_buttons
from bot.dialogue.turn import Turn
from qifu.errors import DeskError
from qifu.labels import Act, AppealState, HandoffState, Language, RatingReason
from store.models import AppealRow, HandoffRow
from store.repositories import TurnRepository

STARS = range(1, 6)
COMMANDS = ("desk_rate", "desk_why", "desk_say", "desk_done", "appeal_rate", "appeal_reopen")
_ENDED = (HandoffState.CLOSED, HandoffState.RETURNED)
_DONE = (AppealState.RESOLVED, AppealState.RATED)
_FRESH = timedelta(minutes=30)
"""How long a message counts as the remark that was asked for."""
_RECENT = timedelta(days=1)
"""How long words alone count as stars."""
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button of the desk: /command{values}. What is forged has no number, or bad stars."""

    command: str
    values: dict[str, Any]

    @classmethod
    def of(cls, command: str, content: str | None) -> Self:
        """The command with the values of its payload."""
        try:
            values = json.loads(content or "{}")
        except ValueError:
            values = {}
        return cls(command, values if isinstance(values, dict) else {})

    @property
    def number(self) -> str:
        """The handoff's or appeal's."""
        return str(self.values.get("n", "")).upper()

    @property
    def stars(self) -> int:
        """One to five. Raises DeskError bad_rating."""
        stars = self.values.get("s")
        if not isinstance(stars, int) or isinstance(stars, bool) or stars not in STARS:
            raise DeskError("bad_rating")
        return stars


class Ratings:
    """Takes what users say about the service; what was done already is done once."""

    def __init__(self, desk: Desk, cues: Cues, saying: Saying) -> None:
        self._desk, self._cues, self._saying = desk, cues, saying

    async def pressed(self, conversation: str, press: Press, state: DialogueState, language: Language) -> Turn:
        """A pressed button of COMMANDS."""
        about = self._about_appeal if press.command.startswith("appeal") else self._about_handoff
        try:
            return await about(conversation, press, state, language)
        except DeskError as error:
            return self._saying.refused(error, language, _act(press.command))

    async def _about_handoff(self, conversation: str, press: Press, state: DialogueState, language: Language) -> Turn:
        if press.command == "desk_rate":
            return await self._rate(conversation, press.number, press.stars, language)
        if press.command == "desk_why":
            return await self._why(conversation, press.number, str(press.values.get("r")), language)
        if press.command == "desk_say":
            await self._handoff(conversation, press.number)
            return self._ask(state, "say", press.number, language)
        return self._saying.turn("done", language)

    async def _about_appeal(self, conversation: str, press: Press, state: DialogueState, language: Language) -> Turn:
        if press.command == "appeal_rate":
            return await self._rate_appeal(conversation, press.number, press.stars, language)
        await self._reopenable(conversation, press.number)
        return self._ask(state, "reopen", press.number, language)

    async def answered(self, conversation: str, text: str, state: DialogueState, language: Language) -> Turn | None:
        """The message that was asked for; None where none was, or where it is something else."""
        asked, state.desk = state.desk, None
        if not asked or self._desk.store.clock() - datetime.fromisoformat(asked["at"]) > _FRESH:
            return None
        act = _act("appeal_reopen" if asked["for"] == "reopen" else "desk_say")
        if self._cues.has("cancel", text):
            return self._saying.turn("done", language, act=act)
        try:
            if asked["for"] == "reopen":
                return await self._reopen(conversation, asked["n"], text[:_LONGEST], language)
            row = await self._handoff(conversation, asked["n"])
            if row.rating is None:
                raise DeskError("nothing_to_rate")
            await self._keep(row, row.rating, row.rating_reason, text[:_LONGEST])
        except DeskError as error:
            return self._saying.refused(error, language, act)
        return self._saying.turn("say_kept", language)

    async def typed(self, conversation: str, turn_id: int | None, text: str, language: Language) -> Turn | None:
        """Stars in words, right after they were asked for; None for anything else."""
        stars = next((n for n in STARS if self._cues.has(f"stars_{n}", text)), None)
        if stars is None:
            return None
        now = self._desk.store.clock()
        async with self._desk.store.work() as work:
            turns = await TurnRepository(work.session).last(conversation, 3)
            said_at = max((row.accepted_at for row in turns if row.id != turn_id), default=None)
            handoffs = await work.handoffs.of_conversation(conversation, 1)
            appeals = await work.appeals.of_conversation(conversation)
        asked: list[tuple[datetime, HandoffRow | AppealRow]] = [
            (row.closed_at, row)
            for row in handoffs
            if row.state in _ENDED and row.rating in (None, stars) and row.closed_at
        ]
        asked += [
            (row.resolved_at, row)
            for row in appeals
            if row.state in _DONE and row.rating in (None, stars) and row.resolved_at
        ]
        asked = [(at, row) for at, row in asked if now - at < _RECENT and (said_at is None or at >= said_at)]
        if not asked:
            return None
        row = max(asked, key=lambda one: one[0])[1]
        rate = self._rate_appeal if isinstance(row, AppealRow) else self._rate
        return await rate(conversation, row.number, stars, language)

    async def _rate(self, conversation: str, number: str, stars: int, language: Language) -> Turn:
        row = await self._handoff(conversation, number)
        if row.rating != stars:
            await self._keep(row, stars, None, row.rating_text)
        buttons = reason_buttons(self._saying.wording, number, stars, language)
        return self._saying.turn("rated", language, buttons, stars=stars)

    async def _why(self, conversation: str, number: str, reason: str, language: Language) -> Turn:
        row = await self._handoff(conversation, number)
        if row.rating is None or reason not in set(RatingReason):
            raise DeskError("nothing_to_rate")
        await self._keep(row, row.rating, RatingReason(reason), row.rating_text)
        words = self._saying.wording
        buttons = [
            button(words, "desk_say", "desk_say", language, n=number),
            button(words, "desk_done", "desk_done", language),
        ]
        return self._saying.turn("reason_kept", language, buttons)

    async def _keep(self, row: HandoffRow, stars: int, reason: RatingReason | None, text: str | None) -> None:
        if (row.rating, row.rating_reason, row.rating_text) != (stars, reason, text):
            await self._desk.handoffs.rate(row.conversation_id, stars, reason, text, row.number)

    async def _handoff(self, conversation: str, number: str) -> HandoffRow:
        async with self._desk.store.work() as work:
            rows = await work.handoffs.of_conversation(conversation)
        row = next((row for row in rows if row.number == number and row.state in _ENDED), None)
        if row is None:
            raise DeskError("nothing_to_rate")
        return row

    async def _appeal(self, conversation: str, number: str) -> AppealRow:
        rows = await self._desk.appeals.of_conversation(conversation, number)
        if not rows:
            raise DeskError("unknown_appeal")
        return rows[0]

    async def _rate_appeal(self, conversation: str, number: str, stars: int, language: Language) -> Turn:
        row = await self._appeal(conversation, number)
        if row.rating != stars or row.state != AppealState.RATED:
            await self._desk.appeals.rate(conversation, number, stars)
        words = self._saying.wording
        again = [] if row.reopened else [button(words, "appeal_reopen", "appeal_reopen", language, n=number)]
        return self._saying.turn(
            "rated_appeal", language, again if stars < 4 else (), act=_act("appeal_rate"), number=number, stars=stars
        )

    async def _reopenable(self, conversation: str, number: str) -> None:
        row = await self._appeal(conversation, number)
        if row.reopened:
            raise DeskError("reopened_before")
        if row.state not in _DONE:
            raise DeskError("wrong_state")

    async def _reopen(self, conversation: str, number: str, text: str, language: Language) -> Turn:
        row = await self._appeal(conversation, number)
        if row.state != AppealState.REOPENED:
            await self._desk.appeals.reopen(conversation, number, text)
        return self._saying.turn("reopened", language, act=_act("appeal_reopen"), number=number)

    def _ask(self, state: DialogueState, what: str, number: str, language: Language) -> Turn:
        state.desk = {"for": what, "n": number, "at": self._desk.store.clock().isoformat()}
        if what == "say":
            return self._saying.turn("say", language)
        return self._saying.turn("ask_reopen", language, act=_act("appeal_reopen"), number=number)


def _act(command: str) -> Act:
    return Act.APPEAL_STATUS if command.startswith("appeal") else Act.HANDOFF
