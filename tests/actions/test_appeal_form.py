"""The form of an appeal takes what people say, in any order and manner, and files nothing they haven't confirmed."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.appeal.draft import Draft
from actions.appeal.sheet import MOST_FILES, attach
from actions.services import Services
from bot.desk.validation import Problem
from bot.dialogue.turn import Turn
from qifu.errors import DeskError
from qifu.labels import Act, Language, Outcome
from tests.actions.talk import CONVERSATION, MEANINGS, TERMS, Talk, said, titles
from tests.fakes.desk import FakeDesk, FakeKeeper
from tests.fakes.understanding import FakeParser, Meaning

STORY = "退税拖了三个月没人管，请尽快办理"
LABELLED = f"企业名称：上海华兴贸易有限公司\n联系人：王女士\n电话：138 1234 5678\n区：闵行区\n内容：{STORY}"
ENGLISH = [Meaning(("complain", "appeal"), "appeal"), *MEANINGS]


@pytest.fixture
def english(built: Services) -> Talk:
    """A conversation with somebody who speaks English."""
    parser, desk, keeper = FakeParser(ENGLISH, TERMS), FakeDesk(), FakeKeeper()
    return Talk(Services(**{**vars(built), "parser": parser, "desk": desk, "keeper": keeper}), parser, desk, keeper)


async def hears(talk: Talk, *messages: str) -> Turn:
    """The user begins an appeal and says all this; the last turn."""
    turn = await talk.says("我要投诉")
    for message in messages:
        turn = await talk.says(message)
    return turn


async def filled(talk: Talk) -> Turn:
    """A form that only waits for its confirmation."""
    return await hears(talk, LABELLED)


def filed(talk: Talk) -> Draft:
    """The one appeal that was filed."""
    ((conversation, draft),) = talk.desk.filed
    assert conversation == CONVERSATION
    return draft


@pytest.mark.parametrize(
    "story",
    ["系统一直报错交不上去，请修复", "材料不对要重新写三遍，希望简化", "收费标准太高，请修改标准并退还多收的部分"],
)
async def test_words_that_also_correct_do_not_when_they_stand_in_the_content(talk: Talk, story: str) -> None:
    turn = await hears(talk, LABELLED.replace(STORY, story))
    assert "请核对" in said(turn)
    await talk.presses("确认登记")
    assert (filed(talk).company, filed(talk).text) == ("上海华兴贸易有限公司", story)


async def test_it_asks_one_thing_at_a_time_and_says_how_far_it_is(talk: Talk) -> None:
    for number, answer in enumerate(("上海华兴贸易有限公司", "王女士", "13812345678", "闵行", STORY), start=1):
        turn = talk.said if number > 1 else await talk.says("我要投诉")
        assert turn is not None
        assert (turn.outcome, turn.act) == (Outcome.FORM, Act.APPEAL)
        assert f"第{number}步，共5步" in said(turn)
        await talk.says(answer)
        assert ("照片" in said(turn)) is (number == 5)
    assert talk.said is not None
    assert "请核对" in said(talk.said)
    assert talk.desk.filed == []
    turn = await talk.presses("确认登记")
    assert (turn.outcome, turn.act) == (Outcome.ACT, Act.APPEAL)
    assert "SQ20261121-0001" in said(turn)
    assert "11月24日" in said(turn)
    draft = filed(talk)
    assert (draft.company, draft.contact_name, draft.phone) == ("上海华兴贸易有限公司", "王女士", "13812345678")
    assert (draft.district, draft.text, draft.topic) == ("minhang", STORY, "taxes")
    assert (await talk.state()).form is None


@pytest.mark.parametrize(
    "message",
    [
        LABELLED,
        f"公司：上海华兴贸易有限公司，联系人 王女士，电话13812345678，在闵行，{STORY}",
        f"我是上海华兴贸易有限公司的王女士，13812345678，我们在闵行，{STORY}",
        f"上海华兴贸易有限公司，王女士，13812345678，闵行区。{STORY}",
        f"企业名称 上海华兴贸易有限公司 联系人 王女士 电话 138-1234-5678 所在区 闵行 内容 {STORY}",
        f"1、上海华兴贸易有限公司 2、王女士 3、13812345678 4、闵行 5、{STORY}",
        f"{STORY}。上海华兴贸易有限公司，闵行的，找王女士 13812345678",
        f"企业名称：上海华兴贸易有限公司；姓名：王女士；手机：+86 13812345678；区：上海市闵行区；诉求：{STORY}",
        f"內容：{STORY}\n公司名稱：上海华兴贸易有限公司"
        + "\n聯繫人：王女士\n聯繫電話：１３８１２３４５６７８\n区：闵行",
    ],
)
async def test_everything_in_one_message(talk: Talk, message: str) -> None:
    turn = await hears(talk, message)
    assert "请核对" in said(turn)
    assert talk.desk.filed == []
    await talk.says("确认")
    draft = filed(talk)
    assert (draft.company, draft.contact_name, draft.phone) == ("上海华兴贸易有限公司", "王女士", "13812345678")
    assert draft.district == "minhang"
    assert draft.text.rstrip("。") == STORY


@pytest.mark.parametrize("message", [LABELLED, f"登记诉求：{STORY}"])
async def test_a_filled_in_form_begins_an_appeal_by_itself(talk: Talk, message: str) -> None:
    turn = await talk.says(message)
    assert (turn.outcome, turn.act) == (Outcome.FORM, Act.APPEAL)
    assert STORY in said(turn)


async def test_what_the_first_complaint_tells_isnt_asked_again(talk: Talk) -> None:
    turn = await talk.says("我要投诉街道的人乱执法，天天来店门口")
    assert "乱执法" in said(turn)
    turn = await talk.says("老王面馆")
    for answer in ("老王", "不留电话", "长宁"):
        turn = await talk.says(answer)
    assert "请核对" in said(turn)


@pytest.mark.parametrize(
    ("phone", "kept"),
    [
        ("138 1234 5678", "13812345678"),
        ("我的手机是13812345678，谢谢", "13812345678"),
        ("021-62345678转801", "021-62345678转801"),
        ("62345678", "021-62345678"),
        ("+852 2123 4567", "+85221234567"),
    ],
)
async def test_a_number_is_taken_as_people_write_it(talk: Talk, phone: str, kept: str) -> None:
    turn = await hears(talk, "华兴公司", "王女士", phone)
    assert "第4步" in said(turn)
    state = await talk.state()
    assert state.form is not None
    assert state.form["values"]["phone"] == kept


@pytest.mark.parametrize("phone", ["1381234567", "12345", "138123456789012", "没听清"])
async def test_a_number_that_is_none_is_asked_for_again_with_the_reason(talk: Talk, phone: str) -> None:
    turn = await hears(talk, "华兴公司", "王女士", phone)
    assert "第3步" in said(turn)
    assert "11 位" in said(turn)


@pytest.mark.parametrize(
    "refusal", ["不方便留电话", "不留", "不想留号码，就在这里联系", "没有电话", "不用了", "保密", "I'd rather not"]
)
async def test_a_refused_number_is_respected(talk: Talk, refusal: str) -> None:
    turn = await hears(talk, "华兴公司", "王女士", refusal)
    assert "不留电话" in said(turn)
    assert "第4步" in said(turn)
    for answer in ("闵行", STORY, "对的"):
        turn = await talk.says(answer)
    assert "不打电话" in said(turn)
    assert (filed(talk).phone, filed(talk).phone_refused) == (None, True)


async def test_the_button_refuses_the_number_as_well(talk: Talk) -> None:
    await hears(talk, "华兴公司", "王女士")
    assert "第4步" in said(await talk.presses("不留电话"))
    assert "闵行区" in titles(talk.said) if talk.said else False
    assert "第5步" in said(await talk.presses("闵行区"))


@pytest.mark.parametrize(
    ("correction", "name", "value"),
    [
        ("电话改成13900001111", "phone", "13900001111"),
        ("手机号错了，应该是13900001111", "phone", "13900001111"),
        ("不对，是13900001111", "phone", "13900001111"),
        ("公司名写错了，应该是华星实业有限公司", "company", "华星实业有限公司"),
        ("把联系人换成李四", "contact_name", "李四"),
        ("王女士写错了，是黄女士", "contact_name", "黄女士"),
        ("区改成普陀", "district", "putuo"),
        ("闵行写错了，是普陀", "district", "putuo"),
        ("内容改成路灯坏了很久没人来修", "text", "路灯坏了很久没人来修"),
        ("补充：已经打过三次电话", "text", f"{STORY}\n已经打过三次电话"),
        ("联系人：李四", "contact_name", "李四"),
        ("電話改成13900001111", "phone", "13900001111"),
        ("聯繫人寫錯了，應該是李四", "contact_name", "李四"),
    ],
)
async def test_a_field_is_corrected_in_words(talk: Talk, correction: str, name: str, value: str) -> None:
    await filled(talk)
    turn = await talk.says(correction)
    assert "请核对" in said(turn)
    assert talk.desk.filed == []
    state = await talk.state()
    assert state.form is not None
    assert state.form["values"][name] == value


async def test_a_correction_without_a_value_asks_for_it(talk: Talk) -> None:
    await filled(talk)
    assert "新的电话" in said(await talk.says("电话写错了"))
    assert "13900001111" in said(await talk.says("13900001111"))
    assert "哪一项" in said(await talk.says("不对"))
    assert "新的企业名称" in said(await talk.presses("改企业名称"))
    assert "华星实业有限公司" in said(await talk.says("华星实业有限公司"))


async def test_what_was_said_just_now_can_be_taken_back_in_the_middle(talk: Talk) -> None:
    turn = await hears(talk, "华兴公司", "公司名写错了")
    assert "企业名称" in said(turn)
    turn = await talk.says("华星公司")
    assert "第2步" in said(turn)
    assert "第3步" in said(await talk.says("张三"))
    assert "联系人" in said(await talk.says("写错了"))


@pytest.mark.parametrize("small", ["谢谢", "你好", "出口退税几天", "明天天气如何", "转人工", "依据", "用英文"])
async def test_something_else_in_the_middle_is_answered_and_the_form_stays(talk: Talk, small: str) -> None:
    turn = await hears(talk, "华兴公司", small)
    assert turn.act != Act.APPEAL
    assert len(turn.replies) > 1
    state = await talk.state()
    assert state.form is not None
    assert (state.form["asked"], state.form["values"]) == ("contact_name", {"company": "华兴公司"})
    assert "3" in said(await talk.says("张三"))


async def test_a_question_in_the_middle_brings_the_open_question_again(talk: Talk) -> None:
    turn = await hears(talk, "华兴公司", "王女士", "出口退税几天")
    assert turn.outcome is Outcome.ANSWERED
    assert "第3步，共5步" in turn.replies[-1].text


async def test_a_question_that_was_meant_as_the_content_becomes_it_by_a_button(talk: Talk) -> None:
    turn = await hears(talk, "华兴公司", "王女士", "不留", "闵行", "出口退税到底几天")
    assert turn.outcome is Outcome.ANSWERED
    turn = await talk.presses("这就是诉求内容")
    assert "内容：出口退税到底几天" in said(turn)


async def test_why_something_is_asked_is_explained(talk: Talk) -> None:
    turn = await hears(talk, "华兴公司", "王女士", "为什么要电话？")
    assert "不是必填" in said(turn)
    assert "第3步" in said(turn)
    assert "只用来办理" in said(await talk.says("会不会泄露隐私"))


async def test_who_tells_the_story_first_is_still_asked_for_the_rest(talk: Talk) -> None:
    turn = await hears(talk, "我们公司门口路灯坏了三个月没人修")
    assert "记下了：内容" in said(turn)
    assert "第1步" in said(turn)


@pytest.mark.parametrize("words", ["取消", "算了", "不想填了", "我不投诉了", "cancel", "取消。", "不用了"])
async def test_it_can_be_given_up_at_any_time(talk: Talk, words: str) -> None:
    turn = await hears(talk, "华兴公司", words)
    assert turn.outcome is Outcome.ACT
    assert (await talk.state()).form is None
    turn = await filled(talk)
    assert (await talk.presses("取消登记")).outcome is Outcome.ACT
    assert (await talk.state()).form is None
    assert talk.desk.filed == []


@pytest.mark.parametrize("yes", ["确认", "对", "没问题", "好的，谢谢", "是的，提交吧", "ok", "Yes please", "可以登记"])
async def test_a_yes_files_it(talk: Talk, yes: str) -> None:
    await filled(talk)
    assert "SQ20261121-0001" in said(await talk.says(yes))


@pytest.mark.parametrize(
    "other", ["谢谢", "对了，出口退税几天", "好像不太对", "再等等", "好的，不过电话错了", "可以登记吗", "不", "嗯？"]
)
async def test_nothing_else_does(talk: Talk, other: str) -> None:
    await filled(talk)
    await talk.says(other)
    assert talk.desk.filed == []
    assert (await talk.state()).form is not None


async def test_a_button_below_an_older_summary_files_nothing_it_didnt_show(talk: Talk) -> None:
    before = await filled(talk)
    confirm = next(b.payload for reply in before.replies for b in reply.buttons if b.title == "确认登记")
    after = await talk.says("电话改成13900001111")
    assert (await talk.sends(confirm)).outcome is Outcome.FORM
    assert talk.desk.filed == []
    talk.said = after
    assert (await talk.presses("确认登记")).outcome is Outcome.ACT
    assert "没有正在填写" in said(await talk.sends(confirm))
    assert len(talk.desk.filed) == 1


async def test_what_is_known_is_filled_in_and_said(talk: Talk) -> None:
    await talk.says("我在闵行")
    talk.desk.knows = {"company": "华兴公司", "contact_name": "王女士", "phone": "13812345678"}
    turn = await talk.says("我要投诉")
    assert "先按已知的填上：企业名称 华兴公司；联系人 王女士；电话 13812345678；区 闵行区" in said(turn)
    assert "第5步" in said(turn)


async def test_fields_other_than_the_content_can_be_skipped(talk: Talk) -> None:
    turn = await hears(talk, "没有公司", "匿名", "跳过", "不清楚", "跳过")
    assert "不能空着" in said(turn)
    turn = await talk.says(STORY)
    assert "（未填）" in said(turn)
    await talk.says("对")
    draft = filed(talk)
    assert (draft.company, draft.contact_name, draft.phone, draft.district) == (None, None, None, None)


async def test_a_district_without_a_plan_is_kept_in_words(talk: Talk) -> None:
    await hears(talk, "华兴公司", "王女士", "不留", "浦东", STORY, "对")
    assert filed(talk).district == "pudong"
    assert "浦东新区" in filed(talk).text


async def test_another_city_is_no_district(talk: Talk) -> None:
    turn = await hears(talk, "华兴公司", "王女士", "不留", "杭州")
    assert "只登记上海" in said(turn)
    assert "第4步" in said(turn)


async def test_the_same_matter_again_is_joined_and_that_is_said(talk: Talk) -> None:
    await filled(talk)
    await talk.says("确认")
    await filled(talk)
    turn = await talk.says("确认")
    assert "已并入编号 SQ20261121-0001" in said(turn)
    assert len(talk.desk.filed) == 1


async def test_one_too_many_is_refused_plainly_and_what_was_written_is_kept(talk: Talk) -> None:
    await filled(talk)
    talk.desk.error = DeskError("too_many", most=5)
    turn = await talk.says("确认")
    assert "最多登记 5 件" in said(turn)
    assert (await talk.state()).form is not None
    talk.desk.error = None
    assert "SQ" in said(await talk.says("确认"))


async def test_what_the_desk_finds_wrong_after_all_is_asked_for_again(talk: Talk) -> None:
    await filled(talk)
    talk.desk.error = DeskError("invalid", problems=[Problem("phone", "phone")])
    turn = await talk.says("确认")
    assert "电话号码好像不对" in said(turn)
    assert "新的电话" in said(turn)


async def test_files_sent_meanwhile_are_attached(talk: Talk) -> None:
    files = [{"kind": "photo", "ref": f"AgAC{n}", "name": "", "mime": "image/jpeg", "size": 9} for n in range(12)]
    assert attach(await talk.state(), files, datetime.now(UTC)) is None
    await hears(talk, "华兴公司")
    state = await talk.state()
    assert attach(state, files[:1], datetime.now(UTC)) == 1
    assert attach(state, files[:2], datetime.now(UTC)) == 2
    assert attach(state, files, datetime.now(UTC)) == MOST_FILES
    await talk.keeper.save(CONVERSATION, state)
    turn = await talk.says(LABELLED)
    assert "附件：10 个" in said(turn)
    await talk.says("确认")
    assert [file["ref"] for file in filed(talk).files] == [f"AgAC{n}" for n in range(10)]


async def test_a_half_filled_form_is_forgotten_after_a_day(talk: Talk, built: Services) -> None:
    await hears(talk, "华兴公司", "王女士")
    clock = {"clock": lambda: datetime.now(UTC) + timedelta(hours=25)}
    later = Talk(Services(**{**vars(talk.services), **clock}), talk.parser, talk.desk, talk.keeper)
    turn = await later.says("出口退税几天")
    assert turn.outcome is Outcome.ANSWERED
    assert "已过 24 小时" in said(turn)
    assert (await talk.state()).form is None
    assert "24 小时" not in said(await later.says("出口退税几天"))


async def test_a_half_filled_form_of_an_older_version_still_works(talk: Talk) -> None:
    state = await talk.state()
    state.form = {"name": "appeal"}
    await talk.keeper.save(CONVERSATION, state)
    assert "第2步" in said(await talk.says("华兴公司"))


async def test_the_same_message_run_twice_does_the_same_once(talk: Talk) -> None:
    await hears(talk, "华兴公司")
    kept = (await talk.state()).to_json()
    first = await talk.says("张三")
    again = await talk.repeats("张三")
    assert said(first) == said(again)
    assert (await talk.state()).form["values"] == {"company": "华兴公司", "contact_name": "张三"}  # type: ignore[index]
    for answer in ("不留", "闵行", STORY):
        await talk.says(answer)
    before = (await talk.state()).to_json()
    number = said(await talk.says("确认"))
    assert said(await talk.repeats("确认")) == number
    talk.keeper.stored[CONVERSATION] = before
    assert said(await talk.repeats("确认")) == number
    assert len(talk.desk.filed) == 1
    assert kept != before


async def test_an_english_speaker_is_understood_and_answered_in_english(english: Talk) -> None:
    turn = await english.says("I want to file a complaint")
    assert "Step 1 of 5: " in said(turn)
    turn = await english.says(
        "We are Acme Trading Co., Ltd. in Minhang. My name is John Smith, call me at +86 138 1234 5678. "
        "Our refund has been delayed for months."
    )
    assert "Please check your appeal" in said(turn)
    assert "new phone" not in said(await english.says("change the phone to 021-62345678"))
    turn = await english.says("the company name is wrong, it should be Acme Foods Co., Ltd.")
    assert "Acme Foods Co., Ltd" in said(turn)
    assert "Tue 24 Nov" in said(await english.says("yes please"))
    draft = filed(english)
    assert (draft.contact_name, draft.phone, draft.district) == ("John Smith", "021-62345678", "minhang")
    assert (draft.text, draft.language) == ("Our refund has been delayed for months.", Language.EN)


async def test_step_by_step_in_english(english: Talk) -> None:
    await english.says("I want to file a complaint")
    for answer, step in (
        ("our company is called Acme Inc.", "Step 2"),
        ("John Smith", "Step 3"),
        ("how long does a refund take?", "Step 3"),
        ("I'd rather not give my phone", "Step 4"),
        ("Minhang", "Step 5"),
        ("our refund has been delayed for 3 months, please help", "check"),
    ):
        assert step in said(await english.says(answer))
    assert "not by telephone" in said(await english.says("ok"))


async def test_a_foreign_company_name_doesnt_switch_the_language(talk: Talk) -> None:
    turn = await hears(talk, "Acme Trading Co., Ltd.")
    assert "第2步" in said(turn)
    assert "第3步" in said(await talk.says("John Smith"))


_WORDS = (
    "确认",
    "对",
    "取消",
    "华兴公司",
    "张三",
    "13812345678",
    "闵行",
    STORY,
    "不留电话",
    "电话改成",
    "谢谢",
    "内容：",
    "：",
    "好",
)
_SAID = st.one_of(
    st.sampled_from(_WORDS), st.lists(st.sampled_from(_WORDS), max_size=4).map("，".join), st.text(max_size=30)
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(_SAID, max_size=9))
def test_whatever_is_said_nothing_breaks_and_nothing_unconfirmed_is_filed(built: Services, texts: list[str]) -> None:
    async def converse() -> None:
        parser, desk, keeper = FakeParser(MEANINGS, TERMS), FakeDesk(), FakeKeeper()
        services = Services(**{**vars(built), "parser": parser, "desk": desk, "keeper": keeper})
        talk = Talk(services, parser, desk, keeper)
        turn = await talk.says("我要投诉")
        for text in (text for text in texts if text.strip() and not text.lstrip().startswith("/")):
            summed_up, before = "确认登记" in titles(turn), len(desk.filed)
            turn = await talk.says(text)
            assert turn.outcome is not Outcome.ERROR
            assert turn.replies
            if len(desk.filed) > before:
                assert summed_up
                assert any(word in text for word in ("确认", "对", "好"))

    asyncio.run(converse())
