"""What the seeds hold once read: plans, measures and points, matters and contacts."""

from dataclasses import dataclass, field

from qifu.labels import District, PlanStatus, Topic


@dataclass(frozen=True)
class Plan:
    """A source document. `date` is as printed: a day, or a year where no day is known."""

    id: str
    title: str
    title_en: str
    issuer: str
    number: str | None
    date: str
    district: District
    status: PlanStatus
    year: int


@dataclass(frozen=True)
class Point:
    """One sentence of a measure: the unit that is quoted and cited. `id` is `plan/measure#n`, n from 1."""

    id: str
    text: str
    line: int


@dataclass(frozen=True)
class Measure:
    """One numbered item of a plan, e.g. `changning-2022/2.5.2`.

    `place` is its number as printed (二（五）2), `note` a remark on a slip in the original,
    `kind` is measure, preamble (preambles and section introductions) or organisation (组织保障, 总体要求).
    """

    id: str
    plan: str
    place: str
    title: str
    kind: str
    points: tuple[Point, ...]
    units: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True)
class Segment:
    """A stretch of a document and what became of it: every character is in exactly one segment."""

    kind: str
    text: str
    line: int


@dataclass(frozen=True)
class Document:
    """A parsed plan."""

    plan: Plan
    measures: tuple[Measure, ...]
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True)
class Contact:
    """A unit, window, centre, platform, studio or hotline. What no source gives stays None.

    `named_in` are the points and measures of the plans that name it; `topics` those a hotline serves, or of a
    measure with several responsible units those that this unit answers for.
    """

    id: str
    name: str
    name_en: str
    kind: str
    district: District
    handles: str
    handles_en: str
    source: str
    named_in: tuple[str, ...] = ()
    topics: tuple[Topic, ...] = ()
    phone: str | None = None
    address: str | None = None
    hours: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matter:
    """What a person asks about. `points` are point ids, `general` marks a topic's catch-all."""

    id: str
    topic: Topic
    name: str
    name_en: str
    points: tuple[str, ...]
    contacts: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    audience: str | None = None
    general: bool = False
    line: int = 0


@dataclass(frozen=True)
class Question:
    """A training question of a matter; `point` where it asks for one point of it."""

    intent: str
    text: str
    point: str | None = None
    line: int = 0
    path: str = ""


@dataclass
class Seeds:
    """All that is known, read and resolved."""

    plans: dict[str, Plan] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    points: dict[str, Point] = field(default_factory=dict)
    english: dict[str, str] = field(default_factory=dict)
    matters: dict[str, Matter] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)

    def measure_of(self, point_id: str) -> Measure:
        """The measure a point stands in."""
        return self.measures[point_id.split("#", maxsplit=1)[0]]

    def plan_of(self, point_id: str) -> Plan:
        """The plan a point stands in."""
        return self.plans[point_id.split("/", maxsplit=1)[0]]
