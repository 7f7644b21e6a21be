"""Which conversations staff want to see, as conditions on turns, handoffs and conversations.

What is said of a turn must hold for one and the same turn: an unanswered tax question is one turn that is both. The
same goes for handoffs. Times bound the turn, else the handoff, else any turn.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Table, and_, exists, extract, func, not_, or_, select

from qifu.labels import Channel, District, HandoffState, Outcome, TurnMark
from store.models import (
    AppealRow,
    ConversationLabelRow,
    ConversationReviewRow,
    ConversationRow,
    FeedbackRow,
    HandoffRow,
    SearchPlaceRow,
    TurnMarkRow,
    TurnRow,
)
from store.repositories.base import table_of
from store.repositories.search import texts_with

type Feedback = Literal["up", "down", "none"]
type Handed = Literal["any", "none", "open", "ended"]
type Said = Literal["user", "bot"]

BANDS: dict[str, tuple[float, float]] = {"low": (0.0, 0.5), "middle": (0.5, 0.8), "high": (0.8, 1.01)}
"""Confidence from, and below which."""
QUESTIONS = (Outcome.ANSWERED, Outcome.CLARIFY, Outcome.NO_ANSWER, Outcome.HANDOFF, Outcome.ERROR)
"""How turns end in which something was asked."""
_OPEN = (HandoffState.WAITING, HandoffState.CLAIMED)
_SHANGHAI = timedelta(hours=8)

conversations: Table = table_of(ConversationRow)
turns: Table = table_of(TurnRow)
handoffs: Table = table_of(HandoffRow)
feedback: Table = table_of(FeedbackRow)
places: Table = table_of(SearchPlaceRow)
marks: Table = table_of(TurnMarkRow)
reviews: Table = table_of(ConversationReviewRow)
labels: Table = table_of(ConversationLabelRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFilter:
    """Which conversations to show; None and empty are all.

    `hour` is that of Shanghai's day. `solved`: of those in which something was asked, whether the bot managed alone.
    `rating` are the ratings of handoffs, `longer` the least number of turns, `turns` the only turns that count. An
    empty `district` means those without one. `staff_id` had the handoff.
    """

    since: datetime | None = None
    until: datetime | None = None
    hour: int | None = None
    channel: Channel | None = None
    district: District | Literal[""] | None = None
    topic: str | None = None
    matter: str | None = None
    outcomes: tuple[Outcome, ...] = ()
    confidence: str | None = None
    feedback: Feedback | None = None
    mark: TurnMark | None = None
    words: str = ""
    said: Said | None = None
    turns: tuple[int, ...] = ()
    handoff: Handed | None = None
    rating: tuple[int, ...] = ()
    staff_id: int | None = None
    longer: int | None = None
    reviewed: bool | None = None
    label_id: int | None = None
    solved: bool | None = None

    @property
    def about_turns(self) -> bool:
        """Whether it says anything of a turn besides when it was."""
        said = (self.topic, self.matter, self.confidence, self.feedback, self.mark, self.hour)
        return any(value is not None for value in said) or bool(self.outcomes or self.words.strip() or self.turns)

    @property
    def about_handoffs(self) -> bool:
        """Whether it asks for a handoff."""
        return self.handoff in ("any", "open", "ended") or bool(self.rating) or self.staff_id is not None

    @property
    def has_times(self) -> bool:
        """Whether it bounds when."""
        return self.since is not None or self.until is not None

    @property
    def looks_at_turns(self) -> bool:
        """Whether a turn must be found."""
        return self.about_turns or (self.has_times and not self.about_handoffs)

    def only(self, *names: str) -> bool:
        """Whether it says nothing of a turn but these."""
        nothing: dict[str, Any] = {"words": "", "said": None, "feedback": None}
        rest = replace(self, **{name: nothing[name] for name in names})
        return not rest.about_turns and not self.has_times


class Conditions:
    """A filter as conditions for one kind of database."""

    def __init__(self, chosen: ReviewFilter, dialect: str) -> None:
        self.chosen = chosen
        self.dialect = dialect
        self.texts = texts_with(dialect, chosen.words)

    def of_turn(self) -> list[ColumnElement[bool]]:
        """What must hold for one turn."""
        chosen, column = self.chosen, turns.c
        found: list[ColumnElement[bool]] = [column.outcome.is_not(None), *self.times(column.accepted_at)]
        found += self.of_index()
        if chosen.confidence in BANDS:
            least, below = BANDS[chosen.confidence]
            found += [column.confidence >= least, column.confidence < below]
        if chosen.hour is not None:
            found.append(self._hour(chosen.hour))
        if chosen.turns:
            found.append(column.id.in_(chosen.turns))
        if chosen.feedback:
            given = exists().where(feedback.c.turn_id == column.id)
            value = {"up": 1, "down": -1}.get(chosen.feedback)
            found.append(~given if value is None else given.where(feedback.c.value == value))
        if chosen.mark:
            found.append(exists().where(marks.c.turn_id == column.id, marks.c.mark == chosen.mark))
        if self.texts is not None:
            # The sum keeps SQLite from trying each of the texts on each turn.
            text_id = places.c.text_id + 0
            found.append(exists().where(places.c.turn_id == column.id, *self.of_place(text_id)))
        return found

    def of_index(self) -> list[ColumnElement[bool]]:
        """What must hold of outcome, topic and matter, so that an index finds it."""
        chosen, column = self.chosen, turns.c
        topic = chosen.topic or (chosen.matter.partition("/")[0] if chosen.matter else None)
        found: list[ColumnElement[bool]] = []
        if chosen.outcomes:
            found.append(column.outcome.in_(chosen.outcomes))
        if topic:
            found.append(column.topic == topic)
        if chosen.matter:
            found.append(column.matter == chosen.matter)
        return found

    def of_place(self, text_id: ColumnElement[int] = places.c.text_id) -> list[ColumnElement[bool]]:
        """What must hold for a place in which something was said."""
        assert self.texts is not None  # noqa: S101 - asked only where there are words
        found: list[ColumnElement[bool]] = [text_id.in_(self.texts)]
        return found + ([places.c.by_user == (self.chosen.said == "user")] if self.chosen.said else [])

    def of_handoff(self) -> list[ColumnElement[bool]]:
        """What must hold for one handoff."""
        chosen, column = self.chosen, handoffs.c
        found = self.times(column.requested_at)
        if chosen.handoff in ("open", "ended"):
            found.append(column.state.in_(_OPEN) if chosen.handoff == "open" else column.state.not_in(_OPEN))
        if chosen.rating:
            found.append(column.rating.in_(chosen.rating))
        if chosen.staff_id is not None:
            found.append(column.owner_id == chosen.staff_id)
        return found

    def of_conversation(self) -> list[ColumnElement[bool]]:
        """What must hold for the conversation itself."""
        chosen, column = self.chosen, conversations.c
        found: list[ColumnElement[bool]] = []
        if chosen.channel:
            found.append(column.channel == chosen.channel)
        if chosen.district is not None:
            found.append(column.district == chosen.district if chosen.district else column.district.is_(None))
        if chosen.longer:
            found.append(column.turns >= chosen.longer)
        if chosen.reviewed is not None:
            read = exists().where(reviews.c.conversation_id == column.id, reviews.c.at >= column.last_at)
            found.append(read if chosen.reviewed else ~read)
        if chosen.label_id is not None:
            found.append(exists().where(labels.c.conversation_id == column.id, labels.c.label_id == chosen.label_id))
        if chosen.handoff == "none":
            found.append(~exists().where(handoffs.c.conversation_id == column.id, *self.times(handoffs.c.requested_at)))
        if chosen.solved is not None:
            found += self._solved(chosen.solved)
        # A turn within the time lies within the conversation's own.
        found += [column.last_at >= chosen.since] if chosen.since else []
        found += [column.started_at < chosen.until] if chosen.until else []
        return found

    def times(self, at: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        """The bounds of time on a column."""
        found = [at >= self.chosen.since] if self.chosen.since else []
        return found + ([at < self.chosen.until] if self.chosen.until else [])

    def _hour(self, hour: int) -> ColumnElement[bool]:
        at, there = turns.c.accepted_at, (hour - int(_SHANGHAI.total_seconds() // 3600)) % 24
        if self.dialect == "sqlite":
            return func.substr(at, 12, 2) == f"{there:02}"
        return extract("hour", func.timezone("UTC", at)) == there

    def _solved(self, solved: bool) -> list[ColumnElement[bool]]:
        """As FigureRepository.talks counts it."""
        theirs, appeals = conversations.c.id, table_of(AppealRow)
        asked = self._turn_of(turns.c.outcome.in_(QUESTIONS))
        alone = and_(
            self._turn_of(turns.c.outcome == Outcome.ANSWERED),
            ~exists().where(handoffs.c.conversation_id == theirs, *self.times(handoffs.c.requested_at)),
            ~exists().where(appeals.c.conversation_id == theirs, *self.times(appeals.c.created_at)),
            ~exists().where(feedback.c.conversation_id == theirs, feedback.c.value < 0, *self.times(feedback.c.at)),
        )
        return [asked, alone if solved else not_(alone)]

    def _turn_of(self, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(
            turns.c.conversation_id == conversations.c.id, condition, *self.times(turns.c.accepted_at)
        )


def older(at: datetime, conversation_id: str) -> ColumnElement[bool]:
    """Comes after that one in the list."""
    column = conversations.c
    same = and_(column.last_at == at, column.id < conversation_id)
    return and_(column.last_at <= at, or_(column.last_at < at, same))


def newer(at: datetime, conversation_id: str) -> ColumnElement[bool]:
    """Comes before that one in the list."""
    column = conversations.c
    same = and_(column.last_at == at, column.id > conversation_id)
    return and_(column.last_at >= at, or_(column.last_at > at, same))


def matching(conditions: Conditions, ids: Sequence[str]) -> Any:
    """The newest turn that fulfils the filter, of each of these conversations."""
    wanted = conditions.of_turn()
    chosen = select(turns.c.conversation_id, func.max(turns.c.id), func.count())
    return chosen.where(turns.c.conversation_id.in_(ids), *wanted).group_by(turns.c.conversation_id)
