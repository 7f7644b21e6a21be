"""Filters under a name, and exports: what staff keep of the list."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update

from qifu.labels import ExportForm, ExportState
from store.models import ExportRow, SavedFilterRow
from store.repositories.base import Repository, insert_for

LONGEST_NAME = 40


class SavedFilterRepository(Repository):
    """Filters that somebody saved for themselves or for all."""

    async def save(self, staff_id: int, name: str, query: str, shared: bool) -> None:
        """Keeps a filter, in place of one's own of the same name. Raises ValueError for no name."""
        name = " ".join(name.split())[:LONGEST_NAME]
        if not name:
            raise ValueError("a filter needs a name")
        values = {"staff_id": staff_id, "name": name, "query": query, "shared": shared, "at": self.clock()}
        new = insert_for(self.dialect, SavedFilterRow)
        changed = {key: new.excluded[key] for key in ("query", "shared", "at")}
        await self.session.execute(new.on_conflict_do_update(index_elements=["staff_id", "name"], set_=changed), values)

    async def of(self, staff_id: int) -> Sequence[SavedFilterRow]:
        """One's own and those shared, by name."""
        row = SavedFilterRow
        chosen = select(row).where(or_(row.staff_id == staff_id, row.shared)).order_by(row.name, row.id)
        return (await self.session.scalars(chosen, execution_options={"populate_existing": True})).all()

    async def get(self, filter_id: int, staff_id: int) -> SavedFilterRow | None:
        """A filter that this person may use, or None."""
        row = await self.session.get(SavedFilterRow, filter_id, populate_existing=True)
        return row if row and (row.shared or row.staff_id == staff_id) else None

    async def remove(self, filter_id: int, staff_id: int, *, any_shared: bool) -> bool:
        """Removes one's own, or with `any_shared` one that is shared; False where there is none."""
        mine = SavedFilterRow.staff_id == staff_id
        allowed = or_(mine, SavedFilterRow.shared) if any_shared else mine
        return await self.count(delete(SavedFilterRow).where(SavedFilterRow.id == filter_id, allowed)) > 0


class ExportRepository(Repository):
    """Exports and how far they have come."""

    async def begin(self, staff_id: int, form: ExportForm, query: str) -> ExportRow:
        """A new one."""
        row = ExportRow(
            staff_id=staff_id,
            form=form,
            query=query,
            state=ExportState.RUNNING,
            done=0,
            rows=0,
            created_at=self.clock(),
        )
        self.session.add(row)
        await self.session.flush()
        return row

    async def advance(self, export_id: int, done: int, rows: int, total: int | None) -> bool:
        """Notes how far it is; False where it is to stop."""
        running = ExportRow.state == ExportState.RUNNING
        changed = update(ExportRow).where(ExportRow.id == export_id, running)
        return await self.count(changed.values(done=done, rows=rows, total=total)) > 0

    async def end(self, export_id: int, state: ExportState, file: str | None = None) -> bool:
        """Notes how it ended; the first end counts."""
        running = ExportRow.state == ExportState.RUNNING
        changed = update(ExportRow).where(ExportRow.id == export_id, running)
        return await self.count(changed.values(state=state, file=file, ended_at=self.clock())) > 0

    async def interrupted(self, except_ids: Sequence[int] = ()) -> int:
        """Those that nobody works on any more have failed; how many."""
        running = ExportRow.state == ExportState.RUNNING
        changed = update(ExportRow).where(running, ExportRow.id.not_in(except_ids))
        return await self.count(changed.values(state=ExportState.FAILED, ended_at=self.clock()))

    async def of(self, staff_id: int, limit: int = 20) -> Sequence[ExportRow]:
        """Somebody's exports, the latest first."""
        chosen = select(ExportRow).where(ExportRow.staff_id == staff_id).order_by(ExportRow.id.desc()).limit(limit)
        return (await self.session.scalars(chosen, execution_options={"populate_existing": True})).all()

    async def get(self, export_id: int, staff_id: int) -> ExportRow | None:
        """An export of this person's own, or None."""
        row = await self.session.get(ExportRow, export_id, populate_existing=True)
        return row if row and row.staff_id == staff_id else None

    async def forget(self, kept: timedelta, now: datetime) -> list[str]:
        """Removes exports older than that; the names of their files."""
        old = ExportRow.created_at < now - kept
        files = await self.session.scalars(select(ExportRow.file).where(old, ExportRow.file.is_not(None)))
        names = [name for name in files if name]
        await self.session.execute(delete(ExportRow).where(old))
        return names
