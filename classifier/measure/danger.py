"""`python -m classifier.measure.danger`: how well danger is seen in the words of writers that were left out.

Every writer of the danger corpus is left out in turn, the earlier ones two at once; the figures are of all of them
together, line by line of chance, then of each at the line that is shipped.
Two in five lines of that corpus are dangers, the rest mostly look-alikes; of what comes in, one in fifty is a danger and
the rest is everyday talk: a point of precision here is worth far less than a point of recall. The weights at the end are
the `weigh_…` numbers of rules/thresholds.toml.
"""

import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sklearn.linear_model import LogisticRegression

from classifier.fit.corpus import CorpusLine, read_danger
from classifier.fit.fitter import Example, Fitter, everything
from classifier.measure.unseen import GROUPS, without
from classifier.reading.read import read
from classifier.rules.thresholds import thresholds
from classifier.weighing import facts, length, weighed

_LINES = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7)
_EVERYDAY = frozenset({"ordinary", "complaint", "question", "hazard", "proposal", "thanks", "work"})


@dataclass(frozen=True, slots=True)
class UnseenJudgement:
    """What a model that never saw its writer makes of a message."""

    chance: float
    present: bool
    everyday: bool
    facts: tuple[float, ...] = ()  # what its chance is weighed by
    writer: str = ""


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """What comes of raising the alarm from `chance` on. Shares 0–1."""

    chance: float
    precision: float
    recall: float
    everyday: float  # everyday messages that raise one


def left_out(
    messages: Sequence[CorpusLine], examples: Sequence[Example], writers: Collection[str]
) -> list[UnseenJudgement]:
    """Return what is said of each message of `writers` by a model that never saw one, nor one with an aside."""
    own = [message for message in messages if message.writer in writers]
    plain = [row for row in examples if not row.aside]
    model = Fitter(without(plain, own)).alone("unseen", "urgent")
    found = []
    for message in own:
        reading = read(message.text)
        said = model.read_scores(model.scores(reading))
        told = said["urgent"][0], length(reading.text), said.get("danger", ())
        up, everyday = "urgent" in message.flags, message.kind in _EVERYDAY
        found.append(UnseenJudgement(weighed(*told), up, everyday, facts(*told), message.writer))
    return found


def weights(found: Sequence[UnseenJudgement]) -> tuple[float, ...]:
    """Return the start and the weights of `facts` that fit what was found."""
    regression = LogisticRegression(C=100, max_iter=1000)
    regression.fit([one.facts for one in found], [one.present for one in found])
    return float(regression.intercept_[0]), *map(float, regression.coef_[0])


def lines(found: Sequence[UnseenJudgement]) -> list[AlarmLine]:
    """Return what comes of each line of chance."""
    return [at(found, chance) for chance in _LINES]


def at(found: Sequence[UnseenJudgement], chance: float) -> AlarmLine:
    """Return what comes of raising the alarm from `chance` on."""
    raised = [one for one in found if one.chance >= chance]
    right = sum(one.present for one in raised)
    everyday = [one.chance >= chance for one in found if one.everyday]
    dangers = sum(one.present for one in found)
    idle = sum(everyday) / max(1, len(everyday))
    return AlarmLine(chance, right / max(1, len(raised)), right / max(1, dangers), idle)


def _told(line: AlarmLine) -> str:
    return f"精确 {line.precision:.3f}  召回 {line.recall:.3f}  平常话误报 {line.everyday:.3f}\n"


def main() -> None:
    messages, examples = read_danger(), everything()
    found: list[UnseenJudgement] = []
    for done, group in enumerate(GROUPS, 1):
        found += left_out(messages, examples, group)
        sys.stderr.write(f"{done}/{len(GROUPS)} {'、'.join(group)}\n")
    sys.stdout.write(f"{len(found)} 条\n")
    for line in lines(found):
        sys.stdout.write(f"{line.chance:.2f}  {_told(line)}")
    for group in GROUPS:
        own = [one for one in found if one.writer in group]
        sys.stdout.write(f"{'、'.join(group)}  {_told(at(own, thresholds()['urgent']))}")
    named = zip(("start", "odds", "length", "both", "kind"), weights(found), strict=True)
    sys.stdout.write("  ".join(f"weigh_{name} {weight:.3f}" for name, weight in named) + "\n")


if __name__ == "__main__":
    main()
