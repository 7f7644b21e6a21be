"""A small network for text: sparse features, one hidden layer, softmax; trained by Adam on the touched rows only.

One hidden layer shares what classes have in common, which helps most where a class has few examples in a language
(measured against a linear softmax; see docs/decisions). Dropout on input and hidden layer keeps it from memorising.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

_BETA1, _BETA2, _TINY = 0.9, 0.99, 1e-7


@dataclass(frozen=True)
class Recipe:
    """How a network is trained. Dropouts are shares, the rate falls linearly to a fifth over the epochs."""

    hidden: int = 384
    epochs: int = 15
    batch: int = 128
    rate: float = 2e-3
    input_dropout: float = 0.5
    dropout: float = 0.3
    seed: int = 0


class _Adam:
    """Adam's moments of one array; rows that a step doesn't touch stay as they are.

    With two `threads`, each takes half of the rows: NumPy computes both at once.
    """

    def __init__(self, values: np.ndarray, threads: ThreadPoolExecutor | None = None) -> None:
        self.values, self._mean, self._square = values, np.zeros_like(values), np.zeros_like(values)
        self._threads = threads

    def step(self, gradient: np.ndarray, rate: float, rows: np.ndarray | slice = slice(None)) -> None:
        """One step on some rows; overwrites `gradient`, because new arrays cost more here than arithmetic."""
        mean, square = self._mean[rows], self._square[rows]
        mean = mean + (1 - _BETA1) * (gradient - mean)
        np.multiply(gradient, gradient, out=gradient)
        gradient -= square
        gradient *= 1 - _BETA2
        square = square + gradient
        self._mean[rows], self._square[rows] = mean, square
        np.sqrt(square, out=square)
        square += _TINY
        mean /= square
        mean *= rate
        self.values[rows] -= mean

    def step_rows(self, gradient: np.ndarray, rate: float, rows: np.ndarray) -> None:
        """One step on some rows, in two halves where there are threads."""
        if self._threads is None:
            self.step(gradient, rate, rows)
            return
        middle = len(rows) // 2
        halves = (slice(0, middle), slice(middle, None))
        list(self._threads.map(lambda half: self.step(gradient[half], rate, rows[half]), halves))


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities of each row."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


class Network:
    """Weights: `embedding` (features × hidden), `bias`, `output` (hidden × classes), `output_bias`."""

    def __init__(self, embedding: np.ndarray, bias: np.ndarray, output: np.ndarray, output_bias: np.ndarray) -> None:
        self.embedding, self.bias, self.output, self.output_bias = embedding, bias, output, output_bias

    def probabilities(self, columns: np.ndarray, values: np.ndarray, temperature: float = 1.0) -> np.ndarray:
        """Class probabilities of one text by its features; a temperature below 1 makes them surer.

        Dropout in training leaves a network less sure than it is right.
        """
        hidden = np.maximum(values @ self.embedding[columns].astype(np.float32) + self.bias, 0)
        return softmax((hidden @ self.output + self.output_bias) / temperature)

    @classmethod
    def train(
        cls,
        texts: sp.csr_matrix,
        classes: np.ndarray,
        count: int,
        recipe: Recipe,
        progress: Callable[[int], None] = lambda epoch: None,
    ) -> Network:
        """A network for `count` classes; `classes` holds each text's class number."""
        chance = np.random.default_rng(recipe.seed)
        first = (chance.standard_normal((texts.shape[1], recipe.hidden)) * 0.05).astype(np.float32)
        last = (chance.standard_normal((recipe.hidden, count)) / np.sqrt(recipe.hidden)).astype(np.float32)
        bias, output_bias = _Adam(np.zeros(recipe.hidden, np.float32)), _Adam(np.zeros(count, np.float32))
        with ThreadPoolExecutor(2) as threads:
            embedding, output = _Adam(first, threads), _Adam(last)
            weights = (embedding, bias, output, output_bias)
            for epoch in range(recipe.epochs):
                rate = recipe.rate * (1 - 0.8 * epoch / recipe.epochs)
                order = chance.permutation(texts.shape[0])
                for start in range(0, len(order), recipe.batch):
                    chosen = order[start : start + recipe.batch]
                    _step(texts[chosen], classes[chosen], weights, replace(recipe, rate=rate), chance)
                progress(epoch + 1)
        # Half precision halves the model's size; the probabilities differ by less than 0.001.
        return cls(embedding.values.astype(np.float16), bias.values, output.values, output_bias.values)


def _step(
    batch: sp.csr_matrix,
    classes: np.ndarray,
    weights: tuple[_Adam, _Adam, _Adam, _Adam],
    recipe: Recipe,
    chance: np.random.Generator,
) -> None:
    embedding, bias, output, output_bias = weights
    kept = chance.random(len(batch.data)) >= recipe.input_dropout
    batch.data = batch.data * kept / np.float32(1 - recipe.input_dropout)
    batch.eliminate_zeros()
    touched, columns = np.unique(batch.indices, return_inverse=True)
    inputs = sp.csr_matrix((batch.data, columns, batch.indptr), shape=(batch.shape[0], len(touched)))
    raw = inputs @ embedding.values[touched] + bias.values
    gate = ((raw > 0) & (chance.random(raw.shape) >= recipe.dropout)) / np.float32(1 - recipe.dropout)
    hidden = raw * gate
    error = softmax(hidden @ output.values + output_bias.values)
    error[np.arange(len(classes)), classes] -= 1
    error /= len(classes)
    back = ((error @ output.values.T) * gate).astype(np.float32)
    output.step(hidden.T @ error, recipe.rate)
    output_bias.step(error.sum(axis=0), recipe.rate)
    bias.step(back.sum(axis=0), recipe.rate)
    embedding.step_rows(np.asarray(inputs.T @ back), recipe.rate, touched)
