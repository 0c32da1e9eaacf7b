"""Who may do which duty is what docs/rights.md says, at the console and by `--as` alike: the steps themselves ask."""

from collections.abc import Callable
from datetime import date

import pytest

from cases.register import people
from cases.register import register as cases
from cases.register.desk import Desk
from cases.register.errors import NotAllowed, NotFound
from cases.register.readonly import Staff
from duties.accounts import register
from duties.matters import incidents, suggestions
from duties.people import handover, roster
from duties.selfcheck import record
from tests.builders import Bureau
from tests.unit.console.test_rights import table
from tests.unit.duties.accounts.test_register import new, opened
from tests.unit.duties.people.test_roster import planned
from tests.unit.duties.selfcheck.test_record import answer_all, start

COLUMNS = {
    "承办人": "张工",
    "外部门承办人": "陈师傅",
    "审核人": "李科长",
    "部门督办人": "赵局长",
    "局领导": "王主任",
    "管理员": "钱管理",
}
DAY = date(2026, 3, 7)


class _Undo(Exception):
    """Whatever a deed changed is taken back."""


def deeds(bureau: Bureau) -> dict[str, Callable[[Desk, Staff], object]]:
    """Return each deed of the table, on things that are ready for it."""
    passed, fresh = bureau.a_case("建议增设路灯，水管边太暗", "amy"), bureau.a_case("建议水管换新", "bob")
    number = opened(bureau)
    check = start(bureau)["id"]
    answer_all(bureau, check)
    planned(bureau, "张工")
    bureau.workplace.act(lambda desk: suggestions.pass_on(desk, None, passed, "城建局", date(2026, 3, 20)))
    handed = bureau.workplace.act(
        lambda desk: handover.start(desk, None, "刘工", "张工", leaving=False).id or 0
    )
    account: Callable[[Desk], register.MediaAccount] = lambda desk: register.by_id(desk, number)  # noqa: E731
    return {
        "account add": lambda d, me: register.add(d, me, new(name="另一个", platform="微博")),
        "account set": lambda d, me: register.fill(d, me, account(d), {"媒体链接": "https://a"}),
        "account change": lambda d, me: register.change(d, me, account(d), DAY, "换人"),
        "account suspend": lambda d, me: register.suspend(d, me, account(d), DAY, "改版", resume=False),
        "account close": lambda d, me: register.close(d, me, account(d), DAY, "整合"),
        "account filed": lambda d, me: register.filed(d, me, account(d)),
        "selfcheck start": lambda d, me: record.start(d, me, "2026-02"),
        "selfcheck answer": lambda d, me: record.answer(d, me, record.by_id(d, check), "A1", "ok"),
        "selfcheck sign": lambda d, me: record.sign(d, me, record.by_id(d, check)),
        "incident add": lambda d, me: incidents.add(d, me, "rumour", case=cases.by_number(d, fresh)),
        "duty plan": lambda d, me: roster.plan(d, me, DAY, DAY, ["张工"]),
        "duty swap": lambda d, me: roster.swap(d, me, DAY, "张工", "刘工"),
        "suggestion pass": lambda d, me: suggestions.pass_on(d, me, fresh, "城建局", date(2026, 3, 20)),
        "suggestion adopt": lambda d, me: suggestions.adopt(d, me, passed, "将增设路灯。"),
        "suggestion decline": lambda d, me: suggestions.decline(d, me, passed, "线路已定。"),
        "handover start": lambda d, me: handover.start(d, me, "陈师傅", "李科长"),
        "handover pass": lambda d, me: handover.pass_on(d, me, handover.by_id(d, handed), "李科长"),
        "handover tick": lambda d, me: handover.tick(d, me, handover.by_id(d, handed), "devices"),
    }


def may(bureau: Bureau, who: str, deed: Callable[[Desk, Staff], object]) -> str:
    def step(desk: Desk, me: Staff) -> None:
        deed(desk, me)
        raise _Undo

    try:
        bureau.act(who, step)
    except _Undo:
        return "可"
    except (NotAllowed, NotFound):
        return "不可"
    raise AssertionError


def test_each_duty_for_each_role(bureau: Bureau) -> None:
    found = {
        f"`{name}`": {column: may(bureau, who, deed) for column, who in COLUMNS.items()}
        for name, deed in deeds(bureau).items()
    }
    assert found == table("Duties")


def test_a_handler_of_no_department_signs_nothing(bureau: Bureau) -> None:
    added = bureau.workplace.act(lambda desk: people.add_staff(desk, people.NewStaff("孙工", "handler")))
    bureau.ids["孙工"] = added.id or 0
    check = start(bureau)["id"]
    answer_all(bureau, check)
    with pytest.raises(NotAllowed, match="审核人"):
        bureau.act("孙工", lambda desk, me: record.sign(desk, me, record.by_id(desk, check)))


def test_an_incident_of_a_case_out_of_sight_is_not_there(bureau: Bureau) -> None:
    no = bureau.a_case("水管，举报局长", "amy")
    assert bureau.case(no).accusation
    taken = bureau.workplace.act(
        lambda desk: incidents.add(desk, None, "unlawful", case=cases.by_number(desk, no)).id or 0
    )

    def seen(who: str) -> list[int | None]:
        return bureau.act(who, lambda desk, me: [row.id for row in incidents.listed(desk, me)])

    assert (seen("张工"), seen("王主任")) == ([], [taken])
    for deed in (
        lambda desk, me: incidents.report(desk, me, incidents.by_id(desk, taken), "网信办"),
        lambda desk, me: incidents.close(desk, me, incidents.by_id(desk, taken), "已删"),
        lambda desk, me: incidents.add(desk, me, "rumour", case=cases.by_number(desk, no)),
    ):
        with pytest.raises(NotFound, match="没有编号"):
            bureau.act("张工", deed)
