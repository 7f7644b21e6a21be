"""The desk: all its parts over one database, built once per process."""

from bot.desk.appeals import Appeals, Propose
from bot.desk.canned import Canned
from bot.desk.figures import Figures
from bot.desk.handoffs import Handoffs
from bot.desk.roster import Roster
from bot.desk.rules import DeskRules
from bot.desk.signals import Signals
from bot.desk.talk import Talk
from bot.desk.timers import Timers
from bot.desk.work import Clock, DeskStore
from qifu.labels import District
from store.database import Database
from store.models.base import utc_now


def nobody(_matter: str | None, _district: District | None) -> list[str]:
    """Proposes no unit."""
    return []


class Desk:
    """Holds the parts; nothing runs by itself: somebody calls `timers`."""

    def __init__(
        self,
        database: Database,
        rules: DeskRules | None = None,
        propose: Propose = nobody,
        clock: Clock = utc_now,
    ) -> None:
        self.rules = rules or DeskRules()
        self.signals = Signals()
        self.store = DeskStore(database, clock, self.signals)
        self.handoffs = Handoffs(self.store, self.rules)
        self.talk = Talk(self.store)
        self.appeals = Appeals(self.store, self.rules, propose)
        self.roster = Roster(self.store, self.rules.calendar)
        self.canned = Canned(self.store)
        self.timers = Timers(self.store, self.rules)
        self.figures = Figures(self.store, self.rules)
