"""What the credit of a new entry costs, played through: the table by which the two numbers were set."""

import random

import pytest

from knowledge_base.measure.trust import fate


@pytest.mark.parametrize("credit", [5, 10, 20])
def test_an_entry_that_errs_is_kept_back_more_than_one_that_does_not(credit: float) -> None:
    sound, shaky, bad = (fate(right, credit, 0.66, random.Random(3)) for right in (0.99, 0.9, 0.5))
    assert sound.kept_back < 0.05 < shaky.kept_back < bad.kept_back
    assert bad.went_out < 0.7 < sound.went_out


def test_more_credit_keeps_back_less() -> None:
    played = [fate(0.5, credit, 0.66, random.Random(3)).kept_back for credit in (3, 10, 40)]
    assert played == sorted(played, reverse=True)
