"""A desk in memory, and a keeper of dialogue states in memory."""

from dataclasses import replace
from datetime import UTC, datetime

from actions.appeal.draft import Appeal, Draft
from actions.services import Called, Wish
from actions.state import DialogueState

FILED_AT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
DUE = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PROMISED = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


class FakeDesk:
    """Keeps what it is told; `error` is raised instead."""

    def __init__(self) -> None:
        self.handoffs: list[tuple[str, Wish]] = []
        self.closed = False
        self.filed: list[tuple[str, Draft]] = []
        self.keys: dict[tuple[str, str], int] = {}
        self.told: list[Appeal] = []
        self.knows: dict[str, str] = {}
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
        return Called(number, new, ahead, "约 3 分钟", "工作日 9:00–17:30", "11月23日（周一）9:00", "11月23日（周一）")

    async def appeal(self, conversation: str, draft: Draft, key: str) -> Appeal:
        """Files under the next number; the same key once, the same text joins. `error` is raised instead."""
        if self.error:
            raise self.error
        if (conversation, key) in self.keys:
            return self._numbered(self.keys[conversation, key])
        same = [
            n for n, (whose, other) in enumerate(self.filed, 1) if (whose, other.text) == (conversation, draft.text)
        ]
        if same:
            return replace(self._numbered(same[0]), joined=True)
        self.filed.append((conversation, draft))
        self.keys[conversation, key] = len(self.filed)
        return self._numbered(len(self.filed))

    async def appeals(self, conversation: str, number: str | None = None) -> list[Appeal]:
        """The conversation's appeals, newest first, or what `told` has instead."""
        rows = (
            self.told
            or [self._numbered(n) for n, (whose, _) in enumerate(self.filed, start=1) if whose == conversation][::-1]
        )
        return [row for row in rows if number in (None, row.number)]

    async def known(self, conversation: str) -> dict[str, str]:
        """What it was told to know."""
        return dict(self.knows)

    async def feedback(self, conversation: str, turn: int | None, value: int) -> None:
        """Keeps the thumb."""
        self.thumbs.append((conversation, turn, value))

    async def subscribe(self, conversation: str, district: str | None, topics: list[str]) -> None:
        """Keeps the wish."""
        self.subscriptions[conversation] = district

    async def unsubscribe(self, conversation: str) -> None:
        """Forgets the wish."""
        self.subscriptions.pop(conversation, None)

    def _numbered(self, number: int) -> Appeal:
        promised = PROMISED if self.filed[number - 1][1].after_hours else None
        name = f"SQ20261121-{number:04d}"
        return Appeal(name, "received", filed=FILED_AT, since=FILED_AT, due=DUE, answer_by=promised)


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
