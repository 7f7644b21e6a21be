"""`qifu chat`: a conversation in the terminal; a number presses the button of that number."""

import uuid
from collections.abc import Awaitable, Callable

from bot.dialogue.dialogue import Dialogue
from bot.dialogue.turn import Button, Incoming, Turn
from qifu.labels import Channel

Ask = Callable[[str], Awaitable[str]]
Say = Callable[[str], None]

_MOST_DIGITS = 3


async def chat(dialogue: Dialogue, ask: Ask, say: Say) -> None:
    """Talks until the input ends (EOFError). An answer that had to wait is said when it comes."""
    conversation = f"terminal:{uuid.uuid4().hex}"
    offered: list[Button] = []

    def show(turn: Turn) -> None:
        offered[:] = [button for reply in turn.replies for button in reply.buttons]
        say(shown(turn))

    async def late(conversation_id: str, turn: Turn) -> None:
        if conversation_id == conversation:
            say("")
            show(turn)

    dialogue.late.append(late)
    show(await dialogue.open(conversation, Channel.TERMINAL))
    number = 0
    while True:
        try:
            text = await ask("> ")
        except EOFError:
            return
        number += 1
        pressed = _pressed(text, offered)
        said = pressed.payload if pressed else text
        turn = await dialogue.handle(
            Incoming(conversation, Channel.TERMINAL, str(number), said, is_payload=pressed is not None)
        )
        show(turn)
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
        lines.append("  ".join(f"[{number}] {button.title}" for number, button in enumerate(buttons, start=1)))
    return "\n".join(lines) + "\n"
