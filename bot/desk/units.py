"""Proposes the responsible unit of an appeal from its matter and district, as the plans name them."""

from bot.desk.appeals import Propose
from qifu.labels import District
from seeds.model import Seeds

_UNIT = "unit"


def proposer(seeds: Seeds) -> Propose:
    """For a matter: the units of its points' measures and its own contacts; the district's before the city's.

    Units of another district are left out. Hotlines and windows are no units: they don't answer for anything.
    """
    units_of: dict[str, list[str]] = {}
    for unit in seeds.contacts.values():
        if unit.kind == _UNIT:
            for place in unit.named_in:
                units_of.setdefault(place, []).append(unit.id)

    def propose(matter: str | None, district: District | None) -> list[str]:
        known = seeds.matters.get(matter) if matter else None
        if known is None:
            return []
        named = [unit for point in known.points for unit in _named(units_of, point)]
        named += [contact for contact in known.contacts if seeds.contacts[contact].kind == _UNIT]
        near = (district, District.SHANGHAI) if district else tuple(District)
        chosen = [unit for unit in dict.fromkeys(named) if seeds.contacts[unit].district in near]
        return sorted(chosen, key=lambda unit: near.index(seeds.contacts[unit].district))

    return propose


def _named(units_of: dict[str, list[str]], point: str) -> list[str]:
    return units_of.get(point, []) + units_of.get(point.partition("#")[0], [])
