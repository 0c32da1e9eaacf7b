"""`python -m classifier.measure.flags`: what short messages' flags come to with a second look, on parts left out in turn.

Each writer of the danger corpus is a part, with a share of everything else. What the words and the sentence vectors
say of a part, by models that never saw it, is weighed by a regression of two numbers: its coefficients are the
`second_…` numbers of rules/thresholds.toml, but for `start`, which is moved until the lines keep the recall they had.
On danger nobody looks twice; what a second look would say of it is reported all the same.
"""

import hashlib
import math
import sys
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from classifier.fit.corpus import read_danger
from classifier.fit.fitter import Example, Fitter, everything
from classifier.fit.sentence_vectors import kept, vector_of
from classifier.model.second_opinion import FLAGS
from classifier.reading.read import read

_RECALLS = (0.8, 0.85, 0.9, 0.95)
_OWN = {"urgent": "danger", "sensitive": "accusation", "accusation": "accusation"}
Said = list[tuple[float, float, bool, Example]]  # log-odds by words, score by vectors, whether it is up


def parts(rows: Sequence[Example]) -> list[int]:
    """Return which part each of `rows` is of; what was told again with an aside goes with what it tells."""
    writers = sorted({m.writer for m in read_danger()})
    of_writer = {m.text: writers.index(m.writer) for m in read_danger()}
    plain = {row.text.rstrip("。."): _part(row, of_writer, len(writers)) for row in rows if not row.aside}
    return [
        next((plain[told] for told in _told(row.text) if told in plain), -1)
        if row.aside
        else _part(row, of_writer, len(writers))
        for row in rows
    ]


def _part(row: Example, of_writer: dict[str, int], count: int) -> int:
    if row.own == "danger":
        return of_writer[row.text]
    return int.from_bytes(hashlib.blake2b(row.text.encode(), digest_size=4).digest()) % count


def _told(text: str) -> Iterator[str]:
    """Yield what may have been told in `text` before an aside was put to it."""
    for place, mark in enumerate(text):
        if mark == "，":
            yield text[:place]
            yield text[place + 1 :]


def said(rows: Sequence[Example], part: int, of: Sequence[int]) -> dict[str, Said]:
    """Return what is said of the short messages of `part` by models that never saw it."""
    _, vectors = kept()
    seen = [row for row, one in zip(rows, of, strict=True) if one != part]
    model = Fitter(seen).alone(str(part), *FLAGS, second=True)
    stage = model.second
    found: dict[str, Said] = {flag: [] for flag in FLAGS}
    if stage is None:
        return found
    for row, one in zip(rows, of, strict=True):
        reading = read(row.text)
        vector = vector_of(reading.text, vectors)
        if one != part or row.aside or not row.whole or vector is None:
            continue
        first = model.read_scores(model.scores(reading))
        second = (vector @ stage.coef + stage.intercept).tolist()[-len(FLAGS) :]
        for flag, score in zip(FLAGS, second, strict=True):
            if row.tells(flag):
                chance = min(max(first[flag][0], 1e-9), 1 - 1e-9)
                found[flag].append((math.log(chance / (1 - chance)), score, flag in row.flags, row))
    return found


def report(flag: str, told: Said) -> str:
    """Return the weights, and what comes of lines that keep a recall, by words alone and with the second look."""
    numbers = np.array([[one, other] for one, other, _, _ in told])
    up = np.array([each[2] for each in told])
    own = np.array([each[3].own in {_OWN[flag], "supplement"} for each in told])
    regression = LogisticRegression(C=100, max_iter=1000).fit(
        numbers, up, sample_weight=np.where(own, 1, 0.5)
    )
    first, second = regression.coef_[0]
    mixed = regression.decision_function(numbers)
    lines = [f"{flag}  first {first:.3f}  second {second:.3f}  start {regression.intercept_[0]:.3f}"]
    for name, scores in (("词", numbers[:, 0]), ("词和句向量", mixed)):
        lines.append(f"  {name}：平均精确率 {average_precision_score(up, scores):.3f}")
        lines += [_at(recall, scores, up, told) for recall in _RECALLS]
    return "\n".join(lines)


def _at(recall: float, scores: NDArray[np.float64], up: NDArray[np.bool_], told: Said) -> str:
    line = float(np.quantile(scores[up], 1 - recall))
    raised = scores >= line
    idle = sum(bool(one) for one, each in zip(raised, told, strict=True) if each[3].own == "supplement")
    return (
        f"    召回 {recall}（线 {line:.2f}）：精确 {up[raised].mean():.3f}"
        f"，平常的误报 {raised[~up].mean():.4f}，短补充 {idle} 条"
    )


def main() -> None:
    rows = everything()
    of = parts(rows)
    found: dict[str, Said] = {flag: [] for flag in FLAGS}
    for part in sorted(set(of) - {-1}):
        for flag, told in said(rows, part, of).items():
            found[flag] += told
    for flag, told in found.items():
        sys.stdout.write(report(flag, told) + "\n")


if __name__ == "__main__":
    main()
