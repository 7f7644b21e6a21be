"""Edits of trainers' data from a page: made whole or not at all, audited, and told in words."""

from collections.abc import Callable
from typing import Any

from console import parts
from console.accounts.staff import Staff
from console.services import ConsoleServices
from console.training.names import IntentNames
from console.training.said import tell
from qifu.errors import QifuError
from qifu.labels import StaffRole
from qifu.training.catalogue import Catalogue
from qifu.training.checks import Checks
from qifu.training.draft import Draft
from qifu.training.workspace import Workspace


class Editing:
    """For one person on one page. `catalogue` and `names` are as of the last look."""

    def __init__(self, services: ConsoleServices, workspace: Workspace, staff: Staff, catalogue: Catalogue) -> None:
        self.services, self.workspace, self.staff, self.words = services, workspace, staff, services.words
        self.may = staff.role is StaffRole.TRAINER
        answering = services.answering
        self.checks = Checks(workspace, answering.parser.parse if answering and self.may else None)
        self._take(catalogue)

    @classmethod
    async def begin(cls, services: ConsoleServices, workspace: Workspace, staff: Staff) -> "Editing":
        """Reads the data as they stand. Raises SeedError where a file is broken."""
        return cls(services, workspace, staff, await workspace.read())

    async def look(self) -> bool:
        """Reads the data anew; whether anything changed."""
        before, now = self.catalogue, await self.workspace.read()
        self._take(now)
        return now is not before

    async def make(
        self, edit: Callable[[Draft], Any], *, what: str, subject: str, count: int = 0, done: str = "", **detail: object
    ) -> bool:
        """Makes an edit and says so; says why where it is refused. Whether it was made.

        `what` is a key of the words `training_change`, `subject` an intent's id.
        """
        words = self.words
        if not self.may:
            parts.failed(words("training.trainers_only"))
            return False
        try:
            await self.workspace.change(edit, by=self.staff.id, what=what, subject=subject, count=count)
        except QifuError as error:
            tell(error, words, self.names)
            return False
        await self.services.note(self.staff.id, f"training.{what}", subject, **_told(count, detail))
        await self.look()
        parts.done(done or words("common.saved"))
        return True

    async def undo(self) -> bool:
        """Takes the last edit back. Whether it was done."""
        words = self.words
        if not self.may:
            parts.failed(words("training.trainers_only"))
            return False
        try:
            change = await self.workspace.undo(by=self.staff.id)
        except QifuError as error:
            tell(error, words, self.names)
            return False
        await self.services.note(self.staff.id, "training.undo", change.subject)
        await self.look()
        parts.done(words("training.undone"))
        return True

    def _take(self, catalogue: Catalogue) -> None:
        self.catalogue, self.names = catalogue, IntentNames(self.services, catalogue)


def _told(count: int, detail: dict[str, object]) -> dict[str, object]:
    return {**({"count": count} if count else {}), **detail}
