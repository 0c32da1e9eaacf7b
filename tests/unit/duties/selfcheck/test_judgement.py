"""What the register says of a month by itself, and what becomes of the answers that people give."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cases.lists import statistics
from cases.register.errors import Invalid, NotFound, Stale
from cases.register.tables import Article
from cases.register.tables.duties import SelfCheckItem, SelfCheckTask
from duties.accounts import register
from duties.selfcheck import record, views
from duties.selfcheck.indicators import BY_CODE, GROUPS, INDICATORS
from tests.builders import Bureau
from tests.unit.duties.accounts.test_register import opened
from tests.unit.duties.releases.test_ledger import approve, enter
from tests.unit.duties.selfcheck.test_record import answer, answer_all, item, sign, start


def verdict(bureau: Bureau, code: str, month: str = "2026-03") -> tuple[str | None, str]:
    found = item(start(bureau, month), code)
    return found["automatic_verdict"], found["value"]


def post(bureau: Bureau, *days: int, place: int = 0) -> None:
    """Have an article released on each day of March, on the account that was registered as the `place`-th."""
    for day in days:
        bureau.clock.set(2026, 3, day)

        def step(desk: Any, who: Any, of: int = day) -> int:
            from duties.releases import ledger

            account = register.listed(desk)[place]
            return ledger.add(desk, who, account, ledger.NewRelease(f"{place}-{of}", "ordinary")).id or 0

        approve(bureau, bureau.act("张工", step), "李科长")


def test_two_accounts_of_one_name_are_two(bureau: Bureau) -> None:
    """The same name on two platforms: one that is silent is not hidden by the other."""
    opened(bureau, platform="微博")
    opened(bureau)
    post(bureau, 2, 9, 16, 23, 30, place=1)
    bureau.clock.set(2026, 3, 31)
    sheet = start(bureau)
    for code in ("B1", "B4"):
        found = item(sheet, code)
        assert found["automatic_verdict"] == "fault" and "弥勒发布" in found["value"], code


WEEKLY = [
    ((2, 9, 16, 23, 30), "ok", "1 个账号每周均有更新"),
    ((2, 9, 16), "fault", "03-23 起的一周"),
    ((9, 16, 23), "fault", "03-02 起的一周"),
    ((), "fault", "03-02、03-09、03-16、03-23 起的一周"),
]


@pytest.mark.parametrize(("days", "said", "value"), WEEKLY)
def test_b1_every_whole_week(bureau: Bureau, days: tuple[int, ...], said: str, value: str) -> None:
    opened(bureau)
    post(bureau, *days)
    bureau.clock.set(2026, 3, 31)
    found, words = verdict(bureau, "B1")
    assert found == said and value in words


@pytest.mark.parametrize(("day", "said"), [(17, "ok"), (16, "fault"), (2, "fault"), (31, "ok")])
def test_b4_two_weeks_are_not_yet_sleep(bureau: Bureau, day: int, said: str) -> None:
    opened(bureau)
    post(bureau, day)
    bureau.clock.set(2026, 3, 31)
    found, value = verdict(bureau, "B4")
    assert (found, f"2026-03-{day:02}" in value) == (said, True)


def test_a_month_under_way_is_judged_by_the_days_that_are_over(bureau: Bureau) -> None:
    opened(bureau)
    post(bureau, 4)
    bureau.clock.set(2026, 3, 10)
    assert verdict(bureau, "B1")[0] == "ok"  # only the week of the second is whole


def test_an_account_opened_later_is_not_looked_at(bureau: Bureau) -> None:
    opened(bureau, opened_on=date(2026, 4, 1))
    bureau.clock.set(2026, 4, 2)
    sheet = start(bureau)
    assert [item(sheet, code)["automatic_verdict"] for code in ("B1", "B4", "D2")] == [None, None, None]


def test_a5_names_what_the_ledger_does_not_know(bureau: Bureau) -> None:
    opened(bureau)
    bureau.workplace.act(
        lambda desk: desk.session.add_all(
            Article(account="wx", msg_data_id=str(n), title=f"未登记 {n}", added_at=desk.now)
            for n in range(7)
        )
    )
    found, value = verdict(bureau, "A5")
    assert found == "fault" and "没有 7 篇" in value and value.count("未登记") == 5


def test_a5_of_another_month_knows_nothing_of_it(bureau: Bureau) -> None:
    opened(bureau)
    enter(bureau)
    bureau.clock.set(2026, 4, 15)
    assert verdict(bureau, "A5", "2026-04")[0] is None
    assert verdict(bureau, "A5", "2026-03") == ("ok", "台账登记 1 篇，已签发 0 篇")


def test_c1_counts_the_months_letters(bureau: Bureau) -> None:
    bureau.answered()
    bureau.a_case("请问水管何时通水")
    bureau.clock.set(2026, 3, 31)
    found, value = verdict(bureau, "C1")
    assert (found, value) == (
        "fault", "收到 2 件，已答复 1 件（按时 1 件），逾期未办结 1 件，按时率 50.0%"
    )  # fmt: skip
    assert verdict(bureau, "C1", "2026-02")[0] is None


def told_by_the_report(bureau: Bureau, month: str) -> str:
    figures = bureau.workplace.look(lambda desk: statistics.in_all(desk, month))
    return (
        f"收到 {figures.received} 件，已答复 {figures.answered} 件（按时 {figures.on_time} 件），"
        f"逾期未办结 {figures.open_overdue} 件"
    )


def test_c1_of_a_month_that_is_over_is_what_its_report_says(bureau: Bureau) -> None:
    """Whenever one looks: what was answered or fell overdue after the month does not change it."""
    late = bureau.a_case()  # of 2 March, due on the 16th
    bureau.clock.set(2026, 3, 30, 9, 30)
    bureau.a_case("请问水管何时通水", "bob")
    bureau.clock.set(2026, 4, 20, 9, 30)
    bureau.claim("张工", late)
    bureau.approve("李科长", bureau.draft("张工", late, "水管已修好。"))
    for month, words in (
        ("2026-03", "收到 2 件，已答复 0 件（按时 0 件），逾期未办结 1 件"),
        ("2026-04", "收到 0 件，已答复 1 件（按时 0 件），逾期未办结 1 件"),
    ):
        found, value = verdict(bureau, "C1", month)
        assert found == "fault" and value.startswith(words) and told_by_the_report(bureau, month) == words
    assert verdict(bureau, "C1", "2023-05")[0] is None


def test_c1_of_what_was_answered_too_late_is_a_fault(bureau: Bureau) -> None:
    no = bureau.a_case()
    bureau.clock.set(2026, 3, 31, 9, 30)
    bureau.claim("张工", no)
    bureau.approve("李科长", bureau.draft("张工", no, "水管已修好。"))
    assert verdict(bureau, "C1") == (
        "fault", "收到 1 件，已答复 1 件（按时 0 件），逾期未办结 0 件，按时率 0.0%"
    )  # fmt: skip


def test_d1_wants_the_month_before_signed(bureau: Bureau) -> None:
    first = start(bureau, "2026-02")
    assert "首次" in item(first, "D1")["value"]
    found = start(bureau, "2026-03")
    assert (item(found, "D1")["verdict"], "2026-02" in item(found, "D1")["value"]) == ("fault", True)
    answer_all(bureau, found["id"])
    sign(bureau, found["id"])
    bureau.clock.set(2026, 4, 2)
    assert verdict(bureau, "D1", "2026-04") == ("ok", "2026-03 自查已签署，结果已留存")
    bureau.clock.set(2026, 6, 2)
    assert verdict(bureau, "D1", "2026-06")[0] == "fault"  # May was left out


def test_d2_is_a_fault_from_the_day_after_the_filings_last(bureau: Bureau) -> None:
    opened(bureau)
    bureau.clock.set(2026, 3, 9, 23)
    assert verdict(bureau, "D2")[0] == "ok"
    bureau.clock.set(2026, 3, 10, 0, 5)
    own = bureau.workplace.look(lambda desk: register.listed(desk)[0])
    sheet = bureau.workplace.act(lambda desk: views.sheet(desk, record.start(desk, None, "2026-03", own)))
    assert item(sheet, "D2")["value"] == "逾期未备案：弥勒发布（开设，时限 2026-03-09）"


def test_d4_follows_the_tasks_of_the_months_before(bureau: Bureau) -> None:
    number = start(bureau)["id"]
    answer(bureau, number, "B2", "fault")  # to be mended by 9 March
    bureau.clock.set(2026, 4, 2)
    assert verdict(bureau, "D4", "2026-04")[0] is None  # what was due in March is March's
    bureau.clock.set(2026, 3, 20)
    bureau.workplace.act(lambda d: record.mend(d, None, record.by_id(d, number), "b2", "已改"))
    (task,) = bureau.rows(SelfCheckTask, code="B2")
    assert (task.state, task.done_on, task.due_on) == ("done", date(2026, 3, 20), date(2026, 3, 9))


def test_a_fault_found_again_is_to_be_mended_again(bureau: Bureau) -> None:
    number = start(bureau)["id"]
    answer(bureau, number, "B2", "fault")
    mend = lambda: bureau.workplace.act(  # noqa: E731
        lambda d: record.mend(d, None, record.by_id(d, number), "B2", "已改")
    )
    mend()
    bureau.clock.set(2026, 3, 16)
    sheet = answer(bureau, number, "B2", "fault")  # said once more of what was mended: nothing new
    assert [(t["state"], t["done_on"]) for t in sheet["tasks"]] == [("done", date(2026, 3, 2))]
    answer(bureau, number, "B2", "ok")
    sheet = answer(bureau, number, "B2", "fault")
    assert [(t["state"], t["due_on"], t["done_on"]) for t in sheet["tasks"]] == [
        ("open", date(2026, 3, 23), None)
    ]
    mend()
    assert answer(bureau, number, "B2", "ok")["tasks"][0]["state"] == "done"  # what was done stays told


def test_the_same_month_written_otherwise_is_the_same_month(bureau: Bureau) -> None:
    assert start(bureau, " 2026-03 ")["month"] == "2026-03"
    for again in ("2026-03", "2026-03\n"):
        with pytest.raises(Stale, match="已经开始"):
            start(bureau, again)


def test_an_accounts_own_check_stands_beside_the_offices(bureau: Bureau) -> None:
    number = opened(bureau)

    def own(desk: Any) -> dict[str, Any]:
        return views.sheet(desk, record.start(desk, None, "2026-03", register.by_id(desk, number)))

    assert bureau.workplace.act(own)["account"] == "弥勒发布"
    assert start(bureau)["account"] is None
    with pytest.raises(Stale):
        bureau.workplace.act(own)


ANSWERS = [("A1", "ok"), ("a1", "fault"), (" b2 ", "ok")]


@pytest.mark.parametrize(("code", "said"), ANSWERS)
def test_a_code_is_read_as_people_write_it(bureau: Bureau, code: str, said: str) -> None:
    sheet = answer(bureau, start(bureau)["id"], code, said)
    assert item(sheet, code.strip().upper())["verdict"] == said


@pytest.mark.parametrize(
    ("code", "said"), [("A6", "ok"), ("", "ok"), ("A1", "OK"), ("A1", ""), ("A1", "合格")]
)
def test_an_answer_that_is_none(bureau: Bureau, code: str, said: str) -> None:
    number = start(bureau)["id"]
    with pytest.raises(Invalid, match=r"A1、A2|ok 或 fault"):
        answer(bureau, number, code, said)
    assert all(not row.answered_by for row in bureau.rows(SelfCheckItem))


def test_what_the_register_judged_and_what_was_answered_both_stand(bureau: Bureau) -> None:
    opened(bureau)
    bureau.clock.set(2026, 3, 31)
    sheet = start(bureau)
    assert item(sheet, "B1")["verdict"] == "fault" and any(t["code"] == "B1" for t in sheet["tasks"])
    sheet = answer(bureau, sheet["id"], "B1", "ok")
    found = item(sheet, "B1")
    assert (found["automatic_verdict"], found["verdict"], found["automatic"]) == ("fault", "ok", True)
    assert not any(t["code"] == "B1" for t in sheet["tasks"])


@pytest.mark.parametrize("code", ["A1", "D1"])
def test_only_what_is_a_fault_can_be_mended(bureau: Bureau, code: str) -> None:
    number = start(bureau)["id"]
    with pytest.raises(NotFound, match=f"没有待整改的 {code}"):
        bureau.workplace.act(lambda d: record.mend(d, None, record.by_id(d, number), code))


def test_the_indicators_are_the_standards() -> None:
    assert len(INDICATORS) == 18 and list(BY_CODE) == [i.code for i in INDICATORS]
    assert {i.code[0] for i in INDICATORS} == set(GROUPS)
    for letter, numeral in zip("ABCDE", "一二三四五", strict=True):
        own = [i for i in INDICATORS if i.code[0] == letter]
        assert [i.clause.rpartition("附件2")[2] for i in own] == [
            f"（{numeral}）{n}" for n in range(1, len(own) + 1)
        ]


def test_the_years_table_has_a_column_a_check(bureau: Bureau, tmp_path: Path) -> None:
    for month in ("2026-02", "2026-03"):
        number = start(bureau, month)["id"]
    answer(bureau, number, "A1", "fault")
    answer_all(bureau, number)
    sign(bureau, number)
    bureau.workplace.look(lambda d: views.export_year(d, 2026, tmp_path / "y.xlsx"))
    sheet = openpyxl.load_workbook(tmp_path / "y.xlsx").active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]] == ["序号", "指标", "2026-02", "2026-03"]
    assert [cell.value for cell in sheet[3]][2:] == ["未答", "不合格"]
    assert [cell.value for cell in sheet[sheet.max_row]] == [None, "签署人", "未签署", "王主任"]
    lines = bureau.workplace.look(lambda d: views.year(d, 2026))
    assert [(line["month"], line["faults"], bool(line["unanswered"])) for line in lines] == [
        ("2026-02", [], True), ("2026-03", ["A1", "D1"], False),
    ]  # fmt: skip
    assert bureau.workplace.look(lambda d: views.year(d, 2025)) == []
    with pytest.raises(Invalid, match="xlsx"):
        bureau.workplace.look(lambda d: views.export_year(d, 2026, tmp_path / "y.docx"))


@pytest.mark.parametrize("signer", ["王/主任", "[督办]", "李:科长", "a?b*c"])
def test_a_signers_name_may_hold_any_sign(bureau: Bureau, tmp_path: Path, signer: str) -> None:
    number = start(bureau)["id"]
    answer_all(bureau, number)

    def step(desk: Any) -> None:
        check = record.by_id(desk, number)
        record.sign(desk, None, check)
        check.signed_by = signer
        desk.session.add(check)

    bureau.workplace.act(step)
    file = tmp_path / "a.xlsx"
    bureau.workplace.look(lambda d: views.export(d, record.by_id(d, number), file))
    sheet = openpyxl.load_workbook(file).active
    assert sheet is not None and signer in str(sheet["A1"].value)
