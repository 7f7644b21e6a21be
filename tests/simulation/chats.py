"""What a user sees and can do, on whatever channel."""

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from bot.desk.wording import DeskWording
from qifu.labels import Language
from tests.simulation.diary import Diary, Said
from tests.simulation.simtime import POLL, SimTime

NUMBER = re.compile(r"BB\d{8}-\d{4}")
APPEAL_NUMBER = re.compile(r"SQ\d{8}-\d{4}")


@dataclass(frozen=True)
class Seen:
    """A message on the user's screen: `id` is the channel's own, `buttons` are payloads."""

    id: str
    text: str
    buttons: tuple[str, ...] = ()


def notice(kind: str) -> re.Pattern[str]:
    """Finds a notice of the desk, whatever fills it."""
    words = DeskWording().say(f"notices.{kind}", Language.ZH, name="NAME", number="NUMBER")
    return re.compile(re.escape(words).replace("NAME", ".+?").replace("NUMBER", r"\S+"))


class Chat(ABC):
    """A user's side of a conversation. What is seen is kept once, under the channel's own id."""

    def __init__(self, diary: Diary, time: SimTime) -> None:
        self.conversation = ""
        self.seen: dict[str, Seen] = {}
        self.diary, self.time = diary, time

    @abstractmethod
    async def open(self) -> None:
        """Begins the conversation."""

    @abstractmethod
    async def says(self, text: str, token: str | None = None, *, cue: bool = False) -> None:
        """Sends words, until they are accepted."""

    @abstractmethod
    async def presses(self, payload: str) -> bool:
        """Presses a button that stands on the screen, or a command of the menu; False where there is none."""

    async def look(self) -> None:  # noqa: B027  # a page that follows a stream has nothing to do
        """Reads what is new."""

    async def close(self) -> None:  # noqa: B027  # most have nothing to end
        """Ends what runs for the chat."""

    def note(self, key: str, token: str | None, cue: bool) -> None:
        """Writes down what is being sent."""
        self.diary.said.append(Said(self.conversation, key, token, self.time.now(), cue))

    async def sees(self, wanted: Callable[[Seen], object], within: float, after: int = 0) -> Seen | None:
        """The first message that is wanted among those after the first so many, once there is one; else None."""
        until = self.time.passed + within
        while True:
            await self.look()
            for seen in list(self.seen.values())[after:]:
                if wanted(seen):
                    return seen
            if self.time.passed >= until:
                return None
            await asyncio.sleep(POLL)
