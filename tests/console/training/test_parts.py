"""What the trainers' pages are made of, without a browser: rows, figures, clashes, ids, and reasons in plain words."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from console.services import build_services
from console.training.clashes import clashes_of
from console.training.fields import proposed_id
from console.training.figures import Figures, Missed, figures_of
from console.training.names import IntentNames, intents
from console.training.rows import Query, Table
from console.training.said import reasons
from console.wording import read_words
from qifu.errors import EditError, SeedError, ServiceError
from qifu.evaluation.held_out import leaks
from qifu.labels import ModelState
from qifu.settings import Settings
from qifu.training.catalogue import Catalogue, Reading
from seeds.check import check_matters
from seeds.model import Question
from store.database import Database
from store.models import ModelVersionRow
from tests.console.training.room import CENTER, MISS, REFUND, TRIAL, report

WORDS = read_words()


@pytest.fixture(scope="module")
def catalogue(small: Path) -> Catalogue:
    """The data of two topics."""
    return Reading().read(small)


@pytest.fixture
def names(catalogue: Catalogue, database: Database) -> IntentNames:
    """What they are called."""
    return IntentNames(build_services(database, Settings()), catalogue)


def version(number: int, state: ModelState, scores: dict[str, Any] | None) -> ModelVersionRow:
    """A version that was measured, or not."""
    return ModelVersionRow(id=number, state=state, checksum="", report={"scores": scores} if scores else None)


def test_every_finding_about_an_edit_is_said_in_plain_words(catalogue: Catalogue, names: IntentNames) -> None:
    seeds, held_out = catalogue.seeds, catalogue.held_out[0].text
    refund, trial = seeds.matters[REFUND], seeds.matters[TRIAL]
    broken = replace(
        seeds,
        matters={
            **{key: matter for key, matter in seeds.matters.items() if key != "bankruptcy/out_of_court_workout"},
            REFUND: replace(refund, points=("minhang-2023/99#9",), contacts=("nobody",)),
            TRIAL: replace(trial, points=()),
            "taxes/empty": replace(refund, id="taxes/empty"),
        },
        questions=[
            *(question for question in seeds.questions if question.intent != CENTER),
            Question(CENTER, "退税几天", line=1, path="x.yml"),
            Question("taxes/nothing", "没有的事项", line=2, path="x.yml"),
            Question(REFUND, "/restart", line=3, path="x.yml"),
            Question(REFUND, held_out, line=4, path="x.yml"),
        ],
    )
    findings = [*check_matters(broken, catalogue.folder / "seeds"), *leaks(broken.questions, list(catalogue.held_out))]
    fresh = [finding for finding in findings if finding not in catalogue.findings and "English" not in finding]
    told = reasons(SeedError(fresh), WORDS, names)
    assert len(told) > 8
    assert [line for line in told if "matter" in line or ".yml" in line or " is " in line] == []
    assert any("庭外重组" in line and "没有归入任何事项" in line for line in told)
    assert "“退税几天”也是“出口退税办理时限”的问法；一句话只能属于一个意图" in told


def test_refusals_and_a_full_disk_are_told(names: IntentNames) -> None:
    assert reasons(EditError("matter_exists", id="taxes/x"), WORDS, names) == ["编号“taxes/x”已经有事项在用，请换一个"]
    assert reasons(ServiceError("no space"), WORDS, names) == ["没有保存：no space"]


def test_the_live_version_counts_and_those_before_it_make_the_trend(catalogue: Catalogue) -> None:
    old, now = report({TRIAL: [2, 2, 2]}), report({TRIAL: [2, 1, 1]}, [MISS, {**MISS, "points": [["市场监管局"]]}])
    rows = [
        version(4, ModelState.TRAINED, report({TRIAL: [2, 0, 0]})),
        version(3, ModelState.LIVE, now),
        version(2, ModelState.FAILED, None),
        version(1, ModelState.RETIRED, old),
    ]
    figures = figures_of(rows, catalogue)
    score = figures.score(TRIAL)
    assert score is not None
    assert (score.right, score.of, figures.below(TRIAL), figures.below("taxes")) == (1, 2, True, False)
    assert figures.trend(TRIAL) == [(1, 100.0), (3, 50.0)]
    assert figures.missed == [Missed("破产案件繁简分流", TRIAL, CENTER, "answered")]
    assert figures.confused[CENTER][TRIAL] == 1


def test_without_a_report_of_the_live_version_there_is_no_score(catalogue: Catalogue) -> None:
    rows = [version(2, ModelState.LIVE, None), version(1, ModelState.RETIRED, report({TRIAL: [2, 2, 2]}))]
    figures = figures_of(rows, catalogue)
    assert (figures.live, figures.scored, figures.score(TRIAL)) == (2, False, None)
    assert figures_of([], catalogue) == Figures()


def test_all_rows_of_all_pages_are_every_intent_once(catalogue: Catalogue, names: IntentNames) -> None:
    table = Table(catalogue, Figures(), names)
    assert sorted(row.key for row in table.found(Query(sort="name"))) == sorted(intents(catalogue))
    assert sum(row.questions for row in table.topics()) == len(catalogue.seeds.questions)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"q": " 退税 ", "page": "2"}, Query(q="退税", page=2)),
        ({"topic": "nothing", "state": "x", "sort": "y", "page": "-1"}, Query()),
        ({"topic": "acts", "state": "few", "page": "0"}, Query(topic="acts", state="few")),
        ({"page": "²"}, Query()),
    ],
)
def test_an_address_is_read_with_what_makes_sense(given: dict[str, str], read: Query) -> None:
    assert Query.of(given) == read


def test_what_the_bot_mistook_and_what_lies_close_clash(catalogue: Catalogue) -> None:
    figures = Figures(1, True, [(1, {})], [Missed("破产案件繁简分流", TRIAL, CENTER, "answered")])
    clash = clashes_of(catalogue, figures, TRIAL)[0]
    assert (clash.intent, clash.lost, clash.won) == (CENTER, 1, 0)
    pair = clash.pairs[0]
    assert (pair.own.text, pair.own.question, pair.missed) == ("破产案件繁简分流", None, True)
    assert pair.other.question is not None
    assert pair.other.question.intent == CENTER
    other = next(clash for clash in clashes_of(catalogue, figures, CENTER) if clash.intent == TRIAL)
    assert (other.lost, other.won) == (0, 1)


def test_questions_that_lie_close_clash_the_closest_first(catalogue: Catalogue) -> None:
    more = [Question(TRIAL, "出口退税几个工作日到账"), Question(TRIAL, "退税退的是几天前的钱")]
    seeds = replace(catalogue.seeds, questions=[*catalogue.seeds.questions, *more])
    clash = clashes_of(Catalogue(catalogue.folder, seeds, []), Figures(), TRIAL)[0]
    assert clash.intent == REFUND
    assert (clash.pairs[0].own.text, clash.pairs[0].other.text) == (
        "出口退税几个工作日到账",
        "出口退税几个工作日能到账",
    )
    assert clash.pairs[0].share > 0.7
    assert not clash.pairs[0].missed


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Export tax refund time", "export_tax_refund_time"),
        ("The time of a refund", "time_refund"),
        ("Refund", "refund_3"),
        ("24-hour self-service", "m24_hour_self_service"),
        ("退税", ""),
        ("of the", "of_the"),
        ("Supercalifragilisticexpialidociousandverylongword", "supercalifragilisticexpialidociousand"),
        ("An extraordinarily complicated administrative reconsideration", "extraordinarily_complicated"),
    ],
)
def test_an_id_is_proposed_from_the_english_name(name: str, expected: str) -> None:
    assert proposed_id(name, {"refund", "refund_2"}) == expected
