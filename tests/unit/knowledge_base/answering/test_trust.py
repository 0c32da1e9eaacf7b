"""An entry's own bar: up with every answer that did not help, down again with those that did."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.answering.trust import lost, own_bar

counts = st.integers(0, 500)


def test_a_new_entry_is_trusted_and_a_failing_one_answers_only_word_for_word() -> None:
    assert lost(0, 0) == 0
    assert 0 < lost(1, 1) < lost(2, 2) < lost(8, 8) == 1
    assert own_bar(0.9, 0) == 0.9 and own_bar(0.9, 1) == 1


def test_one_failure_among_many_weighs_little_and_a_kind_word_more_than_silence() -> None:
    assert lost(40, 1) < lost(4, 1) < lost(1, 1)
    assert lost(6, 2, pleased=1) == lost(7, 2) < lost(6, 2)


@given(counts, counts, counts)
def test_trust_stays_between_none_and_all(used: int, failed: int, pleased: int) -> None:
    assert 0 <= lost(used, failed, pleased) <= 1


@given(counts, st.integers(0, 100), st.floats(0, 1))
def test_one_more_failure_never_lowers_the_bar_and_one_more_help_never_raises_it(
    used: int, failed: int, bar: float
) -> None:
    used = max(used, failed)
    assert lost(used + 1, failed + 1) >= lost(used, failed) >= lost(used + 1, failed)
    assert bar <= own_bar(bar, lost(used, failed)) <= 1
