"""The seeds as they are: whole, verbatim, resolved; and the check finds what is broken."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from qifu.errors import SeedError
from qifu.labels import District, Topic
from seeds.check import check_seeds
from seeds.model import Question, Seeds
from seeds.read import SEEDS, read_seeds
from seeds.yaml import load_yaml


@pytest.fixture(scope="module")
def seeds() -> Seeds:
    return read_seeds()


def test_the_seeds_are_whole(seeds: Seeds) -> None:
    assert check_seeds(seeds) == []


def test_the_five_plans_are_there_with_their_points(seeds: Seeds) -> None:
    counts = {plan: sum(1 for point in seeds.points if point.startswith(f"{plan}/")) for plan in seeds.plans}
    assert counts == {
        "shanghai-2024": 159,
        "changning-2022": 129,
        "minhang-2023": 176,
        "putuo-2022": 85,
        "changning-2025": 98,
    }


def test_known_places_read_as_printed(seeds: Seeds) -> None:
    assert seeds.points["minhang-2023/7#5"].text.startswith("对出口退税分类管理类别为一类、二类的出口企业")
    assert seeds.points["changning-2022/2.5.2#3"].text == "全面实施简易注销。"
    assert "“一企、一照、一码”" in seeds.points["shanghai-2024/1.1#7"].text
    assert seeds.measures["minhang-2023/6"].title == "推动跨境贸易便利"
    assert seeds.measures["minhang-2023/6"].place == "（五）"


def test_slips_of_the_original_stay(seeds: Seeds) -> None:
    texts = "".join(point.text for point in seeds.points.values())
    assert "诉讼标小" in texts
    assert "来长宁新创业" in texts


def test_the_slip_in_a_units_name_is_put_right(seeds: Seeds) -> None:
    assert seeds.measures["putuo-2022/2.3.1"].units == ("区科委", "桃浦智创城", "区城运中心")


def test_every_topic_has_matters_and_a_general_one(seeds: Seeds) -> None:
    topics = {matter.topic for matter in seeds.matters.values()}
    general = {matter.topic for matter in seeds.matters.values() if matter.general}
    assert topics == general == set(Topic)


def test_topics_and_districts_have_names_for_users() -> None:
    assert set(load_yaml(SEEDS / "topics.yml")) == {str(topic) for topic in Topic}
    named = load_yaml(SEEDS / "districts.yml")
    assert {name for name, row in named.items() if row.get("plan")} == {str(district) for district in District}


def test_only_hotlines_have_a_number_and_each_contact_a_source(seeds: Seeds) -> None:
    numbered = {contact.phone for contact in seeds.contacts.values() if contact.phone}
    assert numbered == {"12345", "12366", "12333", "12348", "12315", "12360", "12367"}
    assert all(contact.source for contact in seeds.contacts.values())


def test_a_matter_without_points_is_found(seeds: Seeds) -> None:
    matter = next(iter(seeds.matters.values()))
    broken = replace_matter(seeds, replace(matter, points=()))
    assert any(f"matter {matter.id} has no points" in finding for finding in check_seeds(broken))


def test_a_matter_with_an_unknown_point_is_found(seeds: Seeds) -> None:
    matter = next(iter(seeds.matters.values()))
    broken = replace_matter(seeds, replace(matter, points=(*matter.points, "minhang-2023/99#1")))
    assert any("minhang-2023/99#1, which no plan has" in finding for finding in check_seeds(broken))


def test_a_question_of_two_intents_is_found(seeds: Seeds) -> None:
    known = next(question for question in seeds.questions if question.intent in seeds.matters)
    double = Question("greet", known.text + "？", None, 1, "x.yml")
    broken = Seeds(**{**vars(seeds), "questions": [*seeds.questions, double]})
    assert any("is also a question of" in finding for finding in check_seeds(broken))


def test_a_changed_quotation_is_found(seeds: Seeds) -> None:
    plan = "minhang-2023"
    document = seeds.documents[plan]
    first = document.measures[0]
    wrong = replace(first, points=(replace(first.points[0], text="每家企业补贴一百万元。"), *first.points[1:]))
    documents = {**seeds.documents, plan: replace(document, measures=(wrong, *document.measures[1:]))}
    findings = check_seeds(Seeds(**{**vars(seeds), "documents": documents}))
    assert any("is not verbatim" in finding for finding in findings)


def replace_matter(seeds: Seeds, matter: object) -> Seeds:
    matters = {**seeds.matters, matter.id: matter}  # type: ignore[attr-defined]
    return Seeds(**{**vars(seeds), "matters": matters})


def test_broken_yaml_and_wrong_encoding_are_named_by_file_and_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text("a: 1\nb: [1, 2\nc: 3\n", encoding="utf-8")
    with pytest.raises(SeedError, match=r"broken.yml:3: not valid YAML"):
        load_yaml(broken)
    broken.write_bytes(b"a: 1\nb: " + b"\xff\xfe\n")
    with pytest.raises(SeedError, match=r"broken.yml:2: not valid UTF-8"):
        load_yaml(broken)


def test_a_missing_plan_is_named(tmp_path: Path) -> None:
    (tmp_path / "plans.yml").write_text((SEEDS / "plans.yml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(SeedError) as caught:
        read_seeds(tmp_path, tmp_path)
    assert any("minhang-2023.txt:1: the plan's text is missing" in finding for finding in caught.value.findings)


def test_a_name_that_its_own_comma_cuts_off_is_found(tmp_path: Path) -> None:
    shutil.copytree(SEEDS, tmp_path / "seeds", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    path = tmp_path / "seeds" / "matters" / "parks.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('en: "Brand, feature and boutique parks"', "en: Brand, feature parks"), encoding="utf-8"
    )
    with pytest.raises(SeedError) as caught:
        read_seeds(tmp_path / "seeds", tmp_path)
    assert any("parks.yml:" in finding and "“feature parks”" in finding for finding in caught.value.findings)


def test_a_synonym_for_a_word_that_no_plan_has_is_found(seeds: Seeds, tmp_path: Path) -> None:
    copy = tmp_path / "seeds"
    shutil.copytree(SEEDS, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (copy / "synonyms.yml").write_text("营业执照: [办照]\n月球执照: [月照]\n注销: 关公司\n", encoding="utf-8")
    findings = [finding for finding in check_seeds(seeds, copy) if "synonyms.yml" in finding]
    assert ["synonyms.yml:2: “月球执照”" in findings[0], "synonyms.yml:3: 注销 needs a list" in findings[1]] == [
        True,
        True,
    ]
