"""What staff read names every label, so that no page fails on one."""

from enum import StrEnum

import pytest

from console.review.filters import Filters
from console.review.names import ReviewNames
from console.review.query import KEYS, Query
from console.services import build_services
from console.wording import read_words
from qifu.labels import Act, Channel, ExportState, Outcome, TurnMark
from qifu.settings import Settings
from store.database import Database

WORDS = read_words()


@pytest.mark.parametrize(
    ("group", "kind"), [("outcome", Outcome), ("act", Act), ("mark", TurnMark), ("channel", Channel)]
)
def test_each_label_has_a_name(group: str, kind: type[StrEnum]) -> None:
    assert {str(label) for label in kind} <= set(WORDS.group(group))


def test_each_end_of_an_export_has_a_name() -> None:
    assert {str(state) for state in ExportState} <= set(WORDS.group("saved"))


async def test_each_condition_and_each_value_offered_has_a_name(database: Database) -> None:
    services = build_services(database, Settings())
    names = ReviewNames(services)
    names.staff, names.labels = {1: "王芳"}, {2: "典型"}
    assert set(WORDS.group("review_filter")) == set(KEYS)
    filters = Filters(services, names, Query.of({"q": "退税"}))
    given = {"q": "退税", "from": "2026-11-01", "to": "2026-11-02", "hour": "3", "turns": "1,2"}
    for key in KEYS:
        values = [given[key]] if key in given else [value for value in filters.options(key) if value]
        for value in values:
            query = Query.of({key: value})
            ((name, told, rest),) = names.chips(query)
            assert name
            assert told
            assert not rest
