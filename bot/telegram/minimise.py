"""Takes out of an update, before it is stored, what qifu has no use for: names, places, files, others' words."""

from typing import Any

_DROPPED = frozenset(
    [
        "last_name",
        "username",
        "author_signature",
        "vcard",
        "bio",
        "file_name",
        "performer",
        "quote",
        "external_reply",
        "forward_origin",
    ]
)
_BLANKED: dict[str, Any] = {
    **dict.fromkeys(("first_name", "title", "phone_number", "address", "file_id", "file_unique_id"), ""),
    **dict.fromkeys(("latitude", "longitude"), 0.0),
}
_OTHERS = frozenset(("reply_to_message", "pinned_message"))
_OF_OTHERS = ("message_id", "date", "chat", "from")


def minimise(update: dict[str, Any]) -> dict[str, Any]:
    """The update without them. What Telegram's format requires stays, but empty: a contact is still seen to be one."""
    return {key: _minimised(key, value) for key, value in update.items()}


def _minimised(key: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_minimised(key, item) for item in value]
    if not isinstance(value, dict):
        return _BLANKED.get(key, value)
    if key in _OTHERS:
        value = {name: value[name] for name in _OF_OTHERS if name in value}
    return {name: _minimised(name, item) for name, item in value.items() if name not in _DROPPED}
