"""From a question nobody answered to a new matter that answers it, and back again: the whole way, with real Rasa."""

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from console.accounts.passwords import Passwords
from console.accounts.people import People, Profile
from console.accounts.sessions import Sessions
from qifu.labels import Outcome, StaffRole
from store.database import Database
from tests.bot.web.chatpage import ChatPage
from tests.console.conftest import GOOD
from tests.console.served import log_in
from tests.fakes.browser import opened_page
from tests.service.small import small_data
from tests.service.support import Json, Served, free_settings
from tests.store.factories import FakeClock
from tests.store.review import Line, talked

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(1500)]

WHOLE = os.environ.get("QIFU_STORY") == "whole"
"""With QIFU_STORY=whole the data are those of the repository, and a training takes minutes."""
USERS, PAUSE = 20, 4.0
TRAINING = 600_000.0
"""Milliseconds that a training with its report may take on a busy machine."""
UNANSWERED = ("小蒲今天上班伐", "小蒲能不能帮阿拉看看报表", "办税大厅那个小蒲咋联系")
NEW_WORDS = "财务新手想请小蒲带一带"
QUESTIONS = (
    "小蒲是谁",
    "小蒲今天在不在",
    "找小蒲问报表怎么填",
    "税务局的小蒲管哪些事情呀",
    "听隔壁公司讲有个小蒲办税蛮好额",
    "我要约小蒲上门辅导可以吗",
    "小蒲那套服务收不收费",
    "新来的会计啥也不懂，小蒲带不带",
    "who is Xiao Pu at the tax hall",
    "小蒲服务品牌有点啥内容",
)
POINT = "蒲公英"


@dataclass
class House:
    """The running service and its users; `slowest` is the longest that one waited, in seconds."""

    served: Served
    database: Database
    slowest: float = 0.0
    answers: int = 0
    lost: list[Json] = field(default_factory=list)

    @asynccontextmanager
    async def users_chatting(self) -> AsyncIterator[None]:
        """Users who ask and ask while the block runs."""
        over = asyncio.Event()
        async with asyncio.TaskGroup() as users:
            for _ in range(USERS):
                users.create_task(self._chat(over))
            try:
                yield
            finally:
                over.set()

    async def _chat(self, over: asyncio.Event) -> None:
        """One user who asks and asks."""
        talk = await self.served.talk()
        while not over.is_set():
            begun = time.perf_counter()
            turn = await talk.asks("出口退税几天")
            self.slowest = max(self.slowest, time.perf_counter() - begun)
            self.answers += 1
            if turn["pending"] or turn["outcome"] != "answered":
                self.lost.append(turn)
            await asyncio.sleep(PAUSE)

    @asynccontextmanager
    async def entered(self, browser: Browser, login: str, path: str) -> AsyncIterator[Page]:
        """A page of the console that hears clicks."""
        async with opened_page(browser, self.served.address) as page:
            await log_in(page, self.served.address, login, path=f"/console{path}")
            await settled(page)
            yield page


async def settled(page: Page) -> None:
    """Waits until clicks reach the server."""
    await expect(page.locator("main h1").first).to_be_attached()
    await page.wait_for_function("window.did_handshake === true")


@pytest_asyncio.fixture(loop_scope="session")
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """The service over a small set of data (or the whole), with yesterday's questions and a manager and a trainer."""
    home = tmp_path / "home"
    home.mkdir()
    if not WHOLE:
        small_data(home)
    served = Served(free_settings(home), telegram=None)  # type: ignore[arg-type]
    await served.start()
    database = Database(served.settings.database)
    people = People(database, Passwords(), Sessions(database, timedelta(hours=1), timedelta(hours=8)))
    for login, name, role in (("li", "李经理", StaffRole.MANAGER), ("zhao", "赵训练", StaffRole.TRAINER)):
        await people.add(None, login, Profile(name, role))
        await people.set_password((await people.by_login(login)).id, GOOD)
    yesterday = FakeClock(datetime.now(UTC) - timedelta(days=1))
    async with database.session() as session:
        for number, text in enumerate(UNANSWERED):
            line = Line(text, "抱歉，没找到合适的举措。", Outcome.NO_ANSWER, "taxes", None, 0.2)
            await talked(session, yesterday, f"web:yesterday{number}", line)
        await talked(session, yesterday, "web:other", Line())
    yield House(served, database)
    await served.stop()
    await served.http.aclose()
    await database.dispose()


async def test_a_question_nobody_answered_becomes_a_matter_that_goes_live_and_back(
    chromium: Browser, house: House, record_property: Any
) -> None:
    await a_manager_hands_yesterdays_unanswered_questions_on(chromium, house)
    await the_trainer_finds_them_and_adds_a_matter(chromium, house, QUESTIONS)
    async with house.users_chatting():
        assert POINT not in await told_on_the_web_chat(chromium, house)
        await the_trainer_trains_and_compares(chromium, house)
        await publishes(chromium, house)
        assert POINT in await told_on_the_web_chat(chromium, house)
        await the_trainer_rolls_back(chromium, house)
        assert POINT not in await told_on_the_web_chat(chromium, house)
    assert house.lost == []
    record_property("answers", house.answers)
    record_property("slowest answer in seconds", round(house.slowest, 2))
    print(f"\n{house.answers} answers meanwhile, none lost, the slowest in {house.slowest:.2f} s")  # noqa: T201


async def a_manager_hands_yesterdays_unanswered_questions_on(browser: Browser, house: House) -> None:
    filters = "period=yesterday&outcome=no_answer&topic=taxes"
    async with house.entered(browser, "li", f"/conversations?{filters}") as page:
        for text in UNANSWERED:
            await page.goto(f"{house.served.address}/console/conversations?{filters}")
            await settled(page)
            await page.get_by_role("link").filter(has_text=text).first.click()
            await expect(page).to_have_url(re.compile(r"/conversations/\d+"))
            await settled(page)
            await page.get_by_role("button", name="给训练员").click()
            await expect(page.get_by_role("button", name="已给训练员")).to_be_visible()


async def the_trainer_finds_them_and_adds_a_matter(browser: Browser, house: House, questions: Sequence[str]) -> None:
    async with house.entered(browser, "zhao", "/inbox?reason=trainer") as page:
        async with asyncio.timeout(60):
            while await page.locator(".word-line").count() < len(UNANSWERED):
                await asyncio.sleep(1)
                await page.reload()
                await settled(page)
        await page.goto(f"{house.served.address}/console/training/new?topic=taxes")
        await settled(page)
        await page.get_by_label("中文名称").fill("小蒲办税服务")
        await page.get_by_label("英文名称").fill("Xiao Pu tax help")
        await page.get_by_role("button", name="找要点").click()
        await page.get_by_label("要点里的字").fill(POINT)
        await page.locator(f".picks[data-found='{POINT}'] .pick").filter(has_text=POINT).first.click()
        await page.locator(".first-questions textarea").fill("\n".join(questions))
        await page.get_by_role("button", name="建立事项").click()
        await expect(page.locator("main h1")).to_have_text("小蒲办税服务")
        await expect(page.locator(".question-line")).to_have_count(len(questions))


async def the_trainer_trains_and_compares(browser: Browser, house: House) -> None:
    async with house.entered(browser, "zhao", "/models") as page:
        await page.get_by_role("button", name="训练新版本").click()
        await expect(row_of(page, 2)).to_contain_text("个答复有变化", timeout=TRAINING)
        await page.get_by_role("link", name="版本 2", exact=True).click()
        await expect(page.locator("main h1")).to_have_text("版本 2 的报告")
        change = page.locator(".change").filter(has_text=UNANSWERED[0])
        await expect(change.locator(".after")).to_contain_text(POINT)


async def publishes(browser: Browser, house: House) -> None:
    """The trainer does, of a version that holds its floors; of the small data, which ask less, the manager."""
    async with house.entered(browser, "zhao" if WHOLE else "li", "/models") as page:
        await page.get_by_role("button", name="发布 2").click()
        if not WHOLE:
            await page.get_by_label("理由").fill("只有税费一个主题的考题，其余没有考")
        await page.get_by_role("dialog").get_by_role("button", name="发布").click()
        await expect(row_of(page, 2)).to_contain_text("使用中", timeout=TRAINING)


async def the_trainer_rolls_back(browser: Browser, house: House) -> None:
    async with house.entered(browser, "zhao", "/models") as page:
        await page.get_by_role("button", name="回退到版本 1").first.click()
        await page.get_by_role("dialog").get_by_role("button", name="回退到版本 1").click()
        await expect(page.get_by_text("已回退到版本 1")).to_be_visible(timeout=TRAINING)


def row_of(page: Page, number: int) -> Locator:
    """The row of a version."""
    return page.locator(".table tbody tr").filter(has=page.get_by_role("link", name=f"版本 {number}", exact=True))


async def told_on_the_web_chat(browser: Browser, house: House) -> str:
    """What somebody new is told on the page."""
    async with opened_page(browser, house.served.address) as page:
        chat = ChatPage(page)
        await page.goto("/")
        await chat.ready()
        await chat.ask(NEW_WORDS)
        return await chat.replies.last.inner_text()
