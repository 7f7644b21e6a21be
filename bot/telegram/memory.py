"""Short memories of the running process: which message was the last question, which buttons are used up.

Lost at a restart, on purpose: Telegram's own state (edited keyboards, edit dates) covers what matters then.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import timedelta

from telegram import Message

_SOON = timedelta(minutes=10)


class Recent[Key: Hashable, Value]:
    """A mapping that forgets the oldest beyond its size."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._items: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        return self._items.get(key)

    def put(self, key: Key, value: Value) -> None:
        self._items[key] = value
        self._items.move_to_end(key)
        while len(self._items) > self._size:
            self._items.popitem(last=False)

    def forget(self, key: Key) -> None:
        self._items.pop(key, None)

    def first_time(self, key: Key, value: Value) -> bool:
        """Notes the key and says whether it was unknown."""
        if key in self._items:
            return False
        self.put(key, value)
        return True


@dataclass(frozen=True, slots=True)
class _Question:
    message_id: int
    text: str
    rerun: bool = False


class LastQuestions:
    """The last question of each conversation, to judge edits.

    An edit runs as a new question exactly once, and only if it changes the text of the conversation's last question.
    Older questions, further edits and edits that leave the text alone (a link preview, say) are silently left. Where
    the last question isn't known, because qifu was restarted, an edit counts if it came within ten minutes.
    """

    def __init__(self, size: int = 10_000) -> None:
        self._questions: Recent[str, _Question] = Recent(size)

    def asked(self, conversation: str, message: Message, text: str) -> None:
        """Notes a question."""
        self._questions.put(conversation, _Question(message.message_id, text))

    def runs_again(self, conversation: str, message: Message, text: str) -> bool:
        """Whether this edit is to be answered; notes that it was."""
        last = self._questions.get(conversation)
        if last is None:
            again = message.edit_date is not None and message.edit_date - message.date <= _SOON
        else:
            again = last.message_id == message.message_id and not last.rerun and last.text != text
        if again:
            self._questions.put(conversation, _Question(message.message_id, text, rerun=True))
        return again
