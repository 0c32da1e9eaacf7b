"""`python -m classifier.measure.danger`: how well danger is seen in the words of a writer that was left out.

Every writer of the danger corpus is left out in turn; the figures are of all of them together, line by line of chance.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from classifier.fit.corpus import Message, read_danger
from classifier.fit.fitter import Example, everything, fit
from classifier.reading.read import read

_LINES = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7)
_SHORT_CRIES = "writer-4"  # plain cries, easy: never left out


def left_out(
    messages: Sequence[Message], examples: Sequence[Example], writer: str
) -> list[tuple[float, bool]]:
    """Return chance and truth of each message of `writer`, judged by a model that never saw one."""
    own = [message for message in messages if message.writer == writer]
    theirs = {message.text for message in own}
    rows = [row for row in examples if not row.aside and not (row.own == "danger" and row.text in theirs)]
    model = fit([replace(row, category="", topic="") if row.own == "danger" else row for row in rows], writer)
    said = [model.read_scores(model.scores(read(message.text)))["urgent"][0] for message in own]
    return [(chance, "urgent" in message.flags) for chance, message in zip(said, own, strict=True)]


def lines(found: Sequence[tuple[float, bool]]) -> list[tuple[float, float, float]]:
    """Return for each line of chance: the line, precision, recall."""
    chance = np.array([one for one, _ in found])
    true: NDArray[np.bool_] = np.array([other for _, other in found])
    return [
        (
            line,
            float((true & (chance >= line)).sum() / max(1, (chance >= line).sum())),
            float((true & (chance >= line)).sum() / max(1, true.sum())),
        )
        for line in _LINES
    ]


def main() -> None:
    messages, examples = read_danger(), everything()
    writers = sorted({message.writer for message in messages} - {_SHORT_CRIES})
    found = [pair for writer in writers for pair in left_out(messages, examples, writer)]
    for line, precision, recall in lines(found):
        sys.stdout.write(f"{line:.2f}  精确 {precision:.3f}  召回 {recall:.3f}\n")


if __name__ == "__main__":
    main()
