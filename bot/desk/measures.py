"""Finds measures of the plans for staff to send: a point, quoted exactly and cited, in the user's language."""

from dataclasses import dataclass

from actions.services import Services
from qifu.labels import District, Language

_MOST = 40
_CITY, _ELSEWHERE = 0.75, 0.12
"""How much a measure of the city, or of another district, counts beside one of the user's: as for the bot."""


@dataclass(frozen=True, slots=True)
class Found:
    """A point as it would be sent: `text` is its quotation, its citation and what it is worth, as for users."""

    point: str
    district: District
    quote: str
    citation: str
    text: str


class Measures:
    """Searches the points by their text, as the bot does without its classifier."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def search(self, words: str, language: Language, district: District | None = None, most: int = 8) -> list[Found]:
        """The points nearest to the words; those of the user's district, then the city's, before another's."""
        knowledge = self._services.knowledge
        ranked = []
        for hit in self._services.ranker.search.search(words, most=_MOST):
            place = knowledge.district(hit.point)
            near = 1.0 if district in (None, place) else _CITY if place is District.SHANGHAI else _ELSEWHERE
            ranked.append((hit.score * near, hit.point))
        ranked.sort(key=lambda found: -found[0])
        return [self._found(point, language) for _, point in ranked[:most]]

    def _found(self, point: str, language: Language) -> Found:
        composer, knowledge = self._services.composer, self._services.knowledge
        blocks, _ = composer.quotes([point], language, room=0)
        citation = "".join(block.text for block in blocks if block.kind == "citation")
        text = "\n".join(block.text for block in (*blocks, *composer.notes([point], language)))
        return Found(point, knowledge.district(point), knowledge.points[point].text, citation, text)
