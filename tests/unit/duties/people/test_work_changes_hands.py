"""What a leaver has in hand goes over whole or not at all; a watch that changed hands is asked for no more."""

import io
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.register.duty_kinds import WatchDay
from cases.register.errors import Invalid, NotAllowed, Refusal
from cases.register.tables import Audit, Staff
from cases.register.tables.duties import Handover, WatchSwap
from duties.accounts import register
from duties.people import handover, roster, turns
from duties.rules import doer
from tests.builders import CALENDAR, Bureau, a_handler
from tests.unit.duties.accounts.test_register import opened
from tests.unit.duties.papers.test_forms import words
from tests.unit.duties.people.test_handover import sign, started, tick_all
from tests.unit.duties.people.test_people_and_states import decide, gone, hand_over, swap
from tests.unit.duties.people.test_roster import DAY, on, planned


def handler(bureau: Bureau, no: str) -> str:
    names = {number: name for name, number in bureau.ids.items()}
    return names.get(bureau.case(no).handler_id or 0, "")


def active(bureau: Bureau, name: str) -> bool:
    return bureau.workplace.look(lambda desk: desk.session.get_one(Staff, bureau.ids[name])).active


def test_every_kind_of_open_work_goes_over_and_what_is_done_stays(bureau: Bureau) -> None:
    claimed, drafted, unclaimed = (bureau.a_case() for _ in range(3))
    for no in (claimed, drafted):
        bureau.claim("张工", no)
    bureau.draft("张工", drafted, "水管将尽快修好。")
    done = bureau.answered(answer="水管已经修好。")
    promised = bureau.answered(answer="我们将在5个工作日内修好水管。")
    started(bureau)
    held = {no: handler(bureau, no) for no in (claimed, drafted, unclaimed, done, promised)}
    assert held == {claimed: "刘工", drafted: "刘工", unclaimed: "", done: "张工", promised: "刘工"}
    moved = [row.subject for row in bureau.rows(Audit, action="case.hand_over")]
    assert moved == [f"case:{no}" for no in (claimed, drafted, promised)] and bureau.chain().ok


def test_a_promise_alone_is_work_that_goes_over(bureau: Bureau) -> None:
    """Whoever has nothing in hand any more may still owe a citizen what an answer promised."""
    no = bureau.answered(answer="我们将在5个工作日内修好水管。")
    started(bureau)
    assert handler(bureau, no) == "刘工"


@pytest.mark.parametrize(("taking", "letter"), [("钱管理", "请问水管多久修好"), ("刘工", "举报局长受贿")])
def test_who_cannot_take_the_work_begins_nothing(bureau: Bureau, taking: str, letter: str) -> None:
    giving = "张工" if taking == "钱管理" else "王主任"
    no = bureau.a_case(letter)
    bureau.claim(giving, no)
    with pytest.raises(Refusal):
        hand_over(bureau, giving, taking)
    assert active(bureau, giving) and handler(bureau, no) == giving and bureau.rows(Handover) == []


def test_who_has_no_work_may_be_followed_by_anybody(bureau: Bureau) -> None:
    assert hand_over(bureau, "张工", "钱管理") and not active(bureau, "张工")


def test_who_stays_keeps_the_work(bureau: Bureau) -> None:
    no = bureau.a_case()
    bureau.claim("张工", no)
    started(bureau, leaving=False)
    assert active(bureau, "张工") and handler(bureau, no) == "张工"


@pytest.mark.parametrize("giving", ["王主任", "钱管理"])
def test_who_gives_an_account_away_is_no_witness_of_it(bureau: Bureau, giving: str) -> None:
    number = hand_over(bureau, giving, "刘工", leaving=False)
    tick_all(bureau, number)
    with pytest.raises(NotAllowed, match="监交人"):
        sign(bureau, number, giving)
    assert not sign(bureau, number, "赵局长") and sign(bureau, number, "刘工")


STANDING = [("open", True), ("suspended", True), ("closing", True), ("closed", False)]


@pytest.mark.parametrize(("state", "named"), STANDING)
def test_the_undertaking_names_every_account_with_a_password(bureau: Bureau, state: str, named: bool) -> None:
    number = opened(bureau, name="甲号", unit="甲单位")
    opened(bureau, name="乙号", unit="乙单位")

    def step(desk: Any) -> None:
        row = register.by_id(desk, number)
        row.state = state
        desk.session.add(row)

    bureau.workplace.act(step)
    one = started(bureau, leaving=False)
    content = bureau.workplace.look(lambda d: handover.undertaking(d, handover.by_id(d, one)))
    text = words(Document(io.BytesIO(content)))
    assert ("甲号" in text, "甲单位" in text, "乙号" in text) == (named, named, True)


@pytest.mark.parametrize("direct", [True, False])
def test_a_watch_that_is_given_is_asked_for_no_more(bureau: Bureau, direct: bool) -> None:
    """Of two who were asked one agrees: the other is not asked any more, nor when the watch comes back."""
    planned(bureau, "张工")
    asked = {name: swap(bureau, "张工", name)["swap"] for name in ("刘工", "李科长")}
    other_day = swap(bureau, "张工", "刘工", day=DAY + timedelta(days=1))["swap"]
    if direct:
        swap(bureau, "", "李科长")
    else:
        decide(bureau, "李科长", asked["李科长"])
    states = {row.id: row.state for row in bureau.rows(WatchSwap)}
    assert states[asked["刘工"]] == "lapsed" and states[other_day] == "asked"
    assert states[asked["李科长"]] == ("lapsed" if direct else "agreed")
    swap(bureau, "", "张工", "李科长")
    with pytest.raises(Refusal):
        decide(bureau, "刘工", asked["刘工"])
    assert on(bureau) == ["张工"]


def test_the_watch_of_one_who_left_can_still_be_taken(bureau: Bureau) -> None:
    planned(bureau, "张工")
    number = swap(bureau, "张工")["swap"]
    gone(bureau, "张工")
    assert on(bureau) == []
    assert decide(bureau, "刘工", number).state == "agreed" and on(bureau) == ["刘工"]


def test_who_has_the_day_already_cannot_agree_to_have_it_twice(bureau: Bureau) -> None:
    planned(bureau, "张工")
    number = swap(bureau, "张工")["swap"]

    def beside(desk: Any) -> None:
        row = roster.Watch(day=DAY, staff_id=bureau.ids["刘工"], kind=WatchDay.REST, place=1)
        desk.session.add(row)

    bureau.workplace.act(beside)
    with pytest.raises(Refusal, match="已经值班"):
        decide(bureau, "刘工", number)
    assert on(bureau) == ["张工", "刘工"] and bureau.rows(WatchSwap)[0].state == "asked"


# a plan from Monday 2 March 2026: a watch counts for the turns of the 365 days that follow it
@pytest.mark.parametrize(
    ("before", "next_"), [(1, "刘工"), (365, "刘工"), (366, "张工"), (400, "张工"), (0, "张工")]
)
def test_a_watch_counts_for_a_year(bureau: Bureau, before: int, next_: str) -> None:
    first = date(2026, 3, 2)
    if before:
        day = first - timedelta(days=before)
        row = {"day": day, "staff_id": bureau.ids["张工"], "kind": WatchDay.WORKDAY}
        bureau.workplace.act(lambda desk: desk.session.add(roster.Watch(**row)))
    days = bureau.workplace.act(lambda d: roster.plan(d, None, first, first, ["张工", "刘工"]))
    assert days[0]["staff"] == [next_]


@settings(max_examples=50, deadline=None)
@given(
    first=st.dates(date(2026, 1, 2), date(2026, 12, 1)), length=st.integers(1, 40),
    kept=st.lists(st.integers(0, 8), min_size=2, max_size=5), latest=st.integers(0, 4),
)  # fmt: skip
def test_the_span_before_is_gone_on_from(first: date, length: int, kept: list[int], latest: int) -> None:
    """Whoever had fewer gets no fewer, and nobody goes on from yesterday where another has a day of the kind."""
    staff = range(len(kept))
    kinds = dict.fromkeys(turns.days_between(first, first + timedelta(days=length - 1)), WatchDay.WORKDAY)
    latest %= len(kept)
    before = {(person, WatchDay.WORKDAY): n for person, n in enumerate(kept)}
    shared = turns.share(kinds, staff, before, {latest: first - timedelta(days=1)})
    given_ = Counter(shared.values())
    total = [n + given_[person] for person, n in enumerate(kept)]
    for person in staff:
        if given_[person]:  # no watch went to somebody who had more than another would have with it
            assert total[person] - 1 <= min(total)
    assert shared[first] != latest or set(shared.values()) == {latest}


@pytest.mark.parametrize(
    ("day", "kind"),
    [("2026-02-14", "workday"), ("2026-02-16", "holiday"), ("2026-02-28", "workday"), ("2026-03-01", "weekend"),
     ("2026-06-20", "holiday"), ("2027-02-27", "weekend"), ("2027-05-03", "workday")],
)  # fmt: skip
def test_the_kind_of_a_day(day: str, kind: str) -> None:
    assert turns.kind_of(date.fromisoformat(day), CALENDAR) == kind


def test_a_colleague_is_called_by_name_user_name_or_number(bureau: Bureau) -> None:
    bureau.hire(a_handler("孙工", username="sun"))

    def called(who: str) -> str:
        return bureau.workplace.look(lambda desk: doer.colleague(desk, who)).name

    assert {called(who) for who in ("孙工", " sun ", str(bureau.ids["孙工"]))} == {"孙工"}
    bureau.hire(a_handler("孙工", "交通局", username="sun2"))
    with pytest.raises(Invalid, match="不止一位，请用编号"):
        called("孙工")
    with pytest.raises(Invalid, match="不止一位，请用编号"):
        bureau.workplace.act(
            lambda desk: roster.plan(desk, None, date(2026, 3, 3), date(2026, 3, 5), ["孙工"])
        )
    assert called("sun2") == "孙工"
