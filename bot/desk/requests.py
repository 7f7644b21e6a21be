"""The desk behind the actions: keeps handoffs, appeals, feedback and subscriptions in the database."""

from datetime import datetime, timedelta, timezone

from actions.services import Filed
from qifu.labels import District, Topic
from store.database import Database
from store.models import RequestKind, RequestRow, RequestState
from store.repositories import FeedbackRepository, RequestRepository, SubscriptionRepository, TurnRepository

_SHANGHAI = timezone(timedelta(hours=8))


class RequestDesk:
    """Implements the actions' `Desk`; each call is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def hand_off(self, conversation: str, district: str | None, topic: str | None, text: str) -> Filed:
        """Registers the wish for a person; the open one is returned where there is one."""
        async with self._database.session() as session:
            requests = RequestRepository(session)
            for row in await requests.of_conversation(conversation, RequestKind.HANDOFF):
                if row.state == RequestState.RECEIVED:
                    return _filed(row, new=False)
            return _filed(
                await requests.file(RequestKind.HANDOFF, conversation, text, _district(district), _topic(topic))
            )

    async def appeal(self, conversation: str, district: str | None, topic: str | None, text: str) -> Filed:
        """Files an appeal under a new number."""
        async with self._database.session() as session:
            return _filed(
                await RequestRepository(session).file(
                    RequestKind.APPEAL, conversation, text, _district(district), _topic(topic)
                )
            )

    async def appeals(self, conversation: str, number: str | None = None) -> list[Filed]:
        """The conversation's own appeals, newest first; another's number finds nothing."""
        async with self._database.session() as session:
            rows = await RequestRepository(session).of_conversation(conversation, RequestKind.APPEAL)
        return [_filed(row) for row in rows if number is None or row.number == number]

    async def feedback(self, conversation: str, turn: int | None, value: int) -> None:
        """Keeps a thumb for the turn, or for the last answered one; without any turn there is nothing to keep."""
        async with self._database.session() as session:
            if turn is None:
                rows = await TurnRepository(session).last(conversation, 5)
                turn = next((row.id for row in reversed(rows) if row.points), None)
            if turn is not None:
                await FeedbackRepository(session).give(turn, conversation, value)

    async def subscribe(self, conversation: str, district: str | None, topics: list[str]) -> None:
        """Keeps the wish for news."""
        chosen = [Topic(topic) for topic in topics]
        async with self._database.session() as session:
            await SubscriptionRepository(session).subscribe(conversation, _district(district), chosen)

    async def unsubscribe(self, conversation: str) -> None:
        """Forgets the wish."""
        async with self._database.session() as session:
            await SubscriptionRepository(session).unsubscribe(conversation)


def _district(name: str | None) -> District | None:
    return District(name) if name in set(District) else None


def _topic(name: str | None) -> Topic | None:
    return Topic(name) if name in set(Topic) else None


def _filed(row: RequestRow, new: bool = True) -> Filed:
    date = _shanghai(row.created_at)
    return Filed(row.number, f"{date.year}年{date.month}月{date.day}日", row.state.value, new)


def _shanghai(moment: datetime) -> datetime:
    return moment.astimezone(_SHANGHAI)
