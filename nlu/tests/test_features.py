"""Texts become weighted features: what is known counts, group by group, and what isn't leaves nothing."""

from __future__ import annotations

import numpy as np
import pytest
from components.features import FeatureSpace

SPANS = {"characters": (1, 2), "pinyin": (2, 2), "words": (1, 2), "letters": (3, 4)}
TEXTS = ["出口退税几天", "注册公司要几天", "export tax refund", "tax office"]


@pytest.fixture
def space() -> FeatureSpace:
    """The features of a few texts."""
    space = FeatureSpace(SPANS, {"pinyin": 0.5})
    space.fit(TEXTS)
    return space


def test_each_text_is_a_row_and_each_feature_a_column() -> None:
    space = FeatureSpace(SPANS, {})
    matrix = space.fit(TEXTS)
    assert matrix.shape == (len(TEXTS), space.size)
    assert matrix.dtype == np.float32
    columns = [column for group in space.columns.values() for column in group.values()]
    assert sorted(columns) == list(range(space.size))


def test_a_text_has_the_same_features_later_as_when_it_was_learned(space: FeatureSpace) -> None:
    matrix = FeatureSpace(SPANS, {"pinyin": 0.5}).fit(TEXTS)
    for number, text in enumerate(TEXTS):
        columns, values = space.vector(text)
        assert np.allclose(matrix[number].toarray()[0, columns], values)


def test_every_group_weighs_the_same_in_short_and_long_texts(space: FeatureSpace) -> None:
    for text in ("退税", "出口退税几天出口退税几天出口退税"):
        columns, values = space.vector(text)
        for group, weight in (("characters", 1.0), ("pinyin", 0.5)):
            members = set(space.columns[group].values())
            own = [value for column, value in zip(columns, values, strict=True) if column in members]
            assert np.linalg.norm(own) == pytest.approx(weight, abs=1e-5)


def test_a_rare_feature_says_more_than_a_common_one(space: FeatureSpace) -> None:
    characters = space.columns["characters"]
    assert space.idf[characters["税"]] > space.idf[characters["几"]]


def test_homophones_share_their_sound(space: FeatureSpace) -> None:
    slip = space.groups("住册")
    meant = space.groups("注册")
    assert slip["pinyin"] == meant["pinyin"]
    assert slip["characters"] != meant["characters"]


@pytest.mark.parametrize("text", ["", "?", "龘", "ÿ", " "])
def test_what_is_unknown_leaves_nothing_that_breaks(space: FeatureSpace, text: str) -> None:
    columns, values = space.vector(text)
    assert len(columns) == len(values)
    assert np.isfinite(values).all()


def test_a_feature_seen_too_seldom_is_not_learned() -> None:
    space = FeatureSpace({"words": (1, 1)}, {}, {"words": 2})
    space.fit(TEXTS)
    assert set(space.columns["words"]) == {"tax"}


def test_a_group_can_be_switched_off() -> None:
    space = FeatureSpace({**SPANS, "pinyin": None}, {})
    space.fit(TEXTS)
    assert set(space.columns) == {"characters", "words", "letters"}
