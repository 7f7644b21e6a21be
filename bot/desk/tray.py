"""Files that staff have chosen and not sent yet: they lie with the conversation's files already, and go with them."""

from dataclasses import dataclass
from uuid import uuid4

from bot.desk.desk import Desk
from bot.desk.files import Files
from bot.desk.talk import Attachment
from qifu.errors import DeskError
from qifu.labels import HandoffState

MOST_AT_ONCE = 10
"""Files of one message."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that waits to be sent; `key` is what the page calls it."""

    key: str
    conversation_id: str
    message_id: str
    attachment: Attachment


class Tray:
    """What each person has staged in each handoff, in memory: after a restart they choose again."""

    def __init__(self, desk: Desk, files: Files) -> None:
        self._desk = desk
        self._files = files
        self._staged: dict[tuple[int, int], list[Staged]] = {}

    async def put(self, staff_id: int, handoff_id: int, key: str, name: str, content: bytes) -> None:
        """Stages a file of the handoff's owner; the same key again is the same file.

        Raises DeskError as Files.keep does, and unknown_handoff, not_owner, wrong_state, file_at_once.
        """
        row = await self._desk.handoffs.get(handoff_id)
        if row.state != HandoffState.CLAIMED or row.owner_id != staff_id:
            raise DeskError("not_owner" if row.state == HandoffState.CLAIMED else "wrong_state")
        mine = self.of(staff_id, handoff_id)
        if any(one.key == key for one in mine):
            return
        if len(mine) >= MOST_AT_ONCE:
            raise DeskError("file_at_once", most=MOST_AT_ONCE)
        # No user's message is called like this, and none that was sent before: nothing is ever overwritten.
        message_id = f"staff:{uuid4().hex}"
        kept = await self._files.keep(row.conversation_id, message_id, name, content)
        # What was staged before may have been sent meanwhile.
        staged = self._staged.setdefault((staff_id, handoff_id), [])
        staged.append(Staged(key, row.conversation_id, message_id, kept))

    def of(self, staff_id: int, handoff_id: int) -> list[Staged]:
        """What is staged, in order."""
        return list(self._staged.get((staff_id, handoff_id), ()))

    def take(self, staff_id: int, handoff_id: int) -> list[Staged]:
        """What is staged, to be sent: nothing is any more."""
        return self._staged.pop((staff_id, handoff_id), [])

    def put_back(self, staff_id: int, handoff_id: int, staged: list[Staged]) -> None:
        """Stages again what couldn't be sent."""
        if staged:
            self._staged[staff_id, handoff_id] = [*staged, *self.of(staff_id, handoff_id)]

    async def remove(self, staff_id: int, handoff_id: int, key: str | None = None) -> None:
        """Takes a file, or all of them, away for good."""
        for one in self.of(staff_id, handoff_id):
            if key in (None, one.key):
                self._staged[staff_id, handoff_id].remove(one)
                await self._files.discard(one.conversation_id, one.message_id)


@dataclass(frozen=True, slots=True)
class Staging:
    """The tray of one person in one handoff."""

    tray: Tray
    staff_id: int
    handoff_id: int

    @property
    def staged(self) -> list[Staged]:
        """What is staged, in order."""
        return self.tray.of(self.staff_id, self.handoff_id)

    def take(self) -> list[Staged]:
        """What is staged, to be sent."""
        return self.tray.take(self.staff_id, self.handoff_id)

    def put_back(self, staged: list[Staged]) -> None:
        """Stages again what couldn't be sent."""
        self.tray.put_back(self.staff_id, self.handoff_id, staged)

    async def remove(self, key: str | None = None) -> None:
        """Takes a file, or all of them, away for good."""
        await self.tray.remove(self.staff_id, self.handoff_id, key)
