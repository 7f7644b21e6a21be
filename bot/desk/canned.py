"""Canned replies: texts that staff send often, with variables such as {{district}}."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.desk.work import DeskStore
from qifu.errors import DeskError
from qifu.labels import Language, Topic
from store.models import CannedReplyRow
from store.repositories import CannedRepository

_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")

VARIABLES = ("district", "topic", "matter", "number", "name", "hours")
"""What the desk itself can fill in: of the handoff, the member of staff's own name, the service hours."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its variables filled in; `missing` names those that have no value and stand in it as written."""

    text: str
    missing: tuple[str, ...]


def fill(text: str, values: Mapping[str, str | None]) -> Filled:
    """Fills in variables. Nothing in the text is run: it is no template language."""
    missing = dict.fromkeys(name for name in _VARIABLE.findall(text) if not values.get(name))
    return Filled(_VARIABLE.sub(lambda found: values.get(found[1]) or found[0], text), tuple(missing))


class Canned:
    """The desk's canned replies; everybody who serves may change them. Raises DeskError not_service, empty."""

    def __init__(self, store: DeskStore) -> None:
        self._store = store

    async def search(
        self, words: str = "", language: Language | None = None, topic: Topic | None = None
    ) -> list[CannedReplyRow]:
        """Those that hold every word, of the topic or of none, by title."""
        async with self._store.work() as work:
            return list(await CannedRepository(work.session).search(words, language, topic))

    async def add(
        self, by: int, title: str, text: str, language: Language = Language.ZH, topic: Topic | None = None
    ) -> CannedReplyRow:
        """Keeps a new one."""
        title, text = _whole(title, text)
        async with self._store.work() as work:
            await work.serving(by)
            return await CannedRepository(work.session, lambda: work.now).add(title, text, language, topic, by)

    async def change(
        self, by: int, canned_id: int, title: str, text: str, *, language: Language, topic: Topic | None = None
    ) -> bool:
        """Puts another in its place; False where there is none."""
        title, text = _whole(title, text)
        async with self._store.work() as work:
            await work.serving(by)
            repository = CannedRepository(work.session, lambda: work.now)
            return await repository.change(canned_id, title, text, language=language, topic=topic, by=by)

    async def remove(self, by: int, canned_id: int) -> bool:
        """Deletes one; False where there is none."""
        async with self._store.work() as work:
            await work.serving(by)
            return await CannedRepository(work.session).remove(canned_id)


def _whole(title: str, text: str) -> tuple[str, str]:
    title, text = title.strip(), text.strip()
    if not title or not text:
        raise DeskError("empty")
    return title, text
