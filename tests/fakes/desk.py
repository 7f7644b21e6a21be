"""A desk in memory, and a keeper of dialogue states in memory."""

from actions.services import Called, Filed, Wish
from actions.state import DialogueState


class FakeDesk:
    """Keeps what it is told; `error` is raised instead."""

    def __init__(self) -> None:
        self.handoffs: list[tuple[str, Wish]] = []
        self.closed = False
        self.filed: list[tuple[str, str | None, str | None, str]] = []
        self.thumbs: list[tuple[str, int | None, int]] = []
        self.subscriptions: dict[str, str | None] = {}
        self.error: Exception | None = None

    async def hand_off(self, conversation: str, wish: Wish) -> Called:
        """Registers once for each conversation; while `closed` nothing."""
        if self.error:
            raise self.error
        new = not self.closed and all(known != conversation for known, _ in self.handoffs)
        if new:
            self.handoffs.append((conversation, wish))
        number = None if self.closed else "BB20261121-0001"
        ahead = None if self.closed else 2
        return Called(number, new, ahead, "约 3 分钟", "工作日 9:00–17:30", "11月23日（周一）9:00", "11月24日（周二）")

    async def appeal(self, conversation: str, district: str | None, topic: str | None, text: str) -> Filed:
        """Files under the next number."""
        self.filed.append((conversation, district, topic, text))
        return self._numbered(len(self.filed))

    async def appeals(self, conversation: str, number: str | None = None) -> list[Filed]:
        """The conversation's appeals, newest first."""
        rows = [self._numbered(n) for n, (known, *_) in enumerate(self.filed, start=1) if known == conversation]
        return [row for row in reversed(rows) if number in (None, row.number)]

    async def feedback(self, conversation: str, turn: int | None, value: int) -> None:
        """Keeps the thumb."""
        self.thumbs.append((conversation, turn, value))

    async def subscribe(self, conversation: str, district: str | None, topics: list[str]) -> None:
        """Keeps the wish."""
        self.subscriptions[conversation] = district

    async def unsubscribe(self, conversation: str) -> None:
        """Forgets the wish."""
        self.subscriptions.pop(conversation, None)

    @staticmethod
    def _numbered(number: int) -> Filed:
        return Filed(f"SQ20261121-{number:04d}", "2026年11月21日", "received")


class FakeKeeper:
    """Keeps states as the JSON they are stored as, so that nothing is remembered that couldn't be."""

    def __init__(self) -> None:
        self.stored: dict[str, dict[str, object]] = {}

    async def load(self, conversation_id: str) -> DialogueState:
        """The state; a fresh one for a new conversation."""
        return DialogueState.from_json(self.stored.get(conversation_id, {}))

    async def save(self, conversation_id: str, state: DialogueState) -> None:
        """Keeps the state."""
        self.stored[conversation_id] = state.to_json()
