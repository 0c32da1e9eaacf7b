"""Dates at the command line: `deadline`, `calendar import`, how `case show` explains a date, and the doctor's warning."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from app import clock, settings
from app.keep import checkup
from cases.register import extensions
from cases.register.desk import Desk
from cases.register.tables import CalendarNotice, Case, DueChange, Outbox, Staff
from cases.steps import assign, extend
from cases.watch import calendar_change
from tests.builders import TEST_KEY, Bureau
from tests.unit.app.conftest import Huiyin
from tests.unit.cases.watch.test_calendar_change import NOTICE


@pytest.fixture
def office(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    """The office whose register the commands open."""
    monkeypatch.setenv("HUIYIN_DATABASE_URL", bureau.store.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("HUIYIN_SECRET_KEY", TEST_KEY.decode())
    return bureau


@pytest.mark.parametrize(
    ("category", "received", "code", "says"),
    [
        ("praise", "昨天", 2, "时间「昨天」读不懂，请写成 2026-01-05T09:00:00+08:00"),
        ("praise", "2026-02-30T09:00:00+08:00", 2, "时间「2026-02-30T09:00:00+08:00」读不懂"),
        ("praise", "", 2, "时间「」读不懂"),
        ("praise", "2026-01-05T09:00:00", 2, "时间「2026-01-05T09:00:00」缺少时区"),
        ("praise", "2026-01-05", 2, "时间「2026-01-05」缺少时区"),
        ("gossip", "2026-01-05T09:00:00+08:00", 2, "没有「gossip」这个类别，应为 praise、"),
        ("praise", "2023-12-31T23:59:59+08:00", 1, "日期 2023-12-31 早于 2024-01-01，没有可用的工作日历"),
        ("complaint", "2100-12-30T09:00:00+08:00", 1, "日期超出日历范围（2024–2100 年）"),
        ("praise", "0001-01-01T00:00:00+23:59", 1, "超出可计算的范围"),
    ],
)
def test_a_deadline_that_cannot_be_counted_is_one_line(
    huiyin: Huiyin, category: str, received: str, code: int, says: str
) -> None:
    said = huiyin("deadline", "--category", category, "--received", received)
    assert (said.code, said.out) == (code, "")
    assert says in said.err and said.err.count("\n") == 1


def test_the_first_countable_moment_is_counted_in_the_offices_zone(huiyin: Huiyin) -> None:
    said = huiyin("deadline", "--category", "praise", "--received", "2023-12-31T16:00:00+00:00", "--json")
    found = json.loads(said.out)
    assert (said.code, found["due_on"], found["days"][0]["date"]) == (0, "2024-01-08", "2024-01-01")


def test_a_deadline_in_a_year_without_notice_says_so(huiyin: Huiyin) -> None:
    asked = ("deadline", "--category", "praise", "--received", "2027-02-02T09:00:00+08:00")
    assert "5 个工作日，答复时限 2027-02-11（暂定）" in huiyin(*asked).out
    assert json.loads(huiyin(*asked, "--json").out)["provisional"] is True


def test_with_consent_ten_working_days_more(huiyin: Huiyin) -> None:
    asked = (
        "deadline",
        "--category",
        "praise",
        "--received",
        "2026-03-02T09:00:00+08:00",
        "--extended",
        "--json",
    )
    found = json.loads(huiyin(*asked).out)
    assert (found["working_days"], found["due_on"], found["days"][-1]["n"]) == (15, "2026-03-23", 15)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (NOTICE.encode("gb18030"), "不是 UTF-8 文本"),
        (b"\xff\xfe\x00", "不是 UTF-8 文本"),
        ("国务院办公厅关于2027年部分节假日安排的通知".encode(), "不是正确的 TOML 格式"),
        (
            NOTICE.replace("holiday = [", 'holiday = [{name = "寒假", from = 2027-01-04, to = 2027-01-06},').encode(),
            "「元旦」与「寒假」的日期重叠：2027-01-04",
        ),
        (NOTICE.replace("to = 2027-02-12", "to = 2027-02-06").encode(), "缺少法定节假日：2027-02-07（春节）"),
        (NOTICE.replace("2027-02-20", "2027-02-22").encode(), "调休上班日 2027-02-22 不是周六或周日"),
        (NOTICE.replace("2027-01-09,", "2027-01-03,").encode(), "调休上班日 2027-01-03 落在「元旦」假期之内"),
        (b"", "缺少 year"),
    ],
    ids=["gb18030", "binary", "prose", "overlap", "missing", "weekday", "within", "empty"],
)  # fmt: skip
def test_a_notice_that_cannot_be_right_is_one_line_and_changes_nothing(
    office: Bureau, huiyin: Huiyin, tmp_path: Path, content: bytes, says: str
) -> None:
    office.clock.set(2026, 12, 24)
    no = office.a_case()
    due_at = office.case(no).due_at
    (tmp_path / "2027.toml").write_bytes(content)
    said = huiyin("calendar", "import", "2027.toml")
    assert (said.code, said.out) == (1, "")
    assert says in said.err and said.err.count("\n") == 1
    assert office.rows(CalendarNotice) == [] and len(office.rows(DueChange)) == 1
    assert office.case(no).due_at == due_at and office.notices() == []


@pytest.mark.parametrize(("name", "says"), [("no.toml", "没有这个文件"), (".", "这是文件夹")])
def test_a_notice_that_is_no_file_is_one_line(huiyin: Huiyin, name: str, says: str) -> None:
    said = huiyin("calendar", "import", name)
    assert said.code == 1 and says in said.err and said.err.count("\n") == 1


def test_a_notice_counts_open_cases_anew(office: Bureau, huiyin: Huiyin, tmp_path: Path) -> None:
    office.clock.set(2026, 12, 24)
    no = office.a_case()
    (tmp_path / "2027.toml").write_bytes(b"\xef\xbb\xbf" + NOTICE.encode())  # as a Windows editor writes it
    said = huiyin("calendar", "import", "2027.toml", "--json")
    assert (said.code, json.loads(said.out)["moved"]) == (0, [no])
    assert str(office.case(no).due_on) == "2027-01-09" and len(office.rows(CalendarNotice)) == 1


@pytest.fixture
def moved(office: Bureau) -> str:
    """A case of 26 February that was reclassified and then extended; a make-up Saturday lies on its way."""
    office.clock.set(2026, 2, 26)
    no = office.a_case("表扬水管师傅")
    office.claim("张工", no)
    office.clock.set(2026, 2, 27)
    office.on("张工", no, lambda desk, staff, case: assign.reclassify(desk, staff, case, "advice_inquiry"))

    def wish(desk: Desk, staff: Staff, case: Case) -> int:
        return extend.ask(desk, staff, case, "需要现场勘查").id or 0

    extension = office.on("张工", no, wish)
    office.clock.set(2026, 3, 2)
    office.act(
        "王主任",
        lambda desk, staff: extend.decide(desk, staff, extensions.by_id(desk, extension), True),
    )
    return no


def test_a_cases_date_is_explained_to_programs(office: Bureau, huiyin: Huiyin, moved: str) -> None:
    said = huiyin("case", "show", moved, "--json")
    case = json.loads(said.out)
    assert (said.code, case["due_on"], case["extended"]) == (0, "2026-03-25", True)
    assert [(m["cause"], m["working_days"], m["due_on"], m["note"]) for m in case["due_history"]] == [
        ("received", 5, "2026-03-04", ""),
        ("reclassified", 10, "2026-03-11", "表扬感谢→咨询建议（张工）"),
        ("extended", 20, "2026-03-25", "需要现场勘查"),
    ]
    assert {m["counted_from"] for m in case["due_history"]} == {case["received_at"]}
    first, second, saturday, sunday, *_, last = case["days"]
    assert (first["date"], first["counts"], first["reason"]) == ("2026-02-26", False, "收到当日不计")
    assert (second["n"], saturday["reason"], saturday["n"]) == (1, "调休上班", 2)
    assert (sunday["reason"], sunday["counts"], sunday["n"]) == ("周末", False, 2)
    assert (last["date"], last["n"]) == ("2026-03-25", 20)


def test_a_cases_date_is_explained_to_people(office: Bureau, huiyin: Huiyin, moved: str) -> None:
    said = huiyin("case", "show", moved)
    assert said.code == 0 and "时限：2026-03-25" in said.out
    history, days = said.out.partition("时限的由来")[2].split("逐日推算")
    rows = [" ".join(line.split()) for line in history.splitlines() if line.startswith("2026")]
    assert [row.replace("│", "").split() for row in rows] == [
        ["2026-02-26", "09:00", "收到来信", "自", "2026-02-26", "起", "5", "个工作日", "2026-03-04"],
        [
            "2026-02-27", "09:00", "改类，自收到日重算", "自", "2026-02-26", "起", "10", "个工作日", "2026-03-11",
            "表扬感谢→咨询建议（张工）",
        ],
        ["2026-03-02", "09:00", "批准延期", "自", "2026-02-26", "起", "20", "个工作日", "2026-03-25", "需要现场勘查"],
    ]  # fmt: skip
    counted = [line.replace("│", "").split() for line in days.splitlines() if line.startswith("2026-0")]
    assert ["2026-02-28", "调休上班", "2"] in counted and ["2026-03-01", "周末"] in counted
    assert ["2026-03-25", "工作日", "20"] in counted


def test_the_doctor_warns_from_the_first_of_december(
    office: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HUIYIN_SEMANTIC", "off")

    def says(moment: str) -> tuple[str, bool]:
        monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat(moment))
        (found,) = [check for check in checkup.checks(settings.read()) if check.name == "工作日历"]
        return found.state, "huiyin calendar import 2027.toml" in found.detail

    assert says("2026-11-30T23:59:59+08:00") == ("ok", False)
    assert says("2026-11-30T16:00:00+00:00") == ("warn", True)  # the first of December in the office
    assert says("2026-12-31T23:59:59+08:00") == ("warn", True)
    assert says("2027-01-05T09:00:00+08:00") == ("warn", True)
    office.workplace.act(lambda desk: calendar_change.import_notice(desk, NOTICE))
    assert says("2026-12-01T09:00:00+08:00") == ("ok", False)
    assert says("2027-01-05T09:00:00+08:00") == ("ok", False)
    assert office.rows(Outbox) == []  # the doctor only looks
