"""What a line of chance finds and disturbs, when the writers of the danger corpus are left out in turn."""

import pytest

from classifier.measure.danger import UnseenJudgement, lines


def test_lines_by_hand() -> None:
    found = [
        UnseenJudgement(0.9, True, False),
        UnseenJudgement(0.32, True, False),
        UnseenJudgement(0.6, False, False),  # a look-alike: counts for precision, not for the real stream
        UnseenJudgement(0.65, False, True),
        *[UnseenJudgement(0.01, False, True)] * 9,
    ]
    at = {line.chance: line for line in lines(found)}
    assert at[0.3].recall == 1 and at[0.3].precision == 0.5 and at[0.3].everyday == 0.1
    assert at[0.5].recall == 0.5 and at[0.5].precision == pytest.approx(1 / 3)
    assert at[0.7].everyday == 0 and at[0.7].recall == 0.5
