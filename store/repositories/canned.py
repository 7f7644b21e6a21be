"""Texts that staff send often."""

from collections.abc import Sequence

from sqlalchemy import delete, func, or_, select, update

from qifu.labels import Language, Topic
from store.models import CannedReplyRow
from store.repositories.base import Repository


class CannedRepository(Repository):
    """The desk's canned replies."""

    async def add(
        self, title: str, text: str, language: Language, topic: Topic | None = None, by: int | None = None
    ) -> CannedReplyRow:
        """Keep a new one."""
        row = CannedReplyRow(
            title=title, text=text, language=language, topic=topic, changed_by=by, changed_at=self.clock()
        )
        self.session.add(row)
        await self.session.flush()
        return row

    async def get(self, canned_id: int) -> CannedReplyRow | None:
        """The reply, or None."""
        return await self.session.get(CannedReplyRow, canned_id, populate_existing=True)

    async def change(
        self, canned_id: int, title: str, text: str, *, language: Language, topic: Topic | None, by: int | None
    ) -> bool:
        """Put another in its place; False where there is none."""
        changed = update(CannedReplyRow).where(CannedReplyRow.id == canned_id)
        values = {"title": title, "text": text, "language": language, "topic": topic}
        return await self.count(changed.values(**values, changed_by=by, changed_at=self.clock())) > 0

    async def remove(self, canned_id: int) -> bool:
        """Delete one; False where there is none."""
        return await self.count(delete(CannedReplyRow).where(CannedReplyRow.id == canned_id)) > 0

    async def search(
        self, words: str = "", language: Language | None = None, topic: Topic | None = None, limit: int = 50
    ) -> Sequence[CannedReplyRow]:
        """Those that hold every one of the words in title or text; of the topic or of none; by title."""
        chosen = select(CannedReplyRow).order_by(CannedReplyRow.title, CannedReplyRow.id).limit(limit)
        for word in words.lower().split():
            chosen = chosen.where(
                or_(
                    func.lower(CannedReplyRow.title).contains(word, autoescape=True),
                    func.lower(CannedReplyRow.text).contains(word, autoescape=True),
                )
            )
        if language is not None:
            chosen = chosen.where(CannedReplyRow.language == language)
        if topic is not None:
            chosen = chosen.where(or_(CannedReplyRow.topic.is_(None), CannedReplyRow.topic == topic))
        return (await self.session.scalars(chosen)).all()
