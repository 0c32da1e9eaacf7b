"""Incidents and advice in each of their states: what may be done, by whom, and what the citizen never hears."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cases.register.errors import Invalid, NotFound, Refusal, Stale
from cases.register.tables import Delivery
from cases.register.tables.duties import Incident, IncidentFile, Suggestion
from duties.matters import incidents, suggestions
from duties.month import agenda, reminders
from tests.builders import Bureau
from tests.unit.duties.matters.test_matters import adopt, line, passed, shown, taken
from tests.unit.duties.releases.test_ledger import doing


def report(bureau: Bureau, number: int, to: str = "市委网信办") -> Any:
    return doing(bureau, "王主任", lambda d, who: incidents.report(d, who, incidents.by_id(d, number), to))


def close(bureau: Bureau, number: int, note: str = "已处置") -> Any:
    return doing(bureau, "王主任", lambda d, who: incidents.close(d, who, incidents.by_id(d, number), note))


def decline(bureau: Bureau, no: str, note: str = "已有制度", who: str = "") -> Any:
    return doing(bureau, who, lambda d, doer: suggestions.decline(d, doer, no, note))


@pytest.mark.parametrize("state", ["open", "reported", "closed"])
@pytest.mark.parametrize("kind", list(incidents.KINDS))
def test_what_a_state_of_an_incident_allows(bureau: Bureau, kind: str, state: str) -> None:
    number = taken(bureau, kind, text="内容")
    if state != "open":
        report(bureau, number)
    if state == "closed":
        close(bureau, number)
    if state == "closed":
        for again in (lambda: report(bureau, number), lambda: close(bureau, number)):
            with pytest.raises(Stale, match=f"第 {number} 号事件已经办结"):
                again()
        assert len(shown(bureau, number)["reports"]) == 1
    else:
        report(bureau, number, "公安机关")
        assert shown(bureau, number)["state"] == "reported"
        close(bureau, number)
        assert shown(bureau, number)["state"] == "closed"
    assert shown(bureau, number)["intact"] is True


@pytest.mark.parametrize("nothing", ["", " ", "\n"])
def test_an_incident_step_without_words(bureau: Bureau, nothing: str) -> None:
    number = taken(bureau, "rumour", text="内容")
    for step in (report, close):
        with pytest.raises(Invalid, match="请写明"):
            step(bureau, number, nothing)
    assert shown(bureau, number)["state"] == "open"


@pytest.mark.parametrize("number", [0, -1, 99, 1 << 31, 1 << 70])
def test_an_incident_that_is_not_there(bureau: Bureau, number: int) -> None:
    with pytest.raises(NotFound):
        shown(bureau, number)


def test_evidence_that_is_no_file_seals_nothing(bureau: Bureau, tmp_path: Path) -> None:
    with (tmp_path / "large.bin").open("wb") as stream:
        stream.truncate(incidents.LARGEST + 1)
    for file, error in ((tmp_path / "large.bin", Invalid), (tmp_path / "none", OSError), (tmp_path, OSError)):
        with pytest.raises(error):
            taken(bureau, "rumour", text="内容", files=[file])
    assert bureau.rows(Incident) == [] and bureau.rows(IncidentFile) == [] and bureau.told("supervisor") == []


def test_a_file_whose_name_tells_nothing_is_kept_by_its_hash(bureau: Bureau, tmp_path: Path) -> None:
    names = ["截图.png", "a" * 200 + ".png", "截图 (1).png"]
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    number = taken(bureau, "impostor", text="假账号", files=[tmp_path / name for name in names])
    files = shown(bureau, number)["files"]
    assert len({file["sha256"] for file in files}) == 3 and all(len(file["name"]) <= 200 for file in files)


def test_numbers_of_people_stand_in_no_excerpt(bureau: Bureau) -> None:
    number = taken(bureau, "rumour", text="转发人 13812345678 身份证 11010519491231002X " + "长" * 900)
    excerpt = shown(bureau, number)["excerpt"]
    assert "13812345678" not in excerpt and "11010519491231002X" not in excerpt and len(excerpt) <= 500


SUGGESTED = {
    "passed": {"adopt": "adopted", "decline": "declined"},
    "adopted": {},
    "declined": {},
}


@pytest.mark.parametrize("state", list(SUGGESTED))
def test_what_a_state_of_advice_allows(bureau: Bureau, state: str) -> None:
    for action in ("adopt", "decline", "pass"):
        no = bureau.answered(f"建议增加水管巡查 {action}")
        passed(bureau, no)
        if state == "adopted":
            adopt(bureau, no)
        if state == "declined":
            decline(bureau, no)
        steps = {"adopt": adopt, "decline": decline, "pass": passed}
        sent = len(bureau.rows(Delivery))
        if action in SUGGESTED[state]:
            steps[action](bureau, no)
            assert bureau.rows(Suggestion)[-1].state == SUGGESTED[state][action]
        else:
            with pytest.raises(Stale, match=no):
                steps[action](bureau, no)
            assert bureau.rows(Suggestion)[-1].state == state
        assert len(bureau.rows(Delivery)) == sent  # the citizen hears of nothing that nobody reviewed


@pytest.mark.parametrize("who", ["刘工", "李科长", "王主任", "赵局长"])
def test_who_passes_advice_on(bureau: Bureau, who: str) -> None:
    no = bureau.a_case("建议增加水管巡查")
    assert passed(bureau, no, who).passed_by == who


@pytest.mark.parametrize("who", ["钱管理", "陈师傅"])
def test_who_may_not_pass_advice_on(bureau: Bureau, who: str) -> None:
    no = bureau.a_case("建议增加水管巡查")
    with pytest.raises(Refusal):
        passed(bureau, no, who)
    assert bureau.rows(Suggestion) == []


@pytest.mark.parametrize(
    ("day", "taken_"), [(date(2026, 3, 1), False), (date(2026, 3, 2), True), (date(2099, 1, 1), True)]
)
def test_the_day_of_feedback(bureau: Bureau, day: date, taken_: bool) -> None:
    no = bureau.a_case("建议增加水管巡查")
    if not taken_:
        with pytest.raises(Invalid, match="反馈日期 2026-03-01 早于今天"):
            passed(bureau, no, day=day)
        return
    passed(bureau, no, day=day)
    assert line(bureau)["provisional"] == (day.year > 2026)
    bureau.clock.set(2026, 3, 2, 23, 59)
    assert line(bureau)["overdue"] is False
    bureau.clock.set(2026, 3, 3, 0, 1)
    assert line(bureau)["overdue"] == (day == date(2026, 3, 2))


def test_words_without_end_are_kept_within_bounds(bureau: Bureau) -> None:
    no = bureau.answered("建议增加水管巡查")
    passed(bureau, no)
    assert len(decline(bureau, no, "长" * 5000).note) == 2000


QUARTERS = [
    ((2026, 1, 1, 0), "2026 年第 1 季度"), ((2026, 3, 31, 23), "2026 年第 1 季度"), ((2025, 12, 31, 23), ""),
    ((2026, 4, 1, 0), ""),
]  # fmt: skip


@pytest.mark.parametrize(("at", "words"), QUARTERS)
def test_a_quarter_is_of_the_offices_days(bureau: Bureau, at: tuple[int, int, int, int], words: str) -> None:
    bureau.clock.set(*at)
    no = bureau.a_case("建议增加水管巡查")
    passed(bureau, no, day=date(2026, 12, 1))
    bureau.clock.set(2026, 4, 1, 9)
    assert bureau.workplace.look(suggestions.quarter_words).startswith(
        f"【意见建议季报】{words}" if words else ""
    )
    if not words:
        assert bureau.workplace.look(suggestions.quarter_words) == ""


def test_the_last_quarters_digest_comes_in_the_new_year(bureau: Bureau) -> None:
    bureau.clock.set(2025, 11, 3)
    passed(bureau, bureau.a_case("建议增加水管巡查"), day=date(2025, 12, 1))
    bureau.clock.set(2026, 1, 4, 9)  # a Sunday that is worked: the first working day of the year
    bureau.workplace.act(reminders.tell)
    (told,) = bureau.told("supervisor", "季报")
    assert "2025 年第 4 季度转送 1 件：采纳 0 件，未采纳 0 件，待反馈 1 件" in told
    bureau.clock.set(2026, 1, 5, 9)
    bureau.workplace.act(reminders.tell)
    assert len(bureau.told("supervisor", "季报")) == 1


def test_what_is_decided_leaves_the_list_of_the_month(bureau: Bureau) -> None:
    def kinds() -> list[str]:
        return [item.kind for item in bureau.workplace.look(agenda.agenda)]

    number, no = taken(bureau, "rumour", text="内容"), bureau.answered("建议增加水管巡查")
    passed(bureau, no, day=date(2026, 3, 5))
    assert kinds() == ["事件", "建议"]
    report(bureau, number)
    assert sorted(kinds()) == ["事件", "建议"]
    close(bureau, number)
    decline(bureau, no)
    assert kinds() == []
