"""The emergency notice and the bot's off switch: set in the console, read by every channel."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from qifu.labels import Language
from store.database import Database
from store.models import SwitchRow
from store.models.base import utc_now
from store.repositories import AuditRepository, SwitchRepository

LONGEST_NOTICE = 300


@dataclass(frozen=True, slots=True)
class Standing:
    """How the switches stand. An empty notice is none; `at` and `by` are None where nobody ever touched them."""

    bot_on: bool = True
    notice_zh: str = ""
    notice_en: str = ""
    at: datetime | None = None
    by: int | None = None

    def notice(self, language: Language) -> str:
        """The notice in a language; empty where there is none."""
        return self.notice_en if language is Language.EN else self.notice_zh

    @classmethod
    def of(cls, row: SwitchRow | None) -> "Standing":
        """The standing of a row."""
        return cls() if row is None else cls(row.bot_on, row.notice_zh, row.notice_en, row.at, row.changed_by)


class Switches:
    """Reads and sets the switches. What was read is believed for `believed`; what was set here holds at once."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime] = utc_now,
        believed: timedelta = timedelta(seconds=2),
    ) -> None:
        self._database = database
        self._clock = clock
        self._believed = believed
        self._known: tuple[Standing, datetime] | None = None

    async def current(self) -> Standing:
        """How the switches stand."""
        now = self._clock()
        if self._known and now - self._known[1] < self._believed:
            return self._known[0]
        async with self._database.session() as session:
            standing = Standing.of(await SwitchRepository(session, self._clock).current())
        self._known = (standing, now)
        return standing

    async def notices(self) -> dict[Language, str]:
        """The notice in each language; empty where there is none."""
        now = await self.current()
        return {language: now.notice(language) for language in Language}

    async def turn_bot(self, staff_id: int | None, on: bool) -> None:
        """Switches the bot on or off."""
        await self._change(staff_id, bot_on=on)

    async def set_notice(self, staff_id: int | None, zh: str, en: str) -> None:
        """Shows a notice; empty texts take it down."""
        await self._change(staff_id, notice_zh=" ".join(zh.split()), notice_en=" ".join(en.split()))

    async def _change(self, staff_id: int | None, **changed: object) -> None:
        async with self._database.session() as session:
            switches = SwitchRepository(session, self._clock)
            before = Standing.of(await switches.current())
            was = {"bot_on": before.bot_on, "notice_zh": before.notice_zh, "notice_en": before.notice_en}
            now = was | changed
            row = await switches.change(
                staff_id,
                bot_on=bool(now["bot_on"]),
                notice_zh=str(now["notice_zh"]),
                notice_en=str(now["notice_en"]),
            )
            detail = {"from": {key: was[key] for key in changed}, "to": changed}
            await AuditRepository(session, self._clock).write(staff_id, "switches.change", "switches", detail)
        self._known = (Standing.of(row), self._clock())
