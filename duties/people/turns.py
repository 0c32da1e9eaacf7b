"""Fair turns: each kind of day is shared out by itself, and all days together. Knows no database.

Source: Baoding art. 13 (「值班值守制度」); Qingdao 2020-88 art. 16 (「值班读网制度」).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from cases.register.duty_kinds import WatchDay
from sla.calendar import MAKE_UP, WEEKEND, WorkCalendar

KIND_NAMES: dict[str, str] = {WatchDay.WORKDAY: "工作日", WatchDay.REST: "周末", WatchDay.HOLIDAY: "节假日"}


def kind_of(day: date, calendar: WorkCalendar) -> str:
    """Return what kind of day it is; a weekend that is worked (调休) is a workday."""
    if calendar.is_workday(day):
        return WatchDay.WORKDAY
    return WatchDay.REST if calendar.reason(day) in (WEEKEND, MAKE_UP) else WatchDay.HOLIDAY


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def share(
    kinds: Mapping[date, str],
    staff: Sequence[int],
    before: Mapping[tuple[int, str], int],
    last: Mapping[int, date],
) -> dict[date, int]:
    """Return who keeps watch on each day.

    Of each kind of day nobody gets two more than another, nor of all days together, those `before` included as far
    as they can be made good. Nobody has two days running where somebody else can take one. `last`: the latest watch.
    """
    left = _quotas(Counter(kinds.values()), staff, before)
    latest = {person: last.get(person, date.min) for person in staff}
    chosen: dict[date, int] = {}
    for day in sorted(kinds):
        kind = kinds[day]
        able = [person for person in staff if left[person, kind] > 0]
        # the one who has rested longest; among equals the order in which they were named
        person = min(able, key=lambda p: (latest[p] >= day - timedelta(days=1), latest[p]))
        chosen[day] = person
        left[person, kind] -= 1
        latest[person] = day
    return chosen


def _quotas(
    wanted: Counter[str], staff: Sequence[int], before: Mapping[tuple[int, str], int]
) -> Counter[tuple[int, str]]:
    """Share out so many days of each kind: one by one to whoever has fewest of the kind, then fewest in all."""
    given: Counter[tuple[int, str]] = Counter()
    total = Counter({person: sum(n for (who, _), n in before.items() if who == person) for person in staff})
    for kind in (WatchDay.HOLIDAY, WatchDay.REST, WatchDay.WORKDAY):
        for _ in range(wanted[kind]):
            person = min(staff, key=lambda p: (before.get((p, kind), 0) + given[p, kind], total[p]))
            given[person, kind] += 1
            total[person] += 1
    return given
