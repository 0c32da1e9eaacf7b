"""An account's filings by the calendar, what its forms still want, and two colleagues at the same account at once."""

import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from docx import Document

from cases.register.errors import Invalid, Refusal, Stale
from cases.register.tables import Staff
from cases.register.tables.duties import AccountEvent, Handover, MediaAccount
from duties.accounts import forms, register, views
from duties.papers import facts, fields
from duties.people import handover
from tests.builders import Bureau
from tests.unit.duties.accounts.test_register import account, opened
from tests.unit.duties.accounts.test_states import act, in_state
from tests.unit.duties.papers.test_forms import words

# the day of an event over holidays and make-up days, the standard, the last day of its filing counted by hand
DAYS = [
    ("2026-02-12", "mlgk", "2026-02-26"),  # 13, 14 (worked), 24, 25, 26
    ("2026-02-12", "hengnan", "2026-02-28"),  # … 27, 28 (worked)
    ("2026-04-03", "mlgk", "2026-04-13"),  # 4–6 off: 7, 8, 9, 10, 13
    ("2026-04-03", "anning", "2026-04-15"),
    ("2026-09-24", "qingdao", "2026-10-10"),  # 25–27 off, 28, 29, 30, 1–7 off, 8, 9, 10 (worked): the sixth
]


@pytest.mark.parametrize(("on", "standard", "last"), DAYS)
@pytest.mark.parametrize("kind", ["open", "change", "suspend"])
def test_the_last_day_of_a_filing(bureau: Bureau, kind: str, on: str, standard: str, last: str) -> None:
    day = date.fromisoformat(on)
    if kind == "open":
        opened(bureau, standard=standard, opened_on=day)
    else:
        act(bureau, opened(bureau, standard=standard, opened_on=date(2026, 1, 5)), kind, day)
    due = bureau.rows(AccountEvent)[-1].filing_due_on
    assert str(due) == (last if standard != "qingdao" else "2026-10-12")  # the seventh is a Monday
    for hour, late in ((due, False), (date.fromordinal(due.toordinal() + 1), True)):
        bureau.clock.set(hour.year, hour.month, hour.day, 0, 1)
        assert bureau.workplace.look(views.listed)[0]["events"][-1]["overdue"] is late


def test_a_line_names_the_earliest_filing_that_is_open(bureau: Bureau) -> None:
    number = opened(bureau)
    act(bureau, number, "change", date(2026, 3, 10))
    act(bureau, number, "suspend", date(2026, 3, 12))
    bureau.clock.set(2026, 3, 31)
    seen = []
    for _ in range(4):
        (line,) = bureau.workplace.look(views.listed)
        seen.append((str(line["filing_due_on"]), line["overdue"]))
        if line["filing_due_on"]:
            act(bureau, number, "filed")
    assert seen == [("2026-03-09", True), ("2026-03-17", True), ("2026-03-19", True), ("None", False)]


@pytest.mark.parametrize(
    ("on", "said"),
    [(date(2026, 3, 9), "早于变更日期"), (date(2026, 3, 10), ""), (date(2026, 3, 12), ""), (date(2026, 3, 13), "晚于今天")],
)  # fmt: skip
def test_a_filing_is_handed_in_between_the_event_and_today(bureau: Bureau, on: date, said: str) -> None:
    number = opened(bureau)
    act(bureau, number, "change", date(2026, 3, 10))
    bureau.clock.set(2026, 3, 12)
    if said:
        with pytest.raises(Invalid, match=said):
            act(bureau, number, "filed", of="change", filed_on=on)
    else:
        assert act(bureau, number, "filed", of="change", filed_on=on).filed_on == on
    assert len(bureau.workplace.look(register.unfiled)) == 1 + bool(said)


@pytest.mark.parametrize("state", ["open", "suspended", "closing", "closed"])
def test_only_a_closed_account_frees_its_place(bureau: Bureau, state: str) -> None:
    in_state(bureau, state)
    if state == "closed":
        assert opened(bureau)
    else:
        with pytest.raises(Invalid, match="已有账号「弥勒发布」（编号 1），不能登记两次"):
            opened(bureau)
        assert opened(bureau, fields={}, reason="改版后重新登记")


@pytest.mark.parametrize(
    ("standard", "one"), [("mlgk", False), ("qingdao", True), ("anning", True), ("hengnan", False)]
)
def test_a_second_account_needs_a_reason_where_the_standard_allows_one(
    bureau: Bureau, standard: str, one: bool
) -> None:
    opened(bureau, standard="mlgk" if standard == "hengnan" else standard)
    if one:
        with pytest.raises(Invalid, match="只开设一个账号"):
            opened(bureau, name="新号", standard=standard)
        assert opened(bureau, name="新号", standard=standard, reason="面向不同人群")
    assert opened(bureau, name="又一号", standard="hengnan" if standard == "mlgk" else "mlgk")
    assert one or opened(bureau, name="新号", standard=standard)


def test_the_reason_of_a_form_is_a_reason_for_a_second_account(bureau: Bureau) -> None:
    opened(bureau, standard="qingdao")
    number = opened(bureau, name="二号", standard="qingdao", fields={"开办理由": "面向企业"})
    assert account(bureau, number).reason == "面向企业"
    assert account(bureau, opened(bureau, name="三号", unit="别的单位")).reason == ""


def empty(bureau: Bureau, number: int, kind: str) -> list[str]:
    return forms.missing(account(bureau, number), kind)


@pytest.mark.parametrize("belongs", ["单位", "个人"])
@pytest.mark.parametrize("kind", ["change", "close"])
def test_a_form_asks_for_what_stands_on_it_and_no_more(bureau: Bureau, kind: str, belongs: str) -> None:
    """Annex C has neither administrators nor an introduction: it is complete without them."""
    number = opened(bureau, fields={fields.BELONGS: belongs})
    act(bureau, number, kind)
    wanted = empty(bureau, number, kind)
    assert wanted and set(wanted) < set(empty(bureau, number, "open")) and "基本情况介绍" not in wanted
    act(bureau, number, "fill", given={name: f"〔{name}〕" for name in wanted})
    assert empty(bureau, number, kind) == [] and empty(bureau, number, "open") != []
    if kind == "close":
        return  # the same form once more
    made = bureau.workplace.look(lambda d: forms.form(d, register.by_id(d, number), kind))
    text = words(Document(io.BytesIO(made.content)))
    assert made.missing == [] and [name for name in wanted if f"〔{name}〕" not in text] == []


@pytest.mark.parametrize("standard", ["qingdao", "hengnan", "anning"])
def test_one_form_for_all_wants_the_same_of_all(bureau: Bureau, standard: str) -> None:
    number = opened(bureau, standard=standard)
    act(bureau, number, "change")
    assert empty(bureau, number, "change") == empty(bureau, number, "open") != []


def test_the_survey_says_whose_field_is_empty(bureau: Bureau) -> None:
    given = dict.fromkeys(fields.SURVEY.wanted, "有")
    opened(bureau, name="齐的", fields=given)
    opened(bureau, name="缺的", unit="中心", fields={**given, "关注量": " ", "推送频率": ""})
    made = bureau.workplace.look(lambda desk: forms.survey(desk, "张工"))
    assert made.missing == ["缺的：关注量", "缺的：推送频率"]


@pytest.mark.parametrize(
    ("reason", "field", "stands"), [("", "", ""), ("另有用途", "", "另有用途"), ("另有用途", "便民", "便民")]
)
def test_the_reason_that_stands_on_a_form(reason: str, field: str, stands: str) -> None:
    day = date(2026, 3, 2)
    row = MediaAccount(
        name="号", platform="微信", unit="局", standard="qingdao", opened_on=day, reason=reason, fields={"开办理由": field}
    )  # fmt: skip
    for kind, said in (("open", stands), ("change", "换人")):
        event = AccountEvent(account_id=1, kind=kind, on=day, filing_due_on=day, what="换人")
        assert facts.of_account(row, event, day)["理由"] == said


def test_of_two_who_fill_the_form_at_once_the_second_is_told(bureau: Bureau) -> None:
    number = opened(bureau, fields={"开发单位": "甲公司"})
    seen = register.version(account(bureau, number))

    def fill(who: str, seen: str, **given: str) -> list[str]:
        return bureau.act(who, lambda d, me: register.fill(d, me, register.by_id(d, number), given, seen))

    fill("王主任", seen, 开发单位="乙公司")
    with pytest.raises(Stale) as refused:
        fill("赵局长", seen, 开发单位="丙公司", 媒体链接="https://a")
    assert all(
        word in str(refused.value)
        for word in ("王主任已于 03-02 09:00", "现为「乙公司」，您写的是「丙公司」")
    )
    assert "媒体链接" not in account(bureau, number).fields and refused.value.field == "开发单位"
    fill("赵局长", seen, 开发单位="乙公司")  # the same words take nothing away
    fill("赵局长", register.version(account(bureau, number)), 开发单位="丙公司")
    fill("赵局长", "", 开发单位="丁公司")  # whoever saw nothing, as at the command line, writes over it
    assert account(bureau, number).fields["开发单位"] == "丁公司"


def both(bureau: Bureau, step: Any) -> list[str]:
    """Let two do the same at once; returns what each was told, sorted.

    Where the database lets them, both have written before either commits; where one waits, the other goes on.
    """
    gate = Barrier(2)

    def together(desk: Any, staff: Staff) -> None:
        step(desk, staff)
        desk.session.flush()
        with suppress(BrokenBarrierError):
            gate.wait(0.1)

    def go(who: str) -> str:
        try:
            bureau.act(who, together)
        except Refusal as refused:
            return str(refused)
        return "done"

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(go, ("王主任", "赵局长")))


BOTH = ["sqlite", "postgresql"]


@pytest.mark.parametrize("database_url", BOTH, indirect=True)
def test_of_two_who_close_an_account_at_once_one_does(bureau: Bureau) -> None:
    number = opened(bureau)
    said = both(
        bureau, lambda d, who: register.close(d, who, register.by_id(d, number), date(2026, 3, 2), "整合")
    )
    assert said[0] == "done" and "公告中" in said[1] and len(bureau.rows(AccountEvent, kind="close")) == 1


@pytest.mark.parametrize("database_url", BOTH, indirect=True)
def test_of_two_who_begin_a_hand_over_at_once_one_does(bureau: Bureau) -> None:
    said = both(bureau, lambda d, who: handover.start(d, who, "张工", "刘工"))
    assert said[0] == "done" and "已有一项交接在办" in said[1] and len(bureau.rows(Handover)) == 1
    assert not bureau.rows(Staff, name="张工")[0].active


@pytest.mark.parametrize("database_url", BOTH, indirect=True)
def test_of_two_who_register_the_same_account_at_once_one_does(bureau: Bureau) -> None:
    new = register.NewAccount("弥勒发布", "微信公众号", "办公室", date(2026, 3, 2))
    said = both(bureau, lambda d, who: register.add(d, who, new))
    assert said[0] == "done" and "已有账号" in said[1] and len(bureau.rows(MediaAccount)) == 1


def test_an_offices_own_file_is_asked_by_the_layouts_name(bureau: Bureau, tmp_path: Path) -> None:
    number = in_state(bureau, "suspended")
    paper = Document()
    paper.add_paragraph("本局变更表：{{ 变更或关闭原因 }}")
    paper.save(str(tmp_path / "mlgk-c.docx"))
    for kind, own in (("change", True), ("open", False)):
        made = bureau.workplace.look(lambda d, k=kind: forms.form(d, register.by_id(d, number), k, tmp_path))  # type: ignore[misc]
        assert ("本局变更表：改版" in words(Document(io.BytesIO(made.content)))) == own
