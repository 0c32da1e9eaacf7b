"""Articles by any row of steps, beside a model of the rules; two who press at once; and the columns of the ledger."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any

import openpyxl
import pytest

from cases.register.desk import Desk
from cases.register.errors import NotAllowed, Refusal, Stale
from cases.register.tables import Staff
from cases.register.tables.duties import Release, ReleaseStep
from duties.accounts import register
from duties.releases import ledger, views
from tests.builders import Bureau, a_reviewer
from tests.unit.duties.accounts.test_register import opened
from tests.unit.duties.releases.test_ledger import (
    REPRINTED,
    approve,
    enter,
    resubmit,
    send_back,
)  # fmt: skip
from tests.unit.duties.releases.test_roles_and_rounds import disabled, row

REVIEWERS = ("李科长", "周科长", "王主任", "赵局长")
LEADERS = {"王主任", "赵局长"}
PEOPLE = ("张工", "刘工", *REVIEWERS, "钱管理")


@dataclass
class Model:
    """The rules said once more: levels passed by different reviewers, none of them an author, a leader at the last."""

    author: str
    levels: int
    state: str = "review"
    round: int = 1
    passed: list[str] = field(default_factory=list)

    def may_decide(self, who: str) -> bool:
        return self.state == "review" and who in REVIEWERS and who not in (self.author, *self.passed)

    def does(self, action: str, who: str) -> bool:
        """Do a step; False where it is refused."""
        if action == "resubmit":
            if self.state != "returned" or who != self.author:
                return False
            self.state, self.round, self.passed = "review", self.round + 1, []
            return True
        if not self.may_decide(who):
            return False
        if action == "return":
            self.state = "returned"
            return True
        last = len(self.passed) + 1 == self.levels
        if last and self.levels == 3 and not LEADERS & {who, *self.passed}:
            return False  # 赵局长 or 王主任 is there beside any author
        self.passed.append(who)
        self.state = "released" if last else "review"
        return True


@pytest.fixture
def office(bureau: Bureau) -> Bureau:
    opened(bureau)
    return bureau


def walk(desk: Desk, ids: dict[str, int], chance: random.Random) -> tuple[Release, Model, int]:
    """Go a row of steps in one transaction; returns the article, what the model says of it, and the steps done."""
    author, weight = chance.choice(PEOPLE[:5]), chance.choice(("important", "grave"))
    people = {name: desk.session.get_one(Staff, ids[name]) for name in PEOPLE}
    account = register.listed(desk)[0]
    article = ledger.add(desk, people[author], account, ledger.NewRelease("停水通知", weight))
    model, done = Model(author, 2 if weight == "important" else 3), 0
    for _ in range(16):
        action = chance.choices(("approve", "return", "resubmit"), (5, 1, 2))[0]
        if model.state == "returned" and chance.random() < 0.5:
            action, who = "resubmit", author
        else:
            who = chance.choice((author, *model.passed, *PEOPLE, *REVIEWERS))
        steps: dict[str, Callable[[], object]] = {
            "approve": partial(ledger.approve, desk, people[who], article),
            "return": partial(ledger.send_back, desk, people[who], article, "有错字"),
            "resubmit": partial(ledger.resubmit, desk, people[who], article),
        }
        if model.does(action, who):
            done += 1
            steps[action]()
        else:
            with pytest.raises(Refusal):
                steps[action]()
    return article, model, done


@pytest.mark.parametrize("seed", range(6))
def test_any_row_of_steps_leads_where_the_rules_lead(office: Bureau, seed: int) -> None:
    chance = random.Random(seed)

    def step(desk: Desk) -> None:
        found, model, done = walk(desk, office.ids, chance)
        assert (found.state, found.round, found.level) == (model.state, model.round, len(model.passed))
        assert len(ledger.steps(desk, found)) == 1 + done
        line = views.line(desk, found)
        assert [each["by"] for each in line["approvals"]] == model.passed
        assert len(line["returns"]) == model.round - (model.state != "returned")
        assert (line["released_at"] is not None) == (model.state == "released")

    office.workplace.act(step)
    assert office.chain().ok


LED = [((), 2, False), (("王主任",), 2, False), (("王主任", "赵局长"), 2, True)]


@pytest.mark.parametrize(("gone", "passed", "free"), LED)
def test_without_a_leader_in_the_office_three_reviewers_sign(
    office: Bureau, gone: tuple[str, ...], passed: int, free: bool
) -> None:
    office.hire(a_reviewer("吴科长", ""))
    number = enter(office, "grave")
    for who in gone:
        office.workplace.act(lambda desk, w=who: disabled(desk, office.ids[w]))  # type: ignore[misc]
    for who in ("李科长", "周科长"):
        approve(office, number, who)
    if free:
        assert approve(office, number, "吴科长")
    else:
        with pytest.raises(NotAllowed, match="领导"):
            approve(office, number, "吴科长")
    assert row(office, number).level == passed + free


def test_the_only_leader_who_wrote_it_cannot_be_asked_to_sign_it(office: Bureau) -> None:
    office.hire(a_reviewer("吴科长", ""))
    office.workplace.act(lambda desk: disabled(desk, office.ids["赵局长"]))
    number = enter(office, "grave", "王主任")
    assert [approve(office, number, who) for who in ("李科长", "周科长", "吴科长")] == [False, False, True]


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_of_two_who_press_at_once_one_comes_too_late(office: Bureau) -> None:
    number, gate = enter(office), Barrier(2)

    def press(who: str) -> str:
        gate.wait(10)
        try:
            return str(office.act(who, lambda d, s: ledger.approve(d, s, ledger.by_id(d, number))))
        except Stale as refused:
            return str(refused)

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(press, ("李科长", "周科长")))
    assert said[0] == "True" and "已签发" in said[1]
    assert len(office.rows(ReleaseStep, action="approve")) == 1


def exported(office: Bureau, file: Path) -> list[dict[str, Any]]:
    """Return the month's workbook, a line an article."""
    office.workplace.look(lambda desk: views.export(desk, "2026-03", file))
    sheet = openpyxl.load_workbook(file).active
    assert sheet is not None
    heads = [str(cell.value) for cell in sheet[2]]
    return [
        dict(zip(heads, [cell.value or "" for cell in line], strict=True))
        for line in sheet.iter_rows(min_row=3)
    ]


def test_each_review_stands_in_its_own_column(office: Bureau, tmp_path: Path) -> None:
    grave = enter(office, "grave", title="重大的")
    approve(office, grave, "李科长")
    send_back(office, grave, "周科长", "数字有误")
    office.clock.set(2026, 3, 3, 10)
    resubmit(office, grave, "张工")
    for minute, who in enumerate(("周科长", "王主任", "李科长")):
        office.clock.set(2026, 3, 4, 9, minute)
        approve(office, grave, who)
    enter(office, "important", "刘工", "转载的", **REPRINTED)
    first, second = exported(office, tmp_path / "a.xlsx")
    assert (first["标题"], first["级别"], first["状态"], first["起草人"]) == (
        "重大的",
        "重大",
        "已签发",
        "张工",
    )
    assert [first[head] for head in ("一审", "二审", "三审")] == ["周科长", "王主任", "李科长"]
    assert [first[f"{n}审时间"][-5:] for n in "一二三"] == ["09:00", "09:01", "09:02"]
    assert (
        first["签发时间"] == "2026-03-04 09:02" and first["退回情况"] == "2026-03-02 09:00 周科长：数字有误"
    )
    reprinted = dict(zip(("来源", "原作者", "原标题", "原发时间"), REPRINTED.values(), strict=True))
    assert {head: second[head] for head in reprinted} == reprinted
    assert second["状态"] == "审核中" and second["一审"] == second["签发时间"] == second["退回情况"] == ""


def test_the_ledger_stands_in_the_order_of_entry_whatever_is_released_first(
    office: Bureau, tmp_path: Path
) -> None:
    numbers = [enter(office, title=title) for title in ("先", "中", "后")]
    for number in reversed(numbers):
        office.clock.advance(hours=1)
        approve(office, number, "李科长")
    assert [line["标题"] for line in exported(office, tmp_path / "a.xlsx")] == ["先", "中", "后"]
    assert [line["编号"] for line in exported(office, tmp_path / "a.xlsx")] == numbers


LENGTHS = [("title", 1000), ("source", 1000), ("body", 100_000)]


@pytest.mark.parametrize(("what", "longest"), LENGTHS)
def test_words_at_their_limit_are_kept_whole(office: Bureau, what: str, longest: int) -> None:
    given = {**({} if what != "source" else REPRINTED), what: "长" * longest}
    number = enter(office, **given)
    assert getattr(row(office, number), what) == "长" * longest
    assert len(office.rows(Release)) == 1
