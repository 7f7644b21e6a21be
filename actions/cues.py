"""Recognises how a message leans on the conversation, by patterns kept in cues.yml."""

import re
from collections.abc import Iterator
from pathlib import Path

from actions.knowledge.text import simplified
from seeds.yaml import load_yaml

_FILE = Path(__file__).with_name("cues.yml")


class Cues:
    """The patterns, compiled once."""

    def __init__(self, path: Path = _FILE) -> None:
        self._patterns = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in load_yaml(path).items()}

    def has(self, name: str, text: str) -> bool:
        """Whether the text has the cue, in simplified or traditional characters."""
        return bool(self._patterns[name].search(simplified(text.strip())))

    def meant(self, text: str) -> str | None:
        """What a correction says was meant: “不是税务我说的是注销” → “注销”; None where the text is no correction."""
        text = simplified(text.strip())
        if not self.has("correction", text):
            return None
        match = self._patterns["corrected"].search(text)
        if not match:
            return None
        meant = self._patterns["denied"].sub("", text[match.end() :].lstrip("，,。:： "))
        return meant.strip("，,。:： ") or None

    def match(self, name: str, text: str, start: int = 0) -> re.Match[str] | None:
        """Where the text has the cue at `start`, in either characters; places are those of the text as it is."""
        return self._patterns[name].match(_folded(text), start)

    def all(self, name: str, text: str) -> Iterator[re.Match[str]]:
        """Where the text has the cue, in either characters; places are those of the text as it is."""
        return self._patterns[name].finditer(_folded(text))

    def pattern(self, name: str) -> re.Pattern[str]:
        """The pattern of a cue, to cut a text by."""
        return self._patterns[name]

    def find(self, name: str, text: str) -> str | None:
        """The stretch of text that has the cue; None where there is none."""
        match = self._patterns[name].search(text)
        return match.group(0) if match else None


def _folded(text: str) -> str:
    """The text in simplified characters, each in its place; as it is where that can't be."""
    folded = simplified(text)
    return folded if len(folded) == len(text) else text
