"""The pipelines that compare.py sets against each other; each trains into a folder and parses from it."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from held_out import Block, Parse
from quiet import hush, prepare
from ruamel.yaml import YAML
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

ROOM = Path(__file__).resolve().parent


class Contender(Protocol):
    """A pipeline: trained once, loaded in a process of its own, asked one message at a time."""

    title: str

    def train(self, room: Path, blocks: list[Block], folder: Path, epochs: int | None) -> None:
        """Trains on a room's data (the same as `blocks`) and writes what parsing needs into `folder`."""

    def load(self, folder: Path) -> Callable[[str], Parse]:
        """A function that parses a message."""


class RasaPipeline:
    """A Rasa configuration, trained and asked through Rasa."""

    def __init__(self, title: str, config: Path) -> None:
        self.title, self._config = title, config

    def train(self, room: Path, blocks: list[Block], folder: Path, epochs: int | None) -> None:
        """See Contender; `epochs` applies to components that have epochs."""
        content = YAML(typ="safe").load(self._config.read_text(encoding="utf-8"))
        content.pop("policies", None)
        for step in content["pipeline"]:
            if epochs and "epochs" in step:
                step["epochs"] = epochs
        config = folder / "config.yml"
        with config.open("w", encoding="utf-8") as file:
            YAML().dump(content, file)
        prepare(config)
        from rasa.model_training import train_nlu  # noqa: PLC0415  # after `prepare`

        hush()
        domain = str(room / "domain")
        if train_nlu(str(config), str(room / "data"), str(folder), fixed_model_name="model", domain=domain) is None:
            raise RuntimeError("Rasa trained no model")

    def load(self, folder: Path) -> Callable[[str], Parse]:
        """See Contender."""
        prepare(folder / "config.yml")
        from rasa.core.agent import Agent  # noqa: PLC0415  # after `prepare`

        hush()
        agent = Agent.load(str(folder / "model.tar.gz"))
        loop = asyncio.new_event_loop()

        def parse(text: str) -> Parse:
            found: dict[str, Any] = loop.run_until_complete(agent.parse_message(text))
            matters, points = found.get("matters") or [], found.get("points") or []
            matter = matters[0]["name"] if matters else None
            return Parse(str(found["intent"]["name"]), matter, tuple(row["id"] for row in points))

        return parse


class SupportVectors:
    """Character n-grams by TF-IDF into scikit-learn's LinearSVC, over intents or over matters and points."""

    def __init__(self, title: str, finest: bool) -> None:
        self.title, self._finest = title, finest

    def train(self, room: Path, blocks: list[Block], folder: Path, epochs: int | None) -> None:
        """See Contender."""
        labels = [self._label(block) for block in blocks for _ in block.texts]
        vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
        model = make_pipeline(vectorizer, LinearSVC()).fit([text for block in blocks for text in block.texts], labels)
        with (folder / "model.pickle").open("wb") as file:
            pickle.dump(model, file)

    def _label(self, block: Block) -> str:
        return f"{block.intent}|{block.point or ''}" if self._finest else block.intent.partition("/")[0]

    def load(self, folder: Path) -> Callable[[str], Parse]:
        """See Contender."""
        with (folder / "model.pickle").open("rb") as file:
            model = pickle.load(file)  # noqa: S301  # written by `train` into our own folder
        classes = [str(name) for name in model.classes_]

        def parse(text: str) -> Parse:
            scores = model.decision_function([text])[0]
            order = [classes[index] for index in scores.argsort()[::-1][:20]]
            if not self._finest:
                return Parse(order[0])
            intent = order[0].partition("|")[0]
            points = (name.partition("|")[2] for name in order)
            return Parse(intent.partition("/")[0], intent, tuple(dict.fromkeys(filter(None, points))))

        return parse


CONTENDERS: dict[str, Contender] = {
    "default": RasaPipeline("Rasa default: jieba, word + char_wb 1-4 counts, DIET", ROOM / "pipelines/default.yml"),
    "logistic": RasaPipeline(
        "jieba, word + char 1-3 counts, LogisticRegressionClassifier", ROOM / "pipelines/logistic.yml"
    ),
    "svc": SupportVectors("scikit-learn: char 1-3 TF-IDF, LinearSVC over intents", finest=False),
    "svc_points": SupportVectors("scikit-learn: char 1-3 TF-IDF, LinearSVC over matters and points", finest=True),
    "ours": RasaPipeline(
        "ours: characters, pinyin, words, letters; network over matters and points", ROOM.parent / "config.yml"
    ),
}
