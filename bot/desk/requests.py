"""The desk behind the actions: handoffs, appeals, feedback and subscriptions."""

from actions.services import Filed
from bot.desk.desk import Desk
from bot.desk.drafts import AppealDraft
from bot.desk.wording import DeskWording
from qifu.errors import DeskError
from qifu.labels import AppealOrigin, AppealState, District, HandoffState, Language, Topic
from store.database import Database
from store.models import AppealRow, HandoffRow
from store.repositories import FeedbackRepository, SubscriptionRepository, TurnRepository
from store.repositories.numbers import SHANGHAI


class RequestDesk:
    """Implements the actions' `Desk`; each call is one transaction."""

    def __init__(self, database: Database, desk: Desk | None = None, wording: DeskWording | None = None) -> None:
        self._database = database
        self._desk = desk or Desk(database)
        self._wording = wording or DeskWording()

    async def hand_off(self, conversation: str, district: str | None, topic: str | None, text: str) -> Filed:
        """Registers the wish for a person; outside service hours it becomes an appeal. An open one isn't doubled."""
        about = {"district": _district(district), "topic": _topic(topic)}
        requested = await self._desk.handoffs.request(conversation, question=text, **about)  # type: ignore[arg-type]
        if requested.handoff is not None:
            return _handoff(requested.handoff, requested.new)
        text = text.strip() or self._wording.say("after_hours", Language.ZH)
        draft = AppealDraft(text, origin=AppealOrigin.AFTER_HOURS, **about)  # type: ignore[arg-type]
        try:
            filing = await self._desk.appeals.file(conversation, draft)
        except DeskError as error:
            if error.code != "too_many":
                raise
            # Who presses again and again has been heard.
            return _appeal((await self._desk.appeals.of_conversation(conversation))[0], new=False)
        return _appeal(filing.appeal, filing.new)

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


def _handoff(row: HandoffRow, new: bool) -> Filed:
    # To a user, a handoff that waits is a wish that was received.
    state = AppealState.RECEIVED if row.state == HandoffState.WAITING else AppealState.IN_PROGRESS
    return _filed(row, state, new)


def _appeal(row: AppealRow, new: bool = True) -> Filed:
    return _filed(row, row.state, new)


def _filed(row: HandoffRow | AppealRow, state: AppealState, new: bool) -> Filed:
    day = (row.created_at if isinstance(row, AppealRow) else row.requested_at).astimezone(SHANGHAI)
    return Filed(row.number, f"{day.year}年{day.month}月{day.day}日", state.value, new)
