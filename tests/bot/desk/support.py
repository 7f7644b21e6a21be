"""What the desk's tests begin with."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.desk.drafts import AppealDraft
from qifu.errors import DeskError
from qifu.labels import Channel, District, Language, StaffRole, Topic
from store.database import Database
from store.models import HandoffRow
from store.repositories import ConversationRepository, StaffRepository

WEB = "web:4f1a"
OPEN_AT = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
"""A Wednesday at ten in Shanghai."""
CLOSED_AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
"""A Friday at eight in the evening in Shanghai."""


@dataclass(frozen=True)
class People:
    """Ids of staff: wang takes everything, li knows English and taxes in Minhang, chen manages, zhao trains."""

    wang: int
    li: int
    chen: int
    zhao: int


async def a_conversation(database: Database, conversation_id: str) -> str:
    """A conversation of that id."""
    async with database.session() as session:
        await ConversationRepository(session).get_or_create(conversation_id, Channel.WEB, Language.ZH)
    return conversation_id


async def a_person(database: Database, login: str, role: StaffRole = StaffRole.SERVICE, **more: Any) -> int:
    """A member of staff."""
    async with database.session() as session:
        row = await StaffRepository(session).add(login, login.title(), role, "x", **more)
    assert row is not None
    return row.id


async def some_staff(database: Database) -> People:
    """Four people with different roles."""
    li: dict[str, Any] = {
        "districts": [District.MINHANG],
        "topics": [Topic.TAXES],
        "languages": [Language.ZH, Language.EN],
    }
    return People(
        wang=await a_person(database, "wang"),
        li=await a_person(database, "li", **li),
        chen=await a_person(database, "chen", StaffRole.MANAGER),
        zhao=await a_person(database, "zhao", StaffRole.TRAINER),
    )


def refused(code: str) -> pytest.RaisesExc[DeskError]:
    """Expects the desk to refuse with that code."""
    return pytest.RaisesExc(DeskError, check=lambda error: error.code == code)


def of(row: HandoffRow | None) -> HandoffRow:
    """The handoff, which must be there."""
    assert row is not None
    return row


def some_appeal(text: str = "门口的路灯坏了三个月，请派人来修", **more: Any) -> AppealDraft:
    """An appeal with every field filled in."""
    fields: dict[str, Any] = {
        "company": "上海某某贸易有限公司",
        "contact_name": "王女士",
        "phone": "138 1234 5678",
        "district": District.MINHANG,
        "topic": Topic.UTILITIES,
    }
    return AppealDraft(text, **(fields | more))
