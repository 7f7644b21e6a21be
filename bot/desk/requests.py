"""The desk behind the actions: handoffs, appeals, feedback and subscriptions."""

from actions.services import Called, Filed, Wish
from bot.desk.desk import Desk
from bot.desk.drafts import AppealDraft
from bot.desk.times import Times
from bot.desk.wording import DeskWording
from qifu.labels import AppealOrigin, District, Topic
from store.database import Database
from store.models import AppealRow
from store.repositories import FeedbackRepository, SubscriptionRepository, TurnRepository
from store.repositories.numbers import SHANGHAI


class RequestDesk:
    """Implements the actions' `Desk`; each call is one transaction."""

    def __init__(self, database: Database, desk: Desk | None = None, wording: DeskWording | None = None) -> None:
        self._database = database
        self._desk = desk or Desk(database)
        self._times = Times(wording or DeskWording())

    async def hand_off(self, conversation: str, wish: Wish) -> Called:
        """Registers the wish for a person; outside service hours nothing is registered. An open one isn't doubled."""
        requested = await self._desk.handoffs.request(
            conversation,
            wish.reason,
            question=wish.question,
            district=_district(wish.district),
            topic=_topic(wish.topic),
            matter=wish.matter,
            language=wish.language,
            client_key=None if wish.turn is None else str(wish.turn),
        )
        rules, times, language = self._desk.rules, self._times, wish.language
        return Called(
            number=requested.handoff.number if requested.handoff else None,
            new=requested.new,
            ahead=None if requested.place is None else requested.place - 1,
            wait=None if requested.wait is None else times.span(requested.wait, language),
            hours=times.hours(rules.calendar, language),
            opens_at=times.moment(requested.opens_at, language),
            looked_at=times.day(rules.due(self._desk.store.clock()), language),
        )

    async def appeal(self, conversation: str, district: str | None, topic: str | None, text: str) -> Filed:
        """Files an appeal under a new number; the open one that says the same is returned.

        Raises DeskError too_many, invalid.
        """
        draft = AppealDraft(text, district=_district(district), topic=_topic(topic), origin=AppealOrigin.MESSAGE)
        filing = await self._desk.appeals.file(conversation, draft)
        return _appeal(filing.appeal, filing.new)

    async def appeals(self, conversation: str, number: str | None = None) -> list[Filed]:
        """The conversation's own appeals, newest first; another's number finds nothing."""
        return [_appeal(row) for row in await self._desk.appeals.of_conversation(conversation, number)]

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


def _appeal(row: AppealRow, new: bool = True) -> Filed:
    day = row.created_at.astimezone(SHANGHAI)
    return Filed(row.number, f"{day.year}年{day.month}月{day.day}日", row.state.value, new)
