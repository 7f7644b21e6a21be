"""Leaves TensorFlow out of processes whose pipeline never calls it.

Rasa imports TensorFlow at its first line, for components that our pipeline doesn't have; that costs 6 seconds and
350 MB in every process. Here empty modules take its place: names can be read and subclassed, as Rasa's modules do
at import, but what they give computes nothing. A configuration that does need TensorFlow gets the real one.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from ruamel.yaml import YAML

_LEFT_OUT = frozenset({"tensorflow", "tensorflow_hub", "tensorflow_text", "tensorflow_addons", "keras"})
_OURS = "components."
_LIGHT = frozenset(
    {
        "CountVectorsFeaturizer",
        "EntitySynonymMapper",
        "FallbackClassifier",
        "JiebaTokenizer",
        "KeywordIntentClassifier",
        "LexicalSyntacticFeaturizer",
        "LogisticRegressionClassifier",
        "MemoizationPolicy",
        "RegexEntityExtractor",
        "RegexFeaturizer",
        "RulePolicy",
        "WhitespaceTokenizer",
    }
)
"""Rasa's own components that compute without TensorFlow."""


def needs_tensorflow(config: Path) -> bool:
    """Whether a Rasa configuration names a component that isn't known to do without TensorFlow."""
    content = YAML(typ="safe").load(config.read_text(encoding="utf-8"))
    steps = [*(content.get("pipeline") or []), *(content.get("policies") or [])]
    names = [str(step["name"] if isinstance(step, dict) else step) for step in steps]
    return not all(name.startswith(_OURS) or name in _LIGHT for name in names)


def leave_out_tensorflow() -> None:
    """Puts empty modules in TensorFlow's place; to be called before Rasa is imported."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _AnyName(type):
    """A class whose every attribute is such a class again."""

    def __getattr__(cls, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Absent


class _Absent(metaclass=_AnyName):
    """Stands for every name of a module that is left out."""

    def __init__(self, *_: Any, **__: Any) -> None:
        """Takes anything: decorators at import call it."""

    def __init_subclass__(cls, **_: Any) -> None:
        """Takes any class argument."""


class _EmptyModule(ModuleType):
    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Absent


class _Finder(MetaPathFinder, Loader):
    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> Any:
        return ModuleSpec(name, self, is_package=True) if name.partition(".")[0] in _LEFT_OUT else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _EmptyModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run: the module stays empty."""
