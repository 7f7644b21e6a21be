"""How handoffs look to staff on Telegram: heads, histories, lines; personal data masked for all but the owner."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.desk.talk import Transcript
from bot.desk.wording import DeskWording
from bot.dialogue.turn import Block
from bot.telegram.attachments import KINDS
from bot.telegram.texts import Texts
from qifu.labels import Direction, HandoffState, Language
from store.masking import mask
from store.models import DeskMessageRow, HandoffRow, TurnRow

ZH = Language.ZH
_MOST_HISTORY = 2800
_MOST_REPLY = 160
_MOST_QUESTION = 200

type Named = Mapping[str, Mapping[str, str]]


class Show:
    """Words from texts.yml. `districts` and `topics` are the seeds' names by label and language.

    `room` holds what the channel calls kinds of files.
    """

    def __init__(self, texts: Texts, room: Texts, wording: DeskWording, districts: Named, topics: Named) -> None:
        self.texts = texts
        self._room = room
        self.wording = wording
        self._districts = districts
        self._topics = topics

    def say(self, key: str, /, **values: object) -> str:
        """A text."""
        return self.texts.say(key, ZH, **values)

    def button(self, key: str, /, **values: object) -> str:
        """A button's title."""
        return self.texts.part("buttons", key, ZH, **values)

    def place(self, row: HandoffRow, language: Language = ZH) -> str:
        """The district's name; empty where unknown."""
        return _name(self._districts, row.district, language)

    def topic(self, row: HandoffRow, language: Language = ZH) -> str:
        """The topic's name; empty where unknown."""
        return _name(self._topics, row.topic, language)

    def about(self, row: HandoffRow) -> dict[str, str]:
        """What most texts about a handoff are filled with."""
        return {"number": row.number, "place": self.place(row), "topic": self.topic(row)}

    def head(self, row: HandoffRow) -> str:
        """One line that says which handoff it is and what about."""
        reason = self.wording.name(row.reason, ZH)
        return self.say("head", **self.about(row), english=row.language is Language.EN, reason=reason)

    def offer(self, row: HandoffRow, text: str) -> tuple[Block, ...]:
        """Asks staff to claim."""
        question = mask(row.question)[:_MOST_QUESTION]
        return (
            Block("lead", text),
            Block("text", self.head(row)),
            *([Block("quote", question)] if question.strip() else []),
        )

    def history(self, transcript: Transcript, names: Mapping[int, str]) -> tuple[Block, ...]:
        """The head and what was said before, masked; the oldest is left out where it is too much."""
        lines = [text for _, text in sorted(self._lines(transcript, names), key=lambda line: line[0])]
        kept, size = [], 0
        for line in reversed(lines):
            size += len(line) + 1
            if size > _MOST_HISTORY:
                kept.append(self.say("before_cut"))
                break
            kept.append(line)
        head = Block("lead", self.head(transcript.handoff))
        if not lines:
            return head, Block("note", self.say("before_none"))
        return head, Block("note", self.say("before")), Block("quote", mask("\n".join(reversed(kept))))

    def _lines(self, transcript: Transcript, names: Mapping[int, str]) -> list[tuple[datetime, str]]:
        kept = {message.turn_id for message in transcript.messages if message.turn_id}
        lines: list[tuple[datetime, str]] = []
        for turn in transcript.turns:
            if turn.id not in kept and not turn.is_payload:
                lines.append((turn.accepted_at, self.say("line_user", text=turn.text)))
            if reply := _first_reply(turn):
                lines.append((turn.answered_at or turn.accepted_at, self.say("line_bot", text=reply)))
        lines += [(message.at, self._said(message, names)) for message in transcript.messages]
        return lines

    def _said(self, message: DeskMessageRow, names: Mapping[int, str]) -> str:
        files = "".join(self.say("file", kind=self.kind(str(file.get("kind")))) for file in message.attachments)
        name = names.get(message.staff_id or 0, "")
        return self.say(f"line_{message.direction}", text=message.text + files, name=name)

    def kind(self, kind: str) -> str:
        """What a kind of file is called."""
        return self._room.kind(KINDS.get(kind, "file"), ZH)

    def said(
        self, message: DeskMessageRow, names: Mapping[int, str], number: str, *, masked: bool, edited: bool = False
    ) -> tuple[Block, ...]:
        """A message of the desk: who, and the words. `number` names the handoff where a chat has several."""
        name = names.get(message.staff_id or 0, "")
        who = self.say(f"from_{message.direction}", name=name, number=number)
        if edited:
            who += self.say("edited")
        text = mask(message.text) if masked else message.text
        return Block("lead", who), *([Block("text", text)] if text else [])

    def is_masked(self, message: DeskMessageRow) -> bool:
        """Whether masking takes something out of a message."""
        return message.direction == Direction.USER and mask(message.text) != message.text

    def end(self, row: HandoffRow) -> str:
        """How a handoff ended."""
        if row.state == HandoffState.CLOSED and row.close_reason is not None:
            return self.wording.name(row.close_reason, ZH)
        return self.wording.name(row.state, ZH)


def _name(names: Named, label: str | None, language: Language) -> str:
    return str(names.get(label, {}).get(language, label)) if label else ""


def _first_reply(turn: TurnRow) -> str:
    """The beginning of what the bot answered."""
    replies: Sequence[dict[str, object]] = turn.replies or ()
    text = str(replies[0].get("text", "")) if replies else ""
    text = " ".join(text.split())
    return text if len(text) <= _MOST_REPLY else f"{text[:_MOST_REPLY]}……"
