"""The switches as users see them: the emergency notice above an answer, and what is said while the bot is off."""

from dataclasses import replace
from typing import Protocol

from actions.compose import reply
from actions.cues import Cues
from actions.state import DialogueState
from actions.wording import Wording
from bot.dialogue.turn import Block, Button, Incoming, Reply, Turn
from qifu.labels import Act, Channel, Language, Outcome

_TO_PEOPLE = tuple(
    f"/{act}" for act in (Act.HANDOFF, Act.APPEAL, Act.APPEAL_STATUS, Act.FEEDBACK_UP, Act.FEEDBACK_DOWN)
)
"""What still goes its way while the bot is off: all that leads to people."""


class Standing(Protocol):
    """How the switches stand."""

    @property
    def bot_on(self) -> bool: ...

    def notice(self, language: Language) -> str:
        """The emergency notice; empty where there is none."""
        ...


class Switches(Protocol):
    """Reads the switches."""

    async def current(self) -> Standing: ...


class Switched:
    """Applies the switches to turns; without switches the bot is on and there is no notice."""

    def __init__(self, wording: Wording, cues: Cues, switches: Switches | None = None) -> None:
        self._wording, self._cues = wording, cues
        self.switches = switches

    async def message(self, message: str, state: DialogueState) -> str | None:
        """The message for Rasa; None where the bot is off and the message isn't about reaching people."""
        if self.switches is None or (await self.switches.current()).bot_on:
            return message
        if message.startswith(_TO_PEOPLE) or (state.form and not message.startswith("/")):
            return message
        if not message.startswith("/") and self._cues.has("person", message):
            return f"/{Act.HANDOFF}"
        if not message.startswith("/") and self._cues.has("complaint", message):
            return f"/{Act.APPEAL}"
        if not message.startswith("/"):
            # Whoever wishes for a person because of it needn't write it again.
            state.wondered = message
        return None

    async def off(self, language: Language) -> Turn:
        """The turn of a question while the bot is off: the notice, else that it is off; and the ways to people."""
        notice = (await self.switches.current()).notice(language) if self.switches else ""
        blocks = [Block("note", notice)] if notice else []
        blocks.append(Block("text", self._wording.say("bot_off", language)))
        buttons = [
            Button(self._wording.say("button_handoff", language), "/handoff"),
            Button(self._wording.say("button_leave_appeal", language), "/appeal"),
        ]
        return Turn("", (reply(blocks, buttons),), Outcome.NO_ANSWER)

    async def noted(self, turn: Turn, incoming: Incoming, state: DialogueState, language: Language) -> Turn:
        """The turn under the notice: in the first answer of a conversation, and whenever the notice has changed.

        The web page shows it above the conversation all the time.
        """
        if self.switches is None or incoming.channel is Channel.WEB or not turn.replies:
            return turn
        standing = await self.switches.current()
        notice = standing.notice(language)
        both = "\n".join(standing.notice(each) for each in Language).strip()
        if both == state.noticed:
            return turn
        state.noticed = both
        if not notice or turn.replies[0].text.startswith(notice):
            return turn
        return with_note(turn, notice)


def with_note(turn: Turn, note: str) -> Turn:
    """The turn with a note above its first reply."""
    if not turn.replies:
        return turn
    first = turn.replies[0]
    noted = Reply(f"{note}\n{first.text}", first.buttons, (Block("note", note), *first.blocks))
    return replace(turn, replies=(noted, *turn.replies[1:]))
