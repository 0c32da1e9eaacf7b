"""How good a classifier is on labelled rows, and two pictures of it."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from sklearn.metrics import precision_recall_fscore_support

from classifier.labels import CATEGORIES
from classifier.triage import Classifier, Triage

_BINS = 10


class Labelled(Protocol):
    """What is evaluated: anything with a text and its right category."""

    @property
    def text(self) -> str: ...
    @property
    def label(self) -> str: ...


def evaluate(rows: Sequence[Labelled], classifier: Classifier) -> dict[str, Any]:
    """Return the figures of interface.md §6: shares 0–1, `ms_per_message` in milliseconds.

    `accuracy_kept` is the accuracy over the messages that no person is asked to check.
    """
    started = time.perf_counter()
    found = classifier.triage_many([row.text for row in rows])
    elapsed = time.perf_counter() - started
    return figures([row.label for row in rows], found) | {
        "ms_per_message": round(1000 * elapsed / max(1, len(rows)), 3)
    }


def figures(gold: Sequence[str], found: Sequence[Triage]) -> dict[str, Any]:
    """Return accuracy, macro-F1 and the rest. Classes without a row in `gold` or `found` are left out of the mean."""
    predicted = [triage.category for triage in found]
    right = [one == other for one, other in zip(gold, predicted, strict=True)]
    kept = [hit for hit, triage in zip(right, found, strict=True) if not triage.needs_review]
    present = [label for label in CATEGORIES if label in {*gold, *predicted}]
    per_class = _per_class(gold, predicted, present)
    count = len(gold)
    return {
        "n": count,
        "accuracy": _share(sum(right), count),
        "macro_f1": _share(sum(per_class[label]["f1"] for label in present), len(present)),
        "per_class": per_class,
        "review_rate": _share(count - len(kept), count),
        "accuracy_kept": _share(sum(kept), len(kept)),
    }


def _per_class(
    gold: Sequence[str], predicted: Sequence[str], labels: Sequence[str]
) -> dict[str, dict[str, float]]:
    if not labels:
        return {}
    table = precision_recall_fscore_support(gold, predicted, labels=list(labels), zero_division=0)
    return {
        label: {
            "precision": round(float(table[0][i]), 4),
            "recall": round(float(table[1][i]), 4),
            "f1": round(float(table[2][i]), 4),
            "support": int(table[3][i]),
        }
        for i, label in enumerate(labels)
    }


def _share(part: float, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def report(rows: Sequence[Labelled], classifier: Classifier, folder: Path) -> tuple[Path, Path]:
    """Draw `confusion.png` and `calibration.png` into `folder`; English labels, as fonts may lack Chinese."""
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    found = classifier.triage_many([row.text for row in rows])
    gold = [row.label for row in rows]
    confusion, calibration = Figure(figsize=(6, 5), dpi=120), Figure(figsize=(6, 5), dpi=120)
    _draw_confusion(confusion, gold, [triage.category for triage in found])
    _draw_calibration(calibration, gold, found)
    paths = folder / "confusion.png", folder / "calibration.png"
    for figure, path in zip((confusion, calibration), paths, strict=True):
        figure.tight_layout()
        figure.savefig(path)
    return paths


def _draw_confusion(figure: Any, gold: Sequence[str], predicted: Sequence[str]) -> None:
    axes = figure.add_subplot()
    table = np.zeros((len(CATEGORIES), len(CATEGORIES)), int)  # of no rows too
    for one, other in zip(gold, predicted, strict=True):
        if one in CATEGORIES:
            table[CATEGORIES.index(one), CATEGORIES.index(other)] += 1
    axes.imshow(table / np.maximum(1, table.sum(axis=1, keepdims=True)), cmap="Blues", vmin=0, vmax=1)
    names = [label.replace("_", "\n") for label in CATEGORIES]
    axes.set_xticks(range(len(names)), names)
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="predicted", ylabel="right answer", title=f"Confusion matrix, n = {len(gold)}")
    for (row, column), count in np.ndenumerate(table):
        dark = count > 0.5 * max(1, table[row].sum())
        axes.text(column, row, str(count), ha="center", va="center", color="white" if dark else "black")


def _draw_calibration(figure: Any, gold: Sequence[str], found: Sequence[Triage]) -> None:
    axes = figure.add_subplot()
    confidence = np.array([triage.confidence for triage in found])
    right = np.array(
        [triage.category == label for triage, label in zip(found, gold, strict=True)], dtype=float
    )
    place = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    filled = [b for b in range(_BINS) if (place == b).any()]
    x = [float(confidence[place == b].mean()) for b in filled]
    y = [float(right[place == b].mean()) for b in filled]
    axes.plot([0, 1], [0, 1], linestyle="--", color="grey", label="ideal")
    axes.plot(x, y, marker="o", label="measured")
    for across, up, b in zip(x, y, filled, strict=True):
        axes.annotate(str(int((place == b).sum())), (across, up), textcoords="offset points", xytext=(4, -12))
    axes.set(
        xlabel="confidence",
        ylabel="share right",
        xlim=(0, 1),
        ylim=(0, 1.05),
        title="Calibration (messages per point)",
    )
    axes.legend(loc="upper left")
