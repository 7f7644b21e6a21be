"""What users do: ask, call a person, write while they wait, give up, thank, rate, file an appeal."""

import random
from dataclasses import dataclass

from tests.simulation.chats import APPEAL_NUMBER, NUMBER, Chat, Seen, notice
from tests.simulation.diary import STAFF_TOKEN, Diary
from tests.simulation.plan import MINUTE
from tests.simulation.simtime import SimTime

QUESTIONS = (
    "出口退税几天能到账", "小公司不想干了怎么注销快一点", "外国人工作许可去哪办", "人才公寓怎么申请",
    "商事调解去哪里申请", "开一家公司要几天", "办理建设工程规划许可要多久", "用电报装怎么收费",
    "小微企业贷款有什么支持", "食品经营许可怎么办", "跨境贸易有什么便利", "专利被侵权了怎么办",
    "招聘应届生有没有补贴", "企业破产怎么办理", "不动产登记要几天",
)  # fmt: skip
CALLS = ("转人工", "我要找真人客服", "帮我转人工帮办")
MEANWHILE = ("材料我都准备好了", "是闵行的公司", "急着要用", "之前打过电话没说清楚", "补充一下情况")
TALK = ("还有一个问题", "那窗口几点开门", "需要带公章吗", "可以网上办吗", "我再说明一下")
THANKS = ("谢谢", "明白了，谢谢", "好的，多谢")
WOES = (
    "门口的路灯坏了三个月没人修，请派人处理", "窗口两次要求补交不同的材料，希望一次告知",
    "申请提交两个月没有答复，请尽快办理", "园区停车费突然翻倍，希望核查收费依据",
    "线上系统一直报错无法提交，请修复并延长期限",
)  # fmt: skip
_CLAIMED, _CANCELLED = notice("claimed"), "已取消"
_ANSWER, _LONGEST_WAIT, _LONGEST_TALK = 5 * MINUTE, 30 * MINUTE, 40 * MINUTE
_FORM_STEPS = 8


@dataclass(frozen=True)
class Hours:
    """`closing`: nobody begins anything new; `over`: everybody goes."""

    closing: float
    over: float


class User:
    """One user with one conversation."""

    def __init__(self, chat: Chat, dice: random.Random, diary: Diary, time: SimTime, hours: Hours) -> None:
        self._chat, self._dice, self._diary, self._time, self._hours = chat, dice, diary, time, hours

    async def live(self) -> None:
        """From coming to going."""
        # The first third of the time fills up, so that most are done before the end.
        await self._time.until(self._dice.uniform(0, self._hours.closing * 0.7))
        await self._chat.open()
        for _ in range(self._dice.choice((1, 1, 2))):
            await self._ask()
        wish = self._dice.choices(("nothing", "person", "appeal", "both"), (3, 5, 2, 1))[0]
        if wish in ("appeal", "both"):
            await self._appeal()
        if wish in ("person", "both"):
            await self._person()
        if wish != "nothing" and self._dice.random() < 0.6:
            await self._ask()

    async def _ask(self) -> None:
        await self._pause(5, 60)
        seen = len(self._chat.seen)
        await self._says(self._dice.choice(QUESTIONS))
        await self._chat.sees(bool, 2 * MINUTE, seen)

    async def _person(self) -> None:
        number = await self._call()
        if number is None:
            self._diary.met["user: nobody could be called"] += 1
            return
        if await self._wait() and await self._talk():
            await self._rate()
            if self._dice.random() < 0.3:
                await self._says(self._dice.choice(THANKS))

    async def _call(self) -> str | None:
        """The handoff's number. Words that weren't understood are followed by the button."""
        seen = len(self._chat.seen)
        if self._dice.random() < 0.5:
            await self._says(self._dice.choice(CALLS))
            if found := await self._chat.sees(lambda one: NUMBER.search(one.text), 2 * MINUTE, seen):
                return str(NUMBER.findall(found.text)[0])
        for _ in range(3):
            await self._chat.presses("/handoff")
            if found := await self._chat.sees(lambda one: NUMBER.search(one.text), 20 * MINUTE, seen):
                return str(NUMBER.findall(found.text)[0])
        return None

    async def _wait(self) -> bool:
        """Whether somebody came."""
        seen = max(0, len(self._chat.seen) - 3)
        until = self._time.passed + _LONGEST_WAIT
        impatient = self._dice.random() < 0.15
        while self._time.passed < min(until, self._hours.over):
            if await self._chat.sees(self._someone_came, self._dice.uniform(10, 60), seen):
                return True
            if impatient or self._dice.random() < 0.02:
                return not await self._cancel(seen)
            if self._dice.random() < 0.5:
                await self._says(self._dice.choice(MEANWHILE))
        return not await self._cancel(seen)

    async def _cancel(self, seen: int) -> bool:
        """Whether that was in time; somebody may have come at the same moment."""
        if self._dice.random() < 0.5 or not await self._chat.presses("/desk_cancel"):
            await self._chat.says("不用人工了", cue=True)
        over = await self._chat.sees(lambda one: _CANCELLED in one.text or self._someone_came(one), 20 * MINUTE, seen)
        return over is None or _CANCELLED in over.text

    async def _talk(self) -> bool:
        """Whether it ended while the user was there."""
        seen, heard = max(0, len(self._chat.seen) - 3), len(self._answers())
        until = self._time.passed + _LONGEST_TALK
        for _ in range(self._dice.randint(0, 4)):
            if self._ended(seen) or self._time.passed > self._hours.closing:
                break
            for _ in range(self._dice.choice((1, 1, 1, 2))):
                await self._says(self._dice.choice(TALK))
                await self._pause(0, 8)
            known = heard
            await self._chat.sees(lambda _, known=known: len(self._answers()) > known or self._ended(seen), _ANSWER)  # type: ignore[misc]
            heard = len(self._answers())
            await self._pause(3, 30)
        if not self._ended(seen) and self._dice.random() < 0.5:
            await self._says(self._dice.choice(THANKS))
        left = min(until, self._hours.over) - self._time.passed
        return await self._chat.sees(self._ends, max(1.0, left), seen) is not None

    async def _rate(self) -> None:
        await self._pause(2, 40)
        stars = self._last("/desk_rate{")
        if not stars or self._dice.random() > 0.7:
            return
        seen = len(self._chat.seen)
        await self._chat.presses(self._dice.choice(stars))
        if self._dice.random() < 0.4:
            await self._chat.sees(lambda one: any(map(_is_why, one.buttons)), 2 * MINUTE, seen)
            if reasons := self._last("/desk_why{"):
                await self._chat.presses(self._dice.choice(reasons))

    async def _appeal(self) -> None:
        """Everything in one message, then what is still asked for; confirmed where it is summed up."""
        token, seen = self._diary.user_token(), len(self._chat.seen)
        await self._chat.presses("/appeal")
        if not await self._chat.sees(_is_form, 20 * MINUTE, seen):
            self._diary.met["user: no form came"] += 1
            return
        woe = f"{self._dice.choice(WOES)}（{token}）"
        seen = len(self._chat.seen)
        whole = f"企业名称：上海春风贸易有限公司\n联系人：王女士\n电话：13812345678\n区：闵行区\n内容：{woe}"
        await self._chat.says(whole, token, cue=True)
        for _ in range(_FORM_STEPS):
            if not await self._chat.sees(_is_form, 20 * MINUTE, seen):
                break
            if files := self._last('/appeal{"m":"file"'):
                await self._file(token, files[-1])
                return
            seen = len(self._chat.seen)
            if not await self._fill():
                break
        self._diary.met["user: the form wasn't summed up"] += 1

    async def _fill(self) -> bool:
        """Answers what the form asks for; False where it can't be told."""
        asked = list(self._chat.seen.values())[-1]
        for words, answer in (
            ("企业名称", "上海春风贸易有限公司"),
            ("联系人", "王女士"),
            ("电话", "13812345678"),
            ("哪个区", "闵行区"),
        ):
            if words in asked.text:
                await self._chat.says(answer, cue=True)
                return True
        return False

    async def _file(self, token: str, button: str) -> None:
        """Confirms what was summed up; again where it is summed up again."""
        seen = start = len(self._chat.seen)
        self._diary.appeals[token] = (self._chat.conversation, None)
        for _ in range(_FORM_STEPS):
            await self._chat.presses(button)
            told = await self._chat.sees(lambda one: APPEAL_NUMBER.search(one.text) or _is_form(one), 20 * MINUTE, seen)
            if told is None:
                return
            if number := APPEAL_NUMBER.search(told.text):
                self._diary.appeals[token] = (self._chat.conversation, number[0])
                break
            seen, button = len(self._chat.seen), self._last('/appeal{"m":"file"')[-1]
        left = min(20 * MINUTE, max(0.0, self._hours.closing - self._time.passed))
        if await self._chat.sees(lambda one: any(map(_is_verdict, one.buttons)), left, start):
            await self._pause(5, 60)
            await self._chat.presses(self._dice.choice(self._last("/appeal_rate{")))

    async def _says(self, words: str) -> None:
        token = self._diary.user_token()
        await self._chat.says(f"{words} {token}", token)

    async def _pause(self, least: float, most: float) -> None:
        await self._time.sleep(self._dice.uniform(least, most))

    def _someone_came(self, seen: Seen) -> bool:
        return bool(_CLAIMED.search(seen.text) or STAFF_TOKEN.search(seen.text))

    def _answers(self) -> list[Seen]:
        return [one for one in self._chat.seen.values() if STAFF_TOKEN.search(one.text)]

    def _ended(self, after: int) -> bool:
        return any(map(self._ends, list(self._chat.seen.values())[after:]))

    @staticmethod
    def _ends(seen: Seen) -> bool:
        return any(button.startswith("/desk_rate{") for button in seen.buttons)

    def _last(self, payload: str) -> list[str]:
        """The buttons of that kind below the newest message that has some."""
        for one in reversed(self._chat.seen.values()):
            if found := [button for button in one.buttons if button.startswith(payload)]:
                return found
        return []


def _is_why(button: str) -> bool:
    return button.startswith("/desk_why{")


def _is_verdict(button: str) -> bool:
    return button.startswith("/appeal_rate{")


def _is_form(seen: Seen) -> bool:
    """Whether it is the form that asks, or sums up."""
    return any(button.startswith("/appeal{") for button in seen.buttons)
