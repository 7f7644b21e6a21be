"""What is known, held in memory with the look-ups that answering needs."""

import re
from collections import defaultdict
from dataclasses import dataclass

from qifu.labels import District, Topic
from seeds.model import Contact, Matter, Measure, Plan, Point, Seeds

_HOTLINE = "hotline"
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")


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
        # A copy: staff complete contacts (contact_book.py), the seeds stay what they are.
        self.contacts: dict[str, Contact] = dict(seeds.contacts)
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

    def become(self, other: "Knowledge") -> None:
        """Holds from now on what `other` holds; whoever has this object at hand sees it at once.

        What one of the two is taught afterwards, such as a contact's telephone, both know.
        """
        self.__dict__.update(other.__dict__)

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

    def contacts_of(
        self, point_ids: list[str], matter_id: str | None = None, question: str = "", who: bool = False
    ) -> list[str]:
        """Contacts for these points, nearest first, ids without doubles.

        Those named in the points, then the units responsible for their measures that fit what is asked, the matter's
        own, the topic's hotline, the other units. A question for `who` is about the first point: its units come first.
        """
        asked = point_ids[:1] if who else point_ids
        matter = self.matters.get(matter_id) if matter_id else None
        units = self._responsible(asked, matter, question)
        found = dict.fromkeys(contact for point in asked for contact in self._named_in[point])
        found |= dict.fromkeys(unit for unit, fit in units if fit or who)
        if matter:
            found |= dict.fromkeys((*matter.contacts, *self.hotlines(matter.topic)))
        found |= dict.fromkeys(contact for point in point_ids for contact in self._named_in[point])
        found |= dict.fromkeys(unit for unit, _ in self._responsible(point_ids, matter, question))
        return list(found)

    def names_contact(self, point_id: str) -> bool:
        """Whether a point names a contact, or its measure the units that are responsible for it."""
        return bool(self._named_in[point_id] or self.seeds.measure_of(point_id).units)

    def _responsible(self, point_ids: list[str], matter: Matter | None, question: str) -> list[tuple[str, int]]:
        """The units responsible for the points' measures with how well they fit, the best first.

        A measure lists the units of all its sentences: the one meant answers for the matter's topic, and what it
        handles shares words with the sentence, the matter or the question.
        """
        asked = " ".join((question, matter.name if matter else "", *(self.points[point].text for point in point_ids)))
        words = _pairs(asked)
        named = (unit for point_id in point_ids for unit in self.seeds.measure_of(point_id).units)
        units = dict.fromkeys(self._units[unit] for unit in named if unit in self._units)
        fits = {unit: self._fit(self.contacts[unit], matter, words) for unit in units}
        return sorted(fits.items(), key=lambda row: -row[1])

    @staticmethod
    def _fit(unit: Contact, matter: Matter | None, words: set[str]) -> int:
        shared = len(_pairs(unit.handles.split("（")[0]) & words)
        return shared + (3 if matter and matter.topic in unit.topics else 0)

    def hotlines(self, topic: Topic | str | None) -> list[str]:
        """The public hotlines for a topic, the special one before the general one."""
        lines = [c for c in self.contacts.values() if c.kind == _HOTLINE and (not c.topics or topic in c.topics)]
        return [contact.id for contact in sorted(lines, key=lambda contact: not contact.topics)]

    def is_district_name(self, name: str) -> bool:
        """Whether a place is a district as such: its name stands in the title of a plan."""
        return any(name.removesuffix("区") in plan.title or name in plan.district for plan in self.plans.values())

    def has_plan(self, district: District | str) -> bool:
        """Whether a plan of this district is known."""
        return any(plan.district == district for plan in self.plans.values())


def _pairs(text: str) -> set[str]:
    """The character pairs of a text's Chinese words; pairs across punctuation are none."""
    return {run[i : i + 2] for run in _CHINESE.findall(text) for i in range(len(run) - 1)}
