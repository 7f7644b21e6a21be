"""The desk behind the actions: handoffs, appeals, feedback and subscriptions."""

from actions.appeal.draft import Appeal, Draft
from actions.services import Called, Wish
from bot.desk.desk import Desk
from bot.desk.drafts import AppealDraft
from bot.desk.talk import Attachment
from bot.desk.times import Times
from bot.desk.wording import DeskWording
from qifu.labels import AppealEvent, AppealOrigin, AppealState, District, Topic
from store.database import Database
from store.models import AppealRow
from store.repositories import FeedbackRepository, SubscriptionRepository, TurnRepository

_BEGINS = {
    AppealState.ASSIGNED: (AppealEvent.ASSIGNED,),
    AppealState.IN_PROGRESS: (AppealEvent.STARTED, AppealEvent.REFERRED),
    AppealState.RESOLVED: (AppealEvent.RESOLVED,),
    AppealState.RATED: (AppealEvent.RATED,),
    AppealState.REOPENED: (AppealEvent.REOPENED,),
}
"""The events by which an appeal comes into a state."""


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
            promised=times.day(rules.promise(self._desk.store.clock()), language),
        )

    async def appeal(self, conversation: str, draft: Draft, key: str) -> Appeal:
        """Files an appeal under a new number; the open one that says the same is returned.

        Raises DeskError too_many, invalid.
        """
        filing = await self._desk.appeals.file(
            conversation,
            AppealDraft(
                draft.text,
                company=draft.company,
                contact_name=draft.contact_name,
                phone=draft.phone,
                phone_refused=draft.phone_refused,
                district=_district(draft.district),
                topic=_topic(draft.topic),
                matter=draft.matter,
                files=[Attachment(**file) for file in draft.files],
                origin=AppealOrigin.AFTER_HOURS if draft.after_hours else AppealOrigin.FORM,
                language=draft.language,
            ),
            client_key=key,
        )
        return await self._appeal(filing.appeal, joined=filing.joined)

    async def appeals(self, conversation: str, number: str | None = None) -> list[Appeal]:
        """The conversation's own appeals, newest first; another's number finds nothing."""
        return [await self._appeal(row) for row in await self._desk.appeals.of_conversation(conversation, number)]

    async def known(self, conversation: str) -> dict[str, str]:
        """What the conversation's last appeal tells of the user."""
        rows = await self._desk.appeals.of_conversation(conversation)
        if not rows:
            return {}
        told = {name: getattr(rows[0], name) for name in ("company", "contact_name", "phone", "district")}
        return {name: str(value) for name, value in told.items() if value}

    async def _appeal(self, row: AppealRow, *, joined: bool = False) -> Appeal:
        """An appeal as its user may see it: of the events only when its state began, no internal remark."""
        history = await self._desk.appeals.history(row.id)
        began = [event.at for event, _ in history if event.kind in _BEGINS.get(row.state, ())]
        ended = not row.is_open
        return Appeal(
            row.number,
            row.state.value,
            filed=row.created_at,
            since=began[-1] if began else row.created_at,
            due=None if ended else row.deadline,
            answer_by=row.promised_by,
            unit=row.unit,
            remark=row.resolution if ended else None,
            hotline_number=row.hotline_number,
            joined=joined,
            may_rate=row.state == AppealState.RESOLVED,
            may_reopen=ended and not row.reopened,
        )

    async def feedback(self, conversation: str, turn: int | None, value: int) -> None:
        """Keeps a thumb for the turn, or for the last answered one; without any turn there is nothing to keep."""
        async with self._database.session() as session:
            if turn is None:
                rows = await TurnRepository(session).last(conversation, 5)
                turn = next((row.id for row in reversed(rows) if row.points), None)
            if turn is not None:
                await FeedbackRepository(session, self._desk.store.clock).give(turn, conversation, value)

    async def subscribe(self, conversation: str, district: str | None, topics: list[str]) -> None:
        """Keeps the wish for news."""
        chosen = [Topic(topic) for topic in topics]
        async with self._database.session() as session:
            subscriptions = SubscriptionRepository(session, self._desk.store.clock)
            await subscriptions.subscribe(conversation, _district(district), chosen)

    async def unsubscribe(self, conversation: str) -> None:
        """Forgets the wish."""
        async with self._database.session() as session:
            await SubscriptionRepository(session).unsubscribe(conversation)


def _district(name: str | None) -> District | None:
    return District(name) if name in set(District) else None


def _topic(name: str | None) -> Topic | None:
    return Topic(name) if name in set(Topic) else None
