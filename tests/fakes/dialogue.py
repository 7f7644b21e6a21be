"""A dialogue for tests of channels: answers from a script, remembers turns, counts what it was asked."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.dialogue.turn import Block, BlockKind, Button, Incoming, Reply, Turn
from bot.web.ports import Author, Charge, Conversation, Entry
from qifu.labels import Channel, District, Language, Outcome

type Script = Callable[[Incoming], Turn]


def reply(*blocks: tuple[BlockKind, str], buttons: Sequence[tuple[str, str]] = ()) -> Reply:
    """A reply of blocks and buttons, each given as a pair."""
    return Reply(
        text="\n".join(text for _, text in blocks),
        buttons=tuple(Button(title, payload) for title, payload in buttons),
        blocks=tuple(Block(kind, text) for kind, text in blocks),
    )


def echo(incoming: Incoming) -> Turn:
    """Answers with the text itself, and two buttons."""
    said = reply(("lead", f"收到：{incoming.text}"), buttons=[("更多", "/more"), ("人工", "/handoff")])
    return Turn(text=incoming.text, replies=(said,), outcome=Outcome.ANSWERED)


class FakeDialogue:
    """A dialogue and its transcripts in memory.

    `pause` holds answers back until it is set again; while `away` messages are kept without an answer; `error` is
    raised instead of an answer; `runs` counts how often each message was really answered.
    """

    def __init__(self, script: Script = echo) -> None:
        self.script = script
        self.error: Exception | None = None
        self.away = False
        self.pause = asyncio.Event()
        self.pause.set()
        self.runs: Counter[str] = Counter()
        self.incoming: list[Incoming] = []
        self.delivered: list[int] = []
        self.conversations_known: dict[str, Conversation] = {}
        self.charges: dict[str, Charge] = {}
        self._entries: dict[str, list[Entry]] = {}
        self._last = 0

    async def handle(self, incoming: Incoming) -> Turn:
        """The scripted turn; the stored one where the message is known."""
        for entry in self._entries.get(incoming.conversation_id, ()):
            if entry.message_id == incoming.message_id and not entry.pending:
                return entry.turn
        self.incoming.append(incoming)
        await self.pause.wait()
        if self.error:
            raise self.error
        if self.away:
            said = reply(("text", "我正在恢复中，恢复后马上在这里回答您。"))
            turn = Turn(text=incoming.text, replies=(said,), outcome=Outcome.ERROR, parse={"pending": True})
        else:
            self.runs[incoming.message_id] += 1
            turn = self.script(incoming)
        return self.remember(incoming.conversation_id, turn, incoming.message_id)

    def answer_late(self) -> list[tuple[str, Turn]]:
        """Answers what is pending, each under its own id; returns conversations and turns."""
        answered = []
        for conversation_id, entries in self._entries.items():
            for index, entry in enumerate(entries):
                if entry.pending:
                    incoming = Incoming(conversation_id, Channel.WEB, entry.message_id or "", entry.turn.text)
                    turn = replace(self.script(incoming), id=entry.turn.id)
                    entries[index] = replace(entry, turn=turn)
                    answered.append((conversation_id, turn))
        return answered

    async def open(self, conversation_id: str, channel: Channel, language: Language | None = None) -> Turn:
        """Greets in the language."""
        self.conversations_known.setdefault(conversation_id, Conversation(conversation_id, None, language))
        greeting = "Hello, this is Qifu." if language == Language.EN else "您好，我是企服。"
        return Turn(text="", replies=(reply(("text", greeting)),), outcome=Outcome.ACT, act="greet")

    async def set_district(self, conversation_id: str, channel: Channel, district: District) -> None:
        """Remembers the district."""
        known = self.conversations_known[conversation_id]
        self.conversations_known[conversation_id] = replace(known, district=district)

    async def mark_delivered(self, turn_id: int) -> None:
        """Remembers what was delivered."""
        self.delivered.append(turn_id)

    async def conversation(self, conversation_id: str) -> Conversation | None:
        """The conversation if it was opened."""
        return self.conversations_known.get(conversation_id)

    async def entries(self, conversation_id: str, since: int, limit: int, told: int = 0) -> Sequence[Entry]:
        """The stored turns and what the desk told."""
        stored = self._entries.get(conversation_id, [])
        new = [entry for entry in stored if (entry.told.place > told if entry.told else (entry.turn.id or 0) > since)]
        return new[-limit:]

    async def charge(self, conversation_id: str) -> Charge:
        """Who answers, as the test has it."""
        return self.charges.get(conversation_id, Charge())

    def tell(self, conversation_id: str, entry: Entry) -> Entry:
        """Stores what the desk told; the same told again takes the place of the one before."""
        entries = self._entries.setdefault(conversation_id, [])
        assert entry.told is not None
        for index, known in enumerate(entries):
            if known.told and (known.told.kind, known.told.id) == (entry.told.kind, entry.told.id):
                entries[index] = entry
                return entry
        entries.append(entry)
        return entry

    def remember(self, conversation_id: str, turn: Turn, message_id: str | None = None, author: Author = "bot") -> Turn:
        """Stores a turn as if it had just been made."""
        self._last += 1
        stored = replace(turn, id=self._last)
        entry = Entry(stored, datetime.now(UTC), message_id, author)
        self._entries.setdefault(conversation_id, []).append(entry)
        return stored

    def forget_all(self) -> None:
        """The database is gone."""
        self.conversations_known.clear()
        self._entries.clear()
