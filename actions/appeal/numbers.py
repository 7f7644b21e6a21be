"""Numbers of appeals as people write them."""

import re

_NUMBER = re.compile(r"(?:(?<![a-z])([a-z]{2})\s?-?\s?)?(?<!\d)(\d{8})\s?-?\s?(\d{1,6})(?!\d)", re.IGNORECASE)


def number_in(text: str) -> str | None:
    """The number that a message names, as the desk writes it: sq 20261121 7 is SQ20261121-0007."""
    match = _NUMBER.search(text.replace("－", "-").replace("—", "-"))
    return f"{(match[1] or 'SQ').upper()}{match[2]}-{int(match[3]):04d}" if match else None
