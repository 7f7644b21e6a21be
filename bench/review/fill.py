"""Fills a database with conversations as they come: real questions, real points, four turns on average, 180 days."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import insert, text
from tqdm import tqdm

from qifu.labels import (
    Channel,
    CloseReason,
    Direction,
    District,
    HandoffReason,
    HandoffState,
    Language,
    Outcome,
    StaffRole,
    TurnMark,
)
from seeds.model import Seeds
from seeds.read import read_seeds
from store.database import Database
from store.models import (
    Base,
    ConversationLabelRow,
    ConversationReviewRow,
    ConversationRow,
    DeskMessageRow,
    FeedbackRow,
    HandoffRow,
    ReviewLabelRow,
    SearchBacklogRow,
    StaffRow,
    TurnMarkRow,
    TurnRow,
)
from store.repositories import SearchRepository
from store.repositories.base import table_of

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
DAYS = 180
_BATCH = 1000
_OUTCOMES = {
    Outcome.ANSWERED: 62,
    Outcome.ACT: 12,
    Outcome.CLARIFY: 10,
    Outcome.NO_ANSWER: 6,
    Outcome.OUT_OF_SCOPE: 5,
    Outcome.HANDOFF: 2.5,
    Outcome.FORM: 2,
    Outcome.ERROR: 0.5,
}
_CHANNELS = {Channel.WEB: 55, Channel.TELEGRAM: 43, Channel.API: 2}
_DISTRICTS = {None: 40, District.MINHANG: 22, District.CHANGNING: 18, District.PUTUO: 15, District.SHANGHAI: 5}
_ASKED = (Outcome.ANSWERED, Outcome.CLARIFY, Outcome.NO_ANSWER)


class Batch(NamedTuple):
    """Rows of several tables that belong together."""

    rows: dict[type[Base], list[dict[str, Any]]]
    turns: int


class Filler:
    """Makes rows; the same `seed` makes the same ones."""

    def __init__(self, seeds: Seeds, seed: int = 7) -> None:
        self._random = random.Random(seed)  # noqa: S311 - no secret
        self._questions = [question for question in seeds.questions if "/" in question.intent]
        self._matters = sorted(seeds.matters)
        self._points = {matter: seeds.matters[matter].points for matter in self._matters}
        self._texts = {point.id: point.text for point in seeds.points.values()}
        self._handoff = 0

    def batches(self, turns: int, spare: int = 0) -> Iterator[Batch]:
        """Conversations in the order in which they began, with `turns` turns in all."""
        made = spare
        last = turns + spare
        while made < last:
            batch = Batch({model: [] for model in _MODELS}, 0)
            while sum(map(len, [batch.rows[TurnRow]])) < _BATCH and made < last:
                began = NOW - timedelta(days=DAYS) + timedelta(days=DAYS) * ((made - spare) / turns)
                made += self._conversation(batch.rows, began, made)
            yield Batch(batch.rows, len(batch.rows[TurnRow]))

    def _conversation(self, rows: dict[type[Base], list[dict[str, Any]]], began: datetime, first: int) -> int:
        chance = self._random
        channel = self._of(_CHANNELS)
        key = f"telegram:{10_000_000 + first}" if channel is Channel.TELEGRAM else f"{channel}:{first:032x}"
        number = min(60, 1 + int(chance.expovariate(1 / 3.5)))
        at = began + timedelta(hours=chance.uniform(0, 10))
        conversation = {
            "id": key,
            "channel": channel,
            "language": Language.EN if chance.random() < 0.06 else Language.ZH,
            "district": self._of(_DISTRICTS),
            "started_at": at,
            "turns": number,
        }
        rows[ConversationRow].append(conversation)
        for place in range(number):
            turn = self._turn(key, first + place + 1, at)
            rows[TurnRow].append(turn)
            rows[SearchBacklogRow].append({"turn_id": turn["id"]})
            self._opinions(rows, turn)
            step = (
                timedelta(days=chance.uniform(1, 20))
                if chance.random() < 0.02
                else timedelta(seconds=chance.uniform(20, 300))
            )
            at = min(at + step, NOW)
        conversation["last_at"] = at
        self._staff(rows, key, conversation, at)
        return number

    def _turn(self, key: str, number: int, at: datetime) -> dict[str, Any]:
        chance, outcome = self._random, self._of(_OUTCOMES)
        question = chance.choice(self._questions)
        asked = outcome in _ASKED
        points = list(self._points.get(question.intent, ())[:3]) if outcome is Outcome.ANSWERED else []
        said = "\n".join(self._texts[point] for point in points) or "没有找到合适的举措，您可以换个说法，或者转人工。"
        sure = chance.uniform(0.8, 1) if chance.random() < 0.8 else chance.uniform(0.05, 0.8)
        ranking = {matter: round(chance.random() / 10, 5) for matter in chance.sample(self._matters, 10)}
        shares = {"point": 0.9073, "matter": 0.4537, "text": 0.35, "context": 0.0}
        candidates = [
            {"point": point, "matter": question.intent, "score": 1.1, "shares": shares}
            for point in chance.sample(list(self._texts), 8)
        ]
        return {
            "id": number,
            "conversation_id": key,
            "message_id": f"m{number}",
            "text": question.text + chance.choice(("", "", "？", "啊", "，急", f" {chance.randrange(100)}家店")),
            "is_payload": outcome is Outcome.ACT and chance.random() < 0.3,
            "language": Language.ZH,
            "accepted_at": at,
            "answered_at": at,
            "delivered_at": at,
            "replies": [{"text": said, "buttons": [], "blocks": [{"kind": "quote", "text": said}]}],
            "outcome": outcome,
            "intent": question.intent,
            "confidence": round(sure, 4),
            "topic": question.intent.partition("/")[0] if asked else None,
            "matter": question.intent if asked and outcome is not Outcome.NO_ANSWER else None,
            "act": None,
            "entities": [],
            "points": points,
            "contacts": [],
            "parse": {"intent": question.intent, "confidence": sure, "matters": ranking, "candidates": candidates},
            "ms": chance.randrange(15, 120),
        }

    def _opinions(self, rows: dict[type[Base], list[dict[str, Any]]], turn: dict[str, Any]) -> None:
        chance = self._random
        whose = {"turn_id": turn["id"], "conversation_id": turn["conversation_id"], "at": turn["accepted_at"]}
        if chance.random() < 0.03:
            rows[FeedbackRow].append(whose | {"value": 1 if chance.random() < 0.6 else -1})
        if chance.random() < 0.004:
            rows[TurnMarkRow].append(whose | {"mark": chance.choice(tuple(TurnMark)), "staff_id": 1})

    def _staff(
        self, rows: dict[type[Base], list[dict[str, Any]]], key: str, conversation: dict[str, Any], at: datetime
    ) -> None:
        chance = self._random
        whose = {"conversation_id": key, "staff_id": 1, "at": at}
        if chance.random() < 0.15:
            rows[ConversationReviewRow].append(whose)
        if chance.random() < 0.04:
            rows[ConversationLabelRow].append(whose | {"label_id": chance.choice((1, 2, 2, 2, 3, 3, 3, 3, 3, 3))})
        if chance.random() < 0.05:
            self._handoff += 1
            rows[HandoffRow].append(
                {
                    "id": self._handoff,
                    "number": f"BB{self._handoff:08}",
                    "conversation_id": key,
                    "channel": conversation["channel"],
                    "language": conversation["language"],
                    "state": HandoffState.CLOSED,
                    "reason": HandoffReason.ASKED,
                    "question": "",
                    "owner_id": chance.choice((1, 1, 1, 2)),
                    "requested_at": at,
                    "waiting_since": at,
                    "closed_at": at,
                    "close_reason": CloseReason.RESOLVED,
                    "rating": chance.choice((None, None, 5, 5, 4, 3, 2, 1)),
                }
            )
            rows[DeskMessageRow].append(
                {
                    "handoff_id": self._handoff,
                    "conversation_id": key,
                    "direction": Direction.STAFF,
                    "staff_id": 1,
                    "text": "您好，我来帮您办。",
                    "attachments": [],
                    "at": at,
                    "delivered_at": at,
                    "client_key": f"s{self._handoff}",
                }
            )

    def _of[T](self, weights: dict[T, Any]) -> T:
        return self._random.choices(list(weights), list(weights.values()))[0]


_MODELS: tuple[type[Base], ...] = (
    ConversationRow,
    TurnRow,
    SearchBacklogRow,
    FeedbackRow,
    TurnMarkRow,
    ConversationReviewRow,
    ConversationLabelRow,
    HandoffRow,
    DeskMessageRow,
)


async def fill(database: Database, turns: int) -> None:
    """Fills an empty, migrated database and takes everything up into search."""
    await _staff_and_labels(database)
    with tqdm(total=turns, desc="rows", unit="turn") as bar:
        for batch in Filler(read_seeds()).batches(turns):
            async with database.session() as session:
                for model, rows in batch.rows.items():
                    if rows:
                        await session.execute(insert(table_of(model)), rows)
            bar.update(batch.turns)
    with tqdm(total=turns, desc="search", unit="turn") as bar:
        taken = 1
        while taken:
            async with database.session() as session:
                taken = await SearchRepository(session).catch_up(2000)
            bar.update(taken)
    async with database.session() as session:
        # What autovacuum does in the course of time.
        if session.get_bind().dialect.name == "postgresql":
            await session.execute(text("ANALYZE"))


async def _staff_and_labels(database: Database) -> None:
    async with database.session() as session:
        for number in (1, 2):
            session.add(
                StaffRow(
                    id=number,
                    login=f"person{number}",
                    name=f"人员{number}",
                    role=StaffRole.MANAGER,
                    active=True,
                    password_hash="",
                    must_change_password=False,
                    failed_logins=0,
                    districts=[],
                    topics=[],
                    languages=[],
                    most_chats=3,
                    created_at=NOW,
                )
            )
        await session.flush()
        for number, name in enumerate(("很少", "常见", "典型"), 1):
            session.add(ReviewLabelRow(id=number, name=name, staff_id=1, at=NOW))
