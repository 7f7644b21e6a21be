"""Training and held-out questions written to files: CSV, XLSX, or the NLU blocks of Rasa's YAML."""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from ruamel.yaml.comments import CommentedMap

from qifu.exports.files import MEDIA, sheet
from qifu.labels import OUT_OF_SCOPE, ExportForm
from qifu.training.blocks import Block, add_lines
from qifu.training.catalogue import Catalogue
from qifu.training.draft import written
from qifu.training.exchange import read_names

ACTS = "acts"
"""Stands for all acts where a topic may stand."""


class FileForm(StrEnum):
    """The kind of a file of questions."""

    CSV = "csv"
    XLSX = "xlsx"
    YAML = "yml"

    @property
    def media(self) -> str:
        """Its media type."""
        return MEDIA[ExportForm(self)] if self is not FileForm.YAML else "application/yaml; charset=utf-8"


def questions_file(
    catalogue: Catalogue, form: FileForm, wanted: str = "", name: Callable[[str], str] = str, *, held_out: bool = False
) -> bytes:
    """The questions of an intent, a topic, all acts (`wanted`) or everything.

    `name` gives an intent's name for the people who read the file. Held-out questions come into tables only.
    """
    if form is FileForm.YAML:
        return _yaml(catalogue, wanted)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "questions"
        table = sheet(ExportForm(form), path, "questions")
        table.add(_rows(catalogue, wanted, name, held_out))
        table.close()
        return path.read_bytes()


def _rows(catalogue: Catalogue, wanted: str, name: Callable[[str], str], held_out: bool) -> Iterator[Sequence[str]]:
    names = read_names()
    keys = ("text", "intent", "name", "point", "kind", "style")
    yield [names.columns[key][0] for key in keys]
    training, held = names.kinds["training"][0], names.kinds["held_out"][0]
    for question in catalogue.seeds.questions:
        if is_wanted(question.intent, wanted):
            yield question.text, question.intent, name(question.intent), question.point or "", training, ""
    if not held_out:
        return
    for text, intent, point, style in _held_out(catalogue):
        if is_wanted(intent, wanted):
            yield text, intent, name(intent), point, held, names.styles.get(style, [style])[0]


def _held_out(catalogue: Catalogue) -> Iterator[tuple[str, str, str, str]]:
    """Held-out questions with the first matter that has their first point; those about contacts belong to none."""
    matters = {
        point: matter.id for matter in catalogue.seeds.matters.values() if not matter.general for point in matter.points
    }
    for row in catalogue.held_out:
        if row.kind in ("act", OUT_OF_SCOPE):
            yield row.text, row.label, "", row.style
        elif row.points and (matter := matters.get(row.points[0])):
            yield row.text, matter, row.points[0], row.style


def _yaml(catalogue: Catalogue, wanted: str) -> bytes:
    content = CommentedMap()
    for intent, questions in catalogue.by_intent.items():
        if is_wanted(intent, wanted):
            for point in dict.fromkeys(question.point for question in questions):
                add_lines(content, Block(intent, point), [q.text for q in questions if q.point == point])
    return written(content, at_the_margin=True).encode()


def is_wanted(intent: str, wanted: str) -> bool:
    """Whether an intent is the one wanted, or of the topic wanted."""
    if not wanted or intent == wanted:
        return True
    return "/" not in intent and intent != OUT_OF_SCOPE if wanted == ACTS else intent.startswith(f"{wanted}/")
