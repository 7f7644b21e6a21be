"""Understanding by keywords, in the form in which Rasa hands it over: for tests that need no trained model."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from actions.understanding import Understanding, read_parse
from qifu.labels import OUT_OF_SCOPE

_PAYLOAD = re.compile(r"/([a-z_]+)(\{.*\})?")
PLACES = {
    "闵行": "minhang",
    "莘庄": "minhang",
    "minhang": "minhang",
    "长宁": "changning",
    "普陀": "putuo",
    "上海": "shanghai",
    "浦东": "pudong",
    "杭州": "other_city",
}


@dataclass
class Meaning:
    """What a text with one of `words` means: an intent, and how likely each matter is."""

    words: Sequence[str]
    intent: str
    matters: Mapping[str, float] = field(default_factory=dict)
    confidence: float = 0.9


class FakeParser:
    """Takes the first meaning one of whose words stands in the text; a text without any is out of scope.

    `asked` lists what it was asked to parse anew; `error` is raised instead of an answer.
    """

    def __init__(self, meanings: Sequence[Meaning], terms: Mapping[str, tuple[str, str]] | None = None) -> None:
        self.meanings = list(meanings)
        self.terms = {place: ("district", value) for place, value in PLACES.items()} | dict(terms or {})
        self.asked: list[str] = []
        self.error: Exception | None = None

    async def parse(self, text: str) -> Understanding:
        """The typed understanding."""
        self.asked.append(text)
        if self.error:
            raise self.error
        return read_parse(self.message(text))

    def message(self, text: str) -> dict[str, Any]:
        """Rasa's form, as in a tracker's `latest_message`."""
        if payload := _PAYLOAD.fullmatch(text):
            return self._payload(text, payload.group(1), payload.group(2))
        meaning = next((m for m in self.meanings if any(word in text.lower() for word in m.words)), None)
        meaning = meaning or Meaning((), OUT_OF_SCOPE)
        ranking = [{"name": meaning.intent, "confidence": meaning.confidence}]
        if meaning.intent != OUT_OF_SCOPE:
            ranking.append({"name": OUT_OF_SCOPE, "confidence": round(1 - meaning.confidence, 3)})
        return {
            "text": text,
            "intent": ranking[0],
            "intent_ranking": ranking,
            "matters": [{"name": name, "confidence": share} for name, share in meaning.matters.items()],
            "points": [],
            "entities": self._entities(text),
        }

    def _entities(self, text: str) -> list[dict[str, Any]]:
        lower = text.lower()
        found = [
            {"entity": entity, "value": value, "start": lower.index(term), "end": lower.index(term) + len(term)}
            for term, (entity, value) in self.terms.items()
            if term in lower
        ]
        return sorted(found, key=lambda entity: int(str(entity["start"])))

    @staticmethod
    def _payload(text: str, intent: str, values: str | None) -> dict[str, Any]:
        """A button's payload as Rasa reads it: sure of itself, without a ranking."""
        entities = [
            {"entity": entity, "value": value, "start": 1, "end": len(text)}
            for entity, value in json.loads(values or "{}").items()
        ]
        return {"text": text, "intent": {"name": intent, "confidence": 1.0}, "entities": entities}
