"""Somebody at the desk: what all parts of its pages need."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from bot.desk.desk import Desk
from console.accounts.staff import Staff
from console.names import Names
from console.services import ConsoleServices
from console.wording import Words
from qifu.labels import StaffRole


@dataclass(frozen=True)
class Seat:
    """A member of staff with the desk and the services behind the page."""

    services: ConsoleServices
    desk: Desk
    staff: Staff

    @property
    def words(self) -> Words:
        """The console's words."""
        return self.services.words

    @cached_property
    def names(self) -> Names:
        """What staff call things."""
        return Names(self.services)

    @property
    def now(self) -> datetime:
        """The present moment, by the desk's clock."""
        return self.desk.store.clock()

    @property
    def manages(self) -> bool:
        """Whether they are a manager."""
        return self.staff.role == StaffRole.MANAGER
