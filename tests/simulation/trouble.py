"""What goes wrong, and when."""

import asyncio
import random
from collections.abc import Awaitable, Callable

from tests.fakes.telegram import FakeTelegram
from tests.simulation.diary import Diary
from tests.simulation.phones import Phone
from tests.simulation.plan import Plan
from tests.simulation.simtime import SimTime
from tests.simulation.system import System

_AWAY = 3.0
"""How long Telegram stays away, in real seconds."""

type Trouble = Callable[[], Awaitable[None]]


class Troubles:
    """Everything that is planned happens at a random moment, one after the other."""

    def __init__(
        self,
        plan: Plan,
        system: System,
        telegram: FakeTelegram,
        phones: list[Phone],
        *,
        diary: Diary,
        time: SimTime,
        closing: float,
    ) -> None:
        self._system, self._telegram, self._phones = system, telegram, phones
        self._diary, self._time = diary, time
        self._dice = dice = plan.dice("trouble")
        kinds: list[Trouble] = [
            *[self._kill] * plan.kills,
            *[self._kill_rasa] * plan.rasa_kills,
            *[self._telegram_away] * plan.outages,
            *[self._phone_forgets] * plan.forgetful_phones,
        ]
        dice.shuffle(kinds)
        self._planned = list(zip(_spread(dice, len(kinds), closing), kinds, strict=True))

    async def happen(self) -> None:
        """Lets it all happen; returns after the last one."""
        for at, trouble in self._planned:
            await self._time.until(at)
            await trouble()

    def _note(self, what: str) -> None:
        self._diary.events.append(f"{self._time.now():%H:%M:%S} {what}")

    async def _kill(self) -> None:
        self._note("qifu killed")
        before = self._time.now()
        await self._system.kill()
        self._time.leave_out((self._time.now() - before).total_seconds())
        self._note(f"qifu is back, after {self._system.starts[-1]:.0f} real seconds")

    async def _kill_rasa(self) -> None:
        self._note("Rasa killed" if self._system.kill_rasa() else "no Rasa to kill")

    async def _telegram_away(self) -> None:
        self._note("Telegram goes away")
        await self._telegram.go_away()
        await asyncio.sleep(_AWAY)
        await self._telegram.come_back()
        self._note("Telegram is back")

    async def _phone_forgets(self) -> None:
        phone = self._dice.choice(self._phones)
        phone.forgets()
        self._note(f"the phone of {phone.login} starts anew")


def _spread(dice: random.Random, number: int, closing: float) -> list[float]:
    """Random moments, each in its own part of the time, so that not all falls together."""
    part = closing * 0.8 / max(1, number)
    return [closing * 0.05 + part * (place + dice.random()) for place in range(number)]
