"""Which pages there are, who may open them and in which order they stand, from navigation.yml."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from qifu.labels import StaffRole

PREFIX = "/console"
_FILE = Path(__file__).parent / "navigation.yml"


@dataclass(frozen=True, slots=True)
class Place:
    """One page of the console. `path` is below PREFIX."""

    id: str
    path: str
    icon: str
    group: str | None
    roles: frozenset[StaffRole]

    @property
    def url(self) -> str:
        """The address a link carries."""
        return PREFIX + self.path


def read_navigation() -> dict[str, Place]:
    """The places by id, in order."""
    return {place.id: place for place in map(_place, YAML(typ="safe").load(_FILE.read_text(encoding="utf-8")))}


def _place(entry: Mapping[str, Any]) -> Place:
    roles = StaffRole if entry["roles"] == ["all"] else map(StaffRole, entry["roles"])
    return Place(entry["id"], entry["path"], entry["icon"], entry.get("group"), frozenset(roles))
