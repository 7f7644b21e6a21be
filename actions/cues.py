"""Recognises how a message leans on the conversation, by patterns kept in cues.yml."""

import re
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

    def pattern(self, name: str) -> re.Pattern[str]:
        """The pattern of a cue, to cut a text by."""
        return self._patterns[name]

    def find(self, name: str, text: str) -> str | None:
        """The stretch of text that has the cue; None where there is none."""
        match = self._patterns[name].search(text)
        return match.group(0) if match else None
