"""The duties from the outside: the commands' shapes, exit codes and refusals. The year runs on both databases."""

from typing import Any

import openpyxl
import pytest
from docx import Document

from tests.flow.program import Program

ACCOUNT = (
    "account",
    "add",
    "弥勒发布",
    "--platform",
    "微信公众号",
    "--unit",
    "市政府办公室",
    "--opened",
    "2026-11-02",
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Program:
    program = Program(tmp_path_factory.mktemp("duties"), {})
    for name, role in (
        ("王芳", "handler"),
        ("李强", "reviewer"),
        ("赵敏", "reviewer"),
        ("孙局", "supervisor"),
    ):
        program.run("staff", "add", "--name", name, "--role", role)
    program.run("department", "add", "住建局", "--topics", "城乡建设")
    return program


def refused(office: Program, *words: str) -> str:
    done = office.plain(*words)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stderr


def test_an_account_and_its_forms(office: Program) -> None:
    added = office.run(*ACCOUNT)
    assert (added["id"], added["filing_due_on"]) == (1, "2026-11-09")
    assert "--reason" in refused(office, *ACCOUNT)
    said = office.plain("account", "form", "1", "--kind", "open", "--out", "a.docx")
    assert said.returncode == 1
    assert all(name in said.stderr for name in added["missing"])
    given = [part for name in added["missing"] for part in ("--field", f"{name}=有")]
    assert office.run("account", "form", "1", "--kind", "open", "--out", "a.docx", *given)["missing"] == []
    assert Document(str(office.folder / "a.docx")).tables
    assert (
        office.run("account", "change", "1", "--on", "2026-11-10", "--what", "换人")["filing_due_on"]
        == "2026-11-17"
    )
    closing = ("account", "close", "1", "--notice-from", "2026-11-16", "--reason", "整合")
    assert "15 个工作日" in refused(office, *closing, "--notice-to", "2026-12-04")
    assert "早于" in refused(
        office, "account", "close", "1", "--notice-from", "2026-11-01", "--reason", "整合"
    )
    done = office.run(*closing)
    assert (done["notice_to"], done["filing_due_on"]) == ("2026-12-07", "2026-12-14")
    office.run("account", "form", "1", "--kind", "close", "--out", "c.docx")
    (line,) = office.run("account", "list")
    assert line["state"] == "closing"
    provisional = office.run(*ACCOUNT[:3], "--platform", "微博", "--unit", "某局", "--opened", "2026-12-28",
                             "--standard", "qingdao")  # fmt: skip
    assert provisional["provisional"] is True
    assert "不认识的栏目：没有此栏" in _with_own_template(office)


def _with_own_template(office: Program) -> str:
    paper = Document()
    paper.add_paragraph("{{ 账号名称 }}{{ 没有此栏 }}")
    (office.folder / "var" / "forms").mkdir(parents=True, exist_ok=True)
    paper.save(str(office.folder / "var" / "forms" / "qingdao.docx"))
    return refused(office, "account", "form", "2", "--out", "q.docx")


def test_releases(office: Program) -> None:
    account = _an_account(office, "发布号")
    add = ("release", "add", "通知", "--account", account, "--weight", "important")
    assert all(
        o in refused(office, *add, "--source", "新华社")
        for o in ("--author", "--published", "--original-title")
    )
    made = office.run(*add, "--as", "李强", "--source", "新华社", "--author", "记者", "--published", "2026-11-01",
                      "--original-title", "原题")  # fmt: skip
    assert made["levels"] == 2
    number = str(made["id"])
    for who in ("李强", "王芳"):
        refused(office, "release", "approve", number, "--as", who)
    refused(office, "release", "approve", number)
    office.run("release", "approve", number, "--as", "赵敏")
    refused(office, "release", "approve", number, "--as", "赵敏")
    office.run("release", "return", number, "--as", "孙局", "--reason", "改标题")
    office.run("release", "resubmit", number, "--as", "李强")
    for who in ("赵敏", "孙局"):
        office.run("release", "approve", number, "--as", who)
    line = next(row for row in office.run("release", "list") if row["id"] == made["id"])
    assert (line["state"], line["published"], line["original_title"]) == ("released", "2026-11-01", "原题")
    month = line["released_at"][:7]
    assert office.run("release", "export", "--month", month, "--out", "l.xlsx")["rows"] >= 1
    assert openpyxl.load_workbook(office.folder / "l.xlsx").active is not None


def _an_account(office: Program, name: str) -> str:
    added = office.run("account", "add", name, "--platform", name, "--unit", "某局", "--opened", "2026-11-02")
    return str(added["id"])


def test_a_selfcheck(office: Program) -> None:
    sheet = office.run("selfcheck", "start", "--month", "2026-10")
    number = str(sheet["id"])
    assert {"code", "indicator", "clause", "automatic", "verdict", "value"} <= set(sheet["items"][0])
    assert "不能签署" in refused(office, "selfcheck", "sign", number, "--as", "孙局")
    after = office.run("selfcheck", "answer", number, "A1", "fault", "--note", "一处错字")
    assert {"code", "due_on"} <= set(after["tasks"][0])
    for item in after["items"]:
        if item["verdict"] is None:
            office.run("selfcheck", "answer", number, item["code"], "ok")
    assert office.run("selfcheck", "sign", number, "--as", "孙局")["signed_by"] == "孙局"
    refused(office, "selfcheck", "answer", number, "A1", "ok")
    for ending in ("docx", "xlsx"):
        office.run("selfcheck", "export", number, "--out", f"s.{ending}")
    assert office.run("selfcheck", "list", "--year", "2026")[0]["intact"] is True
    refused(office, "selfcheck", "start", "--month", "2026-10")


def test_incidents_watch_advice_and_handover(office: Program) -> None:
    case = _a_case(office)
    made = office.run("incident", "add", "--kind", "unlawful", "--case", case)
    assert (len(made["sha256"]), made["intact"]) == (64, True)
    number = str(made["id"])
    office.run("incident", "report", number, "--to", "网信办", "--as", "孙局")
    office.run("incident", "close", number, "--note", "已处置")
    assert office.run("incident", "list")[0]["state"] == "closed"
    assert office.plain("incident", "add", "--kind", "rumour").returncode == 2
    plan = office.run(
        "duty", "plan", "--from", "2026-11-28", "--to", "2026-12-04", "--staff", "王芳,李强,赵敏"
    )
    assert [len(day["staff"]) for day in plan] == [1] * 7
    giving = office.run("duty", "show", "--on", "2026-11-29")["staff"][0]
    taking = next(name for name in ("王芳", "李强", "赵敏") if name != giving)
    swapped = office.run("duty", "swap", "2026-11-29", "--from", giving, "--to", taking)
    assert swapped["staff"] == [taking]
    assert "查无此人" in refused(
        office, "duty", "plan", "--from", "2026-11-28", "--to", "2026-11-28", "--staff", "查无此人"
    )
    _advice(office, case)
    row = office.run("handover", "start", "--from", "王芳", "--to", "李强")
    office.run("handover", "form", str(row["id"]), "--out", "h.docx")
    assert "没有办" in refused(office, "handover", "sign", str(row["id"]), "--as", "李强")
    staff = {person["name"]: person["active"] for person in office.run("staff", "list")}
    assert staff["王芳"] is False
    assert office.run("audit", "verify")["ok"] is True
    assert any(check["name"] == "账号备案与值班" for check in office.run("doctor"))


def _a_case(office: Program) -> str:
    line = '{"channel": "wechat", "openid": "o-1", "text": "建议增设路灯", "received_at": "2026-11-20T09:00:00+08:00"}\n'
    (office.folder / "cases.jsonl").write_text(line, encoding="utf-8")
    office.run("case", "import", "cases.jsonl")
    found: list[dict[str, Any]] = office.cases()
    return str(found[0]["no"])


def _advice(office: Program, case: str) -> None:
    passing = ("suggestion", "pass", case, "--department", "住建局", "--feedback-by")
    assert "早于今天" in refused(office, *passing, "2026-01-01")
    assert office.run(*passing, "2099-12-31")["state"] == "passed"
    adopted = office.run("suggestion", "adopt", case, "--note", "已列入明年计划", "--as", "王芳")
    assert (adopted["state"], adopted["told"]) == ("adopted", "review")
    shown = office.show(case)
    assert shown["drafts"][-1]["purpose"] == "adoption"
    assert shown["deliveries"] == []
    assert "已登记为已采纳" in refused(office, "suggestion", "decline", case, "--note", "不行")
    assert office.run("suggestion", "list")[0]["no"] == case
