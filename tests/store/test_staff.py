"""Staff, their sessions, the audit log and the switches."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from qifu.errors import StoreError
from qifu.labels import District, Language, StaffRole, Topic
from store.database import Database
from store.models import AuditRow, StaffRow
from store.repositories import (
    AuditFilter,
    AuditRepository,
    StaffRepository,
    StaffSessionRepository,
    SwitchRepository,
)
from tests.store.factories import FakeClock


async def a_person(
    session: AsyncSession, login: str = "wang", role: StaffRole = StaffRole.SERVICE, clock: FakeClock | None = None
) -> StaffRow:
    """A member of staff who is in the database."""
    row = await StaffRepository(session, clock or FakeClock()).add(login, login.title(), role, "hash")
    assert row is not None
    return row


async def test_a_person_is_kept_with_what_they_are_matched_by(session: AsyncSession) -> None:
    staff = StaffRepository(session, FakeClock())
    added = await staff.add(
        "Wang.Fang",
        "王芳",
        StaffRole.SERVICE,
        "hash",
        districts=[District.MINHANG],
        topics=[Topic.TAXES],
        languages=[Language.EN],
        telegram_id=2**40,
    )
    assert added is not None
    found = await staff.by_login("WANG.fang")
    assert found is added
    assert (found.login, found.districts, found.topics, found.languages) == (
        "wang.fang",
        ["minhang"],
        ["taxes"],
        ["en"],
    )
    assert (found.active, found.must_change_password, found.failed_logins) == (True, True, 0)
    assert (await staff.by_telegram(2**40)) is added


async def test_a_login_and_a_telegram_account_belong_to_one_person(session: AsyncSession) -> None:
    staff = StaffRepository(session, FakeClock())
    assert await staff.add("wang", "王", StaffRole.SERVICE, "hash", telegram_id=7)
    assert await staff.add("WANG", "汪", StaffRole.SERVICE, "hash") is None
    assert await staff.add("li", "李", StaffRole.SERVICE, "hash", telegram_id=7) is None
    assert await staff.add("zhao", "赵", StaffRole.SERVICE, "hash")


async def test_people_are_listed_by_role_and_the_ones_switched_off_last(session: AsyncSession) -> None:
    off = await a_person(session, "anna")
    await a_person(session, "bao", StaffRole.MANAGER)
    await a_person(session, "chen")
    staff = StaffRepository(session)
    await staff.change(off.id, active=False)
    assert [row.login for row in await staff.all()] == ["bao", "chen", "anna"]
    assert [row.login for row in await staff.all(active=True, roles=[StaffRole.SERVICE])] == ["chen"]


async def test_the_last_administrator_is_known(session: AsyncSession) -> None:
    staff = StaffRepository(session)
    assert await staff.is_empty()
    first = await a_person(session, "a", StaffRole.ADMINISTRATOR)
    assert not await staff.is_empty()
    assert await staff.administrators(other_than=first.id) == 0
    await a_person(session, "b", StaffRole.ADMINISTRATOR)
    assert await staff.administrators(other_than=first.id) == 1


async def test_the_failure_that_is_one_too_many_locks_and_a_login_forgets_the_failures(session: AsyncSession) -> None:
    clock = FakeClock()
    staff = StaffRepository(session, clock)
    person = await a_person(session)
    until = clock.now + timedelta(minutes=15)
    assert [await staff.failed(person.id, 3, until) for _ in range(3)] == [False, False, True]
    locked = await staff.get(person.id)
    assert locked is not None
    assert (locked.locked_until, locked.failed_logins) == (until, 0)
    await staff.logged_in(person.id)
    again = await staff.get(person.id)
    assert again is not None
    assert (again.locked_until, again.last_login_at) == (None, clock.now)


async def test_failures_at_once_are_all_counted(database: Database) -> None:
    clock = FakeClock()
    async with database.session() as session:
        person = await a_person(session)

    async def fail() -> bool:
        async with database.session() as session:
            return await StaffRepository(session).failed(person.id, 8, clock.now)

    assert sorted(await asyncio.gather(*(fail() for _ in range(8)))) == [False] * 7 + [True]


async def test_a_code_works_once_and_no_older_one_after_it(session: AsyncSession) -> None:
    staff = StaffRepository(session)
    person = await a_person(session)
    assert [await staff.use_code(person.id, step) for step in (7, 7, 6, 8)] == [True, False, False, True]


async def test_a_session_ends_by_its_time_by_idleness_by_hand_and_with_its_owner(session: AsyncSession) -> None:
    clock = FakeClock()
    sessions, idle, long = StaffSessionRepository(session, clock), timedelta(minutes=30), timedelta(hours=12)
    person = await a_person(session)
    row = await sessions.open(person.id, "digest", clock.now + long, "127.0.0.1", "Chromium")
    clock.forward(minutes=29)
    found = await sessions.find("digest", clock.now - idle)
    assert found is not None
    assert (found.session.id, found.staff.login) == (row.id, "wang")
    await sessions.touch(row.id)
    clock.forward(minutes=29)
    assert await sessions.find("digest", clock.now - idle)
    clock.forward(minutes=2)
    assert await sessions.find("digest", clock.now - idle) is None
    await sessions.touch(row.id)
    clock.forward(hours=12)
    assert await sessions.find("digest", clock.now - long) is None
    assert await sessions.purge(clock.now - idle) == 1
    await sessions.open(person.id, "other", clock.now + long, "", "")
    await StaffRepository(session).change(person.id, active=False)
    assert await sessions.find("other", clock.now - idle) is None


async def test_sessions_of_one_person_end_together_but_for_the_one_in_use(session: AsyncSession) -> None:
    clock = FakeClock()
    sessions = StaffSessionRepository(session, clock)
    person, stranger = await a_person(session), await a_person(session, "li")
    until, since = clock.now + timedelta(hours=1), clock.now
    rows = [await sessions.open(person.id, f"mine{number}", until, "", "") for number in range(3)]
    foreign = await sessions.open(stranger.id, "foreign", until, "", "")
    assert not await sessions.end(person.id, foreign.id)
    assert await sessions.end(person.id, rows[0].id)
    assert [row.id for row in await sessions.of_staff(person.id, since)] == [rows[2].id, rows[1].id]
    assert await sessions.end_all(person.id, but=rows[1].id) == 1
    assert [row.id for row in await sessions.of_staff(person.id, since)] == [rows[1].id]


async def test_audit_entries_are_read_page_by_page_and_by_person_action_subject_and_day(session: AsyncSession) -> None:
    clock = FakeClock()
    audit = AuditRepository(session, clock)
    person = await a_person(session)
    for number in range(5):
        await audit.write(person.id, "look", f"web:{number}", {"number": number})
        if number % 2:
            clock.forward(days=1)
    await audit.write(None, "staff.add", "staff:1")
    first = await audit.page(AuditFilter(), limit=4)
    rest = await audit.page(AuditFilter(), before=(first[-1].at, first[-1].id), limit=4)
    assert [row.subject for row in (*first, *rest)] == ["staff:1", "web:4", "web:3", "web:2", "web:1", "web:0"]
    assert [row.action for row in await audit.page(AuditFilter(action="staff.add"))] == ["staff.add"]
    assert [row.subject for row in await audit.page(AuditFilter(staff_id=person.id, subject="web:2"))] == ["web:2"]
    day = FakeClock().now + timedelta(days=1)
    of_day = AuditFilter(since=day, until=day + timedelta(days=1))
    assert [row.subject for row in await audit.page(of_day)] == ["web:3", "web:2"]


async def test_the_database_refuses_to_rewrite_the_audit_log(database: Database) -> None:
    async with database.session() as session:
        await AuditRepository(session).write(None, "look", "web:1")
    for statement in (update(AuditRow).values(action="nothing"), delete(AuditRow)):
        with pytest.raises(StoreError):
            async with database.session() as session:
                await session.execute(statement)
    async with database.session() as session:
        assert [row.action for row in await AuditRepository(session).page(AuditFilter())] == ["look"]


async def test_the_switches_stand_as_they_were_last_set(session: AsyncSession) -> None:
    switches = SwitchRepository(session, FakeClock())
    assert await switches.current() is None
    person = await a_person(session)
    await switches.change(person.id, bot_on=False, notice_zh="系统维护", notice_en="Maintenance")
    await switches.change(None, bot_on=True, notice_zh="", notice_en="")
    now = await switches.current()
    assert now is not None
    assert (now.bot_on, now.notice_zh, now.changed_by) == (True, "", None)
