"""What is asked of the list, and how one would ask without thinking of size."""

from datetime import datetime, timedelta

from sqlalchemy import Select, String, cast, or_, select

from bench.review.fill import NOW
from qifu.labels import Channel, District, Outcome, TurnMark
from store.models import ConversationRow, TurnRow
from store.repositories import ReviewFilter


def _days(ago: float, long: float) -> tuple[datetime, datetime]:
    since = NOW - timedelta(days=ago)
    return since, since + timedelta(days=long)


def questions() -> dict[str, ReviewFilter]:
    """Filters by what they are called in the report."""
    yesterday, long_ago, month = _days(2, 1), _days(150, 1), _days(120, 30)
    return {
        "everything": ReviewFilter(),
        "channel api": ReviewFilter(channel=Channel.API),
        "district putuo": ReviewFilter(district=District.PUTUO),
        "no answer": ReviewFilter(outcomes=(Outcome.NO_ANSWER,)),
        "yesterday's unanswered tax questions": ReviewFilter(
            since=yesterday[0], until=yesterday[1], topic="taxes", outcomes=(Outcome.NO_ANSWER,)
        ),
        "one day long ago": ReviewFilter(since=long_ago[0], until=long_ago[1]),
        "a month long ago, putuo": ReviewFilter(since=month[0], until=month[1], district=District.PUTUO),
        "topic taxes": ReviewFilter(topic="taxes"),
        "matter export refund": ReviewFilter(matter="taxes/export_refund"),
        "taxes, unsure, putuo": ReviewFilter(topic="taxes", confidence="low", district=District.PUTUO),
        "errors, unsure": ReviewFilter(outcomes=(Outcome.ERROR,), confidence="low"),
        "thumb down": ReviewFilter(feedback="down"),
        "thumb down on taxes": ReviewFilter(feedback="down", topic="taxes"),
        "rated 1 or 2": ReviewFilter(rating=(1, 2)),
        "not reviewed": ReviewFilter(reviewed=False),
        "reviewed, 20 turns or more": ReviewFilter(reviewed=True, longer=20),
        "rare label": ReviewFilter(label_id=1),
        "for the trainer, no answer": ReviewFilter(mark=TurnMark.TRAINER, outcomes=(Outcome.NO_ANSWER,)),
        "staff, handoff, taxes": ReviewFilter(staff_id=2, handoff="ended", topic="taxes"),
        "not solved alone, a week": ReviewFilter(since=NOW - timedelta(days=7), solved=False),
        "words 退税": ReviewFilter(words="退税"),
        "words 上海": ReviewFilter(words="上海"),
        "words 外国人 工作许可 of users": ReviewFilter(words="外国人 工作许可", said="user"),
        "words 税, unanswered, web": ReviewFilter(words="税", outcomes=(Outcome.NO_ANSWER,), channel=Channel.WEB),
        "words that never fell": ReviewFilter(words="量子纠缠通信"),
    }


def naively(chosen: ReviewFilter, limit: int, offset: int) -> Select[str, datetime] | None:
    """The list by a join, DISTINCT, LIKE and OFFSET; None for what such a list would not offer."""
    rest = (chosen.feedback, chosen.mark, chosen.label_id, chosen.reviewed, chosen.solved, chosen.staff_id)
    if any(value is not None for value in rest) or chosen.rating:
        return None
    query = select(ConversationRow.id, ConversationRow.last_at).join(
        TurnRow, TurnRow.conversation_id == ConversationRow.id
    )
    if chosen.outcomes:
        query = query.where(TurnRow.outcome.in_(chosen.outcomes))
    for column, value in (
        (TurnRow.topic, chosen.topic),
        (TurnRow.matter, chosen.matter),
        (ConversationRow.channel, chosen.channel),
        (ConversationRow.district, chosen.district),
    ):
        query = query.where(column == value) if value is not None else query
    if chosen.since:
        query = query.where(TurnRow.accepted_at >= chosen.since)
    if chosen.until:
        query = query.where(TurnRow.accepted_at < chosen.until)
    if chosen.confidence == "low":
        query = query.where(TurnRow.confidence < 0.5)
    for word in chosen.words.split():
        said = cast(TurnRow.replies, String)
        query = query.where(or_(TurnRow.text.contains(word), said.contains(word)))
    ordered = query.distinct().order_by(ConversationRow.last_at.desc(), ConversationRow.id.desc())
    return ordered.limit(limit).offset(offset)
