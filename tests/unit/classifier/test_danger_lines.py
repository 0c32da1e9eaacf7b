"""What a line of chance finds and disturbs, when the writers of the danger corpus are left out in turn."""

import pytest

from classifier.measure.danger import UnseenJudgement, lines, weights
from classifier.weighing import weighed


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


def test_a_few_words_that_fit_no_kind_are_worth_less_than_they_say() -> None:
    spread, one_kind = [1 / 17] * 17, [0.9] + [0.1 / 16] * 16
    assert weighed(0.6, 5, spread) < weighed(0.6, 5, one_kind)
    assert weighed(0.6, 5, spread) < weighed(0.6, 60, spread) < weighed(0.9, 60, spread)
    assert weighed(0.97, 5, one_kind) > 0.5  # 「着火了」
    assert 0 <= weighed(0.0, 0, ()) < weighed(1.0, 0, ()) <= 1


def test_the_weights_are_those_that_fit() -> None:
    told = [((odds, 2.0, 2 * odds, 0.5), odds > 0) for odds in (-3.0, -2.0, -1.0, 1.0, 2.0, 3.0)]
    found = [UnseenJudgement(0.5, present, False, facts) for facts, present in told]
    _, odds, _, both, _ = weights(found)
    assert odds + 2 * both > 1
