"""Nothing goes out unreviewed: levels by weight, by different people, never by the author."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

import openpyxl
import pytest

from cases.register.desk import Desk
from cases.register.errors import Invalid, NotAllowed, Stale
from cases.register.tables import Article, Staff
from cases.register.tables.duties import Release
from duties.accounts import register
from duties.releases import gaps, ledger, views
from duties.releases.ledger import NewRelease
from duties.rules.doer import Doer
from tests.builders import Bureau, a_reviewer
from tests.unit.duties.accounts.test_register import opened

T = TypeVar("T")
REPRINTED = {"source": "新华社", "author": "某记者", "original_title": "原题", "published": "2026-03-01"}


def doing(bureau: Bureau, who: str, step: Callable[[Desk, Doer], T]) -> T:
    """Let a colleague act, or the administrator where `who` is empty."""
    return bureau.act(who, step) if who else bureau.workplace.act(lambda desk: step(desk, None))


def enter(
    bureau: Bureau, weight: str = "ordinary", who: str = "张工", title: str = "停水通知", **more: str
) -> int:
    def step(desk: Desk, doer: Doer) -> int:
        account = register.listed(desk)[0]
        return ledger.add(desk, doer, account, NewRelease(title, weight, **more)).id or 0

    return doing(bureau, who, step)


def approve(bureau: Bureau, number: int, who: str) -> bool:
    return doing(bureau, who, lambda desk, doer: ledger.approve(desk, doer, ledger.by_id(desk, number)))


def send_back(bureau: Bureau, number: int, who: str, reason: str = "有错字") -> None:
    doing(bureau, who, lambda d, doer: ledger.send_back(d, doer, ledger.by_id(d, number), reason))


def resubmit(bureau: Bureau, number: int, who: str) -> None:
    doing(bureau, who, lambda desk, doer: ledger.resubmit(desk, doer, ledger.by_id(desk, number)))


@pytest.fixture
def office(bureau: Bureau) -> Bureau:
    opened(bureau)
    bureau.hire(a_reviewer("吴科长", ""))
    return bureau


@pytest.mark.parametrize(("weight", "people"), [("ordinary", ["李科长"]), ("important", ["李科长", "周科长"]),
                                                ("grave", ["李科长", "周科长", "王主任"])])  # fmt: skip
def test_the_weight_decides_how_many_review(office: Bureau, weight: str, people: list[str]) -> None:
    number = enter(office, weight)
    assert [approve(office, number, who) for who in people] == [False] * (len(people) - 1) + [True]
    (row,) = office.rows(Release)
    assert (row.state, row.level, row.levels) == ("released", len(people), len(people))
    with pytest.raises(Stale):
        approve(office, number, "赵局长")


def test_who_may_not_pass_it(office: Bureau) -> None:
    number = enter(office, "important", who="李科长")
    with pytest.raises(NotAllowed, match="自己起草"):
        approve(office, number, "李科长")
    for who in ("张工", "钱管理"):
        with pytest.raises(NotAllowed):
            approve(office, number, who)
    with pytest.raises(NotAllowed, match="--as"):
        approve(office, number, "")
    approve(office, number, "周科长")
    with pytest.raises(NotAllowed, match="两级"):
        approve(office, number, "周科长")


def test_a_grave_matter_is_signed_by_the_leadership(office: Bureau) -> None:
    number = enter(office, "grave")
    approve(office, number, "李科长")
    approve(office, number, "周科长")
    with pytest.raises(NotAllowed, match="领导"):
        approve(office, number, "吴科长")
    assert approve(office, number, "王主任")
    number = enter(office, "grave", title="再一篇")
    for who in ("王主任", "李科长"):
        approve(office, number, who)
    assert approve(office, number, "周科长")  # a leader was among them


def test_a_return_begins_a_new_round(office: Bureau) -> None:
    number = enter(office, "important")
    approve(office, number, "李科长")
    with pytest.raises(Invalid, match="理由"):
        send_back(office, number, "周科长", " ")
    send_back(office, number, "周科长")
    with pytest.raises(Stale):
        approve(office, number, "周科长")
    with pytest.raises(NotAllowed, match="张工"):
        resubmit(office, number, "刘工")
    resubmit(office, number, "张工")
    with pytest.raises(Stale):
        resubmit(office, number, "张工")
    assert [approve(office, number, who) for who in ("李科长", "周科长")] == [False, True]
    (line,) = office.workplace.look(views.listed)
    assert [step["by"] for step in line["approvals"]] == ["李科长", "周科长"]
    assert line["returns"][0]["reason"] == "有错字"
    assert office.told(f"staff:{office.ids['张工']}", "有错字")


def test_when_the_author_is_gone_a_colleague_takes_it_up_and_is_an_author(office: Bureau) -> None:
    number = enter(office, who="刘工")
    send_back(office, number, "李科长")

    def gone(desk: Desk) -> None:
        person = desk.session.get_one(Staff, office.ids["刘工"])
        person.active = False
        desk.session.add(person)

    office.workplace.act(gone)
    resubmit(office, number, "周科长")
    with pytest.raises(NotAllowed, match="自己起草"):
        approve(office, number, "周科长")


@pytest.mark.parametrize("given", ["source", "author", "original_title", "published"])
def test_a_reprint_names_all_that_it_lacks(office: Bureau, given: str) -> None:
    with pytest.raises(Invalid) as refused:
        enter(office, **{given: REPRINTED[given]})
    others = [option for option in REPRINTED if option != given]
    assert sorted(refused.value.options.split("、")) == sorted(f"--{one.replace('_', '-')}" for one in others)
    named = {
        what for name, what in ledger.REPRINT.items() if f"{what}、" in str(refused.value).replace("。", "、")
    }
    assert named >= {ledger.REPRINT[name] for name in others} and "--" not in str(refused.value)
    enter(office, **REPRINTED)


def test_what_cannot_be_entered(office: Bureau) -> None:
    for title, weight in (("", "ordinary"), ("题", "huge")):
        with pytest.raises(Invalid):
            enter(office, weight, title=title)
    with pytest.raises(Invalid, match="晚于今天"):
        enter(office, **{**REPRINTED, "published": "2026-03-03"})
    assert office.rows(Release) == []


def test_the_ledger_of_a_month_as_a_workbook(office: Bureau, tmp_path: Path) -> None:
    approve(office, enter(office, title="=1+1"), "李科长")
    office.clock.set(2026, 4, 1)
    enter(office, title="四月的")
    file = tmp_path / "台账.xlsx"
    assert office.workplace.look(lambda desk: views.export(desk, "2026-03", file)) == 1
    sheet = openpyxl.load_workbook(file).active
    assert sheet is not None
    cells = [cell.value for cell in sheet[3]]
    assert cells[2] == "=1+1"
    assert "李科长" in cells
    with pytest.raises(Invalid, match="xlsx"):
        office.workplace.look(lambda desk: views.export(desk, "2026-03", tmp_path / "a.csv"))


def test_silence_and_articles_that_the_ledger_does_not_know(office: Bureau) -> None:
    approve(office, enter(office, title="转发"), "李科长")
    office.clock.set(2026, 3, 10)
    (silence,) = office.workplace.look(gaps.silences)
    assert (silence.due_on, silence.original) == (date(2026, 3, 9), False)
    office.workplace.act(
        lambda desk: desk.session.add_all(
            Article(account="wx", msg_data_id=str(n), title=title, added_at=desk.now)
            for n, title in enumerate(("转 发", "没有审核过的"))
        )
    )
    assert [a.title for a in office.workplace.look(lambda d: list(gaps.unentered(d)))] == ["没有审核过的"]
