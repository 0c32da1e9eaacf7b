"""interface.md §6 from the outside: JSON shapes, exit codes, what is refused, and round trips."""

import json
import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.fakes.postgres import Postgres
from tests.flow.program import Program

NOTICE_2027 = """
year = 2027
source = "国办发明电〔2026〕1号"
workdays = ["2027-01-31", "2027-02-14", "2027-09-26"]
[[holiday]]
name = "元旦"
from = 2027-01-01
to = 2027-01-03
[[holiday]]
name = "春节"
from = 2027-02-04
to = 2027-02-12
[[holiday]]
name = "清明节"
from = 2027-04-03
to = 2027-04-05
[[holiday]]
name = "劳动节"
from = 2027-05-01
to = 2027-05-05
[[holiday]]
name = "端午节"
from = 2027-06-09
to = 2027-06-09
[[holiday]]
name = "中秋节"
from = 2027-09-15
to = 2027-09-15
[[holiday]]
name = "国庆节"
from = 2027-10-01
to = 2027-10-07
"""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return Program(tmp_path_factory.mktemp("empty"), {})


@pytest.fixture
def fresh(tmp_path: Path) -> Program:
    return Program(tmp_path, {})


def lines(folder: Path, name: str, rows: list[Any]) -> str:
    text = "".join((r if isinstance(r, str) else json.dumps(r, ensure_ascii=False)) + "\n" for r in rows)
    (folder / name).write_text(text, encoding="utf-8")
    return name


def a_case(text: str, received: datetime, **more: str) -> dict[str, str]:
    return {"channel": "wechat", "openid": "o-1", "text": text, "received_at": received.isoformat(), **more}


@pytest.mark.parametrize(
    "words",
    ["case list", "kb list", "kb search 什么", "staff list", "department list", "article list", "hotspots"],
)  # fmt: skip
def test_an_empty_register_lists_nothing(empty: Program, words: str) -> None:
    assert empty.run(*words.split()) == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("case show 20260101-0001", 1),
        ("case list --status none", 2),
        ("kb list --status none", 2),
        ("kb source-changed 没人引用的办法", 1),
        ("kb publish nobody", 1),
        ("kb import nowhere.csv", 1),
        ("staff disable nobody", 1),
        ("staff add --name 王 --role boss", 2),
        ("deadline --category thanks --received 2026-01-05T09:00:00+08:00", 2),
        ("deadline --category praise --received 2023-05-05T09:00:00+08:00", 1),
        ("calendar show 0", 2),
        ("report --month 2026-13 --out r.xlsx", 2),
        ("report --month 2026-01 --out no/where/r.xlsx", 1),
        ("classify --file nowhere.jsonl", 1),
        ("backup no/where.zip", 1),
        ("kb nonsense", 2),
        ("serve --port 0", 2),
    ],
)
def test_what_is_refused_and_how(empty: Program, words: str, code: int) -> None:
    said = empty.run(*words.split(), code=code)
    assert said
    assert "程序内部错误" not in str(said)


def test_deadlines(empty: Program) -> None:
    found = empty.run("deadline", "--category", "praise", "--received", "2026-02-13T09:00:00+08:00")
    assert found["working_days"] == 5
    assert found["due_on"] == "2026-02-27"  # over Spring Festival, with the make-up Saturday before it
    assert found["provisional"] is False
    assert set(found["days"][0]) == {"date", "counts", "reason", "n"}
    assert found["days"][0]["counts"] is False
    assert [day["n"] for day in found["days"] if day["counts"]] == [1, 2, 3, 4, 5]
    longer = empty.run(
        "deadline", "--category", "complaint", "--received", "2026-12-10T09:00:00+08:00", "--extended"
    )
    assert longer["working_days"] == 30
    assert longer["provisional"] is True


def test_classifying_bad_lines_keeps_the_good_ones(empty: Program) -> None:
    name = lines(
        empty.folder, "in.jsonl", [{"id": "a", "text": "路灯坏了"}, "no json", {"id": 2}, {"text": ""}, [1]]
    )
    done = empty.plain("classify", "--file", name, "--json")
    assert done.returncode == 1
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row.get("id") for row in rows] == ["a", None]
    wanted = [
        "category",
        "confidence",
        "needs_review",
        "topic",
        "urgent",
        "sensitive",
        "accusation",
        "chitchat",
        "ad",
    ]
    assert all(set(wanted) <= set(row) for row in rows)
    assert all(f"第 {n} 行" in done.stderr for n in (2, 3, 5))


def test_hot_spots_of_odd_times(empty: Program) -> None:
    rows = [
        {"id": n, "text": f"阳光小区停水了第{n}天", "time": f"2026-01-0{n}T09:00:00+08:00"}
        for n in range(1, 6)
    ]
    odd = [{"id": 9, "text": "停水", "time": time} for time in (1e30, "soon", "0001-01-01T00:00:00+14:00")]
    name = lines(empty.folder, "h.jsonl", [*rows, *odd])
    done = empty.plain("hotspots", "--data", name, "--json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert found[0]["size"] == 5
    assert found[0]["users"] == 5
    assert {"rank", "title", "size", "users", "first_at", "last_at", "ids"} <= set(found[0])
    assert "第 6 行" in done.stderr


def test_a_changed_document_stops_the_entries_that_cite_it(fresh: Program) -> None:
    rows = [
        {"id": "D1", "question": "居住证怎么办", "answer": "到三楼。", "source": "《居住证暂行条例》第三条"},
        {"id": "D2", "question": "社保卡怎么办", "answer": "到二楼。", "source": "《社会保险法》"},
    ]
    fresh.run("kb", "import", lines(fresh.folder, "kb.jsonl", rows))
    refused = fresh.run("kb", "source-changed", "条例", code=1)
    assert refused.splitlines() == ["没有已发布的条目引用《条例》。"]
    assert fresh.run("kb", "source-changed", " 居住证 暂行条例") == {"marked": ["D1"]}
    assert [(e["id"], e["status"], e["muted"]) for e in fresh.run("kb", "list")] == [
        ("D2", "published", ""),
        ("D1", "published", "source"),
    ]
    fresh.run("kb", "publish", "D1")
    assert [e["muted"] for e in fresh.run("kb", "list")] == ["", ""]


def test_knowledge_from_every_kind_of_file(fresh: Program) -> None:
    table = (
        "编号,问题,其他问法,答案,部门,状态\nA1,居住证怎么办,办居住证;暂住证；居住证办理,带身份证,公安局,\n"
    )
    table += "A2,,x,没有问题,,\nA3,候选的问题,,候选的答案,,candidate\n"
    (fresh.folder / "gbk.csv").write_bytes(table.encode("gbk"))
    refused = fresh.plain("kb", "import", "gbk.csv", "--json")
    assert refused.returncode == 1
    result = json.loads(refused.stdout)
    assert (result["added"], result["updated"]) == (2, 0)
    assert [set(row) for row in result["refused"]] == [{"row", "reason"}]
    assert result["refused"][0]["row"] == 3
    listed = fresh.run("kb", "list")
    assert [(e["id"], e["status"]) for e in listed] == [("A1", "published"), ("A3", "candidate")]
    assert listed[0]["aliases"] == ["办居住证", "暂住证", "居住证办理"]
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (
        ["question", "answer", "id"],
        ["如何缴水费", "网上缴费", "X1"],
        ["居住证怎么办", "带两样", "A1"],
    ):
        book.active.append(row)
    book.save(fresh.folder / "k.xlsx")
    assert fresh.run("kb", "import", "k.xlsx") == {"added": 1, "updated": 1, "refused": []}
    (fresh.folder / "broken.xlsx").write_bytes(b"PK\x03\x04 broken")
    fresh.run("kb", "import", "broken.xlsx", code=1)
    found = fresh.run("kb", "search", "居住证怎么办", "--top", "1")
    assert [set(e) for e in found] == [{"id", "question", "answer", "score", "auto"}]
    assert found[0]["answer"] == "带两样"
    assert "A3" not in [e["id"] for e in fresh.run("kb", "search", "候选的问题")]
    fresh.run("kb", "publish", "A3")
    assert fresh.run("kb", "search", "候选的问题")[0]["id"] == "A3"
    fresh.run("kb", "retire", "A3")
    assert "A3" not in [e["id"] for e in fresh.run("kb", "search", "候选的问题")]
    for kind in ("jsonl", "csv", "xlsx"):
        fresh.run("kb", "export", f"out.{kind}")
        before = fresh.run("kb", "list")
        assert fresh.run("kb", "import", f"out.{kind}")["refused"] == []
        assert [e["question"] for e in fresh.run("kb", "list")] == [e["question"] for e in before]


def test_people_and_departments(fresh: Program) -> None:
    fresh.run(
        "department",
        "add",
        "城管局",
        "--topics",
        "城乡建设,环境保护",
        "--chat-id",
        "-100123",
        "--phone",
        "12345",
    )
    assert fresh.run("department", "list")[0]["topics"] == ["城乡建设", "环境保护"]
    fresh.run(
        "staff", "add", "--name", "王芳", "--role", "handler", "--department", "城管局", "--telegram-id", "11",
        "--username", "wang", "--password-stdin", stdin="Correct-horse-42\n",
    )  # fmt: skip
    listed = fresh.run("staff", "list")
    assert listed[0]["role"] == "handler"
    assert listed[0]["department"] == "城管局"
    assert "horse" not in json.dumps(listed)
    fresh.run("staff", "add", "--name", "赵敏", "--role", "handler", "--telegram-id", "11", code=1)
    fresh.run("staff", "add", "--name", "赵敏", "--role", "handler", "--department", "没有的局", code=1)
    fresh.run("staff", "disable", "wang")
    assert fresh.run("staff", "list")[0]["active"] is False
    assert fresh.run("audit", "verify")["ok"] is True


def test_cases_calendar_backup_and_audit(fresh: Program, postgres: Postgres | str) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    rows = [
        a_case("小区路灯坏了没人修", now - timedelta(days=60)),
        a_case("你好", now - timedelta(days=1), category="praise"),
        a_case("晚了", now + timedelta(days=9)),
        a_case("类别不对", now, category="thanks"),
        {**a_case("没有时区", now), "received_at": "2026-01-05T09:00:00"},
        "no json",
        {"channel": "wechat"},
    ]
    done = fresh.plain("case", "import", lines(fresh.folder, "c.jsonl", rows), "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["imported"] == 2
    assert all(f"第 {n} 行" in done.stderr for n in (3, 4, 5, 6, 7))
    opened = fresh.cases("open")
    keys = {
        "no",
        "category",
        "status",
        "received_at",
        "due_on",
        "overdue",
        "department",
        "handler",
        "channel",
    }
    assert all(set(row) == keys for row in opened)
    assert [row["overdue"] for row in opened] == [True, False]
    assert fresh.cases("overdue") == opened[:1]
    assert fresh.cases("closed") == []
    shown = fresh.show(opened[0]["no"])
    assert {"messages", "drafts", "deliveries", "timeline"} | keys <= set(shown)
    assert datetime.fromisoformat(shown["received_at"]) == now - timedelta(days=60)
    fresh.run("report", "--month", date.today().strftime("%Y-%m"), "--out", "r.xlsx")  # noqa: DTZ011
    assert openpyxl.load_workbook(fresh.folder / "r.xlsx").sheetnames

    calendar_moves(fresh)
    round_trip(fresh, postgres)
    altered_rows_are_found(fresh)


def calendar_moves(here: Program) -> None:
    """A notice that cannot be right is refused whole; the right one moves what it touches."""
    wrong = NOTICE_2027.replace("to = 2027-01-03", "to = 2027-02-05")
    (here.folder / "wrong.toml").write_text(wrong, encoding="utf-8")
    here.run("calendar", "import", "wrong.toml", code=1)
    (here.folder / "lacking.toml").write_text(NOTICE_2027.rpartition("[[holiday]]")[0], encoding="utf-8")
    here.run("calendar", "import", "lacking.toml", code=1)
    question = ("deadline", "--category", "complaint", "--received", "2027-01-20T09:00:00+08:00")
    assert here.run(*question)["provisional"] is True
    (here.folder / "right.toml").write_text(NOTICE_2027, encoding="utf-8")
    imported = here.run("calendar", "import", "right.toml")
    assert imported["year"] == 2027
    assert here.run(*question)["provisional"] is False
    assert here.run("calendar", "show", "2027")["official"] is True


def round_trip(here: Program, postgres: Postgres | str) -> None:
    """The same register again in SQLite and in PostgreSQL; never over another one, never with another key."""
    said = here.plain("backup", "copy.zip")
    assert said.returncode == 0
    assert "密钥" in said.stdout + said.stderr
    key = (here.folder / "var" / "secret.key").read_text().strip()
    assert key.encode() not in (here.folder / "copy.zip").read_bytes()
    here.run("restore", "copy.zip", code=1)
    targets = [("sqlite:///second.db", key)]
    if not isinstance(postgres, str):
        targets.append((postgres.new_database(), key))
    wrong = Program(
        here.folder, {"DATABASE_URL": "sqlite:///third.db", "SECRET_KEY": "another key altogether"}
    )
    assert "密钥" in wrong.run("restore", "copy.zip", code=1)
    whole = (here.folder / "copy.zip").read_bytes()
    (here.folder / "damaged.zip").write_bytes(whole[: len(whole) // 2])
    for url, secret in targets:
        other = Program(here.folder, {"DATABASE_URL": url, "SECRET_KEY": secret})
        other.run("restore", "damaged.zip", code=1)
        other.run("restore", "copy.zip")
        assert other.cases() == here.cases()
        assert other.run("audit", "verify") == here.run("audit", "verify")
        other.run("restore", "copy.zip", code=1)
        other.run("department", "add", "住建局", "--topics", "城乡建设")
        more = lines(here.folder, "more.jsonl", [a_case("楼道灯也坏了", datetime.now(UTC))])
        assert other.run("case", "import", more)["imported"] == 1
        assert len(other.cases()) == len(here.cases()) + 1
        assert other.run("audit", "verify")["ok"] is True


def altered_rows_are_found(here: Program) -> None:
    verdict = here.run("audit", "verify")
    assert verdict["ok"] is True
    assert verdict["first_bad"] is None
    with sqlite3.connect(here.folder / "var" / "huiyin.db") as database:
        database.execute("UPDATE audit SET detail = replace(detail, '20', '21') WHERE seq = 2")
        database.execute("UPDATE audit SET actor = 'nobody' WHERE seq = 2")
    done = here.plain("audit", "verify", "--json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert found == {"entries": verdict["entries"], "ok": False, "first_bad": 2}
    assert "2" in done.stderr
