"""What the desk goes by: its hours, its limits in seconds, and its deadlines in working days."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

from bot.desk.calendar import ServiceCalendar
from qifu.labels import AppealGrade, AppealTier
from qifu.settings import Settings
from seeds.yaml import load_yaml

DEADLINES = Path(__file__).with_name("deadlines.yml")


@dataclass(frozen=True)
class Deadlines:
    """Working days: until somebody has looked at an appeal, and by grade and tier until it is resolved.

    The desk's own rule (deadlines.yml): no plan names such numbers, so they are never shown as an official promise.
    """

    first_look: int
    handling: Mapping[AppealGrade, Mapping[AppealTier, int]]

    @classmethod
    def read(cls, path: Path = DEADLINES) -> Self:
        """The deadlines of the file. Raises SeedError where it can't be read, KeyError for a gap in it."""
        content = load_yaml(path)
        handling = {
            grade: {tier: int(content["handling"][grade.value][tier.value]) for tier in AppealTier}
            for grade in AppealGrade
        }
        return cls(int(content["first_look"]), handling)


@dataclass(frozen=True)
class DeskRules:
    """Spans are seconds within service hours.

    offer: how long the best member of staff is asked alone; alert: without a claim, all on duty are alerted;
    escalate: the managers are told (督办); remind, neglect: an owner who doesn't answer the user is reminded, then the
    managers are told. `low_rating` and fewer stars go to the managers. A duplicate appeal comes within `same_days`.
    """

    calendar: ServiceCalendar = field(default_factory=ServiceCalendar)
    deadlines: Deadlines = field(default_factory=Deadlines.read)
    offer: float = 20.0
    alert: float = 45.0
    escalate: float = 60.0
    remind: float = 60.0
    neglect: float = 180.0
    low_rating: int = 2
    appeals_a_day: int = 5
    same_days: int = 7

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The rules as the settings have them."""
        return cls(
            calendar=ServiceCalendar(settings.desk_opens, settings.desk_closes, settings.desk_every_day),
            offer=settings.desk_offer,
            alert=settings.desk_alert,
            escalate=settings.desk_escalate,
            appeals_a_day=settings.desk_appeals_a_day,
        )

    def due(self, at: datetime, grade: AppealGrade | None = None, tier: AppealTier | None = None) -> datetime:
        """By when an appeal received at that moment is due: without a grade to be looked at, else to be resolved.

        Without a tier the district's deadline holds.
        """
        days = self.deadlines.first_look
        if grade is not None:
            days = self.deadlines.handling[grade][tier or AppealTier.DISTRICT]
        return self.calendar.add_working_days(at, days)

    def promise(self, at: datetime) -> datetime:
        """By when a person answers what is left while the desk is closed: the end of the day on which it opens next."""
        return self.calendar.end_of(self.calendar.next_opening(at))
