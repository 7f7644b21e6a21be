"""Outside service hours a question is left for people with one confirmation, and nothing is filed without it."""

from datetime import UTC, datetime, timedelta

import pytest

from actions.appeal.draft import Draft
from actions.appeal.sheet import attach
from qifu.errors import DeskError
from qifu.labels import Act, Language, Outcome
from tests.actions import knowledge as k
from tests.actions.talk import CONVERSATION, MEANINGS, Talk, said, titles
from tests.fakes.understanding import Meaning

STORY = "物业不让装修，说了两个月没人管"
PROMISED = "11月23日（周一）"


@pytest.fixture
def closed(talk: Talk) -> Talk:
    """A conversation while the desk is closed."""
    talk.desk.closed = True
    return talk


def left(talk: Talk) -> Draft:
    """The one question that was left."""
    ((conversation, draft),) = talk.desk.filed
    assert conversation == CONVERSATION
    assert draft.after_hours
    return draft


async def test_the_question_asked_before_is_left_with_one_press(closed: Talk) -> None:
    await closed.says("出口退税几天")
    turn = await closed.presses("人工")
    assert (turn.outcome, turn.act) == (Outcome.HANDOFF, Act.HANDOFF)
    for told in ("不在人工帮办的服务时间", "11月23日（周一）9:00", "您刚才问的是：“出口退税几天”", PROMISED):
        assert told in said(turn)
    assert closed.desk.filed == []
    turn = await closed.presses("确认登记")
    assert (turn.outcome, turn.act) == (Outcome.ACT, Act.APPEAL)
    assert "SQ20261121-0001" in said(turn)
    assert f"{PROMISED}有人在这里答复您" in said(turn)
    draft = left(closed)
    assert (draft.text, draft.company, draft.phone, draft.phone_refused) == ("出口退税几天", None, None, False)
    assert (draft.topic, draft.matter, draft.language) == ("taxes", k.REFUND, Language.ZH)
    assert (await closed.state()).form is None
    assert PROMISED in said(await closed.says("进度"))


@pytest.mark.parametrize("yes", ["确认", "好的", "可以", "ok"])
async def test_a_typed_yes_leaves_it_as_well(closed: Talk, yes: str) -> None:
    await closed.says("模糊的事情")
    await closed.says("转人工")
    await closed.says(yes)
    assert left(closed).text == "模糊的事情"


async def test_a_question_that_leans_on_another_is_left_as_the_one_it_leans_on(closed: Talk) -> None:
    await closed.says("出口退税几天")
    await closed.says("那普陀呢")
    assert "“出口退税几天”" in said(await closed.says("转人工"))


async def test_what_is_none_of_ours_is_not_suggested(closed: Talk) -> None:
    await closed.says("周末去哪钓鱼")
    turn = await closed.says("转人工")
    assert "钓鱼" not in said(turn)
    assert "您要问什么事" in said(turn)


@pytest.mark.parametrize("words", ["注册资本怎么填", "想问下开店", "发票", STORY])
async def test_without_a_question_before_what_is_typed_next_is_shown_and_left(closed: Talk, words: str) -> None:
    turn = await closed.says("转人工")
    assert titles(turn) == ["不留了"]
    turn = await closed.says(words)
    assert (turn.outcome, turn.act) == (Outcome.FORM, Act.APPEAL)
    assert f"内容：{words}" in said(turn)
    assert closed.desk.filed == []
    await closed.presses("确认登记")
    assert left(closed).text == words


async def test_what_is_said_with_the_wish_is_what_is_suggested(closed: Talk) -> None:
    await closed.says("出口退税几天")
    turn = await closed.says("转人工，我的执照拖了三个月没人办")
    assert "您要留的话是：“转人工，我的执照拖了三个月没人办”" in said(turn)


@pytest.mark.parametrize("no", ["不是这个", "换一件", "别的事情", "不对"])
async def test_something_else_than_the_suggestion_is_asked_for(closed: Talk, no: str) -> None:
    await closed.says("出口退税几天")
    await closed.says("转人工")
    assert "您要问什么事" in said(await closed.says(no))
    await closed.says(STORY)
    await closed.presses("确认登记")
    assert left(closed).text == STORY


async def test_words_typed_instead_of_a_yes_take_the_place_of_the_suggestion(closed: Talk) -> None:
    await closed.says("出口退税几天")
    await closed.says("转人工")
    assert f"内容：{STORY}" in said(await closed.says(STORY))
    await closed.says("物业叫某某物业")
    await closed.says("确认")
    assert left(closed).text == f"{STORY}\n物业叫某某物业"


async def test_a_question_the_bot_can_answer_is_answered_and_can_be_left_all_the_same(closed: Talk) -> None:
    await closed.says("转人工")
    turn = await closed.says("公寓怎么申请")
    assert turn.outcome is Outcome.ANSWERED
    assert "“公寓怎么申请”还没有留给帮办人员" in said(turn)
    await closed.presses("确认登记")
    assert left(closed).text == "公寓怎么申请"


@pytest.mark.parametrize(
    ("words", "act"), [("进度", "appeal_status"), ("谢谢", "thanks"), ("我在闵行", "set_district")]
)
async def test_a_command_is_followed_and_the_offer_kept(closed: Talk, words: str, act: str) -> None:
    await closed.says("出口退税几天")
    await closed.says("转人工")
    turn = await closed.says(words)
    assert turn.act == act
    assert "还没有留给帮办人员" in said(turn)
    await closed.says("确认")
    assert left(closed).text == "出口退税几天"


async def test_an_offer_nobody_takes_up_goes_away(closed: Talk) -> None:
    await closed.says("出口退税几天")
    await closed.says("转人工")
    turns = [await closed.says("谢谢") for _ in range(4)]
    assert ["还没有留给" in said(turn) for turn in turns] == [True, True, False, False]
    assert (await closed.state()).form is None


@pytest.mark.parametrize("no", ["取消", "算了", "不用了"])
async def test_it_can_be_cancelled_and_the_bot_goes_on(closed: Talk, no: str) -> None:
    await closed.says("出口退税几天")
    await closed.says("转人工")
    assert "不留了" in said(await closed.says(no))
    assert (await closed.says("公寓怎么申请")).outcome is Outcome.ANSWERED
    assert "留给帮办" not in said(await closed.says("谢谢"))
    assert closed.desk.filed == []


async def test_telephone_and_company_can_be_added_but_need_not_be(closed: Talk) -> None:
    await closed.says("转人工")
    await closed.says(STORY)
    await closed.says("我的电话是 138 1234 5678")
    turn = await closed.presses("加企业名称")
    assert "企业名称是什么" in said(turn)
    turn = await closed.says("上海华兴贸易有限公司")
    for line in ("企业名称：上海华兴贸易有限公司", "电话：13812345678", f"内容：{STORY}"):
        assert line in said(turn)
    await closed.presses("确认登记")
    draft = left(closed)
    assert (draft.text, draft.company, draft.phone) == (STORY, "上海华兴贸易有限公司", "13812345678")


async def test_a_wrong_number_is_said_and_skipping_goes_back(closed: Talk) -> None:
    await closed.says("转人工")
    await closed.says(STORY)
    await closed.presses("加电话")
    assert "电话号码好像不对" in said(await closed.says("12345678901234"))
    assert "留给帮办人员的是" in said(await closed.says("跳过"))


async def test_the_chosen_district_goes_with_it(closed: Talk) -> None:
    await closed.says("我在闵行")
    await closed.says("转人工")
    assert "区：闵行区" in said(await closed.says(STORY))
    await closed.says("确认")
    assert left(closed).district == "minhang"


async def test_in_english_it_speaks_english(closed: Talk) -> None:
    await closed.says("How long does a refund take?")
    closed.parser.meanings = [Meaning(("human",), "handoff"), *MEANINGS]
    turn = await closed.says("Could you connect me with a real human agent, please?")
    assert "Our staff are not on duty" in said(turn)
    assert "“How long does a refund take?”" in said(turn)
    turn = await closed.presses("Confirm")
    assert "Somebody answers you here on Mon 23 Nov" in said(turn)
    assert left(closed).language is Language.EN


async def test_the_same_turn_after_a_crash_leaves_it_once(closed: Talk) -> None:
    await closed.says("出口退税几天")
    first = await closed.says("转人工")
    assert said(await closed.repeats("转人工")) == said(first)
    before = (await closed.state()).to_json()
    filed = await closed.says("确认")
    assert said(await closed.repeats("确认")) == said(filed)
    # The state was lost with the process: the message is worked on again from where it was.
    closed.keeper.stored[CONVERSATION] = before
    assert said(await closed.repeats("确认")) == said(filed)
    assert left(closed).text == "出口退税几天"


async def test_the_same_words_again_are_taken_once(closed: Talk) -> None:
    await closed.says("转人工")
    await closed.says(STORY)
    await closed.says("物业叫某某物业")
    await closed.repeats("物业叫某某物业")
    await closed.says("确认")
    assert left(closed).text == f"{STORY}\n物业叫某某物业"


async def test_an_old_button_files_nothing_that_was_not_shown(closed: Talk) -> None:
    await closed.says("出口退税几天")
    turn = await closed.says("转人工")
    (confirm,) = [b.payload for r in turn.replies for b in r.buttons if b.title == "确认登记"]
    await closed.says(STORY)
    assert f"内容：{STORY}" in said(await closed.sends(confirm))
    assert closed.desk.filed == []


async def test_asked_for_again_it_is_offered_again(closed: Talk) -> None:
    await closed.says("转人工")
    await closed.says(STORY)
    turn = await closed.says("转人工")
    assert f"您要留的话是：“{STORY}”" in said(turn)
    await closed.presses("确认登记")
    assert left(closed).text == STORY


async def test_once_the_desk_is_open_a_person_is_called_with_what_was_written(closed: Talk) -> None:
    await closed.says("转人工")
    await closed.says(STORY)
    closed.desk.closed = False
    turn = await closed.says("转人工")
    assert "BB20261121-0001" in said(turn)
    assert "留给帮办" not in said(turn)
    [(_, wish)] = closed.desk.handoffs
    assert wish.question == STORY
    assert (await closed.state()).form is None


async def test_the_whole_form_takes_its_place_where_somebody_wants_to_complain(closed: Talk) -> None:
    await closed.says("转人工")
    turn = await closed.says("我要投诉")
    assert "第1步，共5步" in said(turn)


async def test_a_form_that_is_open_is_left_as_it_is(closed: Talk) -> None:
    await closed.says("我要投诉")
    await closed.says("上海华兴贸易有限公司")
    turn = await closed.says("转人工")
    assert "11月23日（周一）9:00" in said(turn)
    assert "没登记完的诉求给您留着" in said(turn)
    assert "第2步，共5步" in said(await closed.presses("接着登记"))


async def test_photos_go_with_it(closed: Talk) -> None:
    await closed.says("转人工")
    state = await closed.state()
    photo = {"kind": "photo", "ref": "AgAC", "name": "", "mime": "image/jpeg", "size": 1}
    assert attach(state, [photo], datetime.now(UTC)) == 1
    await closed.keeper.save(CONVERSATION, state)
    assert "附件：1 个" in said(await closed.says(STORY))
    await closed.says("确认")
    assert left(closed).files == (photo,)


async def test_too_many_a_day_are_refused_and_it_is_kept(closed: Talk) -> None:
    await closed.says("转人工")
    await closed.says(STORY)
    closed.desk.error = DeskError("too_many", most=5)
    assert "24 小时内最多登记 5 件" in said(await closed.says("确认"))
    closed.desk.error = None
    await closed.says("确认")
    assert left(closed).text == STORY


async def test_a_day_later_an_offer_is_forgotten_without_a_word(closed: Talk) -> None:
    await closed.says("出口退税几天")
    await closed.says("转人工")
    state = await closed.state()
    assert state.form is not None
    state.form["touched"] = (datetime.now(UTC) - timedelta(hours=25)).isoformat()
    await closed.keeper.save(CONVERSATION, state)
    turn = await closed.says("谢谢")
    assert said(turn) == "不客气。还有问题随时问我。"


async def test_who_talks_in_a_terminal_is_told_to_add_a_number(closed: Talk) -> None:
    closed.conversation = "terminal:1"
    assert "这个窗口关了就收不到" in said(await closed.says("转人工"))
