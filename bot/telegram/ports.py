"""What this room needs from outside: a place to keep updates and a dialogue to ask."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from bot.dialogue.turn import Incoming, Turn
from qifu.labels import Channel, District, Language


class StoredUpdate(Protocol):
    """An update as it was kept: Telegram's number and its JSON object."""

    @property
    def update_id(self) -> int: ...

    @property
    def payload(self) -> Mapping[str, Any]: ...


class UpdateInbox(Protocol):
    """Keeps every update until it is handled; outlives the process.

    `store` answers whether the update is new: one delivered again is False. `unhandled` gives those neither handled nor
    failed, in the order they came. `replace` keeps less of one.
    """

    async def store(self, update_id: int, payload: dict[str, Any]) -> bool: ...

    async def unhandled(self) -> Sequence[StoredUpdate]: ...

    async def mark_handled(self, update_id: int) -> None: ...

    async def mark_failed(self, update_id: int, error: str) -> None: ...

    async def replace(self, update_id: int, payload: dict[str, Any]) -> None: ...


class DialoguePort(Protocol):
    """The part of bot.dialogue that a channel uses. `handle` is idempotent by the message's id."""

    async def handle(self, incoming: Incoming) -> Turn: ...

    async def open(self, conversation_id: str, channel: Channel, language: Language | None = None) -> Turn: ...

    async def set_district(self, conversation_id: str, channel: Channel, district: District) -> None: ...

    async def attach(self, conversation_id: str, file: dict[str, Any]) -> int | None: ...

    async def mark_delivered(self, turn_id: int) -> None: ...
