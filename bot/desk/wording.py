"""The desk's words, read from wording.yml and rendered by Jinja2."""

from enum import StrEnum
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from qifu.errors import DeskError
from qifu.labels import (
    AppealGrade,
    AppealOrigin,
    AppealState,
    AppealTier,
    CloseReason,
    HandoffReason,
    HandoffState,
    Language,
    RatingReason,
)
from seeds.yaml import load_yaml

WORDING = Path(__file__).with_name("wording.yml")
LABELS: dict[type[StrEnum], str] = {
    HandoffState: "handoff_state",
    HandoffReason: "handoff_reason",
    CloseReason: "close_reason",
    AppealState: "appeal_state",
    AppealOrigin: "appeal_origin",
    AppealGrade: "appeal_grade",
    AppealTier: "appeal_tier",
    RatingReason: "rating_reason",
}
"""The labels that have a name here, and where it stands."""


class DeskWording:
    """Words by language and path, e.g. `notices.claimed`. Unknown paths and missing values raise: they are slips."""

    def __init__(self, path: Path = WORDING) -> None:
        # Plain text comes out of here; each channel escapes what it shows.
        self._environment = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701
        self._content: dict[str, Any] = load_yaml(path)

    def say(self, path: str, language: Language, /, **values: Any) -> str:
        """The text at `path`, filled with `values`. Raises KeyError for an unknown path."""
        found: Any = self._content[language.value]
        for name in path.split("."):
            found = found[name]
        return self._environment.from_string(str(found)).render(**values)

    def name(self, label: StrEnum, language: Language) -> str:
        """What people call a label of the desk, such as a state or a grade."""
        return self.say(f"labels.{LABELS[type(label)]}.{label.value}", language)

    def refusal(self, error: DeskError, language: Language) -> str:
        """Why the desk refuses, in words for the person it refuses."""
        return self.say(f"refusals.{error.code}", language, **error.values)

    def names(self, group: str, language: Language) -> list[str]:
        """The keys of a group, e.g. `notices`, in the order of the file."""
        return list(self._content[language.value][group])
