"""The parameters of a request to the Bot API, read, measured and refused as the real server does.

Source: https://core.telegram.org/bots/api and the answers of api.telegram.org
"""

import json
import re
from typing import Any

from tests.fakes.telegram_html import CantParse, parse_html, utf16
from tests.fakes.telegram_world import ApiError, Json, entities_of

MOST_TEXT = 4096
MOST_CAPTION = 1024
MOST_MARKUP_BYTES = 1 << 15


def text_of(asked: Json) -> tuple[str, list[Json]]:
    """The text of a message with its entities, as the server reads, trims and measures it."""
    text, entities = _marked(str(asked.get("text") or ""), asked)
    if not text:
        raise ApiError(400, "Bad Request: message text is empty")
    if utf16(text) > MOST_TEXT:
        raise ApiError(400, "Bad Request: message is too long")
    return text, entities


def caption_of(asked: Json) -> Json:
    """The fields of a caption; none where it is empty."""
    text, entities = _marked(str(asked.get("caption") or ""), asked)
    if utf16(text) > MOST_CAPTION:
        raise ApiError(400, "Bad Request: message caption is too long")
    fields: Json = {"caption": text} if text else {}
    return fields | ({"caption_entities": entities} if entities else {})


def _marked(raw: str, asked: Json) -> tuple[str, list[Json]]:
    if len(raw.encode()) > MOST_MARKUP_BYTES:
        raise ApiError(400, "Bad Request: message is too long")
    mode = str(asked.get("parse_mode") or "").lower()
    if mode not in {"", "html"}:
        raise ApiError(400, "Bad Request: unsupported parse_mode")
    try:
        text, entities = parse_html(raw) if mode else (raw, [])
    except CantParse as error:
        raise ApiError(400, f"Bad Request: can't parse entities: {error}") from None
    trimmed = text.strip()
    before = utf16(text) - utf16(text.lstrip())
    shifted = [entity | {"offset": max(0, entity["offset"] - before)} for entity in entities]
    return trimmed, shifted or entities_of(trimmed)


def markup_of(asked: Json) -> Json | None:
    """The inline keyboard of a request; None where it is empty."""
    markup = json_of(asked.get("reply_markup"))
    if not markup or not markup.get("inline_keyboard"):
        return None
    rows = [row for row in markup["inline_keyboard"] if row]
    for button in (button for row in rows for button in row):
        if not str(button.get("text") or "").strip():
            raise ApiError(400, 'Bad Request: can\'t parse inline keyboard button: Field "text" must be of type String')
        if not set(button) & {"callback_data", "url"}:
            raise ApiError(
                400,
                "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
            )
        if not 1 <= len(str(button.get("callback_data", "x")).encode()) <= 64:
            raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
    return {"inline_keyboard": rows} if rows else None


def scope_of(asked: Json) -> tuple[str, str]:
    """Whom a menu of commands is for, and its language."""
    scope = json_of(asked.get("scope")) or {"type": "default"}
    language = str(asked.get("language_code") or "")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise ApiError(400, "Bad Request: invalid language code specified")
    return json.dumps(scope, sort_keys=True), language


def json_of(value: Any) -> Any:
    """A nested parameter: a form carries it as JSON text, a JSON body as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ApiError(400, "Bad Request: object expected as parameter") from None


def truth(value: Any) -> bool:
    """A flag, as a form or JSON carries it."""
    return value in (True, "true", "True", "1", 1)
