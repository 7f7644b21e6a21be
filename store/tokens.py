"""What full-text search compares: a text as tokens, one for each place in it, and questions to both databases in them.

Chinese has no blanks between its words, and a word list would miss what it doesn't know. So every two neighbouring
characters are a token, and a word of several characters is found as tokens that follow each other: exactly where it
stands, whatever its length. Letters and digits make whole words. Width, case and traditional characters don't count.
"""

import hashlib
import re
import unicodedata
from functools import cache

from opencc import OpenCC

_LATIN = re.compile(r"[a-z0-9]+")
_PIECE = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
_LONGEST_WORD = 64
_MOST_PLACES = 16_000
"""PostgreSQL counts places up to 16,383."""


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def folded(text: str) -> str:
    """The text as search compares it."""
    return str(_simplifier().convert(unicodedata.normalize("NFKC", text).casefold()))


def tokens(text: str) -> list[str]:
    """The tokens of a text in order; a character that ends its run stands alone."""
    found: list[str] = []
    for piece in _PIECE.findall(folded(text)):
        if _LATIN.fullmatch(piece):
            found.append(piece[:_LONGEST_WORD])
        else:
            found += [piece[at : at + 2] for at in range(len(piece))]
    return found[:_MOST_PLACES]


def digest(said: list[str]) -> str:
    """What two texts with the same tokens share."""
    return hashlib.sha256(" ".join(said).encode()).hexdigest()


def phrase(word: str) -> tuple[list[str], bool]:
    """A sought word as tokens that must follow each other, and whether the last one may go on."""
    said = tokens(word)
    if not said:
        return [], False
    ends = _LATIN.fullmatch(said[-1]) is not None
    if not ends and len(said) > 1 and len(said[-2]) == 2 and said[-2][1] == said[-1]:
        # The last character may be followed by others; that it stands there is said by the token before it.
        return said[:-1], False
    return said, True


def for_sqlite(words: str) -> str:
    """The question to FTS5: every word must stand in the text. Empty where there is nothing to seek."""
    found = [phrase(word) for word in words.split()]
    # Tokens are letters and digits, so that nothing in them is a command.
    return " AND ".join(f'"{" ".join(said)}"{" *" if goes_on else ""}' for said, goes_on in found if said)


def for_postgresql(words: str) -> str:
    """The question to PostgreSQL, as the text of a tsquery."""
    found = [phrase(word) for word in words.split()]
    return " & ".join(
        "(" + " <-> ".join(f"'{token}'" for token in said) + (":*" if goes_on else "") + ")"
        for said, goes_on in found
        if said
    )


def as_vector(said: list[str]) -> str:
    """Tokens as the text of a tsvector."""
    places: dict[str, list[int]] = {}
    for place, token in enumerate(said, 1):
        places.setdefault(token, []).append(place)
    # PostgreSQL keeps 255 places of a token.
    return " ".join(f"'{token}':{','.join(map(str, at[:255]))}" for token, at in places.items())
