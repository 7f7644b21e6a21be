"""The network learns, and the same seed gives the same network."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from components.network import Network, Recipe, softmax

RECIPE = Recipe(hidden=16, epochs=40, batch=8, rate=0.02, input_dropout=0.1, dropout=0.1)


def a_task(count: int = 60) -> tuple[sp.csr_matrix, np.ndarray]:
    """Three classes, told by which of nine features a text has, with one feature that all share."""
    chance = np.random.default_rng(7)
    classes = np.arange(count) % 3
    rows = np.zeros((count, 10), dtype=np.float32)
    for row, kind in zip(rows, classes, strict=True):
        row[chance.choice(range(3 * kind, 3 * kind + 3), 2, replace=False)] = 0.7
        row[9] = 0.3
    return sp.csr_matrix(rows), classes


def answers(network: Network, texts: sp.csr_matrix) -> np.ndarray:
    """The likeliest class of each row."""
    return np.array([network.probabilities(row.indices, row.data).argmax() for row in texts])


def test_it_learns_a_toy_task() -> None:
    texts, classes = a_task()
    network = Network.train(texts, classes, 3, RECIPE)
    assert (answers(network, texts) == classes).all()


def test_the_same_seed_gives_the_same_network_and_another_one_another() -> None:
    texts, classes = a_task()
    one, same = (Network.train(texts, classes, 3, RECIPE) for _ in range(2))
    other = Network.train(texts, classes, 3, Recipe(**{**vars(RECIPE), "seed": 1}))
    assert all(np.array_equal(vars(one)[name], vars(same)[name]) for name in vars(one))
    assert not np.array_equal(one.embedding, other.embedding)


def test_training_leaves_what_it_is_given_as_it_was() -> None:
    texts, classes = a_task()
    before = texts.copy(), classes.copy()
    Network.train(texts, classes, 3, RECIPE)
    assert (texts != before[0]).nnz == 0
    assert (classes == before[1]).all()


def test_probabilities_add_up_whatever_is_known_of_a_text() -> None:
    texts, classes = a_task()
    network = Network.train(texts, classes, 3, RECIPE)
    nothing = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)
    for columns, values in (nothing, (texts[0].indices, texts[0].data)):
        shares = network.probabilities(columns, values)
        assert shares.sum() == pytest.approx(1, abs=1e-5)
        assert (shares >= 0).all()


def test_progress_is_told_after_each_epoch() -> None:
    texts, classes = a_task(9)
    told: list[int] = []
    Network.train(texts, classes, 3, Recipe(hidden=4, epochs=3, batch=4), told.append)
    assert told == [1, 2, 3]


def test_a_batch_that_loses_every_feature_does_no_harm() -> None:
    texts, classes = a_task(6)
    network = Network.train(texts, classes, 3, Recipe(hidden=4, epochs=2, batch=1, input_dropout=0.99))
    assert np.isfinite(network.embedding).all()


def test_large_scores_dont_overflow() -> None:
    assert softmax(np.array([[1e4, 0.0], [-1e4, 0.0]])).tolist() == [[1.0, 0.0], [0.0, 1.0]]
