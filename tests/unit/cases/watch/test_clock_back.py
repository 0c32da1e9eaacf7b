"""A clock that ran ahead and was set back: nothing is forgotten, nothing is told twice, no standing is spoilt."""

from datetime import timedelta

import pytest

from cases.register import register
from cases.register.tables import Lapse, Outbox, Promise
from cases.sending import outbox
from cases.steps import assign, promise
from cases.watch import clock_back
from tests.builders import Bureau

LAST_DAY = (2026, 3, 16)


@pytest.fixture
def no(bureau: Bureau) -> str:
    """A claimed case due on 16 March, after the machine believed for a while that it was the first of June."""
    number = bureau.a_case("水管坏了")
    bureau.claim("张工", number)
    sweep(bureau)
    bureau.clock.set(2026, 6, 1)
    sweep(bureau)
    bureau.clock.set(2026, 3, 3)
    return number


def sweep(bureau: Bureau) -> bool:
    went_back = bureau.workplace.act(clock_back.notice)
    bureau.sweep()
    return went_back


def test_it_is_noticed_once_and_told_to_the_supervisors(bureau: Bureau, no: str) -> None:
    assert sweep(bureau)
    bureau.clock.advance(minutes=1)
    assert not sweep(bureau)
    assert len(bureau.told("supervisor", "【时钟】")) == 1


@pytest.mark.parametrize("seconds", [0, 5, 59])
def test_machines_that_differ_by_seconds_are_no_jump(bureau: Bureau, seconds: int) -> None:
    assert not sweep(bureau)
    bureau.clock.advance(seconds=-seconds)
    assert not sweep(bureau)


def test_the_case_is_in_time_again_and_falls_overdue_on_its_day(bureau: Bureau, no: str) -> None:
    assert len(bureau.told("supervisor", "【逾期】")) == 1
    sweep(bureau)
    assert not register.is_overdue(bureau.case(no), bureau.clock.now)
    told = []
    for day in (16, 17, 18):
        bureau.clock.set(2026, 3, day)
        sweep(bureau)
        told.append(len(bureau.told("supervisor", "【逾期】")) - 1)
    assert told == [0, 1, 2]
    assert register.is_overdue(bureau.case(no), bureau.clock.now)


def test_a_lateness_that_was_real_ends_with_the_answer(bureau: Bureau) -> None:
    no = bureau.a_case("水管坏了")
    sweep(bureau)
    bureau.clock.set(2026, 3, 18)
    sweep(bureau)
    bureau.clock.set(2026, 6, 1)
    sweep(bureau)
    bureau.on("张工", no, lambda desk, staff, case: assign.transfer(desk, staff, case, "交通局"))
    bureau.clock.set(2026, 3, 19)
    sweep(bureau)
    bureau.claim("陈师傅", no)
    bureau.approve("王主任", bureau.draft("陈师傅", no, "水管已修好。"))
    assert max(row.until for row in bureau.rows(Lapse) if row.until) == bureau.clock.now


def test_an_answer_in_time_counts_as_in_time(bureau: Bureau, no: str) -> None:
    sweep(bureau)
    bureau.approve("李科长", bureau.draft("张工", no, "水管已修好。"))
    case = bureau.case(no)
    assert case.on_time is True and case.overdue_since is None


def test_what_was_to_be_sent_in_that_future_is_sent_now(bureau: Bureau, no: str) -> None:
    bureau.clock.set(2026, 6, 1)
    ahead = bureau.clock.now

    def put(key: str, **when: timedelta) -> None:
        bureau.workplace.act(
            lambda desk: outbox.put(
                desk, key=key, lane="chat", target="handlers", kind="notice", now=desk.now,
                not_before=desk.now + when.get("after", timedelta()),
            )
        )  # fmt: skip

    put("written then", after=timedelta(hours=9))
    bureau.clock.set(2026, 3, 3)
    put("held back by quiet hours", after=timedelta(hours=9))
    sweep(bureau)
    not_before = {row.key: row.not_before for row in bureau.rows(Outbox)}
    assert not_before["written then"] == bureau.clock.now < ahead
    assert not_before["held back by quiet hours"] == bureau.clock.now + timedelta(hours=9)


def test_promises_are_watched_by_the_right_time(bureau: Bureau) -> None:
    bureau.answered(answer="我们将于3月12日前修好水管。")
    bureau.clock.set(2026, 6, 1)
    bureau.workplace.act(promise.watch)
    sweep(bureau)
    bureau.clock.set(2026, 3, 3)
    sweep(bureau)
    (row,) = bureau.rows(Promise)
    assert row.next_look_at is not None and str(row.next_look_at.date()) <= "2026-03-11"
