"""Turns are fair by kind of day and in all, whatever the span and however many take part."""

import itertools
from collections import Counter
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from cases.register.duty_kinds import WatchDay
from duties.people import turns
from tests.builders import CALENDAR


@settings(max_examples=60, deadline=None)
@given(
    first=st.dates(date(2026, 1, 1), date(2026, 12, 1)),
    length=st.integers(1, 60),
    people=st.integers(1, 6),
)
def test_nobody_has_two_more_than_another(first: date, length: int, people: int) -> None:
    span = turns.days_between(first, date.fromordinal(first.toordinal() + length - 1))
    kinds = {day: turns.kind_of(day, CALENDAR) for day in span}
    shared = turns.share(kinds, range(people), {}, {})
    assert sorted(shared) == span
    for days in [span, *([d for d in span if kinds[d] == kind] for kind in turns.KIND_NAMES)]:
        counts = Counter(shared[day] for day in days)
        assert max(counts[p] for p in range(people)) - min(counts[p] for p in range(people)) <= 1


def test_what_was_kept_before_is_made_good() -> None:
    span = turns.days_between(date(2026, 3, 2), date(2026, 3, 6))
    kinds = dict.fromkeys(span, WatchDay.WORKDAY)
    shared = turns.share(kinds, [1, 2], {(1, WatchDay.WORKDAY): 3}, {})
    assert Counter(shared.values()) == {1: 1, 2: 4}


def test_nobody_has_two_days_running_in_a_week_of_two() -> None:
    span = turns.days_between(date(2026, 3, 2), date(2026, 3, 8))
    shared = turns.share({day: turns.kind_of(day, CALENDAR) for day in span}, [1, 2], {}, {})
    assert all(shared[a] != shared[b] for a, b in itertools.pairwise(span) if a.weekday() < 4)


def test_kinds_of_days() -> None:
    known = {
        "2026-10-01": "holiday",
        "2026-10-10": "workday",
        "2026-10-11": "weekend",
        "2026-09-28": "workday",
    }
    assert {day: turns.kind_of(date.fromisoformat(day), CALENDAR) for day in known} == known
