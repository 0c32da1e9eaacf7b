"""What is due stands in one list, is reminded of once a day in one message, and the doctor says what lacks."""

from datetime import date

import pytest

from cases.steps import danger
from duties.accounts import register
from duties.matters import incidents, suggestions
from duties.month import agenda, health, reminders
from duties.people import handover, roster
from duties.selfcheck import record
from tests.builders import Bureau
from tests.unit.duties.accounts.test_register import opened
from tests.unit.duties.releases.test_ledger import approve, enter


def listed(bureau: Bureau) -> list[tuple[str, str]]:
    return [(item.kind, item.due) for item in bureau.workplace.look(agenda.agenda)]


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_everything_that_is_due_stands_in_one_list(bureau: Bureau) -> None:
    assert listed(bureau) == []
    id_ = opened(bureau)
    no = bureau.answered("建议增加水管巡查")
    enter(bureau)

    def more(desk: object) -> None:
        incidents.add(desk, None, "rumour", text="某地地震")  # type: ignore[arg-type]
        suggestions.pass_on(desk, None, no, "交通局", date(2026, 3, 20))  # type: ignore[arg-type]
        handover.start(desk, None, "张工", "刘工", leaving=False)  # type: ignore[arg-type]
        roster.plan(desk, None, date(2026, 3, 2), date(2026, 3, 5), ["张工"])  # type: ignore[arg-type]
        check = record.start(desk, None, "2026-02")  # type: ignore[arg-type]
        record.answer(desk, None, check, "B2", "fault")  # type: ignore[arg-type]
        account = register.by_id(desk, id_)  # type: ignore[attr-defined]
        register.close(desk, None, account, date(2026, 3, 2), "整合")  # type: ignore[arg-type]

    bureau.workplace.act(more)
    found = listed(bureau)
    assert {kind for kind, _ in found} == {
        "备案",
        "公告",
        "发布",
        "自查",
        "整改",
        "事件",
        "值班",
        "建议",
        "交接",
    }
    assert found == sorted(found, key=lambda pair: pair[1] or "9")
    assert ("公告", "2026-03-23") in found
    assert ("值班", "2026-03-06") in found


def test_one_message_a_day_and_only_in_the_morning_of_working_days(bureau: Bureau) -> None:
    opened(bureau)
    opened(bureau, name="微博", platform="微博")

    def told() -> bool:
        return bureau.workplace.act(reminders.tell)

    assert not told()  # nothing presses yet: the filings are due in five working days
    bureau.clock.set(2026, 3, 5, 9)
    assert told()
    assert not told()
    (text,) = bureau.told("supervisor", "本月要办")
    assert text.count("开设备案") == 2
    for day, hour in ((6, 11), (7, 9), (8, 9)):  # too late, Saturday, Sunday
        bureau.clock.set(2026, 3, day, hour)
        assert not told()
    bureau.clock.set(2026, 3, 10, 9)
    assert told()
    assert "其中逾期" in bureau.told("supervisor", "本月要办")[-1]


def test_a_closing_ends_by_itself_when_its_notice_is_over(bureau: Bureau) -> None:
    id_ = opened(bureau)
    bureau.workplace.act(
        lambda desk: register.close(desk, None, register.by_id(desk, id_), date(2026, 3, 2), "整合")
    )
    bureau.clock.set(2026, 3, 24, 3)
    bureau.workplace.act(reminders.tell)
    assert bureau.workplace.look(lambda desk: register.by_id(desk, id_)).state == "closed"


def test_the_doctor(bureau: Bureau) -> None:
    def said() -> tuple[bool, str]:
        return bureau.workplace.look(health.missing)

    assert said()[0] is False
    assert said()[1].startswith("未启用")
    opened(bureau)
    bureau.clock.set(2026, 3, 10)
    amiss, words = said()
    assert amiss
    assert all(word in words for word in ("逾期", "弥勒发布", "没有值班表"))
    bureau.workplace.act(lambda d: roster.plan(d, None, date(2026, 3, 10), date(2026, 4, 10), ["张工"]))
    assert "收不到「紧急」：张工" in said()[1]


def test_danger_reaches_the_watch_at_night_and_then_the_next_one(bureau: Bureau) -> None:
    office = bureau.with_office(on_watch=roster.told)
    office.workplace.act(
        lambda d: roster.plan(d, None, date(2026, 3, 2), date(2026, 3, 9), ["张工", "刘工", "李科长"])
    )
    on = {
        day: office.workplace.look(lambda d, day=day: roster.on(d, date(2026, 3, day)))[0].id  # type: ignore[misc]
        for day in (2, 3)
    }

    def told(times: int) -> list[str]:
        return office.workplace.look(lambda desk: danger.addressees(desk, times))

    office.clock.set(2026, 3, 2, 10)
    assert told(1) == ["supervisor"]
    office.clock.set(2026, 3, 2, 22)
    assert told(1) == ["supervisor", f"staff:{on[2]}"]
    assert told(2) == ["supervisor", f"staff:{on[2]}", f"staff:{on[3]}"]
    office.clock.set(2026, 3, 7, 10)  # a Saturday
    assert len(told(1)) == 2


def test_a_released_article_counts_for_the_next(bureau: Bureau) -> None:
    opened(bureau)
    approve(bureau, enter(bureau), "李科长")
    bureau.clock.set(2026, 3, 6)
    assert ("更新", "2026-03-09") in listed(bureau)
