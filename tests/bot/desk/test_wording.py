"""Everything the desk says, refuses and names has its words in both languages; canned replies run nothing."""

import ast
from collections.abc import Iterator
from typing import Any

import pytest

from bot.desk.canned import VARIABLES, fill
from bot.desk.desk import Desk
from bot.desk.units import proposer
from bot.desk.wording import LABELS, WORDING, DeskWording
from qifu.errors import DeskError
from qifu.labels import District, Language, Topic
from qifu.settings import ROOT
from seeds.model import Seeds
from seeds.yaml import load_yaml
from tests.bot.desk.support import People, refused

WORDS = DeskWording()
CONTENT = load_yaml(WORDING)
MODULES = [*(ROOT / "bot" / "desk").glob("*.py"), ROOT / "qifu" / "desk_report.py"]


def paths(content: Any, path: str = "") -> Iterator[str]:
    """Every path to a text."""
    if not isinstance(content, dict):
        yield path
        return
    for name, below in content.items():
        yield from paths(below, f"{path}.{name}".lstrip("."))


def strings() -> set[str]:
    """Every string in the desk's code."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in MODULES)
    constants = (node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str)}


def test_both_languages_have_the_same_words() -> None:
    assert set(paths(CONTENT["zh"])) == set(paths(CONTENT["en"]))


@pytest.mark.parametrize("language", Language)
def test_every_label_of_the_desk_has_a_name(language: Language) -> None:
    for kind, group in LABELS.items():
        for label in kind:
            assert WORDS.name(label, language)
        assert set(CONTENT[language.value]["labels"][group]) == {label.value for label in kind}


def test_every_refusal_and_problem_has_words_and_none_stands_unused() -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in MODULES]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    raised = {
        part.value
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "DeskError"
        for part in ast.walk(call.args[0])
        if isinstance(part, ast.Constant)
    }
    assert raised == set(WORDS.names("refusals", Language.ZH))
    assert set(WORDS.names("problems", Language.ZH)) <= strings()


def test_every_notice_that_is_written_has_words_and_none_stands_unused() -> None:
    literal = strings()
    from_events = {f"appeal_{name}" for name in ("graded", "started", "referred", "resolved", "rated")}
    known = literal | from_events | {"alerted", "escalated", "reminded", "neglected", "returned", "closed"}
    for group in ("notices", "staff"):
        assert set(WORDS.names(group, Language.ZH)) <= known | {"appeal_assigned", "appeal_reopened"}


def test_a_refusal_is_told_in_words() -> None:
    assert "5" in WORDS.refusal(DeskError("too_many", most=5), Language.ZH)
    with pytest.raises(KeyError):
        WORDS.say("notices.nothing", Language.ZH)


def test_variables_are_filled_in_and_nothing_else_is_run() -> None:
    text = "您好，{{district}}的{{ topic }}请找 {{window}}。{{ 1+1 }}{% x %}"
    filled = fill(text, {"district": "闵行区", "topic": "{{name}}", "window": None})
    assert filled.text == "您好，闵行区的{{name}}请找 {{window}}。{{ 1+1 }}{% x %}"
    assert filled.missing == ("window",)
    assert fill("{{district}}", {}).missing == ("district",)
    assert "district" in VARIABLES


async def test_canned_replies_are_found_by_their_words(desk: Desk, people: People) -> None:
    canned = desk.canned
    await canned.add(people.wang, "问候", "您好，我是{{name}}")
    tax = await canned.add(people.wang, "退税", "出口退税 6 个工作日", topic=Topic.TAXES)
    english = await canned.add(people.wang, "Hello", "Hello 100%", Language.EN)
    assert [row.title for row in await canned.search()] == ["Hello", "退税", "问候"]
    assert [row.id for row in await canned.search("退税 工作日")] == [tax.id]
    assert [row.id for row in await canned.search("hello")] == [english.id]
    assert [row.id for row in await canned.search("%")] == [english.id]
    assert [row.title for row in await canned.search(language=Language.ZH, topic=Topic.TRADE)] == ["问候"]
    assert await canned.change(people.li, tax.id, "退税", "3 个工作日", language=Language.ZH)
    assert [row.text for row in await canned.search("退税")] == ["3 个工作日"]
    assert await canned.remove(people.li, tax.id)
    assert not await canned.remove(people.li, tax.id)
    with refused("not_service"):
        await canned.add(people.zhao, "问候", "您好")
    with refused("empty"):
        await canned.add(people.wang, " ", "您好")


def test_units_of_the_district_come_before_those_of_the_city_and_others_do_not(seeds: Seeds) -> None:
    propose = proposer(seeds)
    assert propose(None, District.PUTUO) == []
    assert propose("no/such", District.PUTUO) == []
    found = {matter: propose(matter, District.PUTUO) for matter in seeds.matters}
    assert any(found.values())
    for units in found.values():
        districts = [seeds.contacts[unit].district for unit in units]
        assert set(districts) <= {District.PUTUO, District.SHANGHAI}
        assert districts == sorted(districts, key=lambda district: district != District.PUTUO)
        assert all(seeds.contacts[unit].kind == "unit" for unit in units)
        assert len(units) == len(set(units))
