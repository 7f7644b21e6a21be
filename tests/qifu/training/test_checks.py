"""What a trainer is told while writing a question or a matter."""

from collections.abc import Awaitable, Callable

import pytest

from actions.understanding import Understanding
from qifu.errors import UnderstandingTimeout
from qifu.training.checks import Checks, Finding
from qifu.training.questions import Block, add_questions
from qifu.training.workspace import Workspace

_PAPER = Block("taxes/whitepaper", "shanghai-2024/1.7#1")
_RULING = Block("taxes/advance_ruling", "shanghai-2024/1.7#2")
_HELD = "大家伙给收钱那帮人提的牢骚，有没有地方能看到？"
_LONG = "会计群里攒了一堆吐槽，交上去以后总想看看上面收到了没有、别人都提了什么、有没有下文。有没有一个公开的地方能查？"


def _model(**understood: object) -> Callable[[str], Awaitable[Understanding]]:
    async def parse(text: str) -> Understanding:
        return Understanding(text, **{"intent": "taxes", "confidence": 0.9, **understood})  # type: ignore[arg-type]

    return parse


def _codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("  ", "empty"),
        ("税收白皮书[2024]怎么下载", "schema"),
        ("/restart", "schema"),
        ("请问" * 200, "too_long"),
        ("白皮书寄到13812345678这个号码可以吗", "personal"),
        ("税收白皮书！", "duplicate_here"),
        ("事先裁定", "duplicate_elsewhere"),
        (_HELD, "held_out"),
    ],
)
async def test_what_the_data_cannot_hold_stops_saving(workspace: Workspace, text: str, code: str) -> None:
    findings = await Checks(workspace, None).question(_PAPER, text)
    assert (findings[0].code, findings[0].tone) == (code, "bad")


async def test_a_question_of_its_own_is_fine(workspace: Workspace) -> None:
    checks = Checks(workspace, _model(matters={"taxes/whitepaper": 0.9}))
    assert await checks.question(_PAPER, "听说每年底会出一份册子，讲大家对报税有啥想法，去哪儿翻") == []


async def test_personal_data_are_shown_masked(workspace: Workspace) -> None:
    findings = await Checks(workspace, None).question(_PAPER, "白皮书寄到13812345678可以吗")
    assert findings[0].values["text"] == "白皮书寄到[mobile]可以吗"


async def test_nearly_the_same_in_the_block_is_a_template(workspace: Workspace) -> None:
    findings = await Checks(workspace, None).question(_PAPER, _LONG.replace("能查", "查查"))
    assert findings == [Finding("template", "warn", {"text": _LONG})]


async def test_nearly_the_same_of_another_matter_names_it(workspace: Workspace) -> None:
    finding = (await Checks(workspace, None).question(_RULING, _LONG.replace("能查", "查查")))[0]
    assert (finding.code, finding.values["intent"]) == ("near", "taxes/whitepaper")
    assert finding.values["name"] == "税收营商环境白皮书与纳税人意见公开"


async def test_the_wording_so_far_is_left_aside(workspace: Workspace) -> None:
    checks = Checks(workspace, None)
    assert await checks.question(_PAPER, _LONG, instead_of=_LONG) == []
    assert await checks.question(_PAPER, _LONG.replace("能查", "查查"), instead_of=_LONG) == []
    assert _codes(await checks.question(_PAPER, _LONG, instead_of="税收白皮书")) == ["duplicate_here"]


async def test_too_many_same_beginnings_are_noticed(workspace: Workspace) -> None:
    block = Block("thanks")
    texts = [f"太感谢你们了{word}" for word in ("啊", "帮了大忙", "下次还来", "周到", "师傅", "真的")]
    await workspace.change(
        lambda draft: add_questions(draft, block, texts), by=1, what="questions_added", subject="thanks"
    )
    findings = await Checks(workspace, None).question(block, "太感谢你们了辛苦")
    assert [(f.code, f.values["text"], f.values["count"]) for f in findings if f.code == "same_begin"] == [
        ("same_begin", "太感谢你", 7)
    ]


async def test_few_questions_are_remarked_calmly(workspace: Workspace) -> None:
    findings = await Checks(workspace, None).question(Block("thanks"), "多谢")
    assert findings == [Finding("too_few", "calm", {"count": 2, "most": 15})]


@pytest.mark.parametrize(
    ("understood", "taken", "share"),
    [
        ({"matters": {"taxes/advance_ruling": 0.83, "taxes/whitepaper": 0.1}}, "taxes/advance_ruling", 83),
        ({"intent": "thanks", "confidence": 0.97}, "thanks", 97),
        ({"intent": "out_of_scope", "confidence": 0.6}, "out_of_scope", 60),
    ],
)
async def test_what_the_live_model_takes_for_something_else_is_warned_of(
    workspace: Workspace, understood: dict[str, object], taken: str, share: int
) -> None:
    findings = await Checks(workspace, _model(**understood)).question(_PAPER, "每年底那份册子去哪儿翻")
    assert [(f.code, f.tone, f.values["matter"], f.values["share"]) for f in findings] == [
        ("steals", "warn", taken, share)
    ]


async def test_an_unsure_model_warns_of_nothing(workspace: Workspace) -> None:
    checks = Checks(workspace, _model(matters={"taxes/advance_ruling": 0.3}))
    assert await checks.question(_PAPER, "每年底那份册子去哪儿翻") == []


async def test_a_model_that_does_not_answer_is_no_hindrance(workspace: Workspace) -> None:
    async def gone(text: str) -> Understanding:
        raise UnderstandingTimeout("no answer")

    assert await Checks(workspace, gone).question(_PAPER, "每年底那份册子去哪儿翻") == []


async def test_a_matter_with_the_questions_of_another_is_too_near(workspace: Workspace) -> None:
    catalogue = await workspace.read()
    texts = [f"{question.text}呢" for question in catalogue.by_intent["taxes/whitepaper"]]
    findings = await Checks(workspace, None).matter("纳税人意见册", [], texts)
    assert findings[0].code == "near_matter"
    assert findings[0].values["intent"] == "taxes/whitepaper"


async def test_a_matter_that_the_model_takes_for_another_is_too_near(workspace: Workspace) -> None:
    checks = Checks(workspace, _model(matters={"taxes/whitepaper": 0.8}))
    findings = await checks.matter("年度册子", [], ["那本册子去哪翻", "册子里写啥"])
    assert [(f.code, f.values.get("count"), f.values.get("of")) for f in findings if f.tone == "warn"] == [
        ("near_matter", 2, 2)
    ]


async def test_a_matter_is_not_near_to_the_one_it_is(workspace: Workspace) -> None:
    catalogue = await workspace.read()
    own = catalogue.seeds.matters["taxes/whitepaper"]
    texts = [question.text for question in catalogue.by_intent["taxes/whitepaper"]]
    assert await Checks(workspace, None).matter(own.name, own.points, texts, but=own.id) == []


async def test_a_matter_whose_points_and_name_another_has_is_told_so(workspace: Workspace) -> None:
    own = (await workspace.read()).seeds.matters["taxes/whitepaper"]
    findings = await Checks(workspace, None).matter(f"{own.name}。", own.points, [])
    assert _codes(findings) == ["same_name", "same_points", "too_few"]
