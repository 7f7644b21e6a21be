"""What was said is found where it stands, in Chinese and in English, masked, and gone when it is forgotten."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import SearchBacklogRow, SearchTextRow
from store.repositories import ReviewFilter, ReviewListRepository, SearchRepository
from store.retention import purge
from store.tokens import as_vector, for_postgresql, for_sqlite, phrase, tokens
from tests.store.factories import FakeClock
from tests.store.review import Line, ids_of, indexed, talked


@pytest.fixture
async def said(session: AsyncSession) -> AsyncSession:
    """Five conversations with things to find."""
    clock = FakeClock()
    await talked(session, clock, "web:refund", Line("出口退稅要幾天", "平均不超过6个工作日。"))
    await talked(
        session, clock, "web:permit", Line("外国人来我公司，怎么办工作许可？", "可在 A-Pass 平台办理ＶＡＴ登记")
    )
    await talked(session, clock, "web:phone", Line("我的电话13812345678，退 税问题"))
    await talked(session, clock, "web:pressed", Line('/choose{"m":"taxes"}', "退税可以网上办", is_payload=True))
    await talked(session, clock, "web:both", Line("注销", "简易注销"), Line("退税", "办理退税"))
    await indexed(session)
    return session


async def found(session: AsyncSession, words: str, **more: object) -> set[str]:
    chosen = ReviewFilter(words=words, **more)  # type: ignore[arg-type]
    return {key.removeprefix("web:") for key in ids_of(await ReviewListRepository(session).page(chosen, 50))}


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("退税", {"refund", "pressed", "both"}),
        ("退稅", {"refund", "pressed", "both"}),
        ("税", {"refund", "phone", "pressed", "both"}),
        ("工作许可", {"permit"}),
        ("作许", {"permit"}),
        ("许可怎么", set()),
        ("外国人 工作许可", {"permit"}),
        ("工作许可 外国人", {"permit"}),
        ("外国人 退税", set()),
        ("vat", {"permit"}),
        ("VAT登记", {"permit"}),
        ("a-pass", {"permit"}),
        ("pas", {"permit"}),
        ("ass", set()),
        ("平台办理vat", {"permit"}),
        ("13812345678", set()),
        ("mobile", {"phone"}),
        ("choose", set()),
        ("量子", set()),
        ("？！", set()),
        ("'; DROP TABLE turns; --", set()),
        ('"', set()),
        ("NOT 退税", set()),
        ("退税*", {"refund", "pressed", "both"}),
    ],
)
async def test_words_are_found_as_they_stand(said: AsyncSession, words: str, who: set[str]) -> None:
    assert await found(said, words) == who


async def test_it_can_be_asked_who_said_it(said: AsyncSession) -> None:
    assert await found(said, "退税", said="user") == {"refund", "both"}
    assert await found(said, "退税", said="bot") == {"pressed", "both"}


async def test_words_and_other_conditions_hold_for_the_same_turn(said: AsyncSession) -> None:
    clock = FakeClock()
    clock.forward(days=1)
    lines = (Line("退税", topic="taxes"), Line("注销", topic="registration", matter="registration/close"))
    await talked(said, clock, "web:two", *lines)
    await indexed(said)
    assert "two" in await found(said, "退税", topic="taxes")
    assert "two" not in await found(said, "退税", topic="registration")


async def test_what_is_said_often_is_kept_once_and_each_turn_is_taken_up_once(session: AsyncSession) -> None:
    clock = FakeClock()
    for number in range(5):
        await talked(session, clock, f"web:{number}", Line("退税？" if number % 2 else "退税", "一样的答复"))
    assert await SearchRepository(session).catch_up(3) == 3
    assert await SearchRepository(session).waiting() == 2
    await indexed(session)
    assert await session.scalar(select(func.count()).select_from(SearchTextRow)) == 2
    assert await session.scalar(select(func.count()).select_from(SearchBacklogRow)) == 0
    assert len(await found(session, "一样的答复")) == 5


async def test_the_words_of_forgotten_conversations_leave_search(said: AsyncSession) -> None:
    await talked(said, FakeClock(FakeClock()() + timedelta(days=30)), "web:late", Line("退税"))
    await indexed(said)
    await purge(said, FakeClock()() + timedelta(days=20))
    assert await found(said, "税") == {"late"}
    assert await said.scalar(select(func.count()).select_from(SearchTextRow)) == 2
    assert await said.scalar(text("SELECT count(*) FROM search_words")) == 2


@given(st.text(), st.integers(0, 8), st.integers(1, 8))
def test_every_part_of_a_text_that_is_no_part_of_a_word_is_a_phrase_of_its_tokens(
    body: str, start: int, length: int
) -> None:
    whole = "".join(c for c in body if "\u4e00" <= c <= "\u9fff") + "退税要几天"
    sought, goes_on = phrase(whole[start : start + length])
    there, last = tokens(whole), len(sought) - 1
    ends = [there[at + last] for at in range(len(there) - last) if there[at : at + last] == sought[:-1]]
    assert not sought or any(end.startswith(sought[-1]) if goes_on else end == sought[-1] for end in ends)


@given(st.text())
def test_no_text_makes_a_command_of_a_question(body: str) -> None:
    assert set(for_sqlite(body)) - set('" *') <= {c for c in for_sqlite(body) if c.isalnum()}
    assert all(c.isalnum() or c in "'()<->&:* " for c in for_postgresql(body))
    assert all(c.isalnum() or c in "':, " for c in as_vector(tokens(body)))
