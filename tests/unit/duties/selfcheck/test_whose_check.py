"""A check of one account counts that account alone; an office's counts all that are not closed. Figures by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from cases.register.errors import Stale
from cases.register.tables.duties import SelfCheckItem, SelfCheckTask
from duties.accounts import register
from duties.releases import ledger
from duties.selfcheck import record, views
from tests.builders import Bureau
from tests.unit.duties.accounts.test_register import opened
from tests.unit.duties.releases.test_ledger import approve
from tests.unit.duties.selfcheck.test_record import answer, item, sign, start


def of(bureau: Bureau, account: int, month: str = "2026-03") -> dict[str, Any]:
    """Begin an account's own check."""
    return bureau.workplace.act(
        lambda desk: views.sheet(desk, record.start(desk, None, month, register.by_id(desk, account)))
    )


def said(sheet: dict[str, Any], code: str) -> tuple[str | None, str]:
    found = item(sheet, code)
    return found["automatic_verdict"], found["value"]


def write(bureau: Bureau, account: int, title: str, *, release: bool = False) -> None:
    def step(desk: Any, who: Any) -> int:
        return (
            ledger.add(desk, who, register.by_id(desk, account), ledger.NewRelease(title, "ordinary")).id or 0
        )

    number = bureau.act("张工", step)
    if release:
        approve(bureau, number, "李科长")


def answer_all(bureau: Bureau, number: int) -> None:
    def step(desk: Any) -> None:
        check = record.by_id(desk, number)
        for row in record.items(desk, check):
            if not row.verdict:
                record.answer(desk, None, check, row.code, "ok")

    bureau.workplace.act(step)


@pytest.fixture
def two(bureau: Bureau) -> tuple[int, int]:
    return opened(bureau), opened(bureau, name="微博号", platform="微博")


def test_a5_counts_the_articles_of_the_account(bureau: Bureau, two: tuple[int, int]) -> None:
    first, second = two
    write(bureau, first, "甲一", release=True)
    write(bureau, first, "甲二")
    write(bureau, second, "乙一", release=True)
    assert said(of(bureau, first), "A5") == ("ok", "台账登记 2 篇，已签发 1 篇")
    assert said(of(bureau, second), "A5") == ("ok", "台账登记 1 篇，已签发 1 篇")
    assert said(start(bureau), "A5") == ("ok", "台账登记 3 篇，已签发 2 篇")
    bureau.clock.set(2026, 4, 1)
    assert said(of(bureau, first, "2026-04"), "A5") == (None, "")


def test_d1_of_an_account_is_not_made_good_by_anothers_record(bureau: Bureau, two: tuple[int, int]) -> None:
    first, second = two
    for account in two:
        of(bureau, account, "2026-02")
    number = record_of(bureau, first, "2026-02")
    answer_all(bureau, number)
    sign(bureau, number)
    assert said(of(bureau, first), "D1") == ("ok", "2026-02 自查已签署，结果已留存")
    assert said(of(bureau, second), "D1") == ("fault", "2026-02 没有已签署的自查记录")


def record_of(bureau: Bureau, account: int, month: str) -> int:
    rows = bureau.workplace.look(lambda desk: record.of_year(desk, int(month[:4])))
    return next(row.id or 0 for row in rows if row.account_id == account and row.month == month)


def test_d1_of_an_account_is_made_good_by_the_offices_record(bureau: Bureau, two: tuple[int, int]) -> None:
    number = start(bureau, "2026-02")["id"]
    answer_all(bureau, number)
    sign(bureau, number)
    assert said(of(bureau, two[0]), "D1")[0] == "ok"


def test_d4_counts_the_faults_of_the_account(bureau: Bureau, two: tuple[int, int]) -> None:
    first, second = two
    answer(bureau, of(bureau, first, "2026-02")["id"], "B2", "fault")  # found on 2 March, due on the ninth
    bureau.clock.set(2026, 3, 10)
    assert said(of(bureau, first), "D4") == ("fault", "应整改 1 项，逾期 1 项")
    assert said(of(bureau, second), "D4")[0] is None


STATES = [("open", "fault"), ("suspended", "fault"), ("closing", "fault"), ("closed", None)]


@pytest.mark.parametrize(("state", "verdict"), STATES)
def test_d2_wants_the_filing_of_every_account_that_is_not_closed(
    bureau: Bureau, state: str, verdict: str | None
) -> None:
    number = opened(bureau)

    def step(desk: Any) -> None:
        row = register.by_id(desk, number)
        row.state = state
        desk.session.add(row)

    bureau.workplace.act(step)
    bureau.clock.set(2026, 3, 10)
    sheet = start(bureau)
    assert said(sheet, "D2")[0] == verdict
    assert (said(sheet, "B1")[0] is None) == (state in ("suspended", "closed"))  # who rests is not silent


def test_a_suspensions_own_filing_is_looked_at(bureau: Bureau) -> None:
    number = opened(bureau)

    def step(desk: Any) -> None:
        row = register.by_id(desk, number)
        register.filed(desk, None, row)
        register.suspend(desk, None, row, date(2026, 3, 3), "改版", resume=False)

    bureau.workplace.act(step)
    bureau.clock.set(2026, 3, 10)
    assert said(start(bureau), "D2") == ("ok", "1 个账号已备案或在备案时限内")
    bureau.clock.set(2026, 3, 11)
    assert said(of(bureau, number), "D2") == ("fault", "逾期未备案：弥勒发布（暂停，时限 2026-03-10）")


# letters by the office's clock: when they came, whether they were answered, and when one looks
LETTERS: list[tuple[list[tuple[int, int, int, bool]], tuple[int, int], str]] = [
    ([(3, 1, 0, True), (3, 31, 23, True)], (4, 1), "收到 2 件，已答复 2 件（按时 2 件），逾期未办结 0 件，按时率 100.0%"),
    ([(2, 28, 23, True), (3, 1, 0, False)], (3, 2), "收到 1 件，已答复 0 件（按时 0 件），逾期未办结 0 件"),
    ([(3, 31, 23, False), (4, 1, 0, True)], (4, 1), "收到 1 件，已答复 0 件（按时 0 件），逾期未办结 0 件"),
    ([(3, 2, 9, True), (3, 2, 9, False), (3, 3, 9, True)], (3, 31),
     "收到 3 件，已答复 2 件（按时 2 件），逾期未办结 1 件，按时率 66.7%"),
]  # fmt: skip


@pytest.mark.parametrize(("letters", "today", "value"), LETTERS)
def test_c1_counts_what_a_hand_counts(
    bureau: Bureau, letters: list[tuple[int, int, int, bool]], today: tuple[int, int], value: str
) -> None:
    for month, day, hour, answered in letters:
        bureau.clock.set(2026, month, day, hour, 30)
        if answered:
            bureau.answered()
        else:
            bureau.a_case()
    bureau.clock.set(2026, *today, 10)
    assert said(start(bureau), "C1") == ("fault" if "未办结 1" in value else "ok", value)


def given(bureau: Bureau, number: int, who: str, verdict: str, note: str, seen: str = "") -> SelfCheckItem:
    return bureau.act(
        who, lambda d, staff: record.answer(d, staff, record.by_id(d, number), "A1", verdict, note, seen)
    )


def test_of_two_who_answer_at_once_the_second_reads_what_the_first_wrote(bureau: Bureau) -> None:
    number = start(bureau)["id"]
    seen = record.version(bureau.rows(SelfCheckItem, code="A1")[0])
    given(bureau, number, "王主任", "fault", "第三条写错", seen)
    bureau.clock.advance(minutes=5)
    with pytest.raises(Stale) as refused:
        given(bureau, number, "赵局长", "ok", "都对", seen)
    assert all(
        word in str(refused.value)
        for word in (
            "王主任已于 03-02 09:00 把 A1 记为不合格",
            "您记的是合格",
            "现为「第三条写错」，您写的是「都对」",
        )
    )
    with pytest.raises(Stale) as refused:
        given(bureau, number, "赵局长", "fault", "另一处", seen)
    assert "您记的是" not in str(refused.value) and "另一处" in str(refused.value)
    given(bureau, number, "赵局长", "fault", "第三条写错", seen)  # who says the same takes nothing away
    now = record.version(bureau.rows(SelfCheckItem, code="A1")[0])
    assert given(bureau, number, "赵局长", "ok", "都对", now).verdict == "ok"
    assert [task.state for task in bureau.rows(SelfCheckTask, code="A1")] == ["withdrawn"]


def forged(change: Callable[[SelfCheckItem], None]) -> Callable[[Any], None]:
    def step(desk: Any) -> None:
        row = desk.session.get_one(SelfCheckItem, 1)
        change(row)
        desk.session.add(row)

    return step


PARTS = {"verdict": "fault", "automatic": "fault", "value": "x", "note": "x", "answered_by": "x"}


@pytest.mark.parametrize("part", list(PARTS))
def test_no_part_of_a_signed_answer_changes_unseen(bureau: Bureau, part: str) -> None:
    number = start(bureau)["id"]
    answer_all(bureau, number)
    sign(bureau, number)
    was = getattr(bureau.rows(SelfCheckItem)[0], part)

    def intact() -> bool:
        return bureau.workplace.look(lambda d: views.sheet(d, record.by_id(d, number)))["intact"]

    for value, whole in ((PARTS[part], False), (was, True)):
        bureau.workplace.act(forged(lambda row, v=value: setattr(row, part, v)))  # type: ignore[misc]
        assert intact() is whole


def test_mending_after_the_signature_leaves_it_whole(bureau: Bureau) -> None:
    number = start(bureau)["id"]
    answer(bureau, number, "B2", "fault")
    answer_all(bureau, number)
    sign(bureau, number)
    bureau.workplace.act(lambda d: record.mend(d, None, record.by_id(d, number), " b2 ", "长" * 3000))
    sheet = bureau.workplace.look(lambda d: views.sheet(d, record.by_id(d, number)))
    (task,) = sheet["tasks"]
    assert sheet["intact"] and (task["state"], task["overdue"]) == ("done", False)


@pytest.mark.parametrize(("day", "overdue"), [(9, False), (10, True)])
def test_a_fault_is_overdue_after_its_last_day(bureau: Bureau, day: int, overdue: bool) -> None:
    number = start(bureau)["id"]
    answer(bureau, number, "B2", "fault")
    bureau.clock.set(2026, 3, day, 23, 59)
    sheet = bureau.workplace.look(lambda d: views.sheet(d, record.by_id(d, number)))
    assert [task["overdue"] for task in sheet["tasks"]] == [overdue]
