"""One-time codes from a telephone's app (TOTP, RFC 6238): six digits, a new one every 30 seconds."""

from datetime import datetime

import pyotp
import segno

_SECONDS = 30
# A telephone's clock may be a step behind or ahead.
_STEPS = (0, -1, 1)


def new_secret() -> str:
    """160 random bits in Base32."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The 30-second step that a code is right for; None where it is wrong."""
    digits = "".join(code.split())
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    current = int(now.timestamp()) // _SECONDS
    totp = pyotp.TOTP(secret)
    for step in (current + shift for shift in _STEPS):
        if pyotp.utils.strings_equal(totp.generate_otp(step), digits):
            return step
    return None


def picture(secret: str, login: str, issuer: str) -> str:
    """A QR code that brings the secret into an app, as a data: URI of an SVG."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)
    return str(segno.make(uri, error="m").svg_data_uri(scale=5, border=2, dark="#1b2420"))
