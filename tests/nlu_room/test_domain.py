"""Domain, rules and training data name the topics and acts of qifu/labels.py, all of them and no others."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from qifu.labels import OUT_OF_SCOPE, Act, District, Topic
from qifu.settings import ROOT

NLU = ROOT / "nlu"
TOPICS = {str(topic) for topic in Topic}
ACTS = {str(act) for act in Act}
CHOOSE = "choose"
ENTITIES_OF_PAYLOADS = {"district", "m", "turn"}


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def domain(part: str) -> list[str]:
    return [name for path in sorted((NLU / "domain").glob("*.yml")) for name in read(path).get(part) or []]


@pytest.fixture(scope="module")
def rules() -> dict[str, str]:
    """Each rule's intent and the action it leads to."""
    steps = [rule["steps"] for rule in read(NLU / "data" / "rules.yml")["rules"]]
    return {first["intent"]: last["action"] for first, last in steps}


@pytest.fixture(scope="module")
def blocks() -> list[tuple[str, str]]:
    """File stem and intent of each block of training questions."""
    files = sorted((NLU / "data").glob("*.yml"))
    return [(path.stem, block["intent"]) for path in files for block in read(path).get("nlu") or []]


def test_intents_are_the_topics_the_acts_out_of_scope_and_the_button() -> None:
    intents = domain("intents")
    assert sorted(intents) == sorted({*TOPICS, *ACTS, OUT_OF_SCOPE, CHOOSE})


def test_each_act_has_its_action_and_topics_share_one() -> None:
    expected = {f"action_{act}" for act in ACTS} | {"action_answer", "action_out_of_scope", "action_choose"}
    assert sorted(domain("actions")) == sorted(expected)


def test_each_intent_leads_to_its_action(rules: dict[str, str]) -> None:
    expected = dict.fromkeys(TOPICS, "action_answer") | {act: f"action_{act}" for act in ACTS}
    assert rules == expected | {OUT_OF_SCOPE: "action_out_of_scope", CHOOSE: "action_choose"}


def test_entities_of_payloads_and_look_ups_are_in_the_domain() -> None:
    tables = [read(path) for path in sorted((NLU / "lookups").glob("*.yml"))]
    found = {table["entity"] for content in tables for table in (content if isinstance(content, list) else [content])}
    assert found | ENTITIES_OF_PAYLOADS <= set(domain("entities"))


def test_places_lead_to_the_districts_of_the_labels() -> None:
    known = {str(district) for district in District}
    assert known <= set(read(NLU / "lookups" / "districts.yml")["values"])


def test_training_questions_are_filed_under_their_topic(blocks: list[tuple[str, str]]) -> None:
    strays = [(stem, intent) for stem, intent in blocks if "/" in intent and intent.split("/", 1)[0] not in TOPICS]
    assert not strays


def test_topics_are_asked_only_by_matters(blocks: list[tuple[str, str]]) -> None:
    assert not [(stem, intent) for stem, intent in blocks if "/" not in intent and intent in TOPICS]


def test_every_topic_and_act_has_training_questions(blocks: list[tuple[str, str]]) -> None:
    asked = {intent.split("/", 1)[0] for _, intent in blocks}
    assert asked == {*TOPICS, *ACTS, OUT_OF_SCOPE}
