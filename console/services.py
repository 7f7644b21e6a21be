"""What the pages of the console work with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from console.accounts.login import Login
from console.accounts.passwords import Passwords
from console.accounts.people import People
from console.accounts.sessions import Sessions
from console.switches import Switches
from console.wording import Words, read_words
from qifu.settings import Settings
from store.database import Database
from store.models.base import utc_now
from store.repositories import AuditRepository

if TYPE_CHECKING:
    from actions.services import Services
    from bot.desk.desk import Desk
    from bot.desk.files import Files
    from bot.dialogue.dialogue import Dialogue
    from qifu.models.room import ModelRoom
    from qifu.training.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class ConsoleServices:
    """The parts behind the pages; what is None is not there, and neither are the pages that need it."""

    database: Database
    settings: Settings
    passwords: Passwords
    sessions: Sessions
    login: Login
    people: People
    switches: Switches
    clock: Callable[[], datetime] = utc_now
    words: Words = field(default_factory=read_words)
    topics: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    districts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    dialogue: "Dialogue | None" = None
    desk: "Desk | None" = None
    answering: "Services | None" = None
    """What the actions answer with: the plans, their search, and how they are quoted."""
    files: "Files | None" = None
    """Photos and files of conversations, wherever they lie."""
    models: "ModelRoom | None" = None
    training: "Workspace | None" = None
    """Trainers' data and their edits."""

    async def note(self, staff_id: int, action: str, subject: str | None = None, **detail: object) -> None:
        """Adds an audit entry in a transaction of its own: for looks at personal data.

        A change writes its entry in its own transaction, by AuditRepository.
        """
        async with self.database.session() as session:
            await AuditRepository(session, self.clock).write(staff_id, action, subject, detail or None)


def build_services(
    database: Database,
    settings: Settings,
    *,
    passwords: Passwords | None = None,
    switches: Switches | None = None,
    clock: Callable[[], datetime] = utc_now,
    topics: Mapping[str, Mapping[str, str]] | None = None,
    districts: Mapping[str, Mapping[str, str]] | None = None,
    dialogue: "Dialogue | None" = None,
    desk: "Desk | None" = None,
    answering: "Services | None" = None,
    files: "Files | None" = None,
    models: "ModelRoom | None" = None,
    training: "Workspace | None" = None,
) -> ConsoleServices:
    """The services over a database; every part can be replaced."""
    passwords = passwords or Passwords()
    idle, longest = timedelta(seconds=settings.console_idle), timedelta(seconds=settings.console_longest)
    sessions = Sessions(database, idle, longest, clock)
    return ConsoleServices(
        database=database,
        settings=settings,
        passwords=passwords,
        sessions=sessions,
        login=Login(database, passwords, sessions, clock),
        people=People(database, passwords, sessions, clock),
        switches=switches or Switches(database, clock),
        clock=clock,
        topics=topics or {},
        districts=districts or {},
        dialogue=dialogue,
        desk=desk,
        answering=answering,
        files=files,
        models=models,
        training=training,
    )
