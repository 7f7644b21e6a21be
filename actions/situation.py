"""What an action decides upon: the message as understood, the conversation's state, the language to answer in."""

import re
from dataclasses import dataclass

from actions.state import DialogueState
from actions.understanding import Understanding
from qifu.labels import Language

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z]{2,}")


@dataclass
class Situation:
    """One message to act upon. `text` is as typed; for a button it is empty."""

    conversation: str
    understood: Understanding
    state: DialogueState
    language: Language
    text: str = ""

    def value(self, entity: str) -> str | None:
        """The first value of an entity, from the message or a button's payload."""
        values = self.understood.values(entity)
        return values[0] if values else None


def language_of(text: str, chosen: Language | None, spoken: Language | None = None) -> Language:
    """The language to answer in: that of the text, where it has one; else the chosen one, the one spoken last, Chinese.

    A text counts as English when it has English words and hardly any Chinese.
    """
    chinese = len(_CHINESE.findall(text))
    words = len(_WORD.findall(text))
    if (chinese == 0 and words >= 2) or words > 2 * chinese > 0:
        return Language.EN
    if chosen is not None:
        return chosen
    if chinese:
        return Language.ZH
    return Language.EN if words == 1 and len(text) > 3 else spoken or Language.ZH
