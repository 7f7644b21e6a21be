"""Staff's commands."""

import asyncio
from collections.abc import Awaitable, Callable

from telegram import Message

from bot.desk.desk import Desk
from bot.desk.rules import DeskRules
from bot.telegram.staff import buttons
from bot.telegram.staff.answers import Answers, where_of
from bot.telegram.staff.chats import Chats
from bot.telegram.staff.picking import Picking, Picks
from bot.telegram.users import message_key
from qifu.errors import DeskError
from qifu.labels import CloseReason, Language
from store.models import HandoffRow, StaffRow

type Command = Callable[[StaffRow, Message, str], Awaitable[None]]

_MOST_LISTED = 10
_MINUTE = 60


class Commands:
    """`run` does what a command says. Raises DeskError where the desk refuses."""

    def __init__(self, desk: Desk, chats: Chats, answers: Answers, picking: Picking) -> None:
        self._desk = desk
        self._chats = chats
        self._answers = answers
        self._show = answers.show
        self._picking = picking
        self._rules: DeskRules = desk.rules
        self._commands: dict[str, Command] = {
            "queue": self.queue,
            "claim": self.claim,
            "chats": self.chats,
            "note": self.note,
            "canned": self.canned,
            "measure": self.measure,
            "transfer": self.transfer,
            "back": self.back,
            "close": self.close,
            "duty": self.duty,
        }

    @property
    def names(self) -> frozenset[str]:
        """The commands there are."""
        return frozenset(self._commands)

    async def run(self, name: str, person: StaffRow, message: Message, rest: str) -> None:
        """Runs a command with what stands behind it."""
        await self._commands[name](person, message, rest)

    async def queue(self, person: StaffRow, message: Message, _: str) -> None:
        """/queue: who waits, whom I have."""
        waiting = await self._desk.handoffs.waiting()
        mine = await self._desk.handoffs.claimed(person.id)
        lines = []
        if waiting:
            lines.append(self._show.say("queue_waiting", n=len(waiting)))
            lines += [self._waits(row) for row in waiting[:_MOST_LISTED]]
        else:
            lines.append(self._show.say("queue_none"))
        if mine:
            lines.append(self._show.say("queue_mine", n=len(mine)))
            lines += [self._line(row, current=False) for row in mine]
        title = self._show.button("claim")
        rows = [(f"{title} {row.number}", "claim", row.id) for row in waiting[:_MOST_LISTED]]
        self._answers.text(message, "\n".join(lines), buttons.several(rows))

    async def claim(self, person: StaffRow, message: Message, rest: str) -> None:
        """/claim: the handoff of the topic, of a number, of the offer replied to, else who has waited longest."""
        where = where_of(message)
        row = await self._numbered(rest) if rest else None
        if row is None and (where.is_topic or message.reply_to_message):
            row = await self._chats.meant(where, message, person)
        if row is None:
            waiting = await self._desk.handoffs.waiting()
            if not waiting:
                self._answers.say(message, "no_waiting")
                return
            row = waiting[0]
        claimed = await self._chats.claim(row, person, where)
        if claimed.owner_id != person.id or not claimed.is_open:
            self._answers.text(message, await self.lost(claimed))

    async def lost(self, row: HandoffRow) -> str:
        """Why a claim didn't win."""
        if not row.is_open or row.owner_id is None:
            return self._show.say("claim_ended", number=row.number)
        return self._show.say("claim_lost", number=row.number, name=await self.name_of(row.owner_id))

    async def name_of(self, staff_id: int) -> str:
        """The name of a member of staff."""
        return next((person.name for person in await self._people() if person.id == staff_id), "")

    async def chats(self, person: StaffRow, message: Message, _: str) -> None:
        """/chats: whom I have, with a button to turn to each; also those claimed in the console."""
        here = await self._chats.mine(person, message.chat_id)
        mine = await self._desk.handoffs.claimed(person.id)
        if not mine:
            self._answers.say(message, "no_chat")
            return
        present = here[0].id if here else None
        lines = [self._show.say("chats_head"), *(self._line(row, row.id == present) for row in mine)]
        markup = buttons.several([(row.number, "to", row.id) for row in mine if row.id != present])
        self._answers.text(message, "\n".join(lines), markup if message.chat_id > 0 else None)

    async def note(self, person: StaffRow, message: Message, rest: str) -> None:
        """/note: for staff's eyes only."""
        row = await self._meant(person, message)
        if row is None:
            return
        if not rest:
            self._answers.say(message, "note_how")
            return
        await self._desk.talk.note(row.id, person.id, rest, message_key(message))
        self._answers.say(message, "done_note")

    async def canned(self, person: StaffRow, message: Message, rest: str) -> None:
        """/canned: one that was found is sent at once, several are shown with a button each."""
        row = await self._meant(person, message)
        if row is None:
            return
        found = await self._picking.canned(row, person, rest)
        if not found:
            self._answers.say(message, "canned_none")
            return
        _, filled = found[0]
        if len(found) == 1 and rest and not filled.missing:
            await self.send(row.id, person, filled.text, message_key(message))
            return
        lines = [
            self._show.say("canned_line", n=n, title=title, text=filled.text)
            for n, (title, filled) in enumerate(found, start=1)
        ]
        texts = tuple("" if filled.missing else filled.text for _, filled in found)
        self._offer(message, "canned_which", Picks(row.id, tuple(lines), texts))

    async def measure(self, person: StaffRow, message: Message, rest: str) -> None:
        """/measure: points of the plans with their citations, a button each."""
        row = await self._meant(person, message)
        if row is None:
            return
        if not self._picking.has_measures or not rest:
            self._answers.say(message, "measure_how" if self._picking.has_measures else "measure_off")
            return
        # The first search loads a dictionary; nothing else should wait for it.
        picks = await asyncio.to_thread(self._picking.measures, row, rest)
        if not picks.texts:
            self._answers.say(message, "measure_none")
            return
        self._offer(message, "measure_which", picks)

    def _offer(self, message: Message, key: str, picks: Picks) -> None:
        markup = buttons.picks(self._show, "pick", self._picking.keep(picks), len(picks.texts))
        self._answers.text(message, "\n\n".join((self._show.say(key), *picks.lines)), markup)

    async def send(self, handoff_id: int, person: StaffRow, text: str, key: str) -> None:
        """Sends a text to the user that stands nowhere in the chat yet: its key isn't that of a message there."""
        await self._desk.talk.staff_message(handoff_id, person.id, text, f"sent:{key}")

    async def transfer(self, person: StaffRow, message: Message, rest: str) -> None:
        """/transfer @name note, or all."""
        row = await self._meant(person, message)
        if row is None:
            return
        name, _, note = rest.partition(" ")
        name, on_duty = name.lstrip("@"), await self._on_duty()
        if not name:
            self._answers.say(message, "transfer_how", names=on_duty)
            return
        if name.lower() == "all":
            await self._desk.handoffs.transfer(row.id, person.id, note=note.strip())
            return
        colleague = await self._named(name)
        if colleague is None:
            self._answers.say(message, "transfer_unknown", name=name, names=on_duty)
            return
        await self._desk.handoffs.transfer(row.id, person.id, to=colleague.id, note=note.strip())

    async def back(self, person: StaffRow, message: Message, rest: str) -> None:
        """/back: the bot goes on."""
        if (row := await self._meant(person, message)) is not None:
            await self._desk.handoffs.hand_back(row.id, person.id, rest)

    async def close(self, person: StaffRow, message: Message, rest: str) -> None:
        """/close reason; without one that is known the reasons as buttons."""
        row = await self._meant(person, message)
        if row is None:
            return
        reason = self._reason(rest)
        if reason is None:
            asked = self._show.say("close_how", number=row.number)
            self._answers.text(message, asked, buttons.reasons(self._show, row.id))
            return
        await self._desk.handoffs.close(row.id, person.id, reason)

    async def duty(self, person: StaffRow, message: Message, rest: str) -> None:
        """/duty on, /duty off; alone: how it stands."""
        if rest.lower() in ("on", "off"):
            on = rest.lower() == "on"
            await (self._desk.roster.come(person.id) if on else self._desk.roster.leave(person.id))
            self._answers.say(message, "done_duty", on=on)
            return
        on = any(colleague.id == person.id for colleague in await self._desk.roster.on_duty())
        self._answers.say(message, "duty", on=on, names=await self._on_duty())

    async def _meant(self, person: StaffRow, message: Message) -> HandoffRow | None:
        row = await self._chats.meant(where_of(message), message, person)
        if row is None:
            self._answers.say(message, "no_chat" if message.chat_id > 0 else "group_only_topic")
        return row

    async def _numbered(self, rest: str) -> HandoffRow:
        row = await self._chats.numbered(rest)
        if row is None:
            raise DeskError("unknown_handoff")
        return row

    async def _people(self) -> list[StaffRow]:
        async with self._desk.store.work() as work:
            return list(await work.staff.all())

    async def _named(self, name: str) -> StaffRow | None:
        """The colleague of a name or login, or of a part of one that only one has."""
        people = [person for person in await self._people() if person.active]
        wanted = name.lower()
        exact = [person for person in people if wanted in (person.name.lower(), person.login)]
        part = [person for person in people if wanted in person.name.lower() or person.login.startswith(wanted)]
        found = exact or part
        return found[0] if len(found) == 1 else None

    async def _on_duty(self) -> str:
        return "、".join(person.name for person in await self._desk.roster.on_duty()) or "—"

    def _reason(self, words: str) -> CloseReason | None:
        wanted = words.strip().lower()
        for reason in CloseReason:
            names = {reason.value, *(self._show.wording.name(reason, language).lower() for language in Language)}
            if wanted in names:
                return reason
        return None

    def _waits(self, row: HandoffRow) -> str:
        waited = self._rules.calendar.service_seconds(row.waiting_since, self._desk.store.clock())
        return self._show.say("queue_line", **self._show.about(row), minutes=int(waited // _MINUTE))

    def _line(self, row: HandoffRow, current: bool) -> str:
        about = self._show.about(row)
        return self._show.say("chat_line", **about, current=current, waits=row.unanswered_since is not None)
