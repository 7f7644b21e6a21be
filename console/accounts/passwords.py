"""Passwords: hashed with argon2id beside the event loop, one-time ones, and the rules for good ones.

The rules follow NIST SP 800-63B: length and a list of what everybody tries, no demands for digits or signs.
"""

import asyncio
import secrets
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10
LONGEST = 128
_FEWEST_DIFFERENT = 5
_COMMON = Path(__file__).parent / "common_passwords.txt"
# No letter or digit that is taken for another when read out or copied by hand.
_CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"
_ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_AT_ONCE = 2


class Passwords:
    """Hashes and checks passwords; at most two at once, since each takes 64 MiB of memory and a processor."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._line = asyncio.Semaphore(_AT_ONCE)
        self._decoy: str | None = None

    async def hash(self, password: str) -> str:
        """The hash to keep."""
        async with self._line:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def fits(self, password: str, hashed: str) -> bool:
        """Whether the password is the one that was hashed."""
        async with self._line:
            return await asyncio.to_thread(self._fits, password, hashed)

    async def pretend(self, password: str) -> None:
        """Takes as long as a check: an unknown login is not told by its quick refusal."""
        if self._decoy is None:
            self._decoy = await self.hash(one_time())
        await self.fits(password, self._decoy)

    def is_outdated(self, hashed: str) -> bool:
        """Whether a hash was made with weaker parameters than those in use."""
        return self._hasher.check_needs_rehash(hashed)

    def _fits(self, password: str, hashed: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False


def one_time() -> str:
    """A password to be read out once and changed at the first login: 59 random bits."""
    return "-".join("".join(secrets.choice(_CLEAR) for _ in range(4)) for _ in range(3))


def weakness(password: str, login: str = "") -> str | None:
    """Why a password won't do: too_short, too_long, too_simple, like_login or common; None where it will."""
    plain = password.strip().lower()
    if len(password) < SHORTEST:
        return "too_short"
    if len(password) > LONGEST:
        return "too_long"
    if len(set(plain)) < _FEWEST_DIFFERENT or _is_a_row(plain):
        return "too_simple"
    if len(login) > 2 and login.lower() in plain:
        return "like_login"
    # "Password2024!" is "password" to whoever guesses.
    if plain in _common() or plain.strip("0123456789!@#$%^&*._-?~ ") in _common():
        return "common"
    return None


def _is_a_row(plain: str) -> bool:
    """Keys beside each other, however often: 1234567890, qwertyuiop, 0987654321."""
    rows = [row * 2 for row in _ROWS]
    return any(plain in row or plain[::-1] in row for row in rows)


@cache
def _common() -> frozenset[str]:
    return frozenset(_COMMON.read_text(encoding="utf-8").split())
