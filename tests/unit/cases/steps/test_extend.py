"""「延期」: once per case, before its due day ends, never by one's own consent."""

import pytest

from cases.register import extensions, register
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotAllowed, Refusal, Stale
from cases.register.tables import Case, DueChange, Extension, Outbox, Staff
from cases.steps import assign, extend, link, rate
from cases.steps.allowed import Action, demand
from tests.builders import Bureau


def ask(bureau: Bureau, who: str, no: str, reason: str = "需要现场勘查") -> int:
    return bureau.on(who, no, lambda desk, staff, case: extend.ask(desk, staff, case, reason).id or 0)


def decide(bureau: Bureau, who: str, extension: int, consent: bool = True) -> Case:
    def step(desk: Desk, staff: Staff) -> Case:
        return extend.decide(desk, staff, extensions.by_id(desk, extension), consent)

    return bureau.act(who, step)


@pytest.fixture
def no(bureau: Bureau) -> str:
    number = bureau.a_case()
    bureau.claim("张工", number)
    return number


def test_consent_adds_ten_working_days_and_is_told(bureau: Bureau, no: str) -> None:
    extension = ask(bureau, "张工", no)
    assert len(bureau.rows(Outbox, kind="extension_card")) == 1
    case = decide(bureau, "王主任", extension)
    assert (str(case.due_on), case.extended) == ("2026-03-30", True)
    assert "2026-03-30" in bureau.notices()[0]
    assert "已同意" in bureau.told("department:1")[-1]
    last = bureau.rows(DueChange)[-1]
    assert (last.cause, last.note, last.working_days) == ("extended", "需要现场勘查", 20)


def test_within_the_extended_time_a_case_is_never_overdue(bureau: Bureau, no: str) -> None:
    decide(bureau, "王主任", ask(bureau, "张工", no))
    bureau.clock.set(2026, 3, 17)
    bureau.sweep()
    assert not register.is_overdue(bureau.case(no), bureau.clock.now) and bureau.told(word="逾期") == []


def test_refusal_moves_nothing_and_a_new_request_may_follow(bureau: Bureau, no: str) -> None:
    decide(bureau, "王主任", ask(bureau, "张工", no), consent=False)
    assert str(bureau.case(no).due_on) == "2026-03-16" and bureau.notices() == []
    assert decide(bureau, "王主任", ask(bureau, "张工", no)).extended


def test_one_at_a_time_and_once_per_case(bureau: Bureau, no: str) -> None:
    first = ask(bureau, "张工", no)
    with pytest.raises(Invalid, match="等待同意"):
        ask(bureau, "张工", no)
    decide(bureau, "王主任", first)
    with pytest.raises(Stale):
        decide(bureau, "赵局长", first)
    with pytest.raises(Invalid, match="一次"):
        ask(bureau, "张工", no)


def test_once_per_case_also_after_a_reopening(bureau: Bureau, no: str) -> None:
    decide(bureau, "王主任", ask(bureau, "张工", no))
    bureau.approve("李科长", bureau.draft("张工", no, "水管周五修好。"))
    bureau.workplace.act(lambda desk: rate.rate(desk, register.by_number(desk, no), "不满意"))
    bureau.claim("张工", no)
    with pytest.raises(Invalid, match="一次"):
        ask(bureau, "张工", no)


def test_not_after_the_due_day_has_ended(bureau: Bureau, no: str) -> None:
    extension = ask(bureau, "张工", no)
    bureau.clock.set(2026, 3, 16, 23, 59)
    bureau.on("张工", no, extend_may_be_asked)
    bureau.clock.set(2026, 3, 17, 0, 0)
    with pytest.raises(Invalid, match="已过截止"):
        decide(bureau, "王主任", extension)
    assert decide(bureau, "王主任", extension, consent=False).extended is False
    with pytest.raises(Invalid, match="已过截止"):
        ask(bureau, "张工", no)


def extend_may_be_asked(desk: Desk, staff: Staff, case: Case) -> None:
    """A request is still weighed by its other rules, not by the time."""
    with pytest.raises(Invalid, match="等待同意"):
        demand(desk, staff, case, Action.EXTEND)


def test_nobody_consents_to_their_own(bureau: Bureau) -> None:
    no = bureau.a_case()
    bureau.claim("王主任", no)
    extension = ask(bureau, "王主任", no)
    with pytest.raises(NotAllowed, match="自己"):
        decide(bureau, "王主任", extension)
    assert decide(bureau, "赵局长", extension).extended


@pytest.mark.parametrize("who", ["张工", "李科长", "钱管理"])
def test_only_supervisors_decide(bureau: Bureau, no: str, who: str) -> None:
    extension = ask(bureau, "张工", no)
    with pytest.raises(NotAllowed):
        decide(bureau, who, extension)


@pytest.mark.parametrize(("who", "reason"), [("张工", "  "), ("刘工", "难"), ("王主任", "难")])
def test_only_the_handler_asks_and_gives_a_reason(bureau: Bureau, no: str, who: str, reason: str) -> None:
    with pytest.raises(Refusal):
        ask(bureau, who, no, reason)


def test_an_answered_case_is_not_extended(bureau: Bureau, no: str) -> None:
    extension = ask(bureau, "张工", no)
    bureau.approve("李科长", bureau.draft("张工", no, "水管周五修好。"))
    with pytest.raises(Stale):
        decide(bureau, "王主任", extension)


def reclassify(bureau: Bureau, who: str, no: str, category: str) -> None:
    bureau.on(who, no, lambda desk, staff, case: assign.reclassify(desk, staff, case, category))


def answer(bureau: Bureau, no: str) -> None:
    bureau.approve("李科长", bureau.draft("张工", no, "水管周五修好。"))


def discontent(bureau: Bureau, no: str) -> None:
    bureau.workplace.act(lambda desk: rate.rate(desk, register.by_number(desk, no), "不满意"))
    bureau.claim("张工", no)


@pytest.mark.parametrize("swept", [True, False])
def test_a_later_date_after_the_end_of_the_due_day_opens_no_way_to_ask(bureau: Bureau, swept: bool) -> None:
    no = bureau.a_case("表扬水管师傅")
    bureau.claim("张工", no)
    bureau.clock.set(2026, 3, 10)
    if swept:
        bureau.sweep()
    reclassify(bureau, "张工", no, "complaint")
    assert str(bureau.case(no).due_on) == "2026-03-30"
    with pytest.raises(Invalid, match="已过截止"):
        ask(bureau, "张工", no)


@pytest.mark.parametrize("swept", [True, False])
def test_nor_to_consent_to_what_was_asked_in_time(bureau: Bureau, swept: bool) -> None:
    no = bureau.a_case("表扬水管师傅")
    bureau.claim("张工", no)
    extension = ask(bureau, "张工", no)
    bureau.clock.set(2026, 3, 10)
    if swept:
        bureau.sweep()
    reclassify(bureau, "张工", no, "complaint")
    with pytest.raises(Invalid, match="已过截止"):
        decide(bureau, "王主任", extension)
    assert (str(bureau.case(no).due_on), bureau.case(no).extended) == ("2026-03-30", False)


def test_a_wish_that_nobody_decided_lapses_with_the_answer(bureau: Bureau, no: str) -> None:
    old = ask(bureau, "张工", no)
    answer(bureau, no)
    assert [row.state for row in bureau.rows(Extension)] == ["lapsed"]
    discontent(bureau, no)
    for consent in (True, False):
        with pytest.raises(Stale):
            decide(bureau, "王主任", old, consent)
    assert decide(bureau, "王主任", ask(bureau, "张工", no)).extended
    assert [row.state for row in bureau.rows(Extension)] == ["lapsed", "granted"]


def test_a_linked_cases_wish_lapses_with_its_leads_answer(bureau: Bureau, no: str) -> None:
    other = bureau.a_case("水管也坏了")
    bureau.claim("张工", other)
    ask(bureau, "张工", other)
    bureau.on("张工", other, lambda d, staff, case: link.link(d, staff, case, register.by_number(d, no)))
    answer(bureau, no)
    assert [row.state for row in bureau.rows(Extension)] == ["lapsed"]


def test_whoever_took_the_case_over_does_not_consent_either(bureau: Bureau, no: str) -> None:
    extension = ask(bureau, "张工", no)

    def take_over(desk: Desk, to: Staff) -> list[str]:
        return assign.hand_over(desk, desk.session.get_one(Staff, bureau.ids["张工"]), to)

    assert bureau.act("王主任", take_over) == [no]
    for consent in (True, False):
        with pytest.raises(NotAllowed, match="自己"):
            decide(bureau, "王主任", extension, consent)
    assert decide(bureau, "赵局长", extension).extended
