"""The buttons under messages to staff; their data begins with `desk:`, so that none is taken for a user's button."""

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.telegram.staff.show import ZH, Show
from qifu.labels import CloseReason

PREFIX = "desk:"


def data(verb: str, *values: object) -> str:
    """A button's data: desk:claim:12."""
    return PREFIX + ":".join((verb, *map(str, values)))


def parsed(text: str) -> tuple[str, list[str]] | None:
    """The verb and values of a button's data; None for data of other buttons."""
    if not text.startswith(PREFIX):
        return None
    verb, *values = text.removeprefix(PREFIX).split(":")
    return verb, values


def claim(show: Show, handoff_id: int, title: str | None = None) -> InlineKeyboardMarkup:
    """Claims a handoff."""
    return InlineKeyboardMarkup([[_button(title or show.button("claim"), "claim", handoff_id)]])


def ending(show: Show, handoff_id: int) -> InlineKeyboardMarkup:
    """Hands back or closes."""
    back = _button(show.button("back"), "back", handoff_id)
    return InlineKeyboardMarkup([[back, _button(show.button("close"), "close", handoff_id)]])


def reasons(show: Show, handoff_id: int) -> InlineKeyboardMarkup:
    """How a handoff ended, two in a row."""
    made = [_button(show.wording.name(reason, ZH), "close", handoff_id, reason.value) for reason in CloseReason]
    return InlineKeyboardMarkup([made[start : start + 2] for start in range(0, len(made), 2)])


def reveal(show: Show, message_id: int) -> InlineKeyboardMarkup:
    """Shows the owner what was masked."""
    return InlineKeyboardMarkup([[_button(show.button("show"), "show", message_id)]])


def picks(show: Show, verb: str, token: int, number: int) -> InlineKeyboardMarkup:
    """Sends one of several."""
    row = [_button(show.button("send", n=n), verb, token, n) for n in range(1, number + 1)]
    return InlineKeyboardMarkup([row[start : start + 4] for start in range(0, len(row), 4)])


def several(titled: list[tuple[str, str, int]]) -> InlineKeyboardMarkup | None:
    """A row for each (title, verb, handoff)."""
    rows = [[_button(title, verb, handoff_id)] for title, verb, handoff_id in titled]
    return InlineKeyboardMarkup(rows) if rows else None


def _button(title: str, verb: str, *values: object) -> InlineKeyboardButton:
    return InlineKeyboardButton(title, callback_data=data(verb, *values))
