"""What is known, held in memory with the look-ups that answering needs."""

from collections import defaultdict
from dataclasses import dataclass

from qifu.labels import District, Topic
from seeds.model import Contact, Matter, Measure, Plan, Point, Seeds

_HOTLINE = "hotline"


@dataclass(frozen=True)
class Citation:
    """Where a point stands: its plan and its measure."""

    plan: Plan
    measure: Measure


class Knowledge:
    """Plans, points, matters and contacts, with their relations both ways."""

    def __init__(self, seeds: Seeds) -> None:
        self.seeds = seeds
        self.plans = seeds.plans
        self.points: dict[str, Point] = seeds.points
        self.matters: dict[str, Matter] = seeds.matters
        self.contacts: dict[str, Contact] = seeds.contacts
        self.matters_of: dict[str, list[str]] = defaultdict(list)
        for matter in seeds.matters.values():
            for point in matter.points:
                self.matters_of[point].append(matter.id)
        self._named_in: dict[str, list[str]] = defaultdict(list)
        for contact in seeds.contacts.values():
            for place in contact.named_in:
                self._named_in[place].append(contact.id)
        self._units = {
            name: contact.id for contact in seeds.contacts.values() for name in (contact.name, *contact.aliases)
        }

    def citation(self, point_id: str) -> Citation:
        """The place of a point. Raises KeyError for a point that no plan has."""
        return Citation(self.seeds.plan_of(point_id), self.seeds.measure_of(point_id))

    def district(self, point_id: str) -> District:
        """Where a point applies."""
        return self.seeds.plan_of(point_id).district

    def english(self, point_id: str) -> str | None:
        """The unofficial English rendering of a point, where there is one."""
        return self.seeds.english.get(point_id)

    def topic_of(self, point_id: str) -> Topic:
        """The topic of the first matter a point belongs to."""
        return self.matters[self.matters_of[point_id][0]].topic

    def contacts_of(self, point_ids: list[str], matter_id: str | None = None) -> list[str]:
        """Contacts for these points, nearest first, ids without doubles.

        Those named in the points, then those responsible for their measures, the matter's own, the topic's hotline.
        """
        found: dict[str, None] = {}
        for point_id in point_ids:
            found.update(dict.fromkeys(self._named_in[point_id]))
        found.update(dict.fromkeys(self._responsible(point_ids, matter_id)))
        if matter_id and (matter := self.matters.get(matter_id)):
            found.update(dict.fromkeys(matter.contacts))
            found.update(dict.fromkeys(self.hotlines(matter.topic)))
        return list(found)

    def _responsible(self, point_ids: list[str], matter_id: str | None) -> list[str]:
        """The units responsible for the points' measures; those that answer for the matter's topic first."""
        topic = matter_id.split("/")[0] if matter_id else None
        named = (unit for point_id in point_ids for unit in self.seeds.measure_of(point_id).units)
        units = list(dict.fromkeys(self._units[unit] for unit in named if unit in self._units))
        return sorted(units, key=lambda unit: topic not in self.contacts[unit].topics)

    def hotlines(self, topic: Topic | str | None) -> list[str]:
        """The public hotlines for a topic, the special one before the general one."""
        lines = [c for c in self.contacts.values() if c.kind == _HOTLINE and (not c.topics or topic in c.topics)]
        return [contact.id for contact in sorted(lines, key=lambda contact: not contact.topics)]

    def has_plan(self, district: District | str) -> bool:
        """Whether a plan of this district is known."""
        return any(plan.district == district for plan in self.plans.values())
