"""Who suits a user best: a pure function of people and what is wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qifu.labels import District, Language, Topic
from store.models import StaffRow

# A person who doesn't speak the user's language can't help at all; the right topic saves a transfer; a district's
# staff know its windows. Load decides among equals, and between a little better suited and much busier.
_LANGUAGE, _TOPIC, _DISTRICT, _LOAD = 8.0, 4.0, 2.0, 3.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a handoff is about."""

    language: Language
    district: District | None = None
    topic: Topic | None = None


def score(person: StaffRow, load: int, wanted: Wanted) -> float:
    """How well somebody suits; higher is better. `load` is how many handoffs they have now.

    Whoever speaks the language does; among those, somebody who names the topic or district suits better than somebody
    who takes everything (an empty list), and both better than somebody who names others.
    """
    speaks = not person.languages or wanted.language in person.languages
    fits = (
        _LANGUAGE * speaks
        + _TOPIC * _fit(person.topics, wanted.topic)
        + _DISTRICT * _fit(person.districts, wanted.district)
    )
    return fits - _LOAD * load / max(1, person.most_chats)


def _fit(named: Sequence[str], value: str | None) -> float:
    """1 named, 0.6 open to all or nothing in particular wanted, 0 others named."""
    if not named or value is None:
        return 0.6
    return 1.0 if value in named else 0.0


def free(people: Sequence[StaffRow], loads: Mapping[int, int]) -> list[StaffRow]:
    """Those who can take one more."""
    return [person for person in people if loads.get(person.id, 0) < person.most_chats]


def best(people: Sequence[StaffRow], loads: Mapping[int, int], wanted: Wanted) -> StaffRow | None:
    """The best suited of those who can take one more, or None; among equals the one with the lowest id."""
    return max(
        free(people, loads),
        key=lambda person: (score(person, loads.get(person.id, 0), wanted), -person.id),
        default=None,
    )
