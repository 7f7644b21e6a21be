"""Takes personal data out of a text before it is logged or exported.

Found are mainland mobiles, landlines, identity numbers (GB 11643-1999, and the 15 digits before it), bank cards and
e-mail addresses. What merely looks like one stays: amounts, years, hotlines such as 12345, document numbers.
"""

import re
from collections.abc import Callable
from datetime import date

# Full-width characters and long dashes stand for their ASCII twins, one for one: places in both texts agree.
_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FOLD |= {0x3000: ord(" "), 0x00A0: ord(" ")} | {dash: ord("-") for dash in (0x2010, 0x2011, 0x2012, 0x2013, 0x2014)}

_CURRENCY = r"(?:元|[美日港欧]元|人民币|[¥￥$€£%]|(?:RMB|CNY|USD|EUR|HKD)\b)"
# A number begins and ends where its digits do, and an amount of money is no number of a person.
_BEGIN = r"(?<![0-9])(?<![0-9][.,])(?<![¥￥$€£])(?<![¥￥$€£] )"
_END = rf"(?![0-9])(?![.,][0-9])(?! ?{_CURRENCY})"
_COUNTRY = r"(?:(?:\+|00)?86[ -]?)"
_LOCAL_NUMBER = r"[2-9][0-9]{2,3}[ -]?[0-9]{4}"
_EXTENSION = r"(?: ?转 ?[0-9]{1,5}| ?ext\.? ?[0-9]{1,5}|-[0-9]{1,4})?"

_EMAIL = (
    r"(?<![A-Za-z0-9._%+-])(?P<it>[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24})(?![A-Za-z0-9])"
)
_IDENTITY = (
    rf"{_BEGIN}(?P<it>[1-9][0-9]{{5}}[ -]?(?P<day>[12][0-9]{{7}}|[0-9]{{6}})[ -]?[0-9]{{3}}(?P<check>[0-9X])?){_END}"
)
_CARD = (
    rf"{_BEGIN}(?P<it>[3-6][0-9]{{3}}(?P<gap>[ -]?)(?:[0-9]{{4}}(?P=gap)){{2}}"
    rf"[0-9]{{4}}(?:(?P=gap)[0-9]{{1,3}})?){_END}"
)
_MOBILE = (
    rf"{_BEGIN}(?P<it>{_COUNTRY}?1[3-9][0-9]"
    rf"(?:[0-9]{{8}}|(?P<gap>[ .-])(?:[0-9]{{4}}(?P=gap)[0-9]{{4}}|[0-9]{{3}}(?P=gap)[0-9]{{5}}))){_END}"
)
_LANDLINE = (
    rf"(?<![0-9])(?<![0-9][.,-])(?P<it>(?:{_COUNTRY}\(?0?[1-9][0-9]{{1,2}}\)?|\(0[1-9][0-9]{{1,2}}\)|0[1-9][0-9]{{1,2}})"
    rf"[ -]?{_LOCAL_NUMBER}{_EXTENSION}){_END}"
)
# Eight digits alone may be an amount or a day; after one of these words they are a telephone.
_BARE = (
    r"(?:电话|座机|固话|传真|致电|拨打|联系方式|\b(?:tel|phone|fax|call)\b)(?:号码|[号是为:. ]){0,6}"
    rf"(?P<it>{_LOCAL_NUMBER}{_EXTENSION}){_END}"
)


def _always(match: re.Match[str]) -> bool:
    return True


def _is_identity(match: re.Match[str]) -> bool:
    """The birthday in it is a day; 18 digits write the year in full, 15 leave out the century and the check digit."""
    day = match["day"]
    if (len(day) == 8) != (match["check"] is not None):
        return False
    try:
        born = date.fromisoformat(day if len(day) == 8 else f"19{day}")
    except ValueError:
        return False
    return 1850 <= born.year < 2100


def _is_card(match: re.Match[str]) -> bool:
    """UnionPay's prefix, or the check digit of ISO/IEC 7812."""
    digits = [int(digit) for digit in match["it"] if digit.isdigit()]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return digits[:2] == [6, 2] or (doubled + sum(digits[::-2])) % 10 == 0


_KINDS: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], bool]], ...] = (
    ("[email]", re.compile(_EMAIL), _always),
    ("[id]", re.compile(_IDENTITY, re.I), _is_identity),
    ("[card]", re.compile(_CARD, re.I), _is_card),
    ("[mobile]", re.compile(_MOBILE, re.I), _always),
    ("[landline]", re.compile(_LANDLINE, re.I), _always),
    ("[landline]", re.compile(_BARE, re.I), _always),
)


def mask(text: str) -> str:
    """`text` with each personal datum replaced by its kind, e.g. `[mobile]`; masking twice changes nothing."""
    for kind, pattern, holds in _KINDS:
        text = _replace(text, kind, pattern, holds)
    return text


def _replace(text: str, kind: str, pattern: re.Pattern[str], holds: Callable[[re.Match[str]], bool]) -> str:
    pieces, end = [], 0
    for match in pattern.finditer(text.translate(_FOLD)):
        if holds(match):
            start, stop = match.span("it")
            pieces += [text[end:start], kind]
            end = stop
    return "".join((*pieces, text[end:]))
