"""Questions become intents, matters and points; a stored classifier is the same classifier."""

from pathlib import Path

import numpy as np
import pytest
from components.question_classifier import QuestionClassifier
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message

from tests.conftest import QUESTIONS

Parsed = dict[str, object]
# So few questions need more rounds, and features that stand in one of them count.
CONFIG = {**QuestionClassifier.get_default_config(), "min_counts": {}, "recipe": {"epochs": 40, "batch": 8}}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[QuestionClassifier, LocalModelStorage]:
    storage = LocalModelStorage(tmp_path_factory.mktemp("storage"))
    classifier = QuestionClassifier.create(CONFIG, storage, Resource("questions"), None)
    classifier.train(RasaYAMLReader().reads(QUESTIONS))
    return classifier, storage


@pytest.fixture(scope="module")
def loaded(trained: tuple[QuestionClassifier, LocalModelStorage]) -> QuestionClassifier:
    return QuestionClassifier.load(CONFIG, trained[1], Resource("questions"), None)


def parse(classifier: QuestionClassifier, text: str) -> Parsed:
    return classifier.process([Message({TEXT: text})])[0].as_dict(only_output_properties=True)


def test_a_stored_classifier_gives_the_same_probabilities(
    trained: tuple[QuestionClassifier, LocalModelStorage], loaded: QuestionClassifier
) -> None:
    for text in ("退税要几天", "hello there", "完全无关的话", "?"):
        assert np.array_equal(trained[0].probabilities(text), loaded.probabilities(text))


def test_a_question_is_understood_down_to_its_point(loaded: QuestionClassifier) -> None:
    parsed = parse(loaded, "外贸公司出口退税审核几天")
    assert parsed["intent"]["name"] == "taxes"
    assert parsed["matters"][0]["name"] == "taxes/export_refund"
    assert parsed["points"][0]["id"] == "minhang-2023/7#5"


def test_homophones_are_understood(loaded: QuestionClassifier) -> None:
    assert parse(loaded, "简义住消怎么版")["matters"][0]["name"] == "registration/simple_deregistration"


def test_acts_and_strangers_are_intents_of_their_own(loaded: QuestionClassifier) -> None:
    assert parse(loaded, "转人工吧")["intent"]["name"] == "handoff"
    assert parse(loaded, "后天会下雨吗")["intent"]["name"] == "out_of_scope"


def test_probabilities_add_up(loaded: QuestionClassifier) -> None:
    parsed = parse(loaded, "退税")
    ranking = {row["name"]: row["confidence"] for row in parsed["intent_ranking"]}
    assert sum(ranking.values()) == pytest.approx(1, abs=1e-3)
    taxes = [row["confidence"] for row in parsed["matters"] if row["name"].startswith("taxes/")]
    assert sum(taxes) == pytest.approx(ranking["taxes"], abs=1e-3)


def test_rankings_are_sorted_and_bounded(loaded: QuestionClassifier) -> None:
    parsed = parse(loaded, "公司")
    for key, most in (("intent_ranking", 10), ("matters", 10), ("points", 20)):
        sure = [row["confidence"] for row in parsed[key]]
        assert sure == sorted(sure, reverse=True)
        assert len(sure) <= most


@pytest.mark.parametrize(
    "text", ["?", "Здравствуйте", "🦄🦄", "a", "税" * 1000, "<script>", "'; drop table--", "/no_such"]
)
def test_anything_gets_an_intent(loaded: QuestionClassifier, text: str) -> None:
    assert parse(loaded, text)["intent"]["name"]


def test_training_twice_gives_the_same_model(
    trained: tuple[QuestionClassifier, LocalModelStorage], tmp_path: Path
) -> None:
    again = QuestionClassifier.create(CONFIG, LocalModelStorage(tmp_path), Resource("again"), None)
    again.train(RasaYAMLReader().reads(QUESTIONS))
    again = QuestionClassifier.load(CONFIG, LocalModelStorage(tmp_path), Resource("again"), None)
    assert np.allclose(again.probabilities("退税"), trained[0].probabilities("退税"), atol=1e-5)
