"""Lay words find what the plans call otherwise."""

from pathlib import Path

import pytest

from actions.knowledge.base import Knowledge
from actions.knowledge.search import PointSearch
from actions.knowledge.synonyms import Synonyms
from actions.knowledge.text import normalise, terms
from seeds.model import Seeds
from seeds.read import SEEDS
from seeds.yaml import load_yaml
from tests.actions import knowledge as k


@pytest.fixture
def synonyms(tmp_path: Path) -> Synonyms:
    return of(
        tmp_path, "办税专窗: [报税柜台, 税务柜台]\n企业登记: [开公司, set up]\n开办企业: [开公司]\n上市: [IPO, 敲钟]\n"
    )


def of(folder: Path, text: str) -> Synonyms:
    path = folder / "synonyms.yml"
    path.write_text(text, encoding="utf-8")
    return Synonyms(path)


@pytest.mark.parametrize(
    ("text", "widened"),
    [
        ("报税柜台在哪", "报税柜台在哪 办税专窗"),
        ("税务柜台就是报税柜台", "税务柜台就是报税柜台 办税专窗"),
        ("我想开公司", "我想开公司 企业登记 开办企业"),
        ("开公司怎么做企业登记", "开公司怎么做企业登记 开办企业"),
        ("報稅櫃台", "报税柜台 办税专窗"),
        ("how to Set  Up a shop", "how to set up a shop 企业登记"),
        ("我们想ＩＰＯ了", "我们想ipo了 上市"),
        ("想ipo", "想ipo 上市"),
        ("riposte", "riposte"),
        ("出口退税", "出口退税"),
        ("", ""),
    ],
)
def test_a_question_is_widened_by_the_official_words(synonyms: Synonyms, text: str, widened: str) -> None:
    assert synonyms.widened(text) == widened


def test_without_any_synonym_a_question_stays_as_it_is(tmp_path: Path) -> None:
    assert of(tmp_path, "").widened("开公司") == "开公司"


def test_the_search_finds_what_a_lay_word_stands_for(synonyms: Synonyms, tmp_path: Path) -> None:
    knowledge = Knowledge(k.small_seeds())
    asked = "报税柜台"
    assert PointSearch(knowledge, synonyms).search(asked)[0].point == f"{k.DRAFT}/7#2"
    plain = PointSearch(knowledge, of(tmp_path, "")).search(asked)
    assert not plain or plain[0].point != f"{k.DRAFT}/7#2"


def test_every_official_word_is_one_that_the_plans_or_matters_use(seeds: Seeds) -> None:
    written = "".join(point.text for point in seeds.points.values())
    written += "".join(measure.title for measure in seeds.measures.values())
    written += "".join(f"{matter.name} {' '.join(matter.keywords)} " for matter in seeds.matters.values())
    known = set(terms(written))
    official = load_yaml(SEEDS / "synonyms.yml")
    assert [word for word in official if not set(terms(word)) & known] == []


def test_every_lay_word_is_a_word_of_its_own() -> None:
    content = load_yaml(SEEDS / "synonyms.yml")
    assert all(isinstance(said, list) and said for said in content.values())
    words = [(official, str(word)) for official, said in content.items() for word in said]
    assert [word for _, word in words if len(normalise(word)) < 2] == []
    assert [pair for pair in words if normalise(pair[1]) == normalise(str(pair[0]))] == []
    assert len(words) == len(set(words))
