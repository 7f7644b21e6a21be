"""Finds districts, cities and what a firm says of itself by look-up: the longest known term wins."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import dump_obj_as_json_to_file, read_json_file, read_yaml_file

from components.text_normalizer import normalize

AS_WRITTEN = "other"
"""The value of terms that have no canonical one: the entity's value is the term itself."""
LOOKUPS = Path(__file__).resolve().parent.parent / "lookups"


def read_terms(folder: Path) -> list[dict[str, str]]:
    """Every term of the look-up files: its normalised form, entity, canonical value and what may not follow it."""
    terms = []
    for path in sorted(folder.glob("*.yml")):
        content = read_yaml_file(str(path))
        for table in content if isinstance(content, list) else [content]:
            for value, names in table["values"].items():
                for name in names:
                    terms.append(
                        {
                            "term": normalize(str(name)),
                            "entity": table["entity"],
                            "value": str(value),
                            "not_before": table.get("not_before", ""),
                        }
                    )
    return terms


class TermMatcher:
    """One pattern over all terms, longest first; a Latin term matches whole words only."""

    def __init__(self, terms: list[dict[str, str]]) -> None:
        self._known = {row["term"]: row for row in terms}
        ordered = sorted(self._known, key=len, reverse=True)
        self._pattern = re.compile("|".join(self._guarded(self._known[term]) for term in ordered))

    @staticmethod
    def _guarded(row: dict[str, str]) -> str:
        term = re.escape(row["term"])
        if re.match(r"[a-z]", row["term"]):
            term = rf"(?<![a-z]){term}(?![a-z])"
        return f"{term}(?!{row['not_before']})" if row["not_before"] else term

    def find(self, text: str) -> list[dict[str, Any]]:
        """Entities in order of appearance, in Rasa's form."""
        return [
            {
                "entity": (row := self._known[match.group(0)])["entity"],
                "value": match.group(0) if row["value"] == AS_WRITTEN else row["value"],
                "start": match.start(),
                "end": match.end(),
                "extractor": "TermExtractor",
            }
            for match in self._pattern.finditer(text)
        ]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class TermExtractor(GraphComponent):
    """Adds the entities that the look-up files name; they are read at training and kept with the model."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`lookups`: the folder of look-up files."""
        return {"lookups": str(LOOKUPS)}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        """Takes the merged configuration and where the terms are kept."""
        self._config, self._storage, self._resource = config, storage, resource
        self._matcher: TermMatcher | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TermExtractor:
        """Rasa's constructor for training."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Reads the look-up files and keeps their terms."""
        terms = read_terms(Path(self._config["lookups"]))
        with self._storage.write_to(self._resource) as folder:
            dump_obj_as_json_to_file(str(folder / "terms.json"), terms)
        self._matcher = TermMatcher(terms)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> TermExtractor:
        """Rasa's constructor for a trained model."""
        extractor = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            extractor._matcher = TermMatcher(read_json_file(folder / "terms.json"))
        return extractor

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds entities to messages."""
        assert self._matcher is not None
        for message in messages:
            found = self._matcher.find(message.get(TEXT) or "")
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training data stays as it is."""
        return training_data
