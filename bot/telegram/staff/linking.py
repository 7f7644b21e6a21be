"""Links staff to their Telegram accounts: a one-time code from the console, sent to the bot as /staff CODE."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from store.database import Database
from store.models import StaffRow
from store.models.base import utc_now
from store.repositories import AuditRepository, StaffRepository, TelegramRepository

GOOD_FOR = timedelta(minutes=10)
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without characters that are taken for one another."""
_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Code:
    """A code to show once, and until when it is good."""

    text: str
    expires_at: datetime


class Linking:
    """Codes are kept hashed; each works once, and only the last one of a person. Changes are audited."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def issue_code(self, staff_id: int) -> Code:
        """A new code for somebody; earlier ones no longer count."""
        code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
        expires_at = self._clock() + GOOD_FOR
        async with self._database.session() as session:
            await TelegramRepository(session, self._clock).keep_code(staff_id, _hash(code), expires_at)
        return Code(f"{code[:5]}-{code[5:]}", expires_at)

    async def redeem(self, code: str, telegram_id: int) -> StaffRow | None:
        """The member of staff whose Telegram account this is from now on; None where the code isn't good.

        The code is used up even where the account is somebody else's already, which is None, too.
        """
        async with self._database.session() as session:
            staff = StaffRepository(session, self._clock)
            staff_id = await TelegramRepository(session, self._clock).use_code(_hash(code))
            row = await staff.get(staff_id) if staff_id is not None else None
            other = await staff.by_telegram(telegram_id, active=None)
            if row is None or not row.active or (other is not None and other.id != row.id):
                return None
            await staff.change(row.id, telegram_id=telegram_id)
            audit = AuditRepository(session, self._clock)
            await audit.write(row.id, "staff.telegram", f"staff:{row.id}", {"linked": True})
            return await staff.get(row.id)

    async def unlink(self, staff_id: int, by: int | None = None) -> None:
        """Somebody's Telegram account no longer stands for them."""
        async with self._database.session() as session:
            await StaffRepository(session, self._clock).change(staff_id, telegram_id=None)
            audit = AuditRepository(session, self._clock)
            await audit.write(by or staff_id, "staff.telegram", f"staff:{staff_id}", {"linked": False})


def _hash(code: str) -> str:
    """The SHA-256 of a code as people may type it: any case, with or without the dash."""
    plain = "".join(char for char in code.upper() if char in _ALPHABET)
    return hashlib.sha256(plain.encode()).hexdigest()
