"""`qifu chat`: a conversation in the terminal; a number presses the button of that number."""

import asyncio
import uuid
from collections.abc import Callable

from bot.dialogue.dialogue import Dialogue
from bot.dialogue.turn import Button, Incoming, Turn
from qifu.labels import Channel

Ask = Callable[[str], str]
Say = Callable[[str], None]


async def chat(dialogue: Dialogue, ask: Ask, say: Say) -> None:
    """Talks until the input ends (EOFError)."""
    conversation = f"terminal:{uuid.uuid4().hex}"
    turn = await dialogue.open(conversation, Channel.TERMINAL)
    number = 0
    while True:
        buttons = [button for reply in turn.replies for button in reply.buttons]
        say(shown(turn))
        try:
            text = await asyncio.to_thread(ask, "> ")
        except (EOFError, KeyboardInterrupt):
            return
        number += 1
        pressed = _pressed(text, buttons)
        turn = await dialogue.handle(
            Incoming(
                conversation,
                Channel.TERMINAL,
                str(number),
                pressed.payload if pressed else text,
                is_payload=pressed is not None,
            )
        )
        if turn.id is not None:
            await dialogue.mark_delivered(turn.id)


def _pressed(text: str, buttons: list[Button]) -> Button | None:
    choice = text.strip()
    if choice.isascii() and choice.isdigit() and 1 <= int(choice) <= len(buttons):
        return buttons[int(choice) - 1]
    return None


def shown(turn: Turn) -> str:
    """A turn's replies as lines, their buttons numbered."""
    lines = [reply.text for reply in turn.replies]
    buttons = [button for reply in turn.replies for button in reply.buttons]
    if buttons:
        lines.append("  ".join(f"[{number}] {button.title}" for number, button in enumerate(buttons, start=1)))
    return "\n".join(lines) + "\n"
