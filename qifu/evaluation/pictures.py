"""Pictures of an evaluation: the confusion matrix, calibration and coverage."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
from matplotlib import pyplot as plt  # the backend is chosen first

from qifu.evaluation.score import Scored


def confusion_picture(rows: Sequence[Scored], path: Path) -> None:
    """What was meant (rows) against what it was taken for (columns), as shares of each row."""
    labels = sorted({row.case.label for row in rows} | {row.label for row in rows})
    place = {label: number for number, label in enumerate(labels)}
    counts = np.zeros((len(labels), len(labels)))
    for row in rows:
        counts[place[row.case.label], place[row.label]] += 1
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = plt.subplots(figsize=(14, 13), layout="constrained")
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(labels)), labels, rotation=90)
    axes.set_yticks(range(len(labels)), labels)
    axes.set_xlabel("taken for")
    axes.set_ylabel("meant")
    for y, x in zip(*np.nonzero(counts), strict=True):
        colour = "w" if shares[y, x] > 0.5 else "k"
        axes.text(float(x), float(y), f"{counts[y, x]:.0f}", ha="center", va="center", fontsize=7, color=colour)
    figure.colorbar(image, shrink=0.6)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def calibration_picture(rows: Sequence[Scored], path: Path) -> None:
    """Left: confidence against being right. Right: accuracy when only the surest share is answered."""
    known = [row for row in rows if row.turn["confidence"] is not None]
    sure = np.array([float(row.turn["confidence"]) for row in known])
    right = np.array([row.right for row in known], dtype=float)
    figure, (left, other) = plt.subplots(1, 2, figsize=(12, 5), layout="constrained")
    bins = np.clip((sure * 10).astype(int), 0, 9)
    filled = [number for number in range(10) if (bins == number).any()]
    left.plot([0, 1], [0, 1], color="grey", linewidth=1)
    left.plot([sure[bins == b].mean() for b in filled], [right[bins == b].mean() for b in filled], marker="o")
    left.set_xlabel("confidence of the intent")
    left.set_ylabel("share right")
    order = np.argsort(-sure)
    answered = np.arange(1, len(order) + 1)
    other.plot(answered / max(len(order), 1), np.cumsum(right[order]) / answered)
    other.set_xlabel("coverage (share of messages, surest first)")
    other.set_ylabel("accuracy")
    other.set_ylim(0, 1.02)
    figure.savefig(path, dpi=110)
    plt.close(figure)
