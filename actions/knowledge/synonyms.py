"""Lay words for official ones, curated in seeds/synonyms.yml: 退钱 is searched as 出口退税, too."""

import re
from pathlib import Path

from actions.knowledge.text import normalise
from seeds.read import SEEDS
from seeds.yaml import load_yaml

_FILE = SEEDS / "synonyms.yml"


class Synonyms:
    """The official words that each lay word stands for."""

    def __init__(self, path: Path = _FILE) -> None:
        self._official: dict[str, list[str]] = {}
        for official, said in load_yaml(path).items():
            for word in said:
                self._official.setdefault(normalise(str(word)), []).append(str(official))
        longest_first = sorted(self._official, key=len, reverse=True)
        self._said = re.compile("|".join(_whole(word) for word in longest_first) or "(?!)")

    def widened(self, text: str) -> str:
        """A text, normalised, followed by the official words for the lay words in it."""
        text = normalise(text)
        found = dict.fromkeys(official for word in self._said.findall(text) for official in self._official[word])
        return " ".join((text, *(official for official in found if official not in text)))


def _whole(word: str) -> str:
    """A pattern of a word; a Latin one isn't found inside another, but well beside Chinese (做ipo的)."""
    return rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])" if word.isascii() else re.escape(word)
