"""Accounts, their events, and the day by which each is filed."""

from datetime import date

import pytest

from cases.register.errors import Invalid, Stale
from cases.register.tables import Audit
from cases.register.tables.duties import AccountEvent, MediaAccount
from duties.accounts import register, views
from tests.builders import Bureau


def new(name: str = "弥勒发布", **more: object) -> register.NewAccount:
    plain = {"platform": "微信公众号", "unit": "市政府办公室", "opened_on": date(2026, 3, 2), **more}
    return register.NewAccount(name, **plain)  # type: ignore[arg-type]


def opened(bureau: Bureau, **more: object) -> int:
    return bureau.workplace.act(lambda desk: register.add(desk, None, new(**more))[0].id or 0)


def account(bureau: Bureau, number: int) -> MediaAccount:
    return bureau.workplace.look(lambda desk: register.by_id(desk, number))


def test_each_standard_has_its_days(bureau: Bureau) -> None:
    for number, standard in enumerate(("mlgk", "qingdao", "anning", "hengnan")):
        opened(bureau, name=standard, unit=f"单位{number}", standard=standard)
    events = bureau.rows(AccountEvent)
    assert [str(event.filing_due_on) for event in events] == ["2026-03-09", *["2026-03-11"] * 3]
    assert "account.open" in {row.action for row in bureau.rows(Audit)}
    assert bureau.chain().ok


def test_a_second_account_on_the_platform_needs_a_reason(bureau: Bureau) -> None:
    opened(bureau, standard="qingdao")
    with pytest.raises(Invalid, match=r"请写明理由。$") as refused:
        opened(bureau, name="又一个", standard="qingdao")
    assert refused.value.options == "--reason", "for the command line alone: a page has a field of that name"
    opened(bureau, name="又一个", standard="qingdao", reason="面向不同人群")
    opened(bureau, name="微博", platform="微博")
    assert [row.reason for row in bureau.rows(MediaAccount)] == ["", "面向不同人群", ""]


def test_what_is_missing_is_named_together(bureau: Bureau) -> None:
    with pytest.raises(Invalid, match="账号名称、平台、单位"):
        opened(bureau, name=" ", platform="", unit="")
    with pytest.raises(Invalid, match="不存在的栏、又一栏"):
        opened(bureau, fields={"不存在的栏": "1", "又一栏": "2"})
    row = account(bureau, opened(bureau))
    assert "第一责任人姓名" in register.missing(row)
    assert "帐号管理员2姓名" not in register.missing(row)


def test_every_missing_name_can_be_given_and_then_nothing_is_missing(bureau: Bureau) -> None:
    for number, standard in enumerate(("mlgk", "qingdao", "anning", "hengnan")):
        id_ = opened(bureau, unit=f"单位{number}", standard=standard)
        given = dict.fromkeys(register.missing(account(bureau, id_)), "有")
        step = lambda desk, i=id_, g=given: register.fill(desk, None, register.by_id(desk, i), g)  # noqa: E731
        assert bureau.workplace.act(step) == []


def test_without_interaction_nobody_is_asked_who_moderates_it(bureau: Bureau) -> None:
    row = account(bureau, opened(bureau, fields={"平台是否设有交互栏目": "否"}))
    assert "交互栏目是否有管理员审核" not in register.missing(row)


def closing(bureau: Bureau, id_: int, start: date, end: date | None = None) -> AccountEvent:
    return bureau.workplace.act(
        lambda desk: register.close(desk, None, register.by_id(desk, id_), start, "整合", end)
    )


def test_a_closing_is_announced_for_fifteen_working_days(bureau: Bureau) -> None:
    id_ = opened(bureau)
    with pytest.raises(Invalid, match="14 个工作日，应不少于 15"):
        closing(bureau, id_, date(2026, 3, 9), date(2026, 3, 27))
    event = closing(bureau, id_, date(2026, 3, 9))
    assert (str(event.notice_to), str(event.filing_due_on)) == ("2026-03-30", "2026-04-07")
    with pytest.raises(Stale):
        closing(bureau, id_, date(2026, 3, 10))
    bureau.clock.set(2026, 3, 30, 23)
    assert bureau.workplace.act(register.finish_closings) == 0
    bureau.clock.set(2026, 3, 31, 0, 5)
    assert bureau.workplace.act(register.finish_closings) == 1
    assert account(bureau, id_).state == "closed"
    opened(bureau, name="新号")  # the place is free again


def test_dates_out_of_order_are_refused(bureau: Bureau) -> None:
    id_ = opened(bureau)

    def change(on: date) -> AccountEvent:
        return bureau.workplace.act(
            lambda desk: register.change(desk, None, register.by_id(desk, id_), on, "更换负责人")
        )

    with pytest.raises(Invalid, match="早于开设日期"):
        change(date(2026, 3, 1))
    change(date(2026, 3, 20))
    with pytest.raises(Invalid, match="早于上一次登记"):
        closing(bureau, id_, date(2026, 3, 19))
    with pytest.raises(Invalid, match="早于开始日期"):
        closing(bureau, id_, date(2026, 3, 20), date(2026, 3, 1))


def test_filings_are_ticked_off_in_order(bureau: Bureau) -> None:
    id_ = opened(bureau)

    def file(on: date | None = None) -> AccountEvent:
        return bureau.workplace.act(
            lambda desk: register.filed(desk, None, register.by_id(desk, id_), "", on)
        )

    with pytest.raises(Invalid, match="晚于今天"):
        file(date(2026, 3, 3))
    bureau.clock.set(2026, 3, 10)
    (line,) = bureau.workplace.look(views.listed)
    assert line["overdue"]
    assert line["filing_due_on"] == date(2026, 3, 9)
    with pytest.raises(Invalid, match="早于开设日期 2026-03-02"):
        file(date(2026, 3, 1))
    file()
    (line,) = bureau.workplace.look(views.listed)
    assert (line["overdue"], line["filing_due_on"]) == (False, None)
    with pytest.raises(Invalid, match="没有待报"):
        file()


def test_a_suspension_is_a_change(bureau: Bureau) -> None:
    id_ = opened(bureau)

    def rest(resume: bool) -> AccountEvent:
        return bureau.workplace.act(
            lambda desk: register.suspend(
                desk, None, register.by_id(desk, id_), date(2026, 3, 16), "改版", resume=resume
            )
        )

    assert str(rest(resume=False).filing_due_on) == "2026-03-23"
    with pytest.raises(Stale):
        rest(resume=False)
    rest(resume=True)
    assert account(bureau, id_).state == "open"
