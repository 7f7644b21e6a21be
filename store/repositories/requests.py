"""Requests to people, each with a number that can be read out, and subscriptions."""

from collections.abc import Sequence
from datetime import timedelta, timezone

from sqlalchemy import delete, select

from qifu.labels import District, Topic
from store.models import RequestCounter, RequestKind, RequestRow, RequestState, SubscriptionRow
from store.repositories.base import Repository, insert_for, upsert_for

# A number carries the day in Shanghai, which keeps UTC+8 all year.
_SHANGHAI = timezone(timedelta(hours=8))
# 诉求 and 帮办.
_PREFIXES = {RequestKind.APPEAL: "SQ", RequestKind.HANDOFF: "BB"}


class RequestRepository(Repository):
    """Handoffs and appeals."""

    async def file(
        self,
        kind: RequestKind,
        conversation_id: str,
        text: str,
        district: District | None = None,
        topic: Topic | None = None,
    ) -> RequestRow:
        """Keep a request under a new number. The conversation must exist."""
        request = RequestRow(
            number=await self._number(kind),
            kind=kind,
            conversation_id=conversation_id,
            district=district,
            topic=topic,
            text=text,
            state=RequestState.RECEIVED,
            created_at=self.clock(),
        )
        self.session.add(request)
        await self.session.flush()
        return request

    async def by_number(self, number: str) -> RequestRow | None:
        """The request of that number, as a person may write it, or None."""
        written = number.strip().upper()
        return (await self.session.scalars(select(RequestRow).where(RequestRow.number == written))).one_or_none()

    async def of_conversation(self, conversation_id: str, kind: RequestKind | None = None) -> Sequence[RequestRow]:
        """The requests of a conversation, newest first."""
        chosen = select(RequestRow).where(RequestRow.conversation_id == conversation_id).order_by(RequestRow.id.desc())
        if kind is not None:
            chosen = chosen.where(RequestRow.kind == kind)
        return (await self.session.scalars(chosen)).all()

    async def _number(self, kind: RequestKind) -> str:
        day = self.clock().astimezone(_SHANGHAI).date()
        first = insert_for(self.dialect, RequestCounter).values(kind=kind, day=day, last=1)
        last = await self.session.scalar(
            first.on_conflict_do_update(
                index_elements=["kind", "day"], set_={"last": RequestCounter.last + 1}
            ).returning(RequestCounter.last)
        )
        return f"{_PREFIXES[kind]}{day:%Y%m%d}-{last:04d}"


class SubscriptionRepository(Repository):
    """Who wants to hear of new measures."""

    async def subscribe(
        self, conversation_id: str, district: District | None = None, topics: Sequence[Topic] = ()
    ) -> None:
        """Keep this wish in place of an earlier one; without topics it is for all. The conversation must exist."""
        await self.session.execute(
            upsert_for(self.dialect, SubscriptionRow, "conversation_id", "district", "topics"),
            {
                "conversation_id": conversation_id,
                "district": district,
                "topics": list(topics),
                "created_at": self.clock(),
            },
        )

    async def unsubscribe(self, conversation_id: str) -> bool:
        """Forget the wish; False where there was none."""
        gone = delete(SubscriptionRow).where(SubscriptionRow.conversation_id == conversation_id)
        return await self.count(gone) > 0

    async def of_conversation(self, conversation_id: str) -> SubscriptionRow | None:
        """The wish of a conversation, or None."""
        return await self.session.get(SubscriptionRow, conversation_id, populate_existing=True)
