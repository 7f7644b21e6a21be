"""The filter in an address: read, written, changed; what makes no sense is left out."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.review.query import KEYS, Query
from qifu.labels import Channel, District, Outcome
from store.repositories import ReviewFilter
from tests.store.factories import FakeClock

NOW = FakeClock()()


def test_an_address_becomes_a_filter() -> None:
    query = Query.of({"topic": "taxes", "outcome": "no_answer", "period": "yesterday", "district": "none", "q": "退税"})
    assert query.filter(NOW) == ReviewFilter(
        since=datetime(2026, 11, 19, 16, tzinfo=UTC),
        until=datetime(2026, 11, 20, 16, tzinfo=UTC),
        topic="taxes",
        outcomes=(Outcome.NO_ANSWER,),
        district="",
        words="退税",
    )


@pytest.mark.parametrize(
    "given",
    [
        {"topic": "'; --"},
        {"outcome": "nonsense"},
        {"period": "always"},
        {"from": "2026-13-01"},
        {"hour": "24"},
        {"staff": "-1"},
        {"label": "1" * 40},
        {"turns": "1,x"},
        {"turns": ",".join("1" * 100)},
        {"rating": "6"},
        {"q": "x" * 101},
        {"q": "   "},
        {"unknown": "1"},
    ],
)
def test_what_makes_no_sense_is_left_out(given: dict[str, str]) -> None:
    assert not Query.of(given)


@given(st.dictionaries(st.sampled_from(KEYS), st.text(max_size=20)))
def test_any_address_can_be_read_and_what_is_kept_stays(given: dict[str, str]) -> None:
    query = Query.of(given)
    query.filter(NOW)
    assert Query.read(query.text) == query
    assert dict(parse_qsl(query.text)) == dict(query.values)


def test_one_choice_takes_back_what_it_excludes() -> None:
    query = Query.of({"matter": "taxes/export_refund", "topic": "taxes", "period": "7d"})
    assert query.but(topic="talent")["matter"] == ""
    assert query.but(topic="taxes")["matter"] == "taxes/export_refund"
    assert query.but(**{"from": "2026-11-01"}) == Query.of(
        {"matter": "taxes/export_refund", "topic": "taxes", "from": "2026-11-01"}
    )
    assert Query.of({"from": "2026-11-01"}).but(period="7d") == Query.of({"period": "7d"})


def test_groups_of_values_stand_for_all_of_them() -> None:
    assert set(Query.of({"outcome": "failed"}).filter(NOW).outcomes) == {
        Outcome.NO_ANSWER,
        Outcome.CLARIFY,
        Outcome.ERROR,
    }
    chosen = Query.of({"rating": "low", "channel": "web", "district": "putuo", "reviewed": "no", "turns": "3,5"})
    found = chosen.filter(NOW)
    assert (found.rating, found.channel, found.district) == ((1, 2), Channel.WEB, District.PUTUO)
    assert (found.reviewed, found.turns) == (False, (3, 5))


def test_days_are_those_of_shanghai_and_both_ends_count() -> None:
    since, until = Query.of({"from": "2026-11-01", "to": "2026-11-02"}).times(NOW)
    assert since is not None
    assert until is not None
    assert (since.isoformat(), until - since) == ("2026-11-01T00:00:00+08:00", timedelta(days=2))
