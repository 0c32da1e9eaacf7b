"""An article's states, what each role may do in each, in whose name; and how long an account may be silent."""

from datetime import date
from typing import Any

import pytest

from cases.register.desk import Desk
from cases.register.errors import Invalid, NotAllowed, NotFound, Stale
from cases.register.tables import Article, Staff
from cases.register.tables.duties import Release, ReleaseStep
from duties.accounts import register
from duties.releases import gaps, ledger, views
from duties.releases.ledger import NewRelease
from duties.rules import policy
from tests.builders import CALENDAR, Bureau, a_reviewer
from tests.unit.duties.accounts.test_register import opened
from tests.unit.duties.releases.test_ledger import REPRINTED, approve, doing, enter, resubmit, send_back

PEOPLE = ("", "张工", "刘工", "李科长", "周科长", "王主任", "赵局长", "钱管理")


@pytest.fixture
def office(bureau: Bureau) -> Bureau:
    opened(bureau)
    bureau.hire(a_reviewer("吴科长", ""))
    return bureau


def row(office: Bureau, number: int) -> Release:
    return office.workplace.look(lambda desk: ledger.by_id(desk, number))


def in_state(office: Bureau, state: str) -> int:
    """Return an important article of 张工's: two reviews."""
    number = enter(office, "important")
    if state == "passed once":
        approve(office, number, "李科长")
    if state == "returned":
        send_back(office, number, "李科长")
    if state == "released":
        approve(office, number, "李科长")
        approve(office, number, "周科长")
    return number


REVIEWERS = {"李科长", "周科长", "王主任", "赵局长"}
MAY = {
    "entered": {"approve": REVIEWERS, "return": REVIEWERS, "resubmit": set()},
    "passed once": {"approve": REVIEWERS - {"李科长"}, "return": REVIEWERS - {"李科长"}, "resubmit": set()},
    "returned": {"approve": set(), "return": set(), "resubmit": {"张工"}},
    "released": {"approve": set(), "return": set(), "resubmit": set()},
}  # fmt: skip


@pytest.mark.parametrize("action", ["approve", "return", "resubmit"])
@pytest.mark.parametrize("state", list(MAY))
def test_who_may_do_what_in_which_state(office: Bureau, state: str, action: str) -> None:
    steps = {"approve": approve, "return": send_back, "resubmit": resubmit}
    for who in PEOPLE:
        number = in_state(office, state)
        before = row(office, number)
        steps_before = len(office.rows(ReleaseStep))
        if who in MAY[state][action]:
            steps[action](office, number, who)
            assert len(office.rows(ReleaseStep)) == steps_before + 1
        else:
            with pytest.raises((NotAllowed, Stale)) as refused:
                steps[action](office, number, who)
            assert any("\u4e00" <= sign <= "\u9fff" for sign in str(refused.value))
            after = row(office, number)
            assert (after.state, after.level, after.round) == (before.state, before.level, before.round)
            assert len(office.rows(ReleaseStep)) == steps_before
    assert office.chain().ok


@pytest.mark.parametrize("state", list(MAY))
def test_the_button_is_there_for_those_who_may(office: Bureau, state: str) -> None:
    number = in_state(office, state)

    def offered(desk: Desk) -> set[str]:
        found = ledger.by_id(desk, number)
        return {
            name for name in PEOPLE if name
            and ledger.may(desk, desk.session.get_one(Staff, office.ids[name]), found)
        }  # fmt: skip

    assert office.workplace.look(offered) == MAY[state]["approve"]


def test_who_wrote_any_version_reviews_none(office: Bureau) -> None:
    number = enter(office, "important", who="李科长")
    send_back(office, number, "周科长")
    office.workplace.act(lambda desk: disabled(desk, office.ids["李科长"]))
    resubmit(office, number, "吴科长")
    with pytest.raises(NotAllowed, match="自己起草"):
        approve(office, number, "吴科长")
    approve(office, number, "周科长")
    assert approve(office, number, "王主任")


def disabled(desk: Desk, staff: int) -> None:
    person = desk.session.get_one(Staff, staff)
    person.active = False
    desk.session.add(person)


def test_a_round_forgets_who_passed_in_the_one_before(office: Bureau) -> None:
    number = in_state(office, "passed once")
    send_back(office, number, "周科长", "标题不妥")
    resubmit(office, number, "张工")
    assert row(office, number).level == 0
    assert [approve(office, number, who) for who in ("李科长", "周科长")] == [False, True]
    (line,) = office.workplace.look(views.listed)
    assert (line["round"], [step["level"] for step in line["approvals"]]) == (2, [1, 2])


@pytest.mark.parametrize("left", ["", "政治", "政治,法律,政策,保密"])
def test_an_approver_looks_at_everything_on_the_list(office: Bureau, left: str) -> None:
    number = enter(office)
    looked = left.split(",") if left else []
    with pytest.raises(Invalid, match="还没有核对"):
        doing(office, "李科长", lambda d, who: ledger.approve(d, who, ledger.by_id(d, number), looked))
    assert row(office, number).state == "review"


def closed(desk: Any, state: str) -> None:
    account = register.listed(desk)[0]
    account.state = state
    desk.session.add(account)


@pytest.mark.parametrize(("state", "word"), [("suspended", "暂停"), ("closed", "已关停")])
def test_on_an_account_that_stopped_nothing_is_released(office: Bureau, state: str, word: str) -> None:
    waiting, returned = enter(office), enter(office, title="退回的")
    send_back(office, returned, "李科长")
    office.workplace.act(lambda desk: closed(desk, state))
    for step in (
        lambda: enter(office, title="新的"), lambda: approve(office, waiting, "李科长"),
        lambda: resubmit(office, returned, "张工"),
    ):  # fmt: skip
        with pytest.raises(Stale, match=f"{word}，不能发布"):
            step()
    send_back(office, waiting, "周科长")  # what waits can be cleared away
    assert {each.state for each in office.rows(Release)} == {"returned"}
    office.workplace.act(lambda desk: closed(desk, "open"))
    resubmit(office, waiting, "张工")
    assert approve(office, waiting, "李科长")


def test_a_closing_account_may_still_publish_its_notice(office: Bureau) -> None:
    office.workplace.act(lambda desk: closed(desk, "closing"))
    assert approve(office, enter(office, title="关停公告"), "李科长")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"published": "2026-03-03"}, "晚于今天"),
        ({"published": "昨天"}, "不是日期"),
        ({"published": "2026-3-1"}, "不是日期"),
        ({"source": " "}, "还缺：来源"),
        ({"original_title": "\u3000"}, "原标题"),
        ({"published": "2026-03-02"}, ""),
    ],
)
def test_a_reprint_is_named_truly(office: Bureau, given: dict[str, str], said: str) -> None:
    if said:
        with pytest.raises(Invalid, match=said):
            enter(office, **{**REPRINTED, **given})
        assert office.rows(Release) == []
    else:
        number = enter(office, **{**REPRINTED, **given})
        assert ledger.is_reprint(row(office, number))


def test_a_resubmission_may_change_every_word(office: Bureau) -> None:
    number = enter(office)
    send_back(office, number, "李科长")
    new = NewRelease("改后的标题", "ordinary", **REPRINTED, body="正文")
    doing(office, "张工", lambda d, who: ledger.resubmit(d, who, ledger.by_id(d, number), new))
    found = row(office, number)
    assert (found.title, found.source, found.body) == ("改后的标题", "新华社", "正文")
    send_back(office, number, "李科长")
    with pytest.raises(Invalid, match="标题"):
        doing(office, "张工", lambda d, who: ledger.resubmit(
            d, who, ledger.by_id(d, number), NewRelease(" ", "ordinary")))  # fmt: skip
    assert row(office, number).state == "returned"


@pytest.mark.parametrize(
    ("title", "body", "found"),
    [
        ("停水通知", "明日停水。", []),
        ("停水通知", "联系人 13800138000", ["个人信息"]),
        ("【在此填写】通知", "明日停水", ["占位"]),
        ("通知", "身份证 11010519491231002X，电话13800138000", ["个人信息", "个人信息"]),
    ],
)
def test_an_approver_is_told_what_stands_in_it(title: str, body: str, found: list[str]) -> None:
    said = ledger.findings(Release(title=title, body=body, weight="ordinary", levels=1))
    assert len(said) == len(found) and all(word in line for word, line in zip(found, said, strict=True))


@pytest.mark.parametrize("number", [0, -1, 99, 1 << 31, 1 << 70])
def test_an_article_that_is_not_there(office: Bureau, number: int) -> None:
    with pytest.raises(NotFound, match=str(number)):
        row(office, number)


def test_the_ledger_of_a_month_is_what_was_released_in_it_and_what_still_waits(office: Bureau) -> None:
    early = enter(office, title="三月签发")
    approve(office, early, "李科长")
    late = enter(office, title="三月登记四月签发")
    enter(office, title="还在审")
    office.clock.set(2026, 4, 1, 0, 30)  # still March in UTC
    approve(office, late, "李科长")

    def titles(month: str, words: str = "") -> list[str]:
        return [
            line["title"] for line in office.workplace.look(lambda desk: views.listed(desk, month, words))
        ]

    assert titles("2026-03") == ["三月签发", "还在审"] and titles("2026-04") == ["三月登记四月签发"]
    assert titles("2026-02") == [] and titles("", "四月") == ["三月登记四月签发"] and titles("", "没有") == []
    for month in ("2026-13", "3月", "26-03"):
        with pytest.raises(Invalid, match="月份"):
            titles(month)


# an account of 2 March 2026 (a Monday) under each standard, without any article: when it is late
SILENT = [
    ("mlgk", "2026-03-09", "2026-03-16"),
    ("qingdao", "2026-03-09", "2026-03-16"),
    ("hengnan", "2026-03-09", "2026-03-16"),
    ("anning", "2026-03-03", "2026-03-09"),
]


@pytest.mark.parametrize(("standard", "any_", "original"), SILENT)
def test_how_long_an_account_may_say_nothing(bureau: Bureau, standard: str, any_: str, original: str) -> None:
    number = opened(bureau, standard=standard)
    account = bureau.workplace.look(lambda desk: register.by_id(desk, number))
    found = bureau.workplace.look(lambda desk: gaps.of_account(desk, account, desk.today))
    assert [(str(one.due_on), one.original) for one in found] == [(any_, False), (original, True)]
    bureau.clock.set(*map(int, any_.split("-")), 23)
    assert bureau.workplace.look(gaps.silences) == []
    bureau.clock.advance(hours=2)
    (late,) = bureau.workplace.look(gaps.silences)
    assert "没有发布信息" in str(late) and any_ in str(late)


@pytest.mark.parametrize(
    ("last", "due"),
    [
        ("2026-02-13", "2026-02-14"),
        ("2026-02-14", "2026-02-24"),
        ("2026-09-30", "2026-10-08"),
        ("2026-03-06", "2026-03-09"),
    ],
)
def test_a_daily_account_rests_on_days_off(last: str, due: str) -> None:
    gap = policy.load().standard("anning").post_gap_days
    found = gaps.due_after(date.fromisoformat(last), gap, CALENDAR, every_workday=True)
    assert str(found) == due


def test_a_reprint_is_no_original(office: Bureau) -> None:
    approve(office, enter(office, **REPRINTED), "李科长")
    office.clock.set(2026, 3, 9)
    approve(office, enter(office, title="再转一篇", **REPRINTED), "李科长")
    office.clock.set(2026, 3, 17)
    late = office.workplace.look(gaps.silences)
    assert [(str(one.last), one.original) for one in late] == [("2026-03-09", False), ("2026-03-02", True)]


def test_an_article_is_known_by_its_title_whatever_the_spaces(office: Bureau) -> None:
    approve(office, enter(office, title="Ａ 停水 通知"), "李科长")
    enter(office, title="还没有签发的")

    def stand(desk: Desk) -> None:
        for n, title in enumerate(("Ａ停水通知", "还没有签发的", "", "另一篇")):
            desk.session.add(Article(account="wx", msg_data_id=str(n), title=title, added_at=desk.now))

    office.workplace.act(stand)
    unknown = office.workplace.look(lambda desk: [a.title for a in gaps.unentered(desk)])
    assert unknown == ["还没有签发的", "另一篇"]


@pytest.mark.parametrize(
    ("days", "empty"),
    [
        ([], ["2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23"]),
        ([2, 9, 16, 23], []),
        ([8, 15, 22, 29], []),
        ([3, 4, 5, 6], ["2026-03-09", "2026-03-16", "2026-03-23"]),
        ([30, 31], ["2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23"]),
    ],
)
def test_weeks_in_which_nothing_was_released(office: Bureau, days: list[int], empty: list[str]) -> None:
    for day in days:
        office.clock.set(2026, 3, day)
        approve(office, enter(office, title=f"{day} 日"), "李科长")

    def weeks(desk: Desk) -> list[str]:
        account = register.listed(desk)[0]
        return [str(d) for d in gaps.weeks_without(desk, account, date(2026, 3, 1), date(2026, 3, 31))]

    assert office.workplace.look(weeks) == empty
