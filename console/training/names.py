"""What trainers call what their data hold: intents by their names, points by their text and place."""

from collections.abc import Mapping
from urllib.parse import urlencode

from console.navigation import PREFIX
from console.services import ConsoleServices
from qifu.labels import OUT_OF_SCOPE, Act, Topic
from qifu.training.catalogue import Catalogue

PLACE = f"{PREFIX}/training"
ACTS = "acts"
"""What stands for all acts where topics stand."""
_ACTS = {str(act) for act in Act}


class IntentNames:
    """Names for one state of the data; what it doesn't hold any more is called by its id."""

    def __init__(self, services: ConsoleServices, catalogue: Catalogue) -> None:
        self._services, self._words, self._catalogue = services, services.words, catalogue

    def intent(self, intent: str) -> str:
        """A matter, an act or what is out of scope."""
        if matter := self._catalogue.seeds.matters.get(intent):
            return matter.name
        if intent == OUT_OF_SCOPE:
            return self._words("training.out_of_scope")
        return self._words.group("act").get(intent, intent)

    def group(self, group: str) -> str:
        """A topic, or the acts, or what is out of scope."""
        if group in (ACTS, OUT_OF_SCOPE):
            return self._words(f"training.{group}")
        return self._services.topics.get(group, {}).get("zh", group)

    def full(self, intent: str) -> str:
        """An intent with its topic before it."""
        group = group_of(intent)
        return self.intent(intent) if group == intent else f"{self.group(group)} · {self.intent(intent)}"

    def point(self, point: str) -> str:
        """What a point says."""
        known = self._catalogue.seeds.points.get(point)
        return known.text if known else point

    def place(self, point: str) -> str:
        """Where a point stands: plan and place in it."""
        seeds = self._catalogue.seeds
        if point not in seeds.points:
            return point
        plan, measure = seeds.plan_of(point), seeds.measure_of(point)
        return self._words("training.place", plan=plan.title, place=measure.place)

    def values(self, values: Mapping[str, object]) -> dict[str, object]:
        """The values of a finding, with the name of the intent in them."""
        intent = values.get("intent")
        return {**values, "name": self.intent(str(intent))} if intent else dict(values)


def group_of(intent: str) -> str:
    """The topic of a matter; acts for an act; out_of_scope is its own."""
    if "/" in intent:
        return intent.partition("/")[0]
    return ACTS if intent in _ACTS else intent


def groups() -> list[str]:
    """All topics, then the acts and what is out of scope."""
    return [*map(str, Topic), ACTS, OUT_OF_SCOPE]


def intents(catalogue: Catalogue) -> list[str]:
    """Every intent: the matters in the order of the files, then acts and out_of_scope."""
    return [*catalogue.seeds.matters, *map(str, Act), OUT_OF_SCOPE]


def is_known(catalogue: Catalogue, intent: str) -> bool:
    """Whether there is such an intent."""
    return intent in catalogue.seeds.matters or intent in _ACTS or intent == OUT_OF_SCOPE


def url_of(intent: str, page: str = "") -> str:
    """The address of an intent's page, or of a further page of it."""
    return f"{PLACE}/matter{page}?{urlencode({'id': intent})}"
