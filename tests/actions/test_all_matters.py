"""What holds for the small knowledge base holds for every matter, point and contact of the real seeds."""

import asyncio

import pytest

from actions.compose import MOST_CHARACTERS, MOST_POINTS
from actions.replying import choose_payload
from actions.services import Services
from bot.dialogue.turn import Turn
from qifu.labels import District, Language, Outcome
from seeds.model import Seeds
from tests.actions.talk import CONVERSATION, MEANINGS, Talk, blocks, build_services, said
from tests.fakes.desk import FakeDesk, FakeKeeper
from tests.fakes.understanding import FakeParser

MOST_BYTES = 60


@pytest.fixture(scope="module")
def real(seeds: Seeds) -> Services:
    """Services over the real seeds."""
    return build_services(seeds, FakeParser(MEANINGS), FakeDesk(), FakeKeeper())


def new_talk(services: Services) -> Talk:
    parser, desk, keeper = FakeParser(MEANINGS), FakeDesk(), FakeKeeper()
    return Talk(Services(**{**vars(services), "parser": parser, "desk": desk, "keeper": keeper}), parser, desk, keeper)


def faults(services: Services, turn: Turn) -> list[str]:
    """What is wrong with a turn, in words."""
    found = []
    if turn.outcome is Outcome.ERROR:
        found.append("ended in an error")
    payloads = [button.payload for reply in turn.replies for button in reply.buttons]
    found += [f"payload {p} too long" for p in payloads if len(p.encode()) > MOST_BYTES or not p.isascii()]
    texts = [services.knowledge.points[point].text for point in turn.points]
    quoted = blocks(turn, "quote")
    if quoted and any(quote not in (text, f"“{text}”") for quote, text in zip(quoted, texts, strict=True)):
        found.append("a quotation isn't the point's text")
    if "None" in said(turn) or "{{" in said(turn):
        found.append("a value is missing in the text")
    return found


async def every_turn(services: Services, language: Language) -> dict[str, Turn]:
    """The turns of each matter chosen and followed up, with each district in turn, by what was done."""
    turns = {}
    for number, matter in enumerate(services.knowledge.matters):
        talk = new_talk(services)
        talk.keeper.stored[CONVERSATION] = {"language": language, "district": [None, *District][number % 5]}
        for payload in (choose_payload(matter), "/source", "/contact_followup", "/more"):
            turns[f"{matter} {payload}"] = await talk.sends(payload)
    return turns


@pytest.fixture(scope="module")
def turns(real: Services) -> dict[Language, dict[str, Turn]]:
    """All turns of both languages."""
    return {language: asyncio.run(every_turn(real, language)) for language in Language}


@pytest.mark.parametrize("language", list(Language))
def test_every_matter_can_be_chosen_and_followed_up(
    real: Services, turns: dict[Language, dict[str, Turn]], language: Language
) -> None:
    assert {done: found for done, turn in turns[language].items() if (found := faults(real, turn))} == {}
    answers = [turn for done, turn in turns[language].items() if "/choose" in done]
    assert {turn.outcome for turn in answers} == {Outcome.ANSWERED}
    assert all(1 <= len(turn.points) <= MOST_POINTS and turn.contacts for turn in answers)


@pytest.mark.parametrize("language", list(Language))
def test_every_reply_stays_within_the_limit(turns: dict[Language, dict[str, Turn]], language: Language) -> None:
    lengths = {done: max(len(reply.text) for reply in turn.replies) for done, turn in turns[language].items()}
    assert {done: length for done, length in lengths.items() if length > MOST_CHARACTERS} == {}


def test_a_chinese_answer_is_one_message(turns: dict[Language, dict[str, Turn]]) -> None:
    assert {done: len(turn.replies) for done, turn in turns[Language.ZH].items() if len(turn.replies) > 1} == {}


async def test_every_topic_offers_buttons_that_fit(real: Services) -> None:
    for topic in real.topics:
        turn = await new_talk(real).sends(choose_payload(topic))
        assert turn.outcome is Outcome.CLARIFY
        assert turn.replies[0].buttons
        assert faults(real, turn) == []


def test_every_matter_fits_into_a_button(seeds: Seeds) -> None:
    too_long = [matter for matter in seeds.matters if len(choose_payload(matter).encode()) > MOST_BYTES]
    assert too_long == []
    assert all(choose_payload(matter).isascii() for matter in seeds.matters)
