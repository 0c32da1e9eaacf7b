"""The last days that the standards set, over holidays and make-up days; and what counting must hold for every day.

Each row was counted by hand from the notices of the State Council's office.
"""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.register.duty_kinds import StandardCode
from cases.register.errors import Invalid
from duties.rules import days, policy
from sla.notice import FIRST_YEAR
from tests.builders import CALENDAR

FIRST = date(FIRST_YEAR, 1, 1)
A_DAY = st.dates(date(2015, 1, 1), date(2035, 12, 31))
TABLE = [
    # event        standard   what            last day                why
    (
        "2026-02-12",
        "mlgk",
        "filing_days",
        "2026-02-26",
    ),  # 13 Fri, 14 Sat worked, 15–23 Spring Festival, 24, 25, 26
    ("2026-02-12", "qingdao", "filing_days", "2026-02-28"),  # … 27, and 28, a Saturday that is worked
    ("2026-09-30", "mlgk", "filing_days", "2026-10-13"),  # 1–7 off, 8, 9, 10 Sat worked, 12, 13
    ("2026-09-30", "anning", "filing_days", "2026-10-15"),
    ("2025-09-30", "mlgk", "filing_days", "2025-10-14"),  # 1–8 off, 9, 10, 11 Sat worked, 13, 14
    ("2026-04-30", "mlgk", "filing_days", "2026-05-11"),  # 1–5 off, 6, 7, 8, 9 Sat worked, 11
    ("2026-06-18", "hengnan", "filing_days", "2026-06-30"),  # 19–21 Dragon Boat, 22–26, 29, 30
    ("2026-12-31", "mlgk", "filing_days", "2027-01-08（暂定）"),  # 2027 has no notice yet
    ("2023-12-31", "mlgk", "filing_days", "2024-01-08"),  # every counted day lies in 2024
    ("2026-02-13", "qingdao", "notice_days", "2026-03-12"),
    ("2026-09-18", "anning", "notice_days", "2026-10-15"),  # Sunday 20 worked, 25–27 and 1–7 off, 10 worked
    ("2025-12-26", "mlgk", "notice_days", "2026-01-19"),  # Sunday 4 January worked
    ("2026-11-30", "hengnan", "notice_days", "2026-12-21"),
]


@pytest.mark.parametrize(("event", "standard", "what", "last"), TABLE)
def test_the_last_day(event: str, standard: str, what: str, last: str) -> None:
    count = getattr(policy.load().standard(standard), what)
    assert str(days.after(date.fromisoformat(event), count, CALENDAR)) == last


def works(day: date) -> bool:
    """What counts as a working day, said once more: before the calendars Monday to Friday."""
    return day.weekday() < 5 if day < FIRST else CALENDAR.is_workday(day)


@settings(max_examples=150, deadline=None)
@given(day=A_DAY, count=st.integers(1, 40))
def test_exactly_so_many_working_days_lie_between(day: date, count: int) -> None:
    due = days.after(day, count, CALENDAR)
    passed = [day + timedelta(days=n) for n in range(1, (due.on - day).days + 1)]
    assert sum(map(works, passed)) == count and works(due.on)
    assert days.between(day, due.on, CALENDAR) == count
    assert due.provisional == any(not CALENDAR.is_official(each.year) for each in passed)


@settings(max_examples=60, deadline=None)
@given(day=A_DAY, length=st.integers(0, 400))
def test_counting_to_any_day_is_counting_the_days(day: date, length: int) -> None:
    until = day + timedelta(days=length)
    counted = sum(works(day + timedelta(days=n)) for n in range(1, length + 1))
    assert days.between(day, until, CALENDAR) == counted


@settings(max_examples=60, deadline=None)
@given(day=A_DAY, count=st.integers(1, 30))
def test_a_later_event_is_never_due_earlier(day: date, count: int) -> None:
    assert days.after(day, count, CALENDAR).on <= days.after(day + timedelta(days=1), count, CALENDAR).on


@given(A_DAY)
def test_a_date_is_read_as_it_is_written(day: date) -> None:
    assert days.read_day(f" {day.isoformat()} ", "日期") == day
    first, last = days.read_month(days.month_of(day))
    assert first <= day <= last and first.day == 1 and (last + timedelta(days=1)).day == 1
    assert days.month_before(days.month_of(last + timedelta(days=1))) == days.month_of(day)


@given(st.text(max_size=12))
def test_whatever_else_is_written_is_named(text: str) -> None:
    for read in (lambda: days.read_day(text, "变更日期"), lambda: days.read_month(text)):
        try:
            read()
        except Invalid as refused:
            assert text[:30] in str(refused) and "2026-03" in str(refused)


@pytest.mark.parametrize(
    "text", ["２０２６-０３-０２", "2026-3-2", "2026/03/02", "2026-03-02T00:00", "02-03-2026", "2026-03", "今天", "0000-01-01"]
)  # fmt: skip
def test_a_date_is_written_in_one_way(text: str) -> None:
    with pytest.raises(Invalid, match="请写成 2026-03-02"):
        days.read_day(text, "日期")


SHIPPED = policy._FILE.read_text(encoding="utf-8")
NUMBERS = [
    (table, key)
    for table, keys in (
        *((code, ("filing_days", "notice_days", "post_gap_days", "original_gap_days")) for code in StandardCode),
        ("selfcheck", ("mend_days",)), ("handover", ("days",)), ("releases", ("ordinary", "important", "grave")),
    )
    for key in keys
]  # fmt: skip


def changed(table: str, key: str, value: str | None) -> str:
    """Return the shipped policy with one number written otherwise, or left out."""
    head, name, body = SHIPPED.partition(f"[{table}]")
    lines = body.splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if line.startswith(f"{key} ="))
    lines[place] = f"{key} = {value}\n" if value is not None else "\n"
    return head + name + "".join(lines)


@pytest.mark.parametrize(("table", "key"), NUMBERS)
def test_a_number_that_is_none_is_named_with_its_place(table: str, key: str) -> None:
    with pytest.raises(Invalid, match=rf"缺少 \[{table}\] {key}"):
        policy.parse(changed(table, key, None))
    for value in ("0", "-1", "251", "true", '"5"', "1.5"):
        with pytest.raises(Invalid, match=rf"\[{table}\] {key} 应为 1 至 250"):
            policy.parse(changed(table, key, value))
    policy.parse(changed(table, key, "250"))


def test_a_policy_that_is_no_toml() -> None:
    for text in ("[mlgk", "mlgk = 3", "", "[mlgk]\nname"):
        with pytest.raises(Invalid, match=r"policy\.toml"):
            policy.parse(text)


def test_reviews_grow_with_the_weight() -> None:
    levels = policy.load().levels
    assert [levels[weight] for weight in ("ordinary", "important", "grave")] == [1, 2, 3]
