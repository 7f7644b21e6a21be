"""The console's switches as users see them: an emergency notice, and a bot that is off."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest

from actions.cues import Cues
from actions.wording import Wording
from bot.dialogue.dialogue import Dialogue
from bot.dialogue.memory import Memory
from bot.dialogue.rasa import RasaClient
from bot.dialogue.switched import Standing, Switched
from bot.dialogue.turn import Incoming
from console.switches import Standing as ConsoleStanding
from qifu.labels import Channel, Language, Outcome
from tests.bot.dialogue.support import WEB, a_message, said
from tests.fakes.rasa import FakeRasa

CHAT = "telegram:7"
STORM = ConsoleStanding(notice_zh="台风停办一天", notice_en="Closed for a typhoon")


@dataclass
class FakeSwitches:
    """Switches that a test sets."""

    standing: ConsoleStanding = field(default_factory=ConsoleStanding)

    async def current(self) -> Standing:
        """How they stand."""
        return self.standing


@pytest.fixture
def switches() -> FakeSwitches:
    return FakeSwitches()


@pytest.fixture
async def dialogue(rasa: FakeRasa, memory: Memory, wording: Wording, switches: FakeSwitches) -> AsyncIterator[Dialogue]:
    client = RasaClient("http://rasa", 1.0, rasa.transport)
    yield Dialogue(client, memory, wording, switched=Switched(wording, Cues(), switches))
    await client.close()


def asked(text: str = "退税几天", **more: object) -> Incoming:
    return replace(a_message(text, conversation_id=CHAT), channel=Channel.TELEGRAM, **more)  # type: ignore[arg-type]


async def test_the_notice_stands_above_the_first_answer_only(dialogue: Dialogue, switches: FakeSwitches) -> None:
    switches.standing = STORM
    first, second = [await dialogue.handle(asked()) for _ in range(2)]
    assert said(first).startswith("台风停办一天\n")
    assert first.replies[0].blocks[0].kind == "note"
    assert "台风" not in said(second)


async def test_a_notice_that_changed_is_shown_again(dialogue: Dialogue, switches: FakeSwitches) -> None:
    assert "台风" not in said(await dialogue.handle(asked()))
    switches.standing = STORM
    assert "台风停办一天" in said(await dialogue.handle(asked()))
    switches.standing = replace(STORM, notice_zh="台风停办两天")
    assert "台风停办两天" in said(await dialogue.handle(asked()))
    switches.standing = ConsoleStanding()
    assert "台风" not in said(await dialogue.handle(asked()))


async def test_the_notice_is_in_the_users_language(dialogue: Dialogue, switches: FakeSwitches) -> None:
    switches.standing = STORM
    assert said(await dialogue.handle(asked("How long is a tax refund"))).startswith("Closed for a typhoon")


async def test_the_chat_page_shows_it_itself(dialogue: Dialogue, switches: FakeSwitches) -> None:
    switches.standing = STORM
    assert "台风" not in said(await dialogue.handle(a_message(conversation_id=WEB)))


async def test_while_the_bot_is_off_every_question_gets_the_notice_and_the_ways_to_people(
    dialogue: Dialogue, switches: FakeSwitches, rasa: FakeRasa
) -> None:
    switches.standing = replace(STORM, bot_on=False)
    for _ in range(2):
        turn = await dialogue.handle(asked())
        assert said(turn).count("台风停办一天") == 1
        assert "暂停回答" in said(turn)
        assert [button.payload for button in turn.replies[0].buttons] == ["/handoff", "/appeal"]
        assert turn.outcome is Outcome.NO_ANSWER
    assert rasa.received == []


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("转人工", "/handoff"),
        ("I want a human", "/handoff"),
        ("我要投诉", "/appeal"),
        ("/handoff", "/handoff"),
        ("/appeal_status", "/appeal_status"),
        ('/feedback_down{"turn":"3"}', '/feedback_down{"turn":"3"}'),
    ],
)
async def test_people_can_still_be_reached(
    dialogue: Dialogue, switches: FakeSwitches, rasa: FakeRasa, text: str, sent: str
) -> None:
    switches.standing = ConsoleStanding(bot_on=False)
    await dialogue.handle(asked(text, is_payload=text.startswith("/")))
    assert [message for _, message in rasa.received] == [sent]


async def test_a_form_that_is_open_can_be_finished(
    dialogue: Dialogue, switches: FakeSwitches, rasa: FakeRasa, memory: Memory
) -> None:
    await dialogue.handle(asked())
    (await memory.load(CHAT)).form = {"name": "appeal"}
    switches.standing = ConsoleStanding(bot_on=False)
    await dialogue.handle(asked("华兴公司"))
    assert rasa.received[-1][1] == "华兴公司"


async def test_switched_on_again_the_bot_answers(dialogue: Dialogue, switches: FakeSwitches) -> None:
    switches.standing = ConsoleStanding(bot_on=False)
    await dialogue.handle(asked())
    switches.standing = ConsoleStanding()
    assert (await dialogue.handle(asked())).outcome is Outcome.ANSWERED


def test_the_consoles_standing_is_one() -> None:
    standing: Standing = ConsoleStanding()
    assert standing.notice(Language.ZH) == ""


async def test_what_was_asked_while_the_bot_is_off_is_remembered_for_people(
    dialogue: Dialogue, memory: Memory, switches: FakeSwitches
) -> None:
    switches.standing = ConsoleStanding(bot_on=False)
    await dialogue.handle(asked("注册资本怎么缴"))
    await dialogue.handle(asked("/more", is_payload=True))
    assert (await memory.load(CHAT)).wondered == "注册资本怎么缴"
