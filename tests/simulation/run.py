"""A whole simulation, from an empty home to what was found."""

import asyncio
import resource
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.desk.desk import Desk
from bot.desk.figures import DeskFigures
from bot.desk.rules import DeskRules
from bot.telegram.staff.linking import Linking
from qifu.labels import StaffRole
from store.database import Database
from store.repositories import StaffRepository
from tests.fakes.telegram import FakeTelegram
from tests.simulation import checks, recount
from tests.simulation.chats import Chat
from tests.simulation.diary import STAFF_TOKEN, USER_TOKEN, Diary
from tests.simulation.facts import Facts, read_facts
from tests.simulation.office import Office, Person
from tests.simulation.phones import Phone, Sights
from tests.simulation.plan import HOUR, MINUTE, Place, Plan
from tests.simulation.simtime import SimTime
from tests.simulation.system import System
from tests.simulation.telegramchat import TelegramChat
from tests.simulation.trouble import Troubles
from tests.simulation.users import Hours, User
from tests.simulation.webchat import WebChat

_CHATS, _PHONES = 100_000, 900_000
"""Where the chats of users and of staff begin."""
_LAST_TALKS = 30 * MINUTE
_SETTLE = 90.0
"""How long everything may take to settle in the end, in real seconds."""
_LINKED = 60.0

type Say = Callable[[str], None]


@dataclass
class Outcome:
    """What a simulation found."""

    plan: Plan
    diary: Diary
    facts: Facts
    figures: DeskFigures
    wrong: dict[str, list[str]]
    counted: Counter[str] = field(default_factory=Counter)
    starts: list[float] = field(default_factory=list)
    memory: int = 0
    real_seconds: float = 0.0

    @property
    def violations(self) -> int:
        """How many things don't hold."""
        return sum(map(len, self.wrong.values()))


@dataclass
class Team:
    """Everybody who works: phones, the console, and the codes that link phones."""

    phones: list[Phone]
    office: Office
    on_phones: dict[str, int]


class Simulation:
    """One run. `say` tells how far it is."""

    def __init__(self, plan: Plan, place: Place, telegram: FakeTelegram, say: Say) -> None:
        self.plan, self.place, self.telegram, self.say = plan, place, telegram, say
        self.diary = Diary()
        self.time = SimTime(plan.start, plan.speed)
        self.hours = Hours(plan.hours * HOUR, plan.hours * HOUR + _LAST_TALKS)
        bot = {"TELEGRAM_BOT_TOKEN": telegram.token, "QIFU_TELEGRAM_API_URL": telegram.url}
        self.system = System(place, self.time.environment | bot)
        self.database = Database(place.database_url)
        self.desk = Desk(self.database, DeskRules(), clock=self.time.now)
        self.chats: list[Chat] = []
        self.failures: list[str] = []

    async def run(self) -> Outcome:
        """Everything. Raises NotRunning where the program doesn't come up."""
        await self.database.migrate()
        team = await self._team()
        await self.system.start()
        self.say(f"qifu is up after {self.system.starts[0]:.0f} s")
        await self._link(team)
        self.time.begin()
        async with self._working(team):
            troubles = Troubles(
                self.plan,
                self.system,
                self.telegram,
                team.phones,
                diary=self.diary,
                time=self.time,
                closing=self.hours.closing,
            )
            async with asyncio.TaskGroup() as group:
                group.create_task(troubles.happen())
                group.create_task(self._live())
            await self._settled()
        return await self._outcome(team)

    async def close(self) -> None:
        """Ends everything that runs."""
        await asyncio.gather(*(chat.close() for chat in self.chats))
        await self.database.dispose()
        await self.system.stop()

    async def _team(self) -> Team:
        managers = 2 if self.plan.staff > 4 else 1
        people: list[tuple[Person, StaffRole]] = []
        for number in range(self.plan.staff):
            role = StaffRole.MANAGER if number < managers else StaffRole.SERVICE
            login = f"s{number:02d}"
            async with self.database.session() as session:
                row = await StaffRepository(session).add(login, f"帮办{number:02d}", role, "x")
            assert row is not None
            people.append((Person(row.id, login), role))
        at_console = [person for person, _ in people[-2:]]
        with_phones = [person for person, _ in people[:-2]]
        office = Office(
            self.desk,
            at_console,
            [person for person, role in people if role == StaffRole.MANAGER],
            dice=self.plan.dice("office"),
            diary=self.diary,
            time=self.time,
            closing=self.hours.closing,
        )
        sights, logins = Sights(), [person.login for person, _ in people]
        phones = [
            Phone(
                self.telegram,
                person.login,
                _PHONES + person.id,
                dice=self.plan.dice(person.login),
                diary=self.diary,
                time=self.time,
                office=office,
                sights=sights,
                closing=self.hours.closing,
                colleagues=[login for login in logins if login != person.login],
            )
            for person in with_phones
        ]
        return Team(phones, office, {person.login: person.id for person in with_phones})

    async def _link(self, team: Team) -> None:
        linking = Linking(self.database, self.time.now)
        for phone in team.phones:
            phone.links((await linking.issue_code(team.on_phones[phone.login])).text)
        async with asyncio.timeout(_LINKED):
            while len(await self.desk.roster.on_duty()) < len(team.phones):  # noqa: ASYNC110 - in another process
                await asyncio.sleep(0.2)

    @asynccontextmanager
    async def _working(self, team: Team) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(phone.work()) for phone in team.phones]
        tasks.append(asyncio.create_task(team.office.open()))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for ended in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(ended, Exception):
                    self.failures.append(f"staff: {ended!r}")

    async def _live(self) -> None:
        on_telegram = round(self.plan.users * self.plan.on_telegram)
        for number in range(self.plan.users):
            self.chats.append(
                TelegramChat(self.telegram, _CHATS + number, self.diary, self.time)
                if number < on_telegram
                else WebChat(self.system.url, number, self.diary, self.time)
            )
        users = [
            User(chat, self.plan.dice(f"user {number}"), self.diary, self.time, self.hours)
            for number, chat in enumerate(self.chats)
        ]
        lives = asyncio.gather(*(user.live() for user in users), return_exceptions=True)
        telling = asyncio.create_task(self._tell())
        for number, ended in enumerate(await lives):
            if isinstance(ended, BaseException):
                self.failures.append(f"user {number}: {ended!r}")
        telling.cancel()

    async def _tell(self) -> None:
        while True:
            await self.time.sleep(10 * MINUTE)
            self.say(
                f"{self.time.passed / MINUTE:.0f} min: {len(self.diary.said)} messages of users, "
                f"{len(self.diary.answered)} of staff"
            )

    async def _settled(self) -> None:
        """Waits until nothing is under way any more; what doesn't end is found by the checks."""
        self.say("everybody is gone; what is under way ends")
        for _ in range(int(_SETTLE)):
            facts = await read_facts(self.place.database_url)
            open_still = [row for row in facts.handoffs if row["state"] in ("waiting", "claimed")]
            unanswered = [turn for turn in facts.turns if turn["answered_at"] is None]
            if not (open_still or unanswered or checks.outbox(facts) or self.telegram.world.pending):
                break
            await asyncio.sleep(1.0)
        await asyncio.sleep(3.0)

    async def _outcome(self, team: Team) -> Outcome:
        memory = self.system.memory()
        sides = await self._sides(team)
        if (code := await self.system.stop()) != 0:
            self.failures.append(f"qifu ended with {code}")
        facts, now = await read_facts(self.place.database_url), self.time.now()
        desk = Desk(self.database, DeskRules(), clock=lambda: now)
        figures = await desk.figures.of_days(self.plan.start.date(), self.plan.start.date())
        answers, counted = checks.staffs_messages(self.diary, facts, sides)
        got, on_phones = checks.staff_got(facts, sides, set(team.on_phones.values()))
        if not self.plan.kills and counted["seen again"]:
            answers.append(f"{counted['seen again']} answers came twice, though nothing was killed")
        wrong = {
            "users' messages": checks.users_messages(self.diary, facts),
            "staff's answers": answers,
            "what staff saw": got,
            "silence": checks.silence(facts),
            "one owner": checks.one_owner(facts),
            "ends": checks.everything_ended(facts),
            "appeals": checks.appeals_once(self.diary, facts),
            "alerts": checks.alerts(facts),
            "outbox": checks.outbox(facts),
            "figures": recount.differences(figures, recount.recount(facts, now)),
            "failures": self.failures + _tracebacks(self.system.log),
        }
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        real = (self.time.now() - self.time.start).total_seconds() / self.plan.speed
        counted = counted + on_phones + Counter({"simulation's memory in MB": peak})
        return Outcome(
            self.plan, self.diary, facts, figures, wrong, counted, self.system.starts, memory, real_seconds=real
        )

    async def _sides(self, team: Team) -> checks.Sides:
        users: dict[str, Counter[str]] = {}
        for chat in self.chats:
            if isinstance(chat, TelegramChat):
                users[chat.conversation] = checks.tokens_of(self.telegram.sent(chat.chat_id), STAFF_TOKEN)
            elif isinstance(chat, WebChat) and chat.conversation:
                turns = await chat.transcript()
                replies = [reply for turn in turns for reply in turn["replies"]]
                users[chat.conversation] = checks.tokens_of(replies, STAFF_TOKEN)
        phones = {phone.login: checks.tokens_of(self.telegram.sent(phone.chat_id), USER_TOKEN) for phone in team.phones}
        return checks.Sides(users, phones)


def _tracebacks(log: str) -> list[str]:
    """Errors that nobody caught, by the last line of each."""
    found = []
    for part in log.split("Traceback (most recent call last):")[1:]:
        lines = [line for line in part.splitlines() if line and not line.startswith((" ", "\t", "|", "+"))]
        found.append(f"traceback: {lines[0][:200] if lines else part[:200]}")
    return found


async def simulate(plan: Plan, models: Path, home: Path, database_url: str | None, say: Say) -> Outcome:
    """Runs a simulation in an empty folder, over the models of another."""
    place = Place(home, models, database_url or f"sqlite+aiosqlite:///{home / 'qifu.db'}")
    place.prepare()
    async with FakeTelegram() as telegram:
        simulation = Simulation(plan, place, telegram, say)
        try:
            return await simulation.run()
        finally:
            await simulation.close()
