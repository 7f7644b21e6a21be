"""The report on a version: what it reaches beside the live one, and which of last month's questions it answers anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from qifu.models.measuring import Json, Measured
from store.database import Database
from store.masking import mask
from store.repositories import ModelRepository
from store.repositories.base import Clock

DAYS = 30
MOST_QUESTIONS = 2000
LONGEST = 300
"""Characters of a question that is asked again; what is longer is rarely a question."""


@dataclass(frozen=True)
class Question:
    """A question of users, personal data masked, and how often it was asked."""

    text: str
    times: int


async def asked_questions(database: Database, clock: Clock) -> list[Question]:
    """What users typed in the last month, the most frequent first."""
    async with database.session() as session:
        asked = await ModelRepository(session, clock).asked_since(clock() - timedelta(days=DAYS), MOST_QUESTIONS)
    times: dict[str, int] = {}
    for row in asked:
        if len(row.text) <= LONGEST and (text := mask(row.text).strip()):
            times[text] = times.get(text, 0) + row.times
    return [Question(text, count) for text, count in sorted(times.items(), key=lambda item: -item[1])]


def changes_of(questions: Sequence[Question], before: Sequence[Json], after: Sequence[Json]) -> list[dict[str, Any]]:
    """Each question that is answered differently, side by side."""
    return [
        {"question": question.text, "asked": question.times, "before": old, "after": new}
        for question, old, new in zip(questions, before, after, strict=True)
        if old["text"] != new["text"] or old["outcome"] != new["outcome"]
    ]


def report_of(own: Measured, live: Measured | None, against: int | None, asked: int, changed: int) -> dict[str, Any]:
    """The report as it is kept; `live_scores` are those of version `against`, without its misses."""
    live_scores = {key: value for key, value in (live.scores or {}).items() if key != "misses"} if live else {}
    return {
        "scores": own.scores,
        "live_scores": live_scores or None,
        "against": against,
        "asked": asked,
        "changed": changed,
    }
