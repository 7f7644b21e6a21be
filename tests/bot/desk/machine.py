"""What state machines of the desk share: a database of their own, and a loop that runs one call after another."""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine

from bot.desk.desk import Desk
from bot.desk.rules import DeskRules
from qifu.errors import DeskError
from store.database import Database
from tests.bot.desk.support import OPEN_AT, People, some_staff
from tests.store.factories import FakeClock

MODEST = settings(max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class DeskMachine(RuleBasedStateMachine):
    """A desk with its staff on duty; `migrated` is the file to copy, to be set in a class of the test's own."""

    migrated: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "qifu.db"
        shutil.copy(self.migrated, path)
        self.database = Database(f"sqlite+aiosqlite:///{path}")
        self.runner = asyncio.Runner()
        self.clock = FakeClock(OPEN_AT)
        self.desk = Desk(self.database, DeskRules(appeals_a_day=50), clock=self.clock)
        self.people: People = self.run(some_staff(self.database))
        for staff_id in (self.people.wang, self.people.li):
            self.run(self.desk.roster.come(staff_id))

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Runs a call of the desk."""
        return self.runner.run(work)

    def refused[T](self, work: Coroutine[Any, Any, T], allowed: bool) -> T | None:
        """Runs a call that must work exactly where it is allowed; None where it was refused."""
        try:
            done = self.run(work)
        except DeskError:
            assert not allowed
            return None
        assert allowed
        return done

    def restart(self) -> None:
        """Another process takes over: it knows only what is stored."""
        self.desk = Desk(self.database, DeskRules(appeals_a_day=50), clock=self.clock)

    def teardown(self) -> None:
        """Closes the database."""
        self.run(self.database.dispose())
        self.runner.close()
        self.folder.cleanup()
