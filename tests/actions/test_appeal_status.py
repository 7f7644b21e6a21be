"""A user is told how far their own appeals have come: state, since when, unit, the desk's own aim, the answer."""

from dataclasses import replace

import pytest

from actions.appeal.draft import Appeal
from actions.appeal.numbers import number_in
from qifu.labels import Act, Outcome
from tests.actions.talk import Talk, said, titles
from tests.fakes.desk import DUE, FILED_AT

OPEN = Appeal("SQ20261121-0001", "assigned", FILED_AT, DUE, due=DUE, unit="闵行区税务局")
RESOLVED = Appeal("SQ20261119-0007", "resolved", FILED_AT, DUE, remark="退税已到账。", may_rate=True, may_reopen=True)


async def test_all_that_a_user_may_know_is_told(talk: Talk) -> None:
    talk.desk.told = [OPEN]
    turn = await talk.says("进度")
    assert (turn.outcome, turn.act) == (Outcome.ACT, Act.APPEAL_STATUS)
    assert "SQ20261121-0001（11月21日（周六）登记）：已分派，有专人负责，11月24日（周二）起" in said(turn)
    assert "责任单位：闵行区税务局" in said(turn)
    assert "11月24日（周二）前（不是官方时限）" in said(turn)
    assert titles(turn) == []


async def test_a_resolved_one_shows_the_answer_and_can_be_rated_or_reopened(talk: Talk) -> None:
    talk.desk.told = [OPEN, RESOLVED]
    turn = await talk.says("进度")
    assert "答复：退税已到账。" in said(turn)
    payloads = [button.payload for reply in turn.replies for button in reply.buttons]
    assert payloads[:5] == [f'/appeal_rate{{"n":"SQ20261119-0007","s":{n}}}' for n in range(1, 6)]
    assert payloads[5:] == ['/appeal_reopen{"n":"SQ20261119-0007"}']
    assert max(map(len, payloads)) <= 60


async def test_what_was_reopened_before_offers_no_second_time(talk: Talk) -> None:
    talk.desk.told = [replace(RESOLVED, may_reopen=False)]
    assert len(titles(await talk.says("进度"))) == 5


async def test_one_passed_on_to_the_hotline_tells_its_number_there(talk: Talk) -> None:
    talk.desk.told = [replace(OPEN, hotline_number="W20261121001")]
    assert "已转 12345，工单编号 W20261121001" in said(await talk.says("进度"))


async def test_the_latest_three_are_listed_and_the_rest_counted(talk: Talk) -> None:
    talk.desk.told = [replace(OPEN, number=f"SQ20261121-{n:04d}") for n in (5, 4, 3, 2)]
    turn = await talk.says("进度")
    assert "SQ20261121-0003" in said(turn)
    assert "SQ20261121-0002" not in said(turn)
    assert "一共有 4 件" in said(turn)


@pytest.mark.parametrize(
    "words", ["sq20261121-0001 进度", "SQ 20261121 1 进度", "20261121-0001这个单子的进度", "0001号的进度"]
)
async def test_one_is_found_by_its_number_as_people_write_it(talk: Talk, words: str) -> None:
    talk.desk.told = [replace(OPEN, number="SQ20261121-0002"), OPEN]
    turn = await talk.says(words)
    assert "SQ20261121-0001" in said(turn)
    assert "SQ20261121-0002" not in said(turn)


async def test_a_number_that_isnt_the_users_own_finds_nothing(talk: Talk) -> None:
    talk.desk.told = [OPEN]
    turn = await talk.says("SQ20261121-0099 进度")
    assert "没有编号 SQ20261121-0099" in said(turn)
    assert "税务局" not in said(turn)


async def test_without_an_appeal_one_is_offered(talk: Talk) -> None:
    turn = await talk.says("进度")
    assert titles(turn) == ["诉求"]
    assert (await talk.presses("诉求")).outcome is Outcome.FORM


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("sq 20260419 6", "SQ20260419-0006"),
        ("BB20261121-0007", "BB20261121-0007"),
        ("我的编号是SQ20260520-0021，请问", "SQ20260520-0021"),
        ("20260812—0011", "SQ20260812-0011"),
        ("2026年8月12日", None),
        ("0007号", None),
        ("进度", None),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, number: str | None) -> None:
    assert number_in(text) == number
