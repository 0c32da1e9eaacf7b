"""`python -m classifier.measure.further`: what a further line's alarm comes to beside the letter that it joins.

Every held-out danger and every calm line of few words is put after calm held-out letters that have nothing to do with
it: the hardest case, as the letter speaks against whatever is new. The sets have been opened before.
"""

import sys
from collections.abc import Sequence

from classifier.fit.heldout_rows import read_heldout
from classifier.rules.thresholds import number
from classifier.triage import Classifier, built_in

_LETTERS = 4  # that each line is put after
_LONGEST = int(number("further_longest"))


def alarms(classifier: Classifier, lines: Sequence[str], letters: Sequence[str]) -> tuple[float, float]:
    """Return the share of `lines` that raise an alarm alone, and beside letters taken in turn."""
    alone = classifier.triage_many(lines)
    beside = [
        classifier.further(judged, line, letters[(i * _LETTERS + turn) % len(letters)]).urgent
        for i, (line, judged) in enumerate(zip(lines, alone, strict=True))
        for turn in range(_LETTERS)
    ]
    return sum(one.urgent for one in alone) / len(lines), sum(beside) / len(beside)


def calm_letters(classifier: Classifier) -> list[str]:
    """Return held-out letters and messages that tell of no danger and are not taken to."""
    rows = [*read_heldout("letters"), *read_heldout("short_chat_*")]
    told = [row.text for row in rows if not row.flags and row.label in {"complaint", "advice_inquiry"}]
    return [text for text, one in zip(told, classifier.triage_many(told), strict=True) if not one.urgent]


def main() -> None:
    classifier = built_in()
    letters = calm_letters(classifier)
    told = [*read_heldout("short_chat_*"), *read_heldout("flags/short_chat_5")]
    short = [row for row in told if len(row.text) <= _LONGEST and not row.flags]
    dangers = [row.text for row in read_heldout("flags/danger*") if "urgent" in row.flags]
    for name, lines in (("险情", dangers), ("平常短话", [row.text for row in short])):
        alone, beside = alarms(classifier, lines, letters)
        sys.stdout.write(f"{name} {len(lines)} 条：单看报 {alone:.3f}，与来信同看报 {beside:.3f}\n")


if __name__ == "__main__":
    main()
