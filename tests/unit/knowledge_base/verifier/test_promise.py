"""The bar: what several writers' questions promise to an office that none of them wrote for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.verifier.promise import CHANCE, FALSE_AUTO, PROMISE, bar, forecast

WRITERS = 9
Judged = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def judged(*wrong: int, count: int = 900) -> Judged:
    """Nine writers in turn: chances that fall, whether each is right; every third question is one that nobody answers."""
    number = np.arange(count)
    answerable = number % 3 != 2
    right = answerable.copy()
    right[list(wrong)] = False
    chances = np.where(answerable, np.linspace(0.99, 0.5, count), 0.1)
    return chances, right, answerable, number // 3 % WRITERS


def test_the_bar_is_the_lowest_that_keeps_the_promise() -> None:
    assert bar(*judged()) == 0.5
    chances, *_ = some = judged(*range(600, 660))
    assert chances[606] < bar(*some) <= chances[600] + 0.005
    assert bar(chances, some[1] & False, *some[2:]) > 1


def test_what_nobody_answers_counts_by_itself() -> None:
    chances, right, answerable, writer = judged()
    met = np.where(answerable, chances, np.linspace(0.89, 0.1, 900))
    assert bar(met, right, answerable, writer) > 0.85
    assert bar(chances[answerable], right[answerable], answerable[answerable], writer[answerable]) > 1


@pytest.mark.parametrize("count", [9, 45, 63])
def test_few_answers_promise_nothing(count: int) -> None:
    assert bar(*judged(count=count)) > 1


def test_a_bar_that_holds_again_by_luck_is_not_taken() -> None:
    number = np.arange(9_000)
    wrong = number[(number >= 2_000) & (number < 2_600) & (number % 3 == 0)]
    assert bar(*judged(*wrong, count=9_000)) > 0.85


def test_one_careless_writer_of_nine_says_less_than_a_habit_of_all() -> None:
    of = np.full(WRITERS, 50.0)
    one = forecast(np.array([9.0, *[0.0] * 8]), of, 1 - PROMISE)
    all_ = forecast(np.ones(WRITERS), of, 1 - PROMISE)
    assert one.within > 0.85 > all_.within
    assert abs(one.mean - all_.mean) < 0.005


def test_more_writers_and_more_answers_are_surer() -> None:
    few, many, more = (
        forecast(np.zeros(n), np.full(n, of), FALSE_AUTO).within
        for n, of in ((3, 20.0), (9, 20.0), (9, 200.0))
    )
    assert few < many < more
    assert forecast(np.zeros(0), np.zeros(0), 1 - PROMISE).within < CHANCE  # nobody was asked


@settings(max_examples=25)
@given(st.lists(st.integers(0, 899), max_size=60, unique=True))
def test_each_writer_counts_the_same_however_often_he_is_heard(wrong: list[int]) -> None:
    some = judged(*wrong)
    least = bar(*some)
    assert least == 1.01 or 0.5 <= least <= 0.995
    order = np.random.default_rng(0).permutation(900)
    assert bar(*(each[order] for each in some)) == least
