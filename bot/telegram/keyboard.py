"""Inline keyboards: from a reply's buttons, and made idle after use.

A keyboard has two groups, choices and feedback (👍 👎). Each group can be used once: a press leaves of its group only
the chosen button with a tick, which does nothing; the other group stays as it is.
"""

import unicodedata
from collections.abc import Iterable, Mapping

import structlog
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import InlineKeyboardButtonLimit

from bot.dialogue.turn import Button
from bot.telegram.commands import district_data
from qifu.labels import District

IDLE = "-"
"""Callback data of a button that has been used."""

MOST_BYTES = int(InlineKeyboardButtonLimit.MAX_CALLBACK_DATA)
"""Telegram's limit for a button's data, 64 bytes; one button beyond it and the whole message is refused."""

_ROW_WIDTH = 22  # half-width columns that stay readable on a phone
_ROW_BUTTONS = 3
_MOST_BUTTONS = 40
_LONGEST_TITLE = 60
_FEEDBACK = "/feedback_"

log = structlog.get_logger(__name__)


def is_feedback(payload: str) -> bool:
    """Whether a payload is one of 👍 👎."""
    return payload.startswith(_FEEDBACK)


def keyboard(buttons: Iterable[Button]) -> InlineKeyboardMarkup | None:
    """The buttons in rows, feedback in the last one; None where there are none."""
    usable = [button for button in buttons if _usable(button)][:_MOST_BUTTONS]
    choices = [button for button in usable if not is_feedback(button.payload)]
    feedback = [button for button in usable if is_feedback(button.payload)]
    rows = [*_rows(choices), *_rows(feedback)]
    return InlineKeyboardMarkup(rows) if rows else None


def district_keyboard(districts: Mapping[District, str]) -> InlineKeyboardMarkup:
    """The districts to choose from, two in a row."""
    buttons = [InlineKeyboardButton(name, callback_data=district_data(key)) for key, name in districts.items()]
    return InlineKeyboardMarkup([buttons[start : start + 2] for start in range(0, len(buttons), 2)])


def after_press(markup: InlineKeyboardMarkup, payload: str, tick: str) -> InlineKeyboardMarkup:
    """The keyboard once the button with `payload` was pressed; `tick` is the new title of that button."""
    feedback = is_feedback(payload)
    rows = []
    for row in markup.inline_keyboard:
        kept = []
        for button in row:
            data = str(button.callback_data or "")
            if data == payload:
                kept.append(InlineKeyboardButton(tick, callback_data=IDLE))
            elif data == IDLE or is_feedback(data) != feedback:
                kept.append(button)
        if kept:
            rows.append(kept)
    return InlineKeyboardMarkup(rows)


def title_of(markup: InlineKeyboardMarkup | None, payload: str) -> str | None:
    """The title of the button with this payload; None where the keyboard has none."""
    for row in markup.inline_keyboard if markup else ():
        for button in row:
            if button.callback_data == payload:
                return button.text
    return None


def _usable(button: Button) -> bool:
    if button.title.strip() and 0 < len(button.payload.encode()) <= MOST_BYTES:
        return True
    log.error("telegram_button_dropped", payload_bytes=len(button.payload.encode()))
    return False


def _rows(buttons: Iterable[Button]) -> list[list[InlineKeyboardButton]]:
    rows: list[list[InlineKeyboardButton]] = []
    room = 0
    for button in buttons:
        width = _width(button.title) + 2
        if not rows or width > room or len(rows[-1]) == _ROW_BUTTONS:
            rows.append([])
            room = _ROW_WIDTH
        rows[-1].append(InlineKeyboardButton(button.title[:_LONGEST_TITLE], callback_data=button.payload))
        room -= width
    return rows


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
