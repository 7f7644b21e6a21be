"""Takes what was said up into full-text search, and keeps the number of a conversation's turns.

A turn enters the backlog in the transaction of its answer; that costs a message one short row. What search needs is
worked out later, in batches, newest first. Only masked text gets into search: who may not see a telephone number may
not find out about it either.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, bindparam, column, delete, exists, func, insert, select, table, text, update

from store.masking import mask
from store.models import ConversationRow, SearchBacklogRow, SearchPlaceRow, SearchTextRow, TurnRow
from store.models.search import WORDS
from store.repositories.base import Repository, insert_for, table_of
from store.tokens import as_vector, digest, for_postgresql, for_sqlite, tokens

_ADD_WORDS = {
    "sqlite": text(f"INSERT INTO {WORDS} (rowid, words) VALUES (:id, :words)"),  # noqa: S608 - a constant
    "postgresql": text(
        f"INSERT INTO {WORDS} (id, words) VALUES (:id, CAST(CAST(:words AS text) AS tsvector))"  # noqa: S608
    ),
}
_FEW = 200


class SearchRepository(Repository):
    """The index of what was said."""

    async def catch_up(self, most: int = 500) -> int:
        """Takes up to `most` turns of the backlog up; how many it were. Commit after each batch."""
        chosen = select(SearchBacklogRow.turn_id).order_by(SearchBacklogRow.turn_id.desc()).limit(most)
        ids = list(await self.session.scalars(chosen))
        for at in range(0, len(ids), _FEW):
            await self._take(ids[at : at + _FEW])
        return len(ids)

    async def waiting(self, most: int = 10_000) -> int:
        """How many turns wait in the backlog, counted up to `most`."""
        some = select(SearchBacklogRow.turn_id).limit(most).subquery()
        return await self.session.scalar(select(func.count()).select_from(some)) or 0

    async def forget(self) -> int:
        """Removes texts that nobody's turn holds any more; how many."""
        held = exists().where(SearchPlaceRow.text_id == SearchTextRow.id)
        return await self.count(delete(SearchTextRow).where(~held))

    async def _take(self, ids: Sequence[int]) -> None:
        rows = (
            await self.session.execute(
                select(TurnRow.id, TurnRow.conversation_id, TurnRow.text, TurnRow.is_payload, TurnRow.replies).where(
                    TurnRow.id.in_(ids)
                )
            )
        ).all()
        said: dict[str, list[str]] = {}
        places: set[tuple[str, int, bool]] = set()
        for row in rows:
            for words, by_user in _texts(row):
                if found := tokens(mask(words)):
                    key = digest(found)
                    said[key] = found
                    places.add((key, row.id, by_user))
        known = await self._known(said)
        if places:
            await self.session.execute(
                insert_for(self.dialect, SearchPlaceRow).on_conflict_do_nothing(),
                [{"text_id": known[key], "turn_id": turn, "by_user": by_user} for key, turn, by_user in sorted(places)],
            )
        await self._count_turns(sorted({row.conversation_id for row in rows}))
        await self.session.execute(delete(SearchBacklogRow).where(SearchBacklogRow.turn_id.in_(ids)))

    async def _known(self, said: dict[str, list[str]]) -> dict[str, int]:
        """The ids of texts by their digests; new ones get their words."""
        keys = sorted(said)
        if not keys:
            return {}
        # In order, so that two processes don't wait for each other.
        new = await self.session.execute(
            insert_for(self.dialect, SearchTextRow)
            .values([{"digest": key} for key in keys])
            .on_conflict_do_nothing(index_elements=["digest"])
            .returning(SearchTextRow.digest, SearchTextRow.id)
        )
        added: dict[str, int] = {row.digest: row.id for row in new}
        if added:
            written = as_vector if self.dialect == "postgresql" else " ".join
            values = [{"id": number, "words": written(said[key])} for key, number in added.items()]
            await self.session.execute(_ADD_WORDS[self.dialect], values)
        rest = [key for key in keys if key not in added]
        old = await self.session.execute(
            select(SearchTextRow.digest, SearchTextRow.id).where(SearchTextRow.digest.in_(rest))
        )
        return added | {row.digest: row.id for row in old}

    async def _count_turns(self, conversation_ids: Sequence[str]) -> None:
        counted = (
            select(func.count())
            .where(TurnRow.conversation_id == ConversationRow.id, TurnRow.outcome.is_not(None))
            .scalar_subquery()
        )
        await self.session.execute(
            update(ConversationRow).where(ConversationRow.id.in_(conversation_ids)).values(turns=counted),
            execution_options={"synchronize_session": False},
        )


def _texts(row: Any) -> list[tuple[str, bool]]:
    """What the user and what the bot said in a turn; a pressed button's payload is no word of the user's."""
    found = [] if row.is_payload or not row.text else [(row.text, True)]
    answer = "\n".join(reply.get("text") or "" for reply in row.replies or ())
    return [*found, (answer, False)] if answer else found


BACKLOG = insert(table_of(SearchBacklogRow)).values(turn_id=bindparam("turn_id"))
"""Puts a turn into the backlog."""


def texts_with(dialect: str, words: str) -> Select[tuple[int]] | None:
    """The ids of the texts in which all words stand; None where there is nothing to seek."""
    if dialect == "postgresql":
        if not (asked := for_postgresql(words)):
            return None
        vector = table(WORDS, column("id"), column("words"))
        return select(vector.c.id).where(text("words @@ CAST(CAST(:asked AS text) AS tsquery)").bindparams(asked=asked))
    if not (asked := for_sqlite(words)):
        return None
    indexed = table(WORDS, column("rowid"))
    return select(indexed.c.rowid).where(text(f"{WORDS} MATCH :asked").bindparams(asked=asked))
