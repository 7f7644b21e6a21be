"""Makes any text fit to be understood and stored: no control characters, no broken code points, no endless length."""

import re
import unicodedata

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SPACES = re.compile(r"[ \t]{2,}")


def clean_text(text: str, most: int) -> tuple[str, bool]:
    """The text without invisible and control characters, at most `most` characters, and whether it was cut.

    Line breaks stay; lone surrogates (from invalid UTF-16) and NUL, which no database takes, go.
    """
    kept = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Cn", "Co"))
    kept = _SPACES.sub(" ", _INVISIBLE.sub("", kept)).strip()
    return kept[:most], len(kept) > most


def as_message(text: str) -> str:
    """Typed text as a message for Rasa: a leading slash would be read as a command, so it is made harmless."""
    return text.lstrip("/／ ").strip() if text.startswith(("/", "／")) else text
