"""The register of plans: seeds/plans.yml, one entry a plan, with what its parser has to know."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qifu.errors import SeedError
from qifu.labels import District, PlanStatus
from seeds.model import Plan
from seeds.yaml import load_yaml


@dataclass(frozen=True)
class PlanEntry:
    """How a plan's document is to be read; the words are explained at the head of plans.yml."""

    body_starts: str = ""
    titles: str = "sentence"
    ids: str = "path"
    half_width: bool = False
    annex_starts: str | None = None
    numbering: dict[str, int] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)


def read_register(path: Path) -> dict[str, tuple[Plan, PlanEntry]]:
    """Every plan of the register with the way to read it. Raises SeedError with all findings."""
    findings: list[str] = []
    register: dict[str, tuple[Plan, PlanEntry]] = {}
    content: dict[str, Any] = load_yaml(path)
    for plan_id, entry in content.items():
        try:
            register[plan_id] = (_plan(plan_id, entry), _entry(entry))
        except (KeyError, ValueError, TypeError) as error:
            findings.append(f"{path}:{content.lc.data[plan_id][0] + 1}: plan {plan_id}: {error!r}")  # type: ignore[attr-defined]
    if findings:
        raise SeedError(findings)
    return register


def _plan(plan_id: str, entry: dict[str, Any]) -> Plan:
    date = str(entry["date"])
    return Plan(
        id=plan_id,
        title=entry["title"],
        title_en=entry["title_en"],
        issuer=entry["issuer"],
        number=entry["number"],
        date=date,
        district=District(entry["district"]),
        status=PlanStatus(entry["status"]),
        year=int(entry.get("year", date[:4])),
    )


def _entry(entry: dict[str, Any]) -> PlanEntry:
    return PlanEntry(
        body_starts=entry.get("body_starts", ""),
        titles=entry.get("titles", "sentence"),
        ids=entry.get("ids", "path"),
        half_width=entry.get("punctuation") == "half_width",
        annex_starts=entry.get("annex_starts"),
        numbering=dict(entry.get("numbering", {})),
        units=dict(entry.get("units", {})),
    )
