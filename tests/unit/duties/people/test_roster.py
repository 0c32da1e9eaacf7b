"""The watch is planned, swapped with consent, handed over, and told of danger at night."""

from datetime import date
from typing import Any

import pytest

from cases.register.errors import Invalid, NotAllowed, Stale
from duties.people import roster
from tests.builders import Bureau
from tests.unit.duties.releases.test_ledger import doing

DAY = date(2026, 3, 7)  # a Saturday


def planned(
    bureau: Bureau, names: str = "张工,刘工,李科长", last: date = date(2026, 3, 15)
) -> list[dict[str, Any]]:
    return bureau.workplace.act(
        lambda desk: roster.plan(desk, None, date(2026, 3, 2), last, names.split(","))
    )


def on(bureau: Bureau, day: date = DAY) -> list[str]:
    return [person.name for person in bureau.workplace.look(lambda desk: roster.on(desk, day))]


def test_a_plan_holds_every_day(bureau: Bureau) -> None:
    days = planned(bureau)
    assert len(days) == 14
    assert {day["kind"] for day in days} == {"workday", "weekend"}
    assert all(len(day["staff"]) == 1 for day in days)
    with pytest.raises(Invalid, match="无此人、张工（重复）"):
        planned(bureau, "张工,无此人,张工")
    with pytest.raises(Invalid, match="早于"):
        planned(bureau, last=date(2026, 3, 1))
    planned(bureau, "刘工")
    assert on(bureau) == ["刘工"]


def test_a_swap_wants_the_consent_of_the_one_who_takes_it(bureau: Bureau) -> None:
    planned(bureau, "张工")

    def swap(who: str, taking: str = "刘工", giving: str = "张工") -> dict[str, Any]:
        return doing(bureau, who, lambda desk, doer: roster.swap(desk, doer, DAY, giving, taking))

    with pytest.raises(NotAllowed):
        swap("李科长")
    asked = swap("张工")
    assert on(bureau) == ["张工"]
    assert bureau.told(f"staff:{bureau.ids['刘工']}", "换班")

    def decide(who: str) -> None:
        doing(bureau, who, lambda desk, doer: roster.decide_swap(desk, doer, asked["swap"], agree=True))

    with pytest.raises(NotAllowed):
        decide("张工")
    decide("刘工")
    assert on(bureau) == ["刘工"]
    with pytest.raises(Stale):
        decide("刘工")
    with pytest.raises(Invalid, match="没有值班"):
        swap("")
    assert swap("", "李科长", "刘工")["staff"] == ["李科长"]


def test_a_note_reaches_the_next_one(bureau: Bureau) -> None:
    planned(bureau)
    doing(bureau, "张工", lambda desk, doer: roster.note(desk, doer, DAY, "水管已报修"))
    (follower,) = on(bureau, date(2026, 3, 8))
    assert bureau.told(f"staff:{bureau.ids[follower]}", "水管已报修")


def told(bureau: Bureau, times: int) -> list[int]:
    return bureau.workplace.look(lambda desk: roster.told(desk, DAY, times))


def test_if_the_watch_does_not_react_the_next_one_is_told(bureau: Bureau) -> None:
    days = {day["date"]: day["staff"][0] for day in planned(bureau)}
    first = bureau.ids[days[DAY]]
    assert told(bureau, 1) == [first]
    second = told(bureau, 2)
    assert second[0] == first
    assert len(second) == 2
    assert len(set(told(bureau, 5))) == 3


def test_without_a_watch_today_the_next_one_is_told_at_once(bureau: Bureau) -> None:
    assert told(bureau, 1) == []
    bureau.workplace.act(lambda d: roster.plan(d, None, date(2026, 3, 9), date(2026, 3, 9), ["张工"]))
    assert told(bureau, 1) == [bureau.ids["张工"]]
