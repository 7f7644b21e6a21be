"""The numbers that people read out: SQ for appeals (诉求), BB for handoffs (帮办), the day, and a count."""

from datetime import timedelta, timezone

from qifu.labels import RequestKind
from store.models import RequestCounter
from store.repositories.base import Repository, insert_for

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The time of the desk, which keeps UTC+8 all year."""

_PREFIXES = {RequestKind.APPEAL: "SQ", RequestKind.HANDOFF: "BB"}


class NumberRepository(Repository):
    """Counts up by kind and by the day in Shanghai."""

    async def next(self, kind: RequestKind) -> str:
        """A number that was never given out before, e.g. SQ20261121-0007."""
        day = self.clock().astimezone(SHANGHAI).date()
        first = insert_for(self.dialect, RequestCounter).values(kind=kind, day=day, last=1)
        last = await self.session.scalar(
            first.on_conflict_do_update(
                index_elements=["kind", "day"], set_={"last": RequestCounter.last + 1}
            ).returning(RequestCounter.last)
        )
        return f"{_PREFIXES[kind]}{day:%Y%m%d}-{last:04d}"
