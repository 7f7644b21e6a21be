"""What Rasa understood of a message, as a typed object: foreign JSON ends here."""

from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self

from qifu.labels import OUT_OF_SCOPE, Act, Topic

_TOPICS = {str(topic) for topic in Topic}
_ACTS = {str(act) for act in Act}
_DISTRICT = "district"
_CITY = "other_city"


@dataclass(frozen=True)
class Understanding:
    """One parsed message. Probabilities are 0 to 1.

    topics: intents that are topics; matters and points: the classifier's candidates; entities: by role, canonical
    values in order of appearance.
    """

    text: str
    intent: str
    confidence: float
    intents: dict[str, float] = field(default_factory=dict)
    matters: dict[str, float] = field(default_factory=dict)
    points: dict[str, float] = field(default_factory=dict)
    entities: tuple[dict[str, Any], ...] = ()

    @property
    def act(self) -> str | None:
        """The act, where the message is one."""
        return self.intent if self.intent in _ACTS else None

    @property
    def topic(self) -> str | None:
        """The likeliest topic, whatever the intent."""
        topics = {name: share for name, share in self.intents.items() if name in _TOPICS}
        return max(topics, key=topics.__getitem__) if topics else None

    @property
    def in_scope(self) -> float:
        """How likely the message asks about a topic."""
        return sum(share for name, share in self.intents.items() if name in _TOPICS)

    @property
    def out_of_scope(self) -> float:
        """How likely the message is none of ours."""
        return self.intents.get(OUT_OF_SCOPE, 0.0)

    def values(self, entity: str) -> list[str]:
        """The canonical values of an entity, each once."""
        return list(dict.fromkeys(str(e["value"]) for e in self.entities if e["entity"] == entity))

    @property
    def districts(self) -> list[str]:
        """Districts of Shanghai that the message names."""
        return [value for value in self.values(_DISTRICT) if value != _CITY]

    @property
    def places(self) -> list[str]:
        """The places by which it names districts, as written."""
        named = (e for e in self.entities if e["entity"] == _DISTRICT and "start" in e)
        return [self.text[e["start"] : e["end"]] for e in named]

    @property
    def without_districts(self) -> str:
        """The text without the districts it names."""
        text = self.text
        for entity in sorted(self.entities, key=lambda e: -int(e.get("start") or 0)):
            if entity["entity"] == _DISTRICT and "start" in entity:
                text = text[: entity["start"]] + text[entity["end"] :]
        return text.strip()

    @property
    def other_city(self) -> str | None:
        """Another city that the message names, as written."""
        for entity in self.entities:
            if entity["entity"] == _CITY or (entity["entity"] == _DISTRICT and entity["value"] == _CITY):
                return self.text[entity["start"] : entity["end"]] if "start" in entity else str(entity["value"])
        return None

    def naming(self, part: Self) -> Self:
        """The same, naming only what its part `part` names, where that names anything."""
        named = {(entity["entity"], entity["value"]) for entity in part.entities}
        kept = tuple(e for e in self.entities if (e["entity"], e["value"]) in named)
        return replace(self, entities=kept) if kept else self

    def also_naming(self, other: Self) -> Self:
        """The same, naming what `other` names, which stands outside its own text."""
        beyond = ({k: v for k, v in entity.items() if k not in {"start", "end"}} for entity in other.entities)
        return replace(self, entities=tuple(beyond))


def read_parse(parse: dict[str, Any]) -> Understanding:
    """The typed form of Rasa's parse (`/model/parse`, or `latest_message` of a tracker).

    Missing parts are empty: a button's payload has no ranking.
    """
    intent = parse.get("intent") or {}
    name = str(intent.get("name") or OUT_OF_SCOPE)
    confidence = float(intent.get("confidence") or 0.0)
    ranking = {str(row["name"]): float(row["confidence"]) for row in parse.get("intent_ranking") or ()}
    return Understanding(
        text=str(parse.get("text") or ""),
        intent=name,
        confidence=confidence,
        intents=ranking or {name: confidence},
        matters={str(row["name"]): float(row["confidence"]) for row in parse.get("matters") or ()},
        points={str(row["id"]): float(row["confidence"]) for row in parse.get("points") or ()},
        entities=tuple(parse.get("entities") or ()),
    )


class Parser(Protocol):
    """Understands a text anew, e.g. together with the one before it."""

    async def parse(self, text: str) -> Understanding:
        """What Rasa makes of the text. Raises UnderstandingError."""
        ...
