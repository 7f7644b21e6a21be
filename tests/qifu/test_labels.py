"""The labels are defined once: store, seeds, held-out questions and wording say the same."""

from enum import StrEnum

import pytest
from sqlalchemy import Enum

from qifu import labels
from qifu.evaluation.held_out import HELD_OUT
from qifu.labels import OUT_OF_SCOPE, Act, District, Language, Topic
from qifu.training import labels as training_labels
from seeds.read import SEEDS
from seeds.yaml import load_yaml
from store.models.base import LONGEST_LABEL, Base

LABELS = {
    name: kind
    for module in (labels, training_labels)
    for name, kind in vars(module).items()
    if isinstance(kind, type) and issubclass(kind, StrEnum)
}
COLUMNS = [
    column for table in Base.metadata.tables.values() for column in table.columns if isinstance(column.type, Enum)
]


def test_every_label_column_holds_the_values_of_a_label() -> None:
    known = set(LABELS.values())
    assert COLUMNS
    for column in COLUMNS:
        assert isinstance(column.type, Enum)
        kind = column.type.enum_class
        assert kind in known, column
        assert kind is not None
        assert column.type.enums == [member.value for member in kind], column


@pytest.mark.parametrize("kind", LABELS.values())
def test_every_label_fits_into_its_column(kind: type[StrEnum]) -> None:
    assert all(len(member) <= LONGEST_LABEL and member.value == member.value.lower() for member in kind)


def test_no_two_intents_have_the_same_name() -> None:
    intents = [*Topic, *Act, OUT_OF_SCOPE, "choose"]
    assert len(intents) == len(set(map(str, intents)))
    assert (len(Topic), len(Act)) == (21, 21)


def test_every_topic_has_held_out_questions_matters_and_questions() -> None:
    held_out = {path.stem for path in HELD_OUT.glob("*.yml")}
    assert held_out == {*map(str, Topic), "acts", OUT_OF_SCOPE}
    matters = {path.stem for path in (SEEDS / "matters").glob("*.yml")}
    assert matters >= set(map(str, Topic))


@pytest.mark.parametrize(("file", "kind"), [("topics.yml", Topic), ("districts.yml", District)])
def test_every_label_for_users_has_a_name_in_each_language(file: str, kind: type[StrEnum]) -> None:
    names = load_yaml(SEEDS / file)
    for label in kind:
        assert all(names[str(label)][language] for language in Language), label
