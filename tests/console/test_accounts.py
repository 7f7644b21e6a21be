"""Accounts: logging in and everything that refuses it, sessions, and what administrators do."""

import asyncio
from datetime import timedelta

import pyotp
import pytest

from bot.web.limits import Rate
from console.accounts.codes import new_secret, picture, step_of
from console.accounts.login import Visitor
from console.accounts.passwords import one_time, weakness
from console.accounts.people import Profile
from qifu.errors import AccountError
from qifu.labels import District, StaffRole
from store.database import Database
from tests.console.conftest import GOOD, HERE, Accounts, accounts_over
from tests.store.factories import FakeClock

SERVICE = Profile("王芳", StaffRole.SERVICE, districts=[District.MINHANG])
ADMIN = Profile("管理员", StaffRole.ADMINISTRATOR)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short1!", "too_short"),
        ("x" * 200, "too_long"),
        ("aaaabbbbcccc", "too_simple"),
        ("1234567890", "too_simple"),
        ("0987654321", "too_simple"),
        ("qwertyuiop", "too_simple"),
        ("wangfang-2026!", "like_login"),
        ("Password2024!", "common"),
        ("woaini5201314", "common"),
        ("P@ssw0rd123456", "common"),
        (GOOD, None),
        ("correct horse battery", None),
        (one_time(), None),
    ],
)
def test_a_poor_password_is_refused_with_its_reason(password: str, reason: str | None) -> None:
    assert weakness(password, "wangfang") == reason


def test_one_time_passwords_differ_and_are_easily_copied() -> None:
    passwords = {one_time() for _ in range(50)}
    assert len(passwords) == 50
    assert all(len(password) == 14 and not set(password) & set("01lio") for password in passwords)


def test_a_code_is_right_in_its_time_and_a_step_around_it() -> None:
    secret, clock = new_secret(), FakeClock()
    code = pyotp.TOTP(secret).at(clock.now)
    assert step_of(secret, f" {code[:3]} {code[3:]} ", clock.now) == step_of(secret, code, clock.now + timedelta(0, 30))
    assert step_of(secret, code, clock.now + timedelta(seconds=90)) is None
    for wrong in ("", "12345", "１２３４５６", "abcdef", "12345a"):
        assert step_of(secret, wrong, clock.now) is None
    assert picture(secret, "wang", "企服").startswith("data:image/svg+xml")


async def test_the_first_start_makes_an_administrator_once(accounts: Accounts) -> None:
    made = await asyncio.gather(accounts.people.first("管理员"), accounts.people.first("管理员"))
    password = next(filter(None, made))
    assert made.count(None) == 1
    assert await accounts.people.first("管理员") is None
    attempt = await accounts.enter("Admin ", password)
    staff = await accounts.sessions.find(attempt.token)
    assert staff is not None
    assert (staff.role, staff.must_change_password) == (StaffRole.ADMINISTRATOR, True)


async def test_a_session_is_found_used_and_ends_when_idle_and_at_its_time(accounts: Accounts) -> None:
    password = await accounts.people.add(None, "wang", SERVICE)
    token = (await accounts.enter("wang", password)).token
    for _ in range(24):
        accounts.clock.forward(minutes=29)
        assert await accounts.sessions.use(token)
    accounts.clock.forward(minutes=29)
    assert await accounts.sessions.use(token) is None, "twelve hours are over"
    token = (await accounts.enter("wang", password)).token
    accounts.clock.forward(minutes=20)
    assert await accounts.sessions.find(token)
    accounts.clock.forward(minutes=11)
    assert await accounts.sessions.find(token) is None, "found, but not used"
    assert await accounts.sessions.find("") is None
    assert await accounts.sessions.find("nonsense") is None


async def test_five_failures_lock_the_account_for_fifteen_minutes(accounts: Accounts) -> None:
    password = await accounts.people.add(None, "wang", SERVICE)
    assert [(await accounts.enter("wang", "wrong")).kind for _ in range(5)] == ["wrong"] * 5
    assert (await accounts.enter("wang", password)).kind == "locked"
    accounts.clock.forward(minutes=16)
    assert (await accounts.enter("wang", password)).kind == "in"
    assert [row.action for row in await accounts.history()][:2] == ["login", "login.locked"]
    assert all(row.staff_id is None for row in await accounts.history(action="login.failed"))


async def test_guesses_at_once_do_not_get_past_the_lock(accounts: Accounts) -> None:
    await accounts.people.add(None, "wang", SERVICE)
    kinds = [attempt.kind for attempt in await asyncio.gather(*(accounts.enter("wang", "no") for _ in range(20)))]
    assert sorted(kinds) == ["locked"] * 15 + ["wrong"] * 5


async def test_an_unknown_login_is_refused_just_like_a_known_one(accounts: Accounts) -> None:
    await accounts.people.add(None, "wang", SERVICE)
    for login in ("wang", "nobody"):
        assert [(await accounts.enter(login, "wrong")).kind for _ in range(6)] == ["wrong"] * 5 + ["locked"]


async def test_an_address_that_tries_too_often_is_slowed(database: Database) -> None:
    slowed = accounts_over(database, Rate(burst=3, every=6))
    kinds = [(await slowed.enter(f"guess{number}", "wrong")).kind for number in range(5)]
    assert kinds == ["wrong"] * 3 + ["slow"] * 2
    elsewhere = Visitor("192.0.2.7", "")
    assert (await slowed.enter("guess", "wrong", elsewhere)).kind == "wrong"
    slowed.clock.forward(seconds=7)
    assert (await slowed.enter("guess", "wrong")).kind == "wrong"


async def test_a_one_time_code_is_asked_for_and_works_once(accounts: Accounts) -> None:
    password = await accounts.people.add(None, "wang", SERVICE)
    person, secret = await accounts.people.by_login("wang"), new_secret()
    with pytest.raises(AccountError, match="code"):
        await accounts.people.set_codes(person.id, secret, "000000")
    await accounts.people.set_codes(person.id, secret, pyotp.TOTP(secret).at(accounts.clock.now))
    first = await accounts.enter("wang", password)
    assert first.kind == "code"
    assert await accounts.sessions.find(first.token) is None
    used = pyotp.TOTP(secret).at(accounts.clock.now)
    assert (await accounts.login.with_code(first.token, used, HERE)).kind == "wrong", "used when it was turned on"
    accounts.clock.forward(seconds=60)
    fresh = pyotp.TOTP(secret).at(accounts.clock.now)
    assert (await accounts.login.with_code(first.token, fresh, HERE)).kind == "in"
    assert (await accounts.login.with_code(first.token, fresh, HERE)).kind == "stale"
    late = await accounts.enter("wang", password)
    accounts.clock.forward(minutes=6)
    assert (await accounts.login.with_code(late.token, fresh, HERE)).kind == "stale"


async def test_wrong_codes_count_as_failures(accounts: Accounts) -> None:
    password = await accounts.people.add(None, "wang", SERVICE)
    person, secret = await accounts.people.by_login("wang"), new_secret()
    await accounts.people.set_codes(person.id, secret, pyotp.TOTP(secret).at(accounts.clock.now))
    token = (await accounts.enter("wang", password)).token
    kinds = [(await accounts.login.with_code(token, "12345x", HERE)).kind for _ in range(6)]
    assert kinds == ["wrong"] * 5 + ["locked"]
    assert (await accounts.enter("wang", password)).kind == "locked"


async def test_a_new_password_ends_every_session_and_must_be_a_good_and_new_one(accounts: Accounts) -> None:
    password = await accounts.people.add(None, "wang", SERVICE)
    token = (await accounts.enter("wang", password)).token
    person = await accounts.people.by_login("wang")
    for poor, reason in (("short", "too_short"), ("wang-wang-wang2", "like_login"), (password, "same")):
        with pytest.raises(AccountError, match=reason):
            await accounts.people.set_password(person.id, poor)
    await accounts.people.set_password(person.id, GOOD)
    assert await accounts.sessions.find(token) is None
    assert (await accounts.enter("wang", password)).kind == "wrong"
    staff = await accounts.sessions.find((await accounts.enter("wang", GOOD)).token)
    assert staff is not None
    assert not staff.must_change_password


async def test_reset_gives_a_one_time_password_and_takes_codes_lock_and_sessions_away(accounts: Accounts) -> None:
    password = await accounts.people.add(None, "wang", SERVICE)
    person, secret = await accounts.people.by_login("wang"), new_secret()
    token = (await accounts.enter("wang", password)).token
    await accounts.people.set_codes(person.id, secret, pyotp.TOTP(secret).at(accounts.clock.now))
    for _ in range(5):
        await accounts.enter("wang", "wrong")
    again = await accounts.people.reset(None, person.id)
    assert again != password
    assert await accounts.sessions.find(token) is None
    assert (await accounts.enter("wang", again)).kind == "in"


async def test_who_is_switched_off_is_out_at_once_and_comes_in_again_when_switched_on(accounts: Accounts) -> None:
    password = await accounts.people.add(None, "wang", SERVICE)
    token = (await accounts.enter("wang", password)).token
    person = await accounts.people.by_login("wang")
    waiting = asyncio.create_task(accounts.sessions.ended(token))
    await asyncio.sleep(0.05)
    await accounts.people.switch(None, person.id, active=False)
    async with asyncio.timeout(2):
        await waiting
    assert await accounts.sessions.find(token) is None
    assert (await accounts.enter("wang", password)).kind == "wrong"
    await accounts.people.switch(None, person.id, active=True)
    assert (await accounts.enter("wang", password)).kind == "in"


async def test_a_changed_role_ends_sessions_a_changed_name_does_not(accounts: Accounts) -> None:
    password = await accounts.people.add(None, "wang", SERVICE)
    token = (await accounts.enter("wang", password)).token
    person = await accounts.people.by_login("wang")
    await accounts.people.change(person.id, person.id, Profile(" 王  芳芳 ", StaffRole.SERVICE))
    staff = await accounts.sessions.find(token)
    assert staff is not None
    assert (staff.name, staff.districts) == ("王 芳芳", ())
    changed = (await accounts.history(action="staff.change"))[0]
    assert changed.detail == {
        "from": {"name": "王芳", "districts": ["minhang"]},
        "to": {"name": "王 芳芳", "districts": []},
    }
    await accounts.people.change(person.id, person.id, Profile("王芳芳", StaffRole.TRAINER))
    assert await accounts.sessions.find(token) is None


async def test_there_is_always_an_administrator(accounts: Accounts) -> None:
    await accounts.people.add(None, "boss", ADMIN)
    boss = await accounts.people.by_login("boss")
    with pytest.raises(AccountError, match="last_administrator"):
        await accounts.people.switch(boss.id, boss.id, active=False)
    with pytest.raises(AccountError, match="last_administrator"):
        await accounts.people.change(boss.id, boss.id, Profile("管理员", StaffRole.TRAINER))
    await accounts.people.add(boss.id, "second", ADMIN)
    await accounts.people.switch(boss.id, boss.id, active=False)


async def test_what_makes_no_sense_is_refused(accounts: Accounts) -> None:
    people = accounts.people
    await people.add(None, "wang", Profile("王芳", StaffRole.SERVICE, telegram_id=7))
    for login, profile, reason in (
        ("w", SERVICE, "login"),
        ("王芳", SERVICE, "login"),
        ("Wang", SERVICE, "taken"),
        ("li", Profile(" ", StaffRole.SERVICE), "name"),
        ("li", Profile("李", StaffRole.SERVICE, most_chats=0), "most_chats"),
        ("li", Profile("李", StaffRole.SERVICE, telegram_id=7), "taken"),
    ):
        with pytest.raises(AccountError, match=reason):
            await people.add(None, login, profile)
    await people.add(None, "li", SERVICE)
    li = await people.by_login("li")
    with pytest.raises(AccountError, match="taken"):
        await people.change(None, li.id, Profile("李", StaffRole.SERVICE, telegram_id=7))
    with pytest.raises(AccountError, match="unknown"):
        await people.reset(None, 999)


async def test_no_secret_stands_in_the_audit_log(accounts: Accounts) -> None:
    password = await accounts.people.add(None, "wang", Profile("王芳", StaffRole.SERVICE, telegram_id=123456789))
    person = await accounts.people.by_login("wang")
    await accounts.people.set_password(person.id, GOOD)
    await accounts.people.reset(None, person.id)
    written = repr([(row.action, row.detail) for row in await accounts.history()])
    assert not any(secret in written for secret in (password, GOOD, "argon2", "123456789"))
