"""`python -m classifier.measure.flags`: what short messages' flags come to with a second look, of writers left out.

The writers of what comes in every day are left out in turn. What the words, the sentence vectors and the nearest
messages say of their short messages, by models that never saw one, is weighed by a regression: its coefficients are the
`second_…` numbers of rules/thresholds.toml, but for `start`, which is moved until the shipped line is where the chance
wanted is. Then each writer at the numbers and lines that are shipped, by words alone and with the second look; what is
raised by wording alone is not in it.
"""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from classifier.fit.corpus import CorpusLine
from classifier.fit.fitter import Example, Fitter, everything
from classifier.fit.sentence_vectors import kept, vector_of
from classifier.measure.unseen import EVERYDAY, without, written_by
from classifier.model.linear import Floats
from classifier.model.second_opinion import FLAGS, NEAR, blended_flag, looked_at
from classifier.reading.read import read
from classifier.rules.thresholds import thresholds
from classifier.weighing import length, weighed

_AT = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)


@dataclass(frozen=True, slots=True)
class UnseenFlag:
    """What models that never saw it say of a flag of a short message."""

    writer: str
    words: float  # the chance by words
    score: float  # by sentence vectors
    near: float  # log odds of the nearest
    up: bool

    @property
    def odds(self) -> float:
        """Return the log odds by words."""
        return math.log((self.words + 1e-9) / (1 - self.words + 1e-9))


def said(writer: str, rows: Sequence[Example], vectors: dict[int, Floats]) -> dict[str, list[UnseenFlag]]:
    """Return what is said of each flag of the short messages of `writer` by a model that never saw one."""
    own = written_by((writer,))
    model = Fitter(without(rows, own)).alone(writer, *NEAR, second=True)
    stage = model.second
    if stage is None or stage.neighbours is None:
        return {}
    found: dict[str, list[UnseenFlag]] = {flag: [] for flag in NEAR}
    for line in own:
        reading = read(line.text)
        if (vector := vector_of(reading.text, vectors)) is None:
            continue
        words = model.read_scores(model.scores(reading))
        words["urgent"] = [weighed(words["urgent"][0], length(reading.text), words.get("danger", ()))]
        scores = dict(
            zip(FLAGS, (vector @ stage.coef + stage.intercept).tolist()[-len(FLAGS) :], strict=True)
        )
        for flag, near in zip(NEAR, stage.neighbours.odds(vector), strict=True):
            if _tells(line, flag):
                one = UnseenFlag(writer, words[flag][0], scores.get(flag, 0.0), near, flag in line.flags)
                found[flag].append(one)
    return found


def _tells(line: CorpusLine, flag: str) -> bool:
    return line.known is None or flag in line.known


def report(flag: str, told: Sequence[UnseenFlag]) -> str:
    """Return the weights, what comes of lines of the chance that they give, and of what is shipped, writer by writer."""
    numbers = np.array([[one.odds, one.score if flag in FLAGS else 0.0, one.near] for one in told])
    up = np.array([one.up for one in told])
    regression = LogisticRegression(C=10, max_iter=1000).fit(numbers, up)
    first, second, near = regression.coef_[0]
    start = regression.intercept_[0]
    lines = [f"{flag}  first {first:.3f}  second {second:.3f}  near {near:.3f}  start {start:.3f}"]
    mixed = regression.predict_proba(numbers)[:, 1]
    lines += [f"  {chance:.2f}：{_told(mixed >= chance, up)}" for chance in _AT]
    line = thresholds()[flag]
    words = np.array([one.words for one in told])
    shipped = np.array([_shipped(flag, one) for one in told])
    for writer in EVERYDAY:
        own = np.array([one.writer == writer for one in told])
        for name, chances in (("词", words), ("再看一眼", shipped)):
            precise = average_precision_score(up[own], chances[own]) if up[own].any() else 0.0
            lines.append(
                f"  {writer} {name}：平均精确率 {precise:.3f}，线 {line}：{_told(chances[own] >= line, up[own])}"
            )
    return "\n".join(lines)


def _shipped(flag: str, one: UnseenFlag) -> float:
    return blended_flag(flag, one.words, one.score, one.near) if looked_at(flag, one.words) else one.words


def _told(raised: NDArray[np.bool_], up: NDArray[np.bool_]) -> str:
    right = int((raised & up).sum())
    return f"精确 {right / max(1, int(raised.sum())):.3f}，召回 {right / max(1, int(up.sum())):.3f}"


def main() -> None:
    rows, (_, vectors) = everything(), kept()
    found: dict[str, list[UnseenFlag]] = {flag: [] for flag in NEAR}
    for done, writer in enumerate(EVERYDAY, 1):
        for flag, told in said(writer, rows, vectors).items():
            found[flag] += told
        sys.stderr.write(f"{done}/{len(EVERYDAY)} {writer}\n")
    for flag, told in found.items():
        sys.stdout.write(report(flag, told) + "\n")


if __name__ == "__main__":
    main()
