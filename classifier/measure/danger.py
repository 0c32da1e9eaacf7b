"""`python -m classifier.measure.danger`: how well danger is seen in the words of a writer that was left out.

Every writer of the danger corpus is left out in turn; the figures are of all of them together, line by line of chance.
Two in five lines of that corpus are dangers, the rest mostly look-alikes; of what comes in, one in fifty is a danger and
the rest is everyday talk: a point of precision here is worth far less than a point of recall. The weights at the end are
the `weigh_…` numbers of rules/thresholds.toml.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from sklearn.linear_model import LogisticRegression

from classifier.fit.corpus import CorpusLine, read_danger
from classifier.fit.fitter import Example, Fitter, everything
from classifier.reading.read import read
from classifier.weighing import facts, length, weighed

_LINES = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7)
# plain cries, short supplements, bare names: never left out
_EASY = frozenset({"writer-4", "writer-5", "writer-13"})
_EVERYDAY = frozenset({"ordinary", "complaint", "question", "hazard", "proposal", "thanks", "work"})


@dataclass(frozen=True, slots=True)
class UnseenJudgement:
    """What a model that never saw its writer makes of a message."""

    chance: float
    present: bool
    everyday: bool
    facts: tuple[float, ...] = ()  # what its chance is weighed by


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """What comes of raising the alarm from `chance` on. Shares 0–1."""

    chance: float
    precision: float
    recall: float
    everyday: float  # everyday messages that raise one


def left_out(
    messages: Sequence[CorpusLine], examples: Sequence[Example], writer: str
) -> list[UnseenJudgement]:
    """Return what is said of each message of `writer` by a model that never saw one."""
    own = [message for message in messages if message.writer == writer]
    theirs = {message.text for message in own}
    rows = [row for row in examples if not row.aside and not (row.own == "danger" and row.text in theirs)]
    model = Fitter(rows).alone(writer, "urgent")
    found = []
    for message in own:
        reading = read(message.text)
        said = model.read_scores(model.scores(reading))
        told = said["urgent"][0], length(reading.text), said.get("danger", ())
        up = "urgent" in message.flags
        found.append(UnseenJudgement(weighed(*told), up, message.kind in _EVERYDAY, facts(*told)))
    return found


def weights(found: Sequence[UnseenJudgement]) -> tuple[float, ...]:
    """Return the start and the weights of `facts` that fit what was found."""
    regression = LogisticRegression(C=100, max_iter=1000)
    regression.fit([one.facts for one in found], [one.present for one in found])
    return float(regression.intercept_[0]), *map(float, regression.coef_[0])


def lines(found: Sequence[UnseenJudgement]) -> list[AlarmLine]:
    """Return what comes of each line of chance."""
    return [_line(found, chance) for chance in _LINES]


def _line(found: Sequence[UnseenJudgement], chance: float) -> AlarmLine:
    raised = [one for one in found if one.chance >= chance]
    right = sum(one.present for one in raised)
    everyday = [one.chance >= chance for one in found if one.everyday]
    dangers = sum(one.present for one in found)
    idle = sum(everyday) / max(1, len(everyday))
    return AlarmLine(chance, right / max(1, len(raised)), right / max(1, dangers), idle)


def main() -> None:
    messages, examples = read_danger(), everything()
    writers = sorted({message.writer for message in messages} - _EASY)
    found = [one for writer in writers for one in left_out(messages, examples, writer)]
    sys.stdout.write(f"{len(found)} 条，{len(writers)} 位写作者\n")
    for line in lines(found):
        sys.stdout.write(
            f"{line.chance:.2f}  精确 {line.precision:.3f}  召回 {line.recall:.3f}"
            f"  平常话误报 {line.everyday:.3f}\n"
        )
    named = zip(("start", "odds", "length", "both", "kind"), weights(found), strict=True)
    sys.stdout.write("  ".join(f"weigh_{name} {weight:.3f}" for name, weight in named) + "\n")


if __name__ == "__main__":
    main()
