"""Turns in which the desk itself answers a user's message."""

from collections.abc import Sequence

from bot.desk.wording import DeskWording
from bot.dialogue.turn import Block, Button, Reply, Turn
from qifu.errors import DeskError
from qifu.labels import Act, Language, Outcome


class Saying:
    """Makes turns of the words in wording.yml under `front` and `refusals`; the dialogue fills in the rest."""

    def __init__(self, wording: DeskWording) -> None:
        self.wording = wording

    def turn(
        self,
        key: str,
        language: Language,
        buttons: Sequence[Button] = (),
        *,
        act: Act | None = Act.HANDOFF,
        outcome: Outcome = Outcome.ACT,
        **values: object,
    ) -> Turn:
        """Says one phrase."""
        return self._said(self.wording.say(f"front.{key}", language, **values), buttons, act, outcome)

    def refused(self, error: DeskError, language: Language, act: Act | None = Act.HANDOFF) -> Turn:
        """Says why the desk refuses."""
        return self._said(self.wording.refusal(error, language), (), act, Outcome.ACT)

    @staticmethod
    def silent() -> Turn:
        """Says nothing: people answer."""
        return Turn("", (), Outcome.HANDOFF, act=Act.HANDOFF)

    @staticmethod
    def _said(text: str, buttons: Sequence[Button], act: Act | None, outcome: Outcome) -> Turn:
        return Turn("", (Reply(text, tuple(buttons), (Block("text", text),)),), outcome, act=act)
