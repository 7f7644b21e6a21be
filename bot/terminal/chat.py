"""`qifu chat`: a conversation in the terminal; a number presses the button of that number."""

import uuid
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext

from bot.desk.delivery import UserChannel
from bot.desk.telling import ToUser
from bot.dialogue.dialogue import Dialogue
from bot.dialogue.turn import Button, Incoming, Turn
from qifu.labels import Channel

Ask = Callable[[str], Awaitable[str]]
Say = Callable[[str], None]
Deliver = Callable[[UserChannel], AbstractAsyncContextManager[None]]
"""Brings what the desk has for the user to a channel while the block runs."""

_MOST_DIGITS = 3


class Screen:
    """What stands on the screen, and the buttons that can be pressed: those shown last."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self.offered: list[Button] = []

    def show(self, turn: Turn) -> None:
        """A turn's replies; nothing while a person is in charge."""
        if not turn.replies:
            return
        self.offered = [button for reply in turn.replies for button in reply.buttons]
        self._say(shown(turn))

    async def tell(self, conversation_id: str, message: ToUser) -> None:
        """What the desk has for the user, as it comes, with the name of the person it is from."""
        lines = [f"{message.sender}：{message.text}" if message.sender else message.text]
        lines += [f"📎 {file.name or file.kind}" for file in message.attachments]
        if message.buttons:
            self.offered = list(message.buttons)
            lines.append(_numbered(self.offered))
        self._say("\n" + "\n".join(lines) + "\n")


async def chat(dialogue: Dialogue, ask: Ask, say: Say, deliver: Deliver | None = None) -> None:
    """Talks until the input ends (EOFError). What had to wait, and what people write, is said when it comes."""
    conversation, screen = f"terminal:{uuid.uuid4().hex}", Screen(say)

    async def late(conversation_id: str, turn: Turn) -> None:
        if conversation_id == conversation:
            say("")
            screen.show(turn)

    dialogue.late.append(late)
    screen.show(await dialogue.open(conversation, Channel.TERMINAL))
    async with deliver(screen) if deliver else nullcontext():
        await _talk(dialogue, ask, screen, conversation)


async def _talk(dialogue: Dialogue, ask: Ask, screen: Screen, conversation: str) -> None:
    number = 0
    while True:
        try:
            text = await ask("> ")
        except EOFError:
            return
        number += 1
        pressed = _pressed(text, screen.offered)
        said = pressed.payload if pressed else text
        turn = await dialogue.handle(
            Incoming(conversation, Channel.TERMINAL, str(number), said, is_payload=pressed is not None)
        )
        screen.show(turn)
        if turn.id is not None:
            await dialogue.mark_delivered(turn.id)


def _pressed(text: str, buttons: list[Button]) -> Button | None:
    choice = text.strip()
    if choice.isascii() and choice.isdigit() and len(choice) <= _MOST_DIGITS and 1 <= int(choice) <= len(buttons):
        return buttons[int(choice) - 1]
    return None


def shown(turn: Turn) -> str:
    """A turn's replies as lines, their buttons numbered."""
    lines = [reply.text for reply in turn.replies]
    buttons = [button for reply in turn.replies for button in reply.buttons]
    if buttons:
        lines.append(_numbered(buttons))
    return "\n".join(lines) + "\n"


def _numbered(buttons: list[Button]) -> str:
    return "  ".join(f"[{number}] {button.title}" for number, button in enumerate(buttons, start=1))
