"""District, profile and language are remembered; the state survives as JSON."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.situation import language_of
from actions.state import DialogueState, LastAnswer
from qifu.labels import Act, District, Language, Outcome
from tests.actions import knowledge as k
from tests.actions.talk import Talk, said, titles


async def test_a_district_once_chosen_leads_every_answer(talk: Talk) -> None:
    turn = await talk.says("我在莘庄")
    assert (turn.outcome, turn.act) == (Outcome.ACT, Act.SET_DISTRICT)
    assert "闵行区" in said(turn)
    assert (await talk.says("出口退税几天")).points[0].startswith(k.DRAFT)


async def test_a_district_named_in_a_question_goes_before_the_chosen_one(talk: Talk) -> None:
    await talk.says("我在闵行")
    assert (await talk.says("长宁简易注销")).points[0].startswith(k.IN_FORCE)
    assert (await talk.state()).district == District.MINHANG


async def test_without_a_district_all_four_are_offered(talk: Talk) -> None:
    turn = await talk.sends("/set_district")
    assert titles(turn) == ["上海市", "长宁区", "闵行区", "普陀区"]
    await talk.presses("长宁区")
    assert (await talk.state()).district == District.CHANGNING


async def test_a_district_without_a_plan_is_remembered_and_said(talk: Talk) -> None:
    turn = await talk.says("我在浦东")
    assert (await talk.state()).district == "pudong"
    assert "浦东新区" in said(turn)
    assert (await talk.says("出口退税几天")).points[0].startswith(k.CITY)


async def test_another_city_is_never_chosen(talk: Talk) -> None:
    turn = await talk.says("我在杭州")
    assert turn.outcome is Outcome.OUT_OF_SCOPE
    assert (await talk.state()).district is None


async def test_what_a_firm_says_of_itself_is_noted(talk: Talk) -> None:
    turn = await talk.says("我们做餐饮的小微，在普陀")
    assert (turn.outcome, turn.act) == (Outcome.ACT, Act.SET_PROFILE)
    state = await talk.state()
    assert state.profile == {"industry": "catering", "company_size": "small"}
    assert state.district == District.PUTUO
    assert "普陀区" in said(turn)


async def test_a_profile_without_content_is_asked_for(talk: Talk) -> None:
    turn = await talk.sends("/set_profile")
    assert turn.act == Act.SET_PROFILE
    assert (await talk.state()).profile == {}


async def test_the_language_is_switched_and_back(talk: Talk) -> None:
    assert "English" in said(await talk.says("用英文回答"))
    english = await talk.says("出口退税几天")
    assert "Source" in titles(english) or "依据" in titles(english)
    assert (await talk.state()).language is Language.EN
    await talk.says("用中文")
    assert (await talk.state()).language is Language.ZH


async def test_the_switch_without_a_name_takes_the_other_language(talk: Talk) -> None:
    await talk.sends("/switch_language")
    assert (await talk.state()).language is Language.EN
    await talk.sends("/switch_language")
    assert (await talk.state()).language is Language.ZH


async def test_a_button_after_an_english_question_is_answered_in_english(talk: Talk) -> None:
    await talk.says("how long does an export tax refund take")
    assert titles(await talk.presses("Who")) == ["Human"]


@pytest.mark.parametrize(
    ("text", "chosen", "spoken", "language"),
    [
        ("出口退税几天", None, None, Language.ZH),
        ("export refund how long", None, None, Language.EN),
        ("export refund how long", Language.ZH, None, Language.EN),
        ("VAT", None, None, Language.ZH),
        ("refund", None, None, Language.EN),
        ("refund", Language.ZH, None, Language.ZH),
        ("我们做SaaS的，能享受什么", None, None, Language.ZH),
        ("", None, Language.EN, Language.EN),
        ("", Language.ZH, Language.EN, Language.ZH),
        ("123", None, None, Language.ZH),
    ],
)
def test_the_language_of_a_message(
    text: str, chosen: Language | None, spoken: Language | None, language: Language
) -> None:
    assert language_of(text, chosen, spoken) is language


_texts = st.text(max_size=8)


@given(
    st.builds(
        DialogueState,
        district=st.none() | _texts,
        focus=st.lists(_texts, max_size=2),
        profile=st.dictionaries(_texts, _texts, max_size=2),
        language=st.none() | st.sampled_from(Language),
        spoken=st.none() | st.sampled_from(Language),
        last=st.builds(LastAnswer, question=_texts, topic=st.none() | _texts, shown=st.lists(_texts, max_size=2)),
        asked=st.none() | _texts,
        turn=st.none() | st.integers(0, 9),
        form=st.none() | st.just({"name": "appeal"}),
    )
)
def test_a_state_comes_back_from_json_as_it_was(state: DialogueState) -> None:
    assert DialogueState.from_json(state.to_json()) == state


def test_a_state_of_another_version_is_read_as_far_as_it_is_known() -> None:
    state = DialogueState.from_json({"district": "minhang", "mood": "good", "last": {"matter": "a/b", "x": 1}})
    assert (state.district, state.last.matter) == ("minhang", "a/b")
    assert DialogueState.from_json({"last": None}) == DialogueState()
