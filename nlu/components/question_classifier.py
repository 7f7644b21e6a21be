"""Understands what a message asks: intents, matters and points, from one classifier over the finest classes.

A class is a matter with the point that its questions ask for (`taxes/export_refund|minhang-2023/7#5`), a matter
without a point, an act, or out_of_scope. Probabilities of a matter, a topic or a point are sums over classes.
"""

from __future__ import annotations

import json
import pickle
import re
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.features import FeatureSpace
from components.knowledge import point_texts
from components.network import Network, Recipe

_CLAUSE = re.compile(r"[，、；：]")
_SEPARATOR = "|"
_SHORTEST_CLAUSE = 4


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionClassifier(IntentClassifier, GraphComponent):
    """Sets `intent`, `intent_ranking`, `matters` and `points` on a message."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`features`: n-gram sizes by group; `weights`: what a group counts; `recipe`: how the network is trained;

        `knowledge`: whether the plans' own text and its English rendering are learned as further examples.
        """
        return {
            "features": {"characters": [1, 3], "pinyin": [2, 3], "words": [1, 2], "letters": [3, 5]},
            "weights": {"pinyin": 0.5},
            "min_counts": {"characters": 2, "pinyin": 2, "letters": 2},
            "recipe": {},
            "knowledge": True,
            "temperature": 0.65,
            "question_share": 0.7,
            "most_matters": 10,
            "most_points": 20,
            "ranking_length": 44,
        }

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        """Takes the merged configuration and where the weights are kept."""
        self._config, self._storage, self._resource = config, storage, resource
        self._space: FeatureSpace | None = None
        self._networks: list[Network] = []
        self._classes: list[str] = []

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> QuestionClassifier:
        """Rasa's constructor for training."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns all questions, and the plans' own words beside them."""
        examples = [(message.get(TEXT), class_of(message)) for message in training_data.intent_examples]
        if self._config["knowledge"]:
            examples += _own_words({name for _, name in examples})
        self._classes = sorted({name for _, name in examples})
        number = {name: index for index, name in enumerate(self._classes)}
        self._space = FeatureSpace(self._config["features"], self._config["weights"], dict(self._config["min_counts"]))
        matrix = self._space.fit([text for text, _ in examples])
        wanted = np.array([number[name] for _, name in examples])
        recipe = Recipe(**self._config["recipe"])
        self._networks = [Network.train(matrix, wanted, len(self._classes), recipe)]
        self._persist()
        return self._resource

    def _persist(self) -> None:
        with self._storage.write_to(self._resource) as folder:
            (Path(folder) / "classes.json").write_text(json.dumps(self._classes), encoding="utf-8")
            with (Path(folder) / "space.pickle").open("wb") as file:
                pickle.dump(self._space, file)
            for index, network in enumerate(self._networks):
                np.savez(Path(folder) / f"network{index}.npz", **vars(network))

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> QuestionClassifier:
        """Rasa's constructor for a trained model."""
        classifier = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            classifier._classes = json.loads((Path(folder) / "classes.json").read_text(encoding="utf-8"))
            with (Path(folder) / "space.pickle").open("rb") as file:
                classifier._space = pickle.load(file)  # noqa: S301  # written by `_persist` into our own model
            for path in sorted(Path(folder).glob("network*.npz")):
                with np.load(path) as arrays:
                    classifier._networks.append(Network(**arrays))
        classifier._index()
        return classifier

    def _index(self) -> None:
        """Which classes add up to which intent, matter and point."""
        members: dict[str, list[tuple[str, int]]] = {"intents": [], "matters": [], "points": []}
        for index, name in enumerate(self._classes):
            intent, _, point = name.partition(_SEPARATOR)
            members["intents"].append((intent.split("/")[0], index))
            if "/" in intent:
                members["matters"].append((intent, index))
            if point:
                members["points"].append((point, index))
        self._groups = {group: _Group(rows) for group, rows in members.items()}
        self._topics = {matter.split("/")[0] for matter, _ in members["matters"]}

    def process(self, messages: list[Message]) -> list[Message]:
        """Classifies messages, payloads too: Rasa's reader of payloads comes last and replaces what it knows.

        One that it doesn't know must not stay without an intent: Rasa would run its fallback action in a loop.
        """
        for message in messages:
            self._classify(message, message.get(TEXT) or "")
        return messages

    def _classify(self, message: Message, text: str) -> None:
        probabilities = self.probabilities(text)
        intents = self._ranking("intents", probabilities, self._config["ranking_length"])
        message.set(INTENT, self._chosen(intents), add_to_output=True)
        message.set("intent_ranking", intents, add_to_output=True)
        matters = self._ranking("matters", probabilities, self._config["most_matters"])
        message.set("matters", matters, add_to_output=True)
        points = self._ranking("points", probabilities, self._config["most_points"])
        ids = [{"id": row["name"], "confidence": row["confidence"]} for row in points]
        message.set("points", ids, add_to_output=True)

    def _chosen(self, intents: list[dict[str, Any]]) -> dict[str, Any]:
        """The intent: the likeliest topic where all topics together outweigh the likeliest act or out_of_scope.

        A question may be hard to place among 21 topics and still be plainly a question. `question_share` is what the
        topics' sum counts for, fitted on held-out messages.
        """
        topics = [row for row in intents if row["name"] in self._topics]
        others = [row for row in intents if row["name"] not in self._topics]
        asked = self._config["question_share"] * sum(row["confidence"] for row in topics)
        return topics[0] if topics and (not others or asked >= others[0]["confidence"]) else intents[0]

    def probabilities(self, text: str) -> np.ndarray:
        """The probability of each class for a normalised text."""
        assert self._space is not None
        columns, values = self._space.vector(text)
        temperature = self._config["temperature"]
        return np.mean([network.probabilities(columns, values, temperature) for network in self._networks], axis=0)

    def _ranking(self, group: str, probabilities: np.ndarray, most: int) -> list[dict[str, Any]]:
        best = self._groups[group].best(probabilities, most)
        return [{"name": name, "confidence": round(confidence, 5)} for name, confidence in best]


class _Group:
    """Names that classes add up to; summed in one step, because a message is ranked three times."""

    def __init__(self, members: list[tuple[str, int]]) -> None:
        self._names = sorted({name for name, _ in members})
        number = {name: index for index, name in enumerate(self._names)}
        self._classes = np.array([index for _, index in members], dtype=np.intp)
        self._numbers = np.array([number[name] for name, _ in members], dtype=np.intp)

    def best(self, probabilities: np.ndarray, most: int) -> list[tuple[str, float]]:
        """The most probable names with their sums, best first."""
        sums = np.bincount(self._numbers, weights=probabilities[self._classes], minlength=len(self._names))
        return [(self._names[index], float(sums[index])) for index in np.argsort(-sums, kind="stable")[:most]]


def class_of(message: Message) -> str:
    """The class of a training example: its full intent, with the point of its block where it has one."""
    metadata = (message.get(METADATA) or {}).get(METADATA_INTENT) or {}
    intent = str(message.get_full_intent())
    point = metadata.get("point") if isinstance(metadata, dict) else None
    return f"{intent}{_SEPARATOR}{point}" if point else intent


def _own_words(classes: set[str]) -> list[tuple[str, str]]:
    """The text of each class's point, its clauses and its English rendering, as further examples."""
    texts = point_texts()
    examples = []
    for name in sorted(classes):
        _, _, point = name.partition(_SEPARATOR)
        for text in texts.get(point, ()):
            clauses = [clause for clause in _CLAUSE.split(text) if len(clause) >= _SHORTEST_CLAUSE]
            examples += [(piece, name) for piece in dict.fromkeys([text, *clauses])]
    return examples
