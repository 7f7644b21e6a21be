"""Staff on Telegram: they claim at once, answer, walk away, pass on, hand back and close."""

import asyncio
import random
import re
from dataclasses import dataclass, field

from bot.desk.wording import DeskWording
from bot.telegram.staff.build import TEXTS
from bot.telegram.texts import Texts
from qifu.labels import Language
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_world import Json
from tests.simulation.chats import NUMBER
from tests.simulation.diary import Answered, Diary
from tests.simulation.office import Office
from tests.simulation.plan import HOUR, MINUTE
from tests.simulation.simtime import POLL, SimTime
from tests.simulation.telegramchat import Screen, buttons_of

REPLIES = (
    "您好，我来帮您看",
    "这个带营业执照就可以",
    "请稍等，我核实一下",
    "可以在一网通办上提交",
    "窗口周一到周五都开",
)
_ENDS = (
    "/close resolved",
    "/close resolved",
    "/close resolved",
    "/close resolved",
    "/close unresolved",
    "/back",
    "pass",
)
_AWAY = 1.5
"""How often somebody walks away in an hour, besides in the middle of a talk."""
_MOST, _SILENT, _PATIENCE = 3, 4 * MINUTE, 10 * MINUTE
_BUTTON = re.compile(r"desk:(claim|close):(\d+)")


@dataclass
class Mine:
    """A handoff that somebody has: `hint` is the message to reply to, so that it is clear which one is meant."""

    number: str
    hint: int
    left: int
    due: float
    heard_at: float
    unread: int = 1
    ending: bool = False


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(re.escape(words).replace("NUMBER", NUMBER.pattern).replace("NAME", ".+?"))


@dataclass
class Sights:
    """What staff recognise a message by."""

    from_user: re.Pattern[str] = field(init=False)
    gone: list[re.Pattern[str]] = field(init=False)
    neglected: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        texts, zh = Texts.read(TEXTS), Language.ZH
        self.from_user = _pattern(texts.say("from_user", zh, number="NUMBER"))
        fill = {"number": "NUMBER", "name": "NAME", "end": "NAME", "next": ""}
        self.gone = [_pattern(texts.say(key, zh, **fill)) for key in ("ended", "moved", "released")]
        self.neglected = _pattern(DeskWording().say("staff.neglected", zh, number="NUMBER"))


class Phone:
    """A member of staff with a phone. `closing` is when everything that is open is to be ended."""

    def __init__(
        self,
        telegram: FakeTelegram,
        login: str,
        chat_id: int,
        *,
        dice: random.Random,
        diary: Diary,
        time: SimTime,
        office: Office,
        sights: Sights,
        closing: float,
        colleagues: list[str],
    ) -> None:
        self.login, self.chat_id = login, chat_id
        self._telegram, self._screen = telegram, Screen(telegram, chat_id)
        self._dice, self._diary, self._time, self._office = dice, diary, time, office
        self._sights, self._closing, self._colleagues = sights, closing, colleagues
        self._offers: dict[int, tuple[int, float]] = {}
        self._mine: dict[int, Mine] = {}
        self._away_until = 0.0

    def links(self, code: str) -> None:
        """Makes the account known, and comes on duty."""
        self._telegram.user_sends(self.chat_id, f"/staff {code}")
        self._telegram.user_sends(self.chat_id, "/duty on")

    def forgets(self) -> None:
        """The phone starts anew: what is on the screen is all that is known."""
        self._offers.clear()
        self._mine.clear()
        self._screen.forget()

    async def work(self) -> None:
        """Looks and does what is due, until cancelled."""
        while True:
            self._read()
            if self._time.passed > self._away_until and self._dice.random() < _AWAY * POLL * self._time.speed / HOUR:
                self._walks_away()
            if self._time.passed >= self._away_until or self._is_closing:
                await self._claims()
                await self._talks()
            await asyncio.sleep(POLL)

    @property
    def _is_closing(self) -> bool:
        return self._time.passed >= self._closing

    def _read(self) -> None:
        for message in self._screen.new():
            text = str(message.get("text", ""))
            for button in buttons_of(message):
                if found := _BUTTON.fullmatch(button):
                    self._button(found[1], int(found[2]), message, text)
            self._words(text)

    def _button(self, verb: str, handoff: int, message: Json, text: str) -> None:
        if verb == "claim":
            if self._dice.random() < 0.7 or self._is_closing:
                # Some are slow, so that all are asked; then several reach for the button at once.
                pause = self._dice.uniform(*self._dice.choice(((1, 6), (1, 6), (20, 50))))
                self._offers[handoff] = (message["message_id"], self._time.passed + pause)
        elif number := NUMBER.search(text):
            now = self._time.passed
            due = now + self._dice.uniform(3, 40)
            self._mine[handoff] = Mine(number[0], message["message_id"], self._dice.randint(1, 4), due, now)
            if self._dice.random() < 0.1:
                self._walks_away()

    def _walks_away(self) -> None:
        self._away_until = self._time.passed + self._dice.uniform(4, 15) * MINUTE
        self._diary.met["staff: walked away"] += 1

    def _words(self, text: str) -> None:
        number = NUMBER.search(text)
        if number is None:
            return
        handoff, mine = next(((key, one) for key, one in self._mine.items() if one.number == number[0]), (0, None))
        if self._sights.neglected.search(text):
            self._office.rescue(number[0])
        elif mine is not None and self._sights.from_user.match(text):
            mine.unread += 1
            mine.heard_at = self._time.passed
        elif mine is not None and any(gone.search(text) for gone in self._sights.gone):
            del self._mine[handoff]

    async def _claims(self) -> None:
        for handoff, (message_id, at) in list(self._offers.items()):
            if self._time.passed < at or (len(self._mine) >= _MOST and not self._is_closing):
                continue
            del self._offers[handoff]
            message = self._telegram.world.messages[self.chat_id, message_id]
            if f"desk:claim:{handoff}" in buttons_of(message):
                self._telegram.user_presses(self.chat_id, message_id, f"desk:claim:{handoff}")

    async def _talks(self) -> None:
        for handoff, mine in list(self._mine.items()):
            now = self._time.passed
            if now < mine.due:
                continue
            if mine.ending:  # nothing came of it
                mine.ending = False
            if mine.left <= 0 or (self._is_closing and mine.left < 10):
                self._end(mine)
            elif mine.unread:
                self._answer(handoff, mine)
            elif now - mine.heard_at > _SILENT:
                self._sends("/close no_reply", mine, ending=True)
            else:
                mine.due = now + self._dice.uniform(5, 30)

    def _answer(self, handoff: int, mine: Mine) -> None:
        token = self._diary.staff_token()
        words = f"{self._dice.choice(REPLIES)} {token}"
        self._sends(words, mine)
        self._diary.answered.append(Answered(self.login, handoff, token, self._time.now()))
        mine.unread, mine.left = 0, mine.left - 1
        mine.due = self._time.passed + self._dice.uniform(10, 60)

    def _end(self, mine: Mine) -> None:
        end = self._dice.choice(_ENDS)
        if end == "pass":
            if self._is_closing:
                end = "/close referred"
            else:
                to = self._dice.choice(["all", "@" + self._dice.choice(self._colleagues)])
                end = f"/transfer {to} 请接着办"
        self._sends(end, mine, ending=True)

    def _sends(self, words: str, mine: Mine, *, ending: bool = False) -> None:
        self._telegram.user_sends(self.chat_id, words, reply_to=mine.hint)
        if ending:
            mine.ending, mine.due = True, self._time.passed + _PATIENCE
