"""Reads all seeds: plans, matters, contacts, English renderings and training questions."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from qifu.errors import SeedError
from qifu.labels import District, PlanStatus, Topic
from qifu.settings import ROOT
from seeds.model import Contact, Document, Matter, Measure, Plan, Point, Question, Seeds
from seeds.parse import parse_plan
from seeds.register import PlanEntry, read_register
from seeds.yaml import load_yaml

SEEDS = ROOT / "seeds"
QUESTIONS = ROOT / "nlu" / "data"


class SeedReader:
    """Reads a folder of seeds and a folder of training questions; collects every finding before it gives up."""

    def __init__(
        self, seeds: Path = SEEDS, questions: Path = QUESTIONS, load: Callable[[Path], Any] = load_yaml
    ) -> None:
        self.folder, self.questions, self._load = seeds, questions, load
        self.findings: list[str] = []
        self.seeds = Seeds()

    def read(self) -> Seeds:
        """Everything, resolved. Raises SeedError with all findings as file:line: message."""
        self._guard(self._plans)
        for path in sorted((self.folder / "matters").glob("*.yml")):
            self._guard(self._matters, path)
        for path in sorted((self.folder / "english").glob("*.yml")):
            self._guard(self._english, path)
        self._guard(self._contacts, self.folder / "contacts.yml")
        for path in sorted(self.questions.glob("*.yml")):
            self._guard(self._read_questions, path)
        if self.findings:
            raise SeedError(self.findings)
        return self.seeds

    def _guard(self, read: Any, *arguments: Any) -> None:
        try:
            read(*arguments)
        except SeedError as error:
            self.findings += error.findings

    def _plans(self) -> None:
        for plan_id, (plan, entry) in read_register(self.folder / "plans.yml").items():
            self.seeds.plans[plan_id] = plan
            self._guard(self._document, plan, entry)

    def _document(self, plan: Plan, entry: PlanEntry) -> None:
        document = self._case_study(plan) if plan.status is PlanStatus.CASE_STUDY else self._parsed(plan, entry)
        self.seeds.documents[plan.id] = document
        for measure in document.measures:
            self.seeds.measures[measure.id] = measure
            self.seeds.points.update({point.id: point for point in measure.points})

    def _parsed(self, plan: Plan, entry: PlanEntry) -> Document:
        path = self.folder / "plans" / f"{plan.id}.txt"
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise SeedError([f"{path}:1: the plan's text is missing; plans.yml lists {plan.id}"]) from None
        except UnicodeDecodeError as error:
            line = path.read_bytes()[: error.start].count(b"\n") + 1
            raise SeedError([f"{path}:{line}: not valid UTF-8; save the file as UTF-8"]) from None
        return parse_plan(plan, entry, text, str(path))

    def _case_study(self, plan: Plan) -> Document:
        path = self.folder / "plans" / f"{plan.id}.yml"
        measures = []
        for item in self._load(path)["measures"]:
            measure_id = f"{plan.id}/{item['number']}"
            lines = item["points"].lc.data
            points = tuple(
                Point(f"{measure_id}#{n}", text, lines[n - 1][0] + 1) for n, text in enumerate(item["points"], start=1)
            )
            measures.append(Measure(measure_id, plan.id, item["part"], item["title"], "measure", points))
        return Document(plan, tuple(measures))

    def _matters(self, path: Path) -> None:
        content = self._load(path)
        topic = self._topic(content.get("topic"), path)
        for item in content.get("matters", []):
            line = item.lc.line + 1
            try:
                matter = _matter(topic, item, line)
            except (KeyError, TypeError) as error:
                self.findings.append(f"{path}:{line}: matter lacks or mistypes {error}")
                continue
            if matter.id in self.seeds.matters:
                self.findings.append(f"{path}:{line}: matter {matter.id} is defined twice")
            self.seeds.matters[matter.id] = matter

    def _topic(self, name: Any, path: Path) -> Topic:
        if name != path.stem and not path.stem.startswith(f"{name}_"):
            raise SeedError([f"{path}:1: topic is “{name}”, the file is named {path.stem}; name it {name}.yml"])
        try:
            return Topic(name)
        except ValueError:
            raise SeedError([f"{path}:1: “{name}” is no topic; topics stand in qifu/labels.py"]) from None

    def _english(self, path: Path) -> None:
        content = self._load(path)
        for point_id, text in content.items():
            if point_id in self.seeds.english:
                line = content.lc.data[point_id][0] + 1
                self.findings.append(f"{path}:{line}: {point_id} is rendered twice")
            self.seeds.english[point_id] = str(text)

    def _contacts(self, path: Path) -> None:
        for item in self._load(path).get("contacts", []):
            line = item.lc.line + 1
            try:
                contact = _contact(item)
            except (KeyError, ValueError, TypeError) as error:
                self.findings.append(f"{path}:{line}: contact lacks or mistypes {error}")
                continue
            if contact.id in self.seeds.contacts:
                self.findings.append(f"{path}:{line}: contact {contact.id} is defined twice")
            self.seeds.contacts[contact.id] = contact

    def _read_questions(self, path: Path) -> None:
        for block in self._load(path).get("nlu", []):
            if "intent" in block:
                point = (block.get("metadata") or {}).get("point")
                for line, text in _examples(block):
                    self.seeds.questions.append(Question(block["intent"], text, point, line, str(path)))


def _in(names: Any, language: str) -> str:
    """A name in one language. Raises TypeError where a comma cut it: {zh: …, en: Brand, feature and boutique parks}."""
    if cut := set(names) - {"zh", "en"}:
        raise TypeError(f"name: quote it, its comma cuts off “{'”, “'.join(map(str, cut))}”")
    return str(names[language])


def _matter(topic: Topic, item: Any, line: int) -> Matter:
    return Matter(
        id=f"{topic}/{item['id']}",
        topic=topic,
        name=_in(item["name"], "zh"),
        name_en=_in(item["name"], "en"),
        points=tuple(f"{plan}/{number}" for plan, numbers in item["answers"].items() for number in numbers),
        contacts=tuple(item.get("contacts") or ()),
        keywords=tuple(str(word) for word in item.get("keywords") or ()),
        audience=item.get("audience"),
        general=bool(item.get("general", False)),
        line=line,
    )


def _contact(item: Any) -> Contact:
    return Contact(
        id=item["id"],
        name=_in(item["name"], "zh"),
        name_en=_in(item["name"], "en"),
        kind=item["kind"],
        district=District(item["district"]),
        handles=item["handles"]["zh"],
        handles_en=item["handles"]["en"],
        source=item["source"],
        named_in=tuple(item.get("named_in") or ()),
        topics=tuple(Topic(topic) for topic in item.get("topics") or ()),
        phone=item.get("phone"),
        address=item.get("address"),
        hours=item.get("hours"),
        aliases=tuple(item.get("aliases") or ()),
    )


def _examples(block: Any) -> Iterator[tuple[int, str]]:
    """Each question of a Rasa block with its line; the literal starts on the line after `examples:`."""
    first = block.lc.data["examples"][0] + 2
    for offset, line in enumerate(str(block["examples"]).splitlines()):
        if match := re.match(r"\s*-\s+(.*\S)", line):
            yield first + offset, match.group(1)


def read_seeds(seeds: Path = SEEDS, questions: Path = QUESTIONS) -> Seeds:
    """All seeds below `seeds` and the training questions below `questions`.

    Raises SeedError with every finding as `file:line: message`.
    """
    return SeedReader(seeds, questions).read()
