"""Takes out of an update, before it is stored, what qifu has no use for: names, places, others' words.

What names files stays only until the update is handled: by then the desk has those that it needs.
"""

from typing import Any

_DROPPED = frozenset(
    [
        "last_name",
        "username",
        "author_signature",
        "vcard",
        "bio",
        "performer",
        "quote",
        "external_reply",
        "forward_origin",
    ]
)
_BLANKED: dict[str, Any] = {
    **dict.fromkeys(("first_name", "title", "phone_number", "address"), ""),
    **dict.fromkeys(("latitude", "longitude"), 0.0),
}
_FILES: dict[str, Any] = dict.fromkeys(("file_id", "file_unique_id", "file_name"), "")
_OTHERS = frozenset(("reply_to_message", "pinned_message"))
_OF_OTHERS = ("message_id", "date", "chat", "from")


def minimise(update: dict[str, Any], *, keep_files: bool = False) -> dict[str, Any]:
    """The update without them. What Telegram's format requires stays, but empty: a contact is still seen to be one."""
    blanked = _BLANKED if keep_files else _BLANKED | _FILES
    return {key: _minimised(key, value, blanked) for key, value in update.items()}


def _minimised(key: str, value: Any, blanked: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_minimised(key, item, blanked) for item in value]
    if not isinstance(value, dict):
        return blanked.get(key, value)
    if key in _OTHERS:
        value = {name: value[name] for name in _OF_OTHERS if name in value}
    return {name: _minimised(name, item, blanked) for name, item in value.items() if name not in _DROPPED}
