"""Makes any text fit to be understood and stored: no control characters, no broken code points, no endless length."""

import re
import unicodedata

from qifu.labels import Act

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SPACES = re.compile(r"[ \t]{2,}")
_SLASHES = re.compile(r"^[\s/／]+")
_PAYLOAD = re.compile(r"/([a-z_]+)(\{.*\})?")
_OFFERED = {*map(str, Act), "choose"}


def clean_text(text: str, most: int) -> tuple[str, bool]:
    """The text without invisible and control characters, at most `most` characters, and whether it was cut.

    Line breaks stay; lone surrogates (from invalid UTF-16) and NUL, which no database takes, go.
    """
    kept = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Cn", "Co"))
    kept = _SPACES.sub(" ", _INVISIBLE.sub("", kept)).strip()
    return kept[:most], len(kept) > most


def as_message(text: str) -> str:
    """Typed text as a message for Rasa: a leading slash would be read as a command, so it is made harmless."""
    return _SLASHES.sub("", text)


def as_payload(text: str) -> str:
    """A button's payload as a message for Rasa; what no button of ours carries counts as typed.

    Rasa has commands of its own (/back, /session_start) that run none of our actions.
    """
    match = _PAYLOAD.fullmatch(text)
    return text if match and match.group(1) in _OFFERED else as_message(text)
