"""Turns a question into weighted features: character n-grams, pinyin n-grams, Latin words and their letters.

Pinyin catches homophone typos (住册 for 注册), characters everything else in Chinese; words and letters English.
Each group is weighted by TF-IDF and scaled to its own length, so that a group counts the same in short and long texts.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy.sparse as sp
from pypinyin import lazy_pinyin

HAN = re.compile(r"[\u3400-\u9fff]+")
LATIN = re.compile(r"[a-z0-9]+")
Span = tuple[int, int]
Vector = tuple[np.ndarray, np.ndarray]


def _n_grams(items: Any, span: Span, join: Callable[[Any], str] = "".join) -> Iterator[str]:
    for size in range(span[0], span[1] + 1):
        for start in range(len(items) - size + 1):
            yield join(items[start : start + size])


def _characters(text: str, span: Span) -> Iterator[str]:
    return _n_grams(f" {text} ", span)


def _pinyin(text: str, span: Span) -> Iterator[str]:
    for run in HAN.findall(text):
        yield from _n_grams(lazy_pinyin(run), span, " ".join)


def _words(text: str, span: Span) -> Iterator[str]:
    return _n_grams(LATIN.findall(text), span, " ".join)


def _letters(text: str, span: Span) -> Iterator[str]:
    for word in LATIN.findall(text):
        yield from _n_grams(f" {word} ", span)


GROUPS: dict[str, Callable[[str, Span], Iterator[str]]] = {
    "characters": _characters,
    "pinyin": _pinyin,
    "words": _words,
    "letters": _letters,
}


class FeatureSpace:
    """The known features with their weights.

    `spans`: n-gram sizes of each group (None: off); `weights`: what each group counts; `min_counts`: in how many
    texts a feature of the group must stand to be known.
    """

    def __init__(
        self, spans: dict[str, Span | None], weights: dict[str, float], min_counts: dict[str, int] | None = None
    ) -> None:
        self.spans: dict[str, Span] = {group: (span[0], span[1]) for group, span in spans.items() if span}
        self.weights = {group: float(weights.get(group, 1.0)) for group in self.spans}
        self.min_counts = min_counts or {}
        self.columns: dict[str, dict[str, int]] = {}
        self.idf = np.zeros(0, dtype=np.float32)

    @property
    def size(self) -> int:
        """How many features are known."""
        return len(self.idf)

    def groups(self, text: str) -> dict[str, Counter[str]]:
        """The features of each group with their counts."""
        return {group: Counter(GROUPS[group](text, span)) for group, span in self.spans.items()}

    def fit(self, texts: list[str]) -> sp.csr_matrix:
        """Learns the features of the texts; returns their matrix, a row each."""
        rows = [self.groups(text) for text in texts]
        idf: list[float] = []
        for group in self.spans:
            seen = Counter(feature for row in rows for feature in row[group])
            least = self.min_counts.get(group, 1)
            kept = sorted(feature for feature, count in seen.items() if count >= least)
            self.columns[group] = {feature: len(idf) + i for i, feature in enumerate(kept)}
            idf.extend(math.log((1 + len(rows)) / (1 + seen[feature])) + 1 for feature in kept)
        self.idf = np.asarray(idf, dtype=np.float32)
        return self._stack([self._weigh(row) for row in rows])

    def vector(self, text: str) -> Vector:
        """The columns and values of one text's known features (both empty where nothing is known)."""
        return self._weigh(self.groups(text))

    def _weigh(self, groups: dict[str, Counter[str]]) -> Vector:
        columns: list[np.ndarray] = []
        values: list[np.ndarray] = []
        for group, counts in groups.items():
            known = self.columns[group]
            pairs = [(known[feature], count) for feature, count in counts.items() if feature in known]
            if not pairs:
                continue
            column = np.fromiter((pair[0] for pair in pairs), dtype=np.int32, count=len(pairs))
            value = np.fromiter((pair[1] for pair in pairs), dtype=np.float32, count=len(pairs))
            value = (1 + np.log(value)) * self.idf[column]
            values.append(value * np.float32(self.weights[group] / np.linalg.norm(value)))
            columns.append(column)
        if not columns:
            return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)
        return np.concatenate(columns), np.concatenate(values)

    def _stack(self, vectors: list[Vector]) -> sp.csr_matrix:
        pointer = np.cumsum([0, *(len(columns) for columns, _ in vectors)])
        columns = np.concatenate([vector[0] for vector in vectors])
        values = np.concatenate([vector[1] for vector in vectors])
        return sp.csr_matrix((values, columns, pointer), shape=(len(vectors), self.size), dtype=np.float32)
