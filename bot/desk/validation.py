"""Checks what a user fills in: telephone numbers, names, lengths. A finding is a field and a code."""

import re
import unicodedata
from dataclasses import dataclass

SHORTEST_TEXT, LONGEST_TEXT = 8, 2000
"""Characters of an appeal: fewer can't say what happened and what is wanted."""
SHORTEST_COMPANY, LONGEST_COMPANY = 2, 60
LONGEST_NAME = 40
LONGEST_NUMBER = 40

_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
# Area codes: 10 and 2x with eight digits, three digits with seven or eight (工业和信息化部《电信网编号计划》).
_LANDLINE = re.compile(r"(?:(?:\+|00)?860?|0)(10|2\d|[3-9]\d{2})([2-9]\d{6,7})((?:x|转|ext|#)\d{1,6})?")
_LOCAL = re.compile(r"([2-9]\d{7})((?:x|转|ext|#)\d{1,6})?")
# Country codes of one to three digits; E.164 allows fifteen digits in all.
_ABROAD = re.compile(r"\+?(?:00)?(852\d{8}|853\d{8}|886\d{8,9})|(?:\+|00)([1-9]\d{7,14})")
_SERVICE = re.compile(r"(?:400|800)\d{7}")
_DASH_EXTENSION = re.compile(r"(?<!\d)(\d{7,8})-(\d{1,5})\s*$")
_GAPS = re.compile(r"[\s().·•–—-]+")

_REFUSAL = re.compile(
    r"不(?:方便|想|愿意?|用|肯|能|便|要|需要?)(?:再?留|给|提供|说|填|透露|告诉|公开|打)?(?:我的)?(?:个人)?(?:联系)?(?:电话|手机|号码|联系方式|号)"
    r"|(?:电话|手机|号码|联系方式|号码?)(?:就|我|先|暂时)?(?:不(?:方便|想|愿意?|用|肯|便|要)?(?:留|给|提供|说|填|透露|公开)|不方便|免了|算了|保密)"
    r"|不(?:留|给|提供|填|说)(?:我的)?(?:电话|手机|号码|联系方式)"
    r"|(?:别|不要|不用|无需|勿)(?:给我)?打(?:我)?(?:的)?(?:电话|手机)|没有?(?:电话|手机)|(?:在|就)这里?(?:联系|回复|说)(?:我)?(?:就)?(?:行|好|可以)"
    r"|^(?:不(?:方便|留|给|提供|填|想留|愿意|告诉你?|说)了?|保密|匿名|跳过|没有|无|略)[。.!！]*$"
)
_REFUSAL_EN = re.compile(
    r"\b(?:no|without(?: a)?) (?:tele)?phone\b|\b(?:rather|prefer) not\b"
    r"|\b(?:don'?t|do not|won'?t|will not|can'?t|cannot) "
    r"(?:want to |wish to |like to )?(?:give|share|leave|provide|call)\b"
    r"|^(?:skip|none|no|n/a)[.!]*$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field; `code` is a key of wording.yml under `problems`."""

    field: str
    code: str


def plain(text: str) -> str:
    """Text as it is kept: NFKC for width, single spaces, nothing around it."""
    return re.sub(r"[^\S\n]+", " ", unicodedata.normalize("NFKC", text)).strip()


def phone_number(text: str) -> str | None:
    """A telephone number in one way of writing, or None where it is none.

    Mainland mobiles as 13812345678, landlines as 021-62345678 with an extension as 转801, Shanghai's area code where
    none is given; Hong Kong, Macau, Taiwan and abroad as +85221234567.
    """
    folded = _DASH_EXTENSION.sub(r"\1转\2", unicodedata.normalize("NFKC", text).lower())
    digits = _GAPS.sub("", folded).replace("extension", "ext").replace("分机", "转")
    if found := _MOBILE.fullmatch(digits):
        return found[1]
    if found := _LANDLINE.fullmatch(digits):
        area, local, extension = found[1], found[2], found[3]
        # 10 and 2x have eight digits only.
        if len(local) == 8 or len(area) == 3:
            return f"0{area}-{local}{_extension(extension)}"
    if found := _LOCAL.fullmatch(digits):
        return f"021-{found[1]}{_extension(found[2])}"
    if _SERVICE.fullmatch(digits):
        return digits
    if (found := _ABROAD.fullmatch(digits)) and not (found[2] or "").startswith("86"):
        return f"+{found[1] or found[2]}"
    return None


def _extension(found: str | None) -> str:
    return "转" + re.sub(r"\D", "", found) if found else ""


def refuses_phone(text: str) -> bool:
    """Whether somebody says they would rather leave no number: 不方便留电话, 在这里联系就行, “rather not”.

    A text with a number in it is no refusal: 不要打手机，打 021-62345678.
    """
    if re.search(r"\d{7}", _GAPS.sub("", unicodedata.normalize("NFKC", text))):
        return False
    squeezed = re.sub(r"[\s，,、]+", "", unicodedata.normalize("NFKC", text))
    return bool(_REFUSAL.search(squeezed) or _REFUSAL_EN.search(text.strip().replace("’", "'")))


def company_problem(name: str) -> str | None:
    """The code of what is wrong with a firm's name, or None. A name has letters or characters, not digits alone."""
    if not any(character.isalpha() for character in name) or len(name) < SHORTEST_COMPANY:
        return "company_short"
    return "company_long" if len(name) > LONGEST_COMPANY else None


def name_problem(name: str) -> str | None:
    """The code of what is wrong with a contact's name, or None."""
    if not any(character.isalpha() for character in name):
        return "name_short"
    return "name_long" if len(name) > LONGEST_NAME else None


def text_problem(text: str) -> str | None:
    """The code of what is wrong with what an appeal says, or None."""
    if len(re.sub(r"\s", "", text)) < SHORTEST_TEXT:
        return "text_short"
    return "text_long" if len(text) > LONGEST_TEXT else None
