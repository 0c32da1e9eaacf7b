"""Rows that people and other programs made: the good ones are taken, each bad one is named by its line."""

import json
from pathlib import Path
from typing import Any

import pytest

from cases.register.tables import Case, Citizen, KnowledgeEntry, Message
from tests.builders import Bureau
from tests.unit.app.conftest import Huiyin

AT = "2026-11-02T09:00:00+08:00"
LETTER = {"channel": "wechat", "openid": "o-1", "text": "投诉水管漏水", "received_at": AT, "account": "wx"}


def written(name: str, rows: list[Any]) -> str:
    lines = (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
    Path(name).write_text("\n".join(lines) + "\n", encoding="utf-8", errors="surrogatepass")
    return name


BAD_LETTERS: list[tuple[Any, str]] = [
    ("no json", "不是 JSON"),
    ([LETTER], "不是 JSON 对象"),
    ({**LETTER, "text": 5}, "text 应为文字"),
    ({**LETTER, "openid": None}, "openid 应为文字"),
    ({**LETTER, "channel": ["wechat"]}, "channel 应为文字"),
    ({**LETTER, "account": 7}, "account 应为文字"),
    ({**LETTER, "category": 1}, "category 应为文字"),
    ({**LETTER, "category": "thanks"}, "thanks"),
    ({**LETTER, "channel": "pigeon"}, "pigeon"),
    ({**LETTER, "channel": "api:nobody"}, "nobody"),
    ({**LETTER, "received_at": "昨天"}, "读不懂"),
    ({**LETTER, "received_at": 5}, "读不懂"),
    ({**LETTER, "received_at": "2026-11-02T09:00:00"}, "缺少时区"),
    ({**LETTER, "received_at": "0001-01-01T00:00:00+14:00"}, "读不懂"),
    ({**LETTER, "received_at": "2999-01-01T00:00:00+08:00"}, ""),
    ({**LETTER, "openid": ""}, ""),
    ({**LETTER, "text": "  "}, ""),
    ({name: value for name, value in LETTER.items() if name != "text"}, "缺少 text"),
]


def test_letters_that_cannot_be_taken_are_named_by_their_lines(at_work: Bureau, huiyin: Huiyin) -> None:
    rows = [row for row, _ in BAD_LETTERS]
    file = written("letters.jsonl", [LETTER, *rows, {**LETTER, "openid": "o-2", "text": "请问水管何时修"}])
    said = huiyin("case", "import", file, "--json")
    told = json.loads(said.out)
    assert (said.code, told["imported"], len(at_work.rows(Case))) == (1, 2, 2)
    lines = dict(line.split("：", 1) for line in said.err.splitlines())
    assert (
        list(lines) == [f"第 {n} 行" for n in range(2, len(rows) + 2)]
        and told["refused"] == said.err.splitlines()
    )
    for n, (row, words) in enumerate(BAD_LETTERS, 2):
        assert words in lines[f"第 {n} 行"] and "None" not in lines[f"第 {n} 行"], row


def test_a_file_brought_in_again_opens_only_what_was_added(at_work: Bureau, huiyin: Huiyin) -> None:
    rows = [LETTER, {**LETTER, "openid": "o-2"}]
    (first, second) = json.loads(huiyin("case", "import", written("l.jsonl", rows), "--json").out)["numbers"]
    added = written("l.jsonl", [*rows, {**LETTER, "text": "请问水管何时修"}])
    said = huiyin("case", "import", added, "--json")
    told = json.loads(said.out)
    assert (said.code, told["imported"], len(told["numbers"]), len(at_work.rows(Case))) == (0, 1, 1, 3)
    assert told["known"] == [{"row": 1, "no": first}, {"row": 2, "no": second}] and not told["refused"]
    plain = huiyin("case", "import", added)
    assert "已立件 0 件，此前已登记 3 行" in plain.out and f"第 2 行：已登记为 {second}" in plain.out


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_a_file_without_rows_brings_nothing(at_work: Bureau, huiyin: Huiyin, content: str) -> None:
    Path("empty.jsonl").write_text(content, encoding="utf-8")
    said = huiyin("case", "import", "empty.jsonl", "--json")
    assert (said.code, json.loads(said.out)) == (
        0, {"imported": 0, "numbers": [], "known": [], "refused": []},
    )  # fmt: skip
    assert json.loads(huiyin("hotspots", "--data", "empty.jsonl", "--json").out) == []
    measured = huiyin("kb", "evaluate", "--entries", "empty.jsonl", "--queries", "empty.jsonl")
    assert measured.code in (0, 1) and "内部错误" not in measured.err
    evaluated = huiyin("evaluate", "--data", "empty.jsonl")
    assert evaluated.code == 1 and "没有可用的行" in evaluated.err


ODD_IDS: list[Any] = [1, "x", 1.5, "", "字" * 500, None, [1, 2], {"a": 1}]


def test_hot_spots_keep_whatever_numbers_the_rows_bear(at_work: Bureau, huiyin: Huiyin) -> None:
    rows = [
        {"id": id_, "text": "阳光小区三天没有热水了", "time": AT, "user": {"n": n}}
        for n, id_ in enumerate(ODD_IDS)
    ]
    said = huiyin("hotspots", "--data", written("rows.jsonl", rows), "--json")
    (spot,) = json.loads(said.out)
    assert said.code == 1 and spot["size"] == spot["users"] == 5
    assert all(id_ in spot["ids"] for id_ in ODD_IDS[:5])
    assert said.err.splitlines() == [f"第 {n} 行：id 应为文字或数字" for n in (6, 7, 8)]


TIMES: list[tuple[Any, bool]] = [
    (AT, True), ("2026-11-02 09:00", True), ("2026/11/02 09:00:00", True), (1793581200, True), (1793581200.5, True),
    ("2026-11-02", True), ("soon", False), (None, False), (1e30, False), (float("inf"), False), (float("nan"), False),
    ([], False), ("0001-01-01T00:00:00+14:00", False), ("", False),
]  # fmt: skip


def test_times_are_read_or_named(at_work: Bureau, huiyin: Huiyin) -> None:
    rows = [{"id": n, "text": "阳光小区三天没有热水了", "time": time} for n, (time, _) in enumerate(TIMES)]
    said = huiyin("hotspots", "--data", written("rows.jsonl", rows), "--json")
    good = [n for n, (_, fit) in enumerate(TIMES) if fit]
    assert said.code == 1 and sorted(json.loads(said.out)[0]["ids"]) == good
    named = [int(line.split()[1]) - 1 for line in said.err.splitlines()]
    assert named == [n for n, (_, fit) in enumerate(TIMES) if not fit]


def test_measuring_names_what_it_left_out(
    at_work: Bureau, huiyin: Huiyin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUIYIN_SEMANTIC", "off")
    entries = [
        {"id": n, "question": q, "answer": "到三楼。"} for n, q in enumerate(("居住证怎么办", "社保卡怎么办"))
    ]
    queries = [
        {"query": "居住证怎么办", "expected": 0},
        {"query": "今天天气", "expected": None},
        {"query": 5, "expected": 1},
    ]
    said = huiyin(
        "kb", "evaluate", "--entries", written("e.jsonl", [*entries, {"id": 9}]), "--queries", written("q.jsonl", queries),
        "--details", "d.jsonl",
    )  # fmt: skip
    figures = json.loads(said.out)
    assert said.code == 1 and figures["n"] == 2 and figures["recall_at_1"] == 1.0
    assert "e.jsonl 第 3 行：缺少 question" in said.err and "q.jsonl 第 3 行：query 应为文字" in said.err
    details = [json.loads(line) for line in Path("d.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [set(row) for row in details] == [{"query", "expected", "top", "score", "auto"}] * 2


def test_expected_ids_that_no_entry_has_are_counted_and_named(
    at_work: Bureau, huiyin: Huiyin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUIYIN_SEMANTIC", "off")
    entries = [{"id": "a", "question": "居住证怎么办", "answer": "到三楼。"}]
    lost = [{"query": f"第{n}件事怎么办", "expected": f"x{n % 7}"} for n in range(9)]
    queries = [{"query": "居住证怎么办", "expected": "a"}, {"query": "今天天气", "expected": None}, *lost]
    files = ("--entries", written("e.jsonl", [*entries, *entries]), "--queries", written("q.jsonl", queries))
    said = huiyin("kb", "evaluate", *files)
    assert said.code == 1 and json.loads(said.out)["n"] == 11
    assert "q.jsonl 有 9 行的 expected" in said.err and "（x0、x1、x2、x3、x4 等，共 7 个）" in said.err
    assert "e.jsonl 第 2 行：id「a」与前面的行重复" in said.err
    good = ("--entries", written("e.jsonl", entries), "--queries", written("q.jsonl", queries[:2]))
    said = huiyin("kb", "evaluate", *good)
    assert said.code == 0 and "expected" not in said.err


def test_rows_that_publish_would_refuse_are_not_published_by_a_file(at_work: Bureau, huiyin: Huiyin) -> None:
    rows = [
        {"id": "e1", "question": "居住证怎么办", "answer": "到三楼办理，座机 0873-6123456。"},
        {"id": "e2", "question": "社保卡怎么办", "answer": "请打王师傅 13812345678。"},
        {"id": "e3", "question": "医保怎么交", "answer": "请打 13912345678。", "status": "candidate"},
    ]
    said = huiyin("kb", "import", written("kb.jsonl", rows), "--json")
    told = json.loads(said.out)
    assert (said.code, told["added"], [each["row"] for each in told["refused"]]) == (1, 2, [2])
    assert "手机号" in told["refused"][0]["reason"] and "第 2 行：条目含个人信息（手机号）" in said.err
    assert {row.id: row.status for row in at_work.rows(KnowledgeEntry)} == {
        "e1": "published",
        "e3": "candidate",
    }
    assert huiyin("kb", "publish", "e3").code == 1


def test_classified_rows_stand_beside_their_numbers(
    at_work: Bureau, huiyin: Huiyin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUIYIN_SEMANTIC", "off")
    texts = ["投诉水管漏水", "", " ", "\x00\x1b[31m", "字" * 20_000, "👍" * 50, "\ud800", "[/]"]
    rows = [{"id": n, "text": text} for n, text in enumerate(texts)] + [{"text": "表扬师傅"}]
    said = huiyin("classify", "--file", written("rows.jsonl", [json.dumps(row) for row in rows]))
    found = [json.loads(line) for line in said.out.splitlines()]
    assert (said.code, said.err) == (0, "")
    assert [row.get("id") for row in found] == [*range(len(texts)), None]
    for row in found:
        assert row["category"] in ("praise", "advice_inquiry", "complaint") and 0 <= row["confidence"] <= 1
        assert all(
            isinstance(row[flag], bool) for flag in ("urgent", "sensitive", "accusation", "chitchat", "ad")
        )
    for words in (("classify",), ("classify", "x", "--file", "rows.jsonl")):
        refused = huiyin(*words)
        assert refused.code == 2 and "二者择一" in refused.err


PERSON = ("--account", "wx", "--openid", "o-1")


def test_what_is_kept_of_one_person_goes_out_and_away(at_work: Bureau, huiyin: Huiyin) -> None:
    huiyin(
        "case", "import", written("l.jsonl", [LETTER, {**LETTER, "openid": "o-2", "text": "请问何时通水"}])
    )
    for words in (("export", "--out", "p.zip"), ("erase",)):
        unknown = huiyin("person", words[0], "--account", "wx", "--openid", "o-9", *words[1:])
        assert unknown.code == 1 and unknown.err.count("\n") == 1 and not Path("p.zip").exists()
    Path("folder").mkdir()
    for name, said in (
        ("folder", "folder：这是文件夹，应为文件"),
        ("nowhere/p.zip", "nowhere：没有这个文件或文件夹"),
    ):
        assert huiyin("person", "export", *PERSON, "--out", name).err == f"{said}\n"
    made = json.loads(huiyin("person", "export", *PERSON, "--out", "p.zip", "--json").out)
    assert (made["cases"], made["messages"]) == (1, 1) and Path("p.zip").stat().st_mode & 0o077 == 0
    assert json.loads(huiyin("person", "erase", *PERSON, "--json").out)["cases"] == 1
    assert huiyin("person", "export", *PERSON, "--out", "q.zip").code == 1 and not Path("q.zip").exists()
    assert len(at_work.rows(Citizen)) >= 1 and len(at_work.rows(Case)) == 2
    kept = [at_work.workplace.office.vault.open(row.sealed) for row in at_work.rows(Message)]
    assert "投诉水管漏水" not in kept and "请问何时通水" in kept
    assert json.loads(huiyin("audit", "verify", "--json").out)["ok"] is True


@pytest.mark.parametrize("words", ["retain", "retain --dry-run"])
def test_without_years_nothing_is_forgotten(at_work: Bureau, huiyin: Huiyin, words: str) -> None:
    at_work.answered()
    said = huiyin(*words.split())
    assert said.code == 1 and "HUIYIN_RETENTION_YEARS" in said.err
    dry = json.loads(huiyin("retain", "--years", "1", "--dry-run", "--json").out)
    assert (dry["anonymised"], dry["dry_run"]) == (0, True)


@pytest.mark.parametrize("ending", ["jsonl", "csv", "xlsx"])
def test_entries_go_out_and_come_back_unchanged(at_work: Bureau, huiyin: Huiyin, ending: str) -> None:
    entries = [
        {"id": "K1", "question": "居住证怎么办？", "answer": "=1+1\n第二行，“引号”; 分号", "aliases": "暂住证;办居住证",
         "department": "城建局"},
        {"id": "K2", "question": "\u3000水费怎么缴", "answer": "网上缴费。👍", "status": "candidate", "source": "《办法》第三条"},
    ]  # fmt: skip
    assert huiyin("kb", "import", written("kb.jsonl", entries)).code == 0
    before = json.loads(huiyin("kb", "list", "--json").out)
    assert huiyin("kb", "export", f"out.{ending}").code == 0
    again = json.loads(huiyin("kb", "import", f"out.{ending}", "--json").out)
    assert (again["added"], again["refused"]) == (0, [])
    kept = ("id", "question", "answer", "aliases", "status", "department", "source")
    after = json.loads(huiyin("kb", "list", "--json").out)
    assert [{key: row[key] for key in kept} for row in after] == [
        {key: row[key] for key in kept} for row in before
    ]
    assert len(at_work.rows(KnowledgeEntry)) == 2
