"""What staff call what the database holds: districts, topics, matters, units, people, and the desk's labels."""

from collections.abc import Mapping
from enum import StrEnum

from bot.desk.wording import DeskWording
from console.services import ConsoleServices
from qifu.errors import DeskError
from qifu.labels import Language


class Names:
    """Names in Chinese; what has none stands as it is, and nothing is an empty text."""

    def __init__(self, services: ConsoleServices) -> None:
        self._services = services
        self.wording = DeskWording()

    def district(self, district: str | None) -> str:
        """A district."""
        return self._of(self._services.districts, district)

    def topic(self, topic: str | None) -> str:
        """A topic."""
        return self._of(self._services.topics, topic)

    def matter(self, matter: str | None) -> str:
        """A matter."""
        known = self._services.answering and self._services.answering.knowledge.matters.get(matter or "")
        return known.name if known else matter or ""

    def about(self, topic: str | None, matter: str | None) -> str:
        """What something is about, as exactly as is known."""
        return self.matter(matter) or self.topic(topic)

    def unit(self, unit: str | None) -> str:
        """A responsible unit: a contact's id, or a name somebody wrote."""
        known = self._services.answering and self._services.answering.knowledge.contacts.get(unit or "")
        return known.name if known else unit or ""

    def label(self, label: StrEnum | None) -> str:
        """A label of the desk, such as a state."""
        return self.wording.name(label, Language.ZH) if label is not None else ""

    def refusal(self, error: DeskError) -> str:
        """Why the desk refuses."""
        return self.wording.refusal(error, Language.ZH)

    async def people(self) -> dict[int, str]:
        """All staff by id, those switched off too."""
        return {row.id: row.name for row in await self._services.people.all()}

    @staticmethod
    def _of(names: Mapping[str, Mapping[str, str]], key: str | None) -> str:
        return names.get(key, {}).get("zh", key) if key else ""
