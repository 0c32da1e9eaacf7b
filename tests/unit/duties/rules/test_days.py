"""Days are counted as for replies; a year without a notice is provisional, whichever end it lies at."""

from datetime import date

import pytest

from cases.register.duty_kinds import StandardCode
from cases.register.errors import Invalid
from duties.rules import days, policy
from tests.builders import CALENDAR


@pytest.mark.parametrize(
    ("day", "count", "last"),
    [
        ("2026-11-02", 5, "2026-11-09"),  # a Monday; the day itself is not counted
        ("2026-09-28", 7, "2026-10-13"),  # over the National Day week, 10 October made up
        ("2026-12-28", 5, "2027-01-05（暂定）"),
        ("2023-12-28", 5, "2024-01-05（暂定）"),
        ("2019-05-01", 5, "2019-05-08（暂定）"),
        ("2024-01-01", 5, "2024-01-08"),
    ],
)
def test_counting(day: str, count: int, last: str) -> None:
    due = days.after(date.fromisoformat(day), count, CALENDAR)
    assert str(due) == last
    assert days.between(date.fromisoformat(day), due.on, CALENDAR) == count


@pytest.mark.parametrize("text", ["2026-13-01", "2026-2-3", "昨天", "", "2026-02-30", "20260203"])
def test_a_date_that_is_none_is_named(text: str) -> None:
    with pytest.raises(Invalid, match="开设日期"):
        days.read_day(text, "开设日期")


def test_months() -> None:
    assert days.read_month("2026-02") == (date(2026, 2, 1), date(2026, 2, 28))
    assert days.month_before("2026-01") == "2025-12"
    for text in ("2026-00", "2026-13", "2026", "26-01"):
        with pytest.raises(Invalid):
            days.read_month(text)


def test_the_policy_says_which_number_is_wrong() -> None:
    shipped = policy.load()
    assert [shipped.standard(code).filing_days for code in StandardCode] == [5, 7, 7, 7]
    assert {standard.notice_days for standard in shipped.standards.values()} == {15}
    with pytest.raises(Invalid, match=r"\[mlgk\] filing_days"):
        policy.parse('[mlgk]\nname = "x"\nfiling_days = 0\n')
    with pytest.raises(Invalid, match="mlgk、qingdao"):
        shipped.standard("beijing")
