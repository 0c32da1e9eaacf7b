"""A last sign that follows from the others: one wrong digit, or two that changed places, no longer fit."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from text.check_digits import born, checks, luhn

SIGNS = "10X98765432"


def identity(body: str) -> str:
    """Return an invented number with its last sign, reckoned as the standard writes it."""
    return body + SIGNS[sum(int(d) * (2 ** (17 - at) % 11) for at, d in enumerate(body)) % 11]


def card(body: str) -> str:
    return next(body + str(last) for last in range(10) if luhn(body + str(last)))


bodies = st.text("0123456789", min_size=17, max_size=17)
cards = st.text("0123456789", min_size=14, max_size=18)


@given(bodies, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_of_an_identity_number_is_seen(body: str, at: int, by: int) -> None:
    right = identity(body)
    assert checks(right)
    wrong = right[:at] + str((int(right[at]) + by) % 10) + right[at + 1 :]
    assert not checks(wrong)
    assert sum(checks(body + sign) for sign in SIGNS) == 1


@given(bodies, st.integers(0, 15))
def test_two_neighbours_that_changed_places_are_seen(body: str, at: int) -> None:
    assume(body[at] != body[at + 1])
    right = identity(body)
    assert not checks(right[:at] + right[at + 1] + right[at] + right[at + 2 :])


@pytest.mark.parametrize("short", ["", "3", "1" * 17, identity("1" * 17)[:-1]])
def test_what_has_no_last_sign_has_no_right_one(short: str) -> None:
    assert not checks(short)


@given(cards, st.data())
def test_one_wrong_digit_of_a_card_s_number_is_seen(body: str, data: st.DataObject) -> None:
    right = card(body)
    at, by = data.draw(st.integers(0, len(right) - 1)), data.draw(st.integers(1, 9))
    assert not luhn(right[:at] + str((int(right[at]) + by) % 10) + right[at + 1 :])


@pytest.mark.parametrize("number", ["4111111111111111", "5500005555555559", "79927398713", "0" * 16])
def test_published_numbers_of_cards(number: str) -> None:
    assert luhn(number)


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_a_day_is_one_on_which_somebody_was_born(day: date) -> None:
    assert born(f"{day:%Y%m%d}")


@pytest.mark.parametrize(
    "written", ["18991231", "21000101", "20230229", "19901301", "19900100", "", "1990010", "abcdefgh"]
)
def test_what_is_no_such_day(written: str) -> None:
    assert not born(written)
