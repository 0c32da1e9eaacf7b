from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla.calendar import WorkCalendar, shipped_years
from sla.deadline import deadline
from sla.milestones import CaseClock, Fired, Milestone, escalation, milestones, next_sweep_at, title, to_fire
from sla.policy import load_policy

CALENDAR = WorkCalendar(shipped_years())
SHANGHAI = ZoneInfo("Asia/Shanghai")
POLICY = load_policy()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def clock(received: str, limit: int, *, urgent: bool = False, close: time | None = None) -> CaseClock:
    due = deadline(at(received), limit, CALENDAR, SHANGHAI, close)
    first = deadline(at(received), 1, CALENDAR, SHANGHAI, close) if urgent else None
    return CaseClock(
        due.received_on,
        limit,
        due.due_on,
        due.due_at,
        first_due_on=first.due_on if first else None,
        first_due_at=first.due_at if first else None,
    )


def reached(case: CaseClock, now: datetime) -> list[str]:
    return [f"{found.name} {found.day:%m-%d}" for found in milestones(case, now, CALENDAR, POLICY, SHANGHAI)]


def fired(case: CaseClock, now: datetime, record: set[Milestone]) -> Fired:
    found = milestones(case, now, CALENDAR, POLICY, SHANGHAI)
    return to_fire(found, record, now.astimezone(SHANGHAI).date())


def told_over(case: CaseClock, times: list[datetime]) -> list[str]:
    """Sweep at `times`, keeping the record as the watch does; return what was told, with the day of telling."""
    record: set[Milestone] = set()
    told: list[str] = []
    for now in times:
        done = fired(case, now, record)
        names = dict.fromkeys(firing.tell.name for firing in done.firings)
        told += [f"{now.astimezone(SHANGHAI):%m-%d} {name}" for name in names]
        record.update(done.record)
    return told


def hourly(start: str, days: int) -> list[datetime]:
    return [at(start) + timedelta(hours=n) for n in range(24 * days)]


# Received Monday 2026-03-09: ten working days end on Monday 03-23.
INQUIRY = clock("2026-03-09T10:00", 10)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-13T23:59", []),
        ("2026-03-16T00:00", ["half 03-16"]),
        ("2026-03-18T00:00", ["half 03-16", "before_3 03-18"]),
        ("2026-03-20T09:00", ["half 03-16", "before_3 03-18", "before_1 03-20"]),
        ("2026-03-22T23:59", ["half 03-16", "before_3 03-18", "before_1 03-20"]),
        ("2026-03-23T00:00", ["half 03-16", "before_3 03-18", "before_1 03-20", "due_soon 03-23"]),
        (
            "2026-03-24T00:00",
            ["half 03-16", "before_3 03-18", "before_1 03-20", "due_soon 03-23", "overdue 03-24"],
        ),
    ],
)
def test_what_has_been_reached(now: str, expected: list[str]) -> None:
    assert reached(INQUIRY, at(now)) == expected


def test_a_watch_that_never_sleeps_tells_each_once_and_overdue_on_each_working_day() -> None:
    assert told_over(INQUIRY, hourly("2026-03-09T10:30", 22)) == [
        "03-16 half",
        "03-18 before_3",
        "03-20 before_1",
        "03-23 due_soon",
        *[f"03-{day} overdue" for day in (24, 25, 26, 27, 30, 31)],
    ]


def test_falling_overdue_on_a_saturday_is_told_then_and_again_on_working_days() -> None:
    friday = clock("2026-03-06T10:00", 5)
    assert friday.due_on == date(2026, 3, 13)
    assert reached(friday, at("2026-03-15T09:00"))[-1] == "overdue 03-14"
    told = told_over(friday, hourly("2026-03-13T12:00", 5))
    assert told == ["03-13 due_soon", "03-14 overdue", "03-16 overdue", "03-17 overdue", "03-18 overdue"]


def test_overdue_before_the_holidays_rests_until_the_first_working_day() -> None:
    before_national_day = clock("2026-09-22T10:00", 5)
    assert before_national_day.due_on == date(2026, 9, 30)
    told = told_over(before_national_day, hourly("2026-10-01T00:00", 12))
    assert told == ["10-01 overdue", "10-08 overdue", "10-09 overdue", "10-10 overdue", "10-12 overdue"]


def test_with_an_office_hour_overdue_begins_on_the_due_day_itself() -> None:
    case = clock("2026-03-06T10:00", 5, close=time(17, 30))
    told = told_over(case, hourly("2026-03-13T16:30", 4))
    assert told == ["03-13 due_soon", "03-13 overdue", "03-16 overdue", "03-17 overdue"]


def test_a_sleeping_machine_catches_up_with_one_message_the_gravest() -> None:
    assert told_over(INQUIRY, [at("2026-03-19T09:00"), at("2026-03-19T09:01")]) == ["03-19 before_3"]
    assert told_over(INQUIRY, [at("2026-04-15T09:00"), at("2026-04-15T09:01")]) == ["04-15 overdue"]
    urgent = clock("2026-03-09T10:00", 10, urgent=True)
    assert told_over(urgent, [at("2026-03-23T09:00"), at("2026-03-23T09:01")]) == [
        "03-23 first_answer_overdue"
    ]


def test_the_catching_up_message_can_mention_what_else_is_grave() -> None:
    urgent = clock("2026-03-09T10:00", 10, urgent=True)
    done = fired(urgent, at("2026-03-23T09:00"), set())
    assert [(firing.to, [found.name for found in firing.also]) for firing in done.firings] == [
        ("supervisor", ["due_soon"]),
        ("handler", ["due_soon"]),
    ]
    assert len(done.record) == 6


def test_a_later_closing_hour_does_not_repeat_what_was_told() -> None:
    told = {Milestone("overdue", date(2026, 3, 24)), Milestone("due_soon", date(2026, 3, 23))}
    done = to_fire([Milestone("overdue", date(2026, 3, 23))], told, date(2026, 3, 24))
    assert done.firings == ()
    assert done.record == (Milestone("overdue", date(2026, 3, 23)),)


def test_after_a_clock_that_ran_ahead_each_day_is_told_in_its_time_and_none_twice() -> None:
    ahead = [at("2026-03-27T09:00"), *hourly("2026-03-12T09:00", 20)]
    assert told_over(INQUIRY, ahead) == [
        "03-27 overdue",
        *[f"03-{day} overdue" for day in (24, 25, 26, 30, 31)],
        "04-01 overdue",
    ]


def test_after_an_extension_the_reminders_come_again_for_the_new_day() -> None:
    record = set(milestones(INQUIRY, at("2026-03-23T09:00"), CALENDAR, POLICY, SHANGHAI))
    extended = clock("2026-03-09T10:00", 20)
    assert extended.due_on == date(2026, 4, 7)
    done = fired(extended, at("2026-03-24T09:00"), record)
    assert done.firings == ()  # its half time stands behind what was told on the old due day
    record.update(done.record)
    (firing,) = fired(extended, at("2026-04-03T09:00"), record).firings
    assert firing.tell == Milestone("before_1", date(2026, 4, 3))


def test_a_case_once_overdue_is_told_daily_although_a_later_date_was_set() -> None:
    late = replace(clock("2026-03-02T10:00", 20), overdue_since=at("2026-03-10T00:00"))
    assert late.due_on == date(2026, 3, 30)
    days = [f"03-{day} overdue" for day in (25, 26, 27, 30, 31)]
    assert told_over(late, hourly("2026-03-25T00:00", 7)) == days


def test_of_a_closed_case_only_a_waiting_correction_is_watched() -> None:
    closed = replace(clock("2026-03-02T10:00", 5), review_since=at("2026-03-06T15:00"), closed=True)
    told = told_over(closed, hourly("2026-03-06T15:00", 5))
    assert told == ["03-09 review_waiting", "03-10 review_waiting", "03-11 review_waiting"]
    done = replace(closed, review_since=None)
    assert next_sweep_at(done, at("2026-03-06T15:00"), CALENDAR, POLICY, SHANGHAI) is None


def test_urgent_cases_have_a_first_answer_to_watch_until_it_is_given() -> None:
    urgent = clock("2026-03-06T10:00", 20, urgent=True)
    told = told_over(urgent, hourly("2026-03-06T11:00", 5))
    assert told == ["03-09 first_answer_due_soon", "03-10 first_answer_overdue", "03-11 first_answer_overdue"]
    answered = replace(urgent, first_due_on=None, first_due_at=None)
    assert told_over(answered, hourly("2026-03-06T11:00", 5)) == []


def test_a_review_that_waits_reminds_after_a_working_day_and_daily_from_then_on() -> None:
    waiting = replace(clock("2026-03-02T10:00", 20), review_since=at("2026-03-06T15:00"))
    told = told_over(waiting, hourly("2026-03-06T15:00", 5))
    assert told == ["03-09 review_waiting", "03-10 review_waiting", "03-11 review_waiting"]


def test_unclaimed_cases_are_offered_again_and_shown_to_the_head_on_each_working_day() -> None:
    unclaimed = replace(clock("2026-03-06T10:00", 20), unclaimed_since=at("2026-03-06T10:00"))
    days = ["03-09", "03-10", "03-11"]  # the 7th and 8th are a weekend
    told = told_over(unclaimed, hourly("2026-03-06T10:00", 5))
    assert told[:3] == ["03-06 unclaimed", "03-09 unclaimed", "03-09 unclaimed_head"]  # a whole day unclaimed
    each = [f"{day} {name}" for day in days for name in ("unclaimed", "unclaimed_head")]
    assert sorted(told[1:]) == each


@pytest.mark.parametrize(
    ("day", "step"),
    [
        ("2026-03-24", "handler"),
        ("2026-03-25", "head"),
        ("2026-03-26", "leader"),
        ("2026-04-30", "leader"),
        ("2026-03-23", "handler"),
    ],
)
def test_overdue_climbs_with_the_days(day: str, step: str) -> None:
    assert escalation(date(2026, 3, 23), date.fromisoformat(day), CALENDAR, POLICY) == step


@pytest.mark.parametrize(
    ("now", "following"),
    [
        ("2026-03-09T10:00", "2026-03-16T00:00"),
        ("2026-03-16T00:00", "2026-03-18T00:00"),
        ("2026-03-20T12:00", "2026-03-23T00:00"),
        ("2026-03-23T12:00", "2026-03-24T00:00"),
        ("2026-03-24T00:00", "2026-03-25T00:00"),
        ("2026-03-27T12:00", "2026-03-30T00:00"),
    ],
)
def test_the_next_look(now: str, following: str) -> None:
    assert next_sweep_at(INQUIRY, at(now), CALENDAR, POLICY, SHANGHAI) == at(following)


CLOCKS = st.builds(
    lambda day, hour, limit, urgent, close, review, unclaimed: replace(
        clock(f"{day}T{hour:02}:15", limit, urgent=urgent, close=close),
        review_since=at(f"{day}T{hour:02}:15") + timedelta(hours=review) if review else None,
        unclaimed_since=at(f"{day}T{hour:02}:15") if unclaimed else None,
    ),
    st.dates(date(2026, 1, 1), date(2027, 3, 1)),
    st.integers(0, 23),
    st.sampled_from([1, 2, 5, 10, 15, 20, 30]),
    st.booleans(),
    st.sampled_from([None, time(17, 30)]),
    st.integers(0, 100),
    st.booleans(),
)


@settings(max_examples=200)
@given(CLOCKS, st.integers(0, 60 * 24), st.floats(0, 1, exclude_max=True))
def test_nothing_is_reached_before_the_next_look(case: CaseClock, hours: int, share: float) -> None:
    start = datetime.combine(case.received_on, time.min, tzinfo=SHANGHAI).astimezone(UTC)
    now = start + timedelta(hours=hours)
    following = next_sweep_at(case, now, CALENDAR, POLICY, SHANGHAI)
    assert following > now
    between = now + (following - now) * share
    at_now = milestones(case, now, CALENDAR, POLICY, SHANGHAI)
    if between < following:
        assert milestones(case, between, CALENDAR, POLICY, SHANGHAI) == at_now
    assert milestones(case, following, CALENDAR, POLICY, SHANGHAI) != at_now


@settings(max_examples=50)
@given(CLOCKS, st.lists(st.integers(0, 24 * 60), min_size=1, max_size=20))
def test_however_often_the_sweep_runs_nothing_is_told_twice_and_one_message_a_sweep(
    case: CaseClock, hours: list[int]
) -> None:
    start = datetime.combine(case.received_on, time.min, tzinfo=SHANGHAI)
    record: set[Milestone] = set()
    told: list[tuple[str, Milestone]] = []
    for hour in sorted(hours + hours):
        found = milestones(case, start + timedelta(hours=hour), CALENDAR, POLICY, SHANGHAI)
        done = fired(case, start + timedelta(hours=hour), record)
        assert set(found) <= record | set(done.record)
        assert len({firing.to for firing in done.firings}) == len(done.firings)
        told += [(firing.to, firing.tell) for firing in done.firings]
        record.update(done.record)
    assert len(told) == len(set(told))


def test_every_milestone_has_chinese_words() -> None:
    case = replace(
        clock("2026-03-09T10:00", 10, urgent=True),
        review_since=at("2026-03-10T10:00"),
        unclaimed_since=at("2026-03-09T10:00"),
    )
    names = {found.name for found in milestones(case, at("2026-05-01T10:00"), CALENDAR, POLICY, SHANGHAI)}
    assert len(names) == 10
    assert title("before_3") == "距到期还有 3 个工作日"
    assert (title("due_soon"), title("overdue")) == ("即将到期", "逾期")
    assert all("\u4e00" <= title(name)[0] <= "\u9fff" for name in names)
