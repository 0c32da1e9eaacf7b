"""The office at the command line, as stories: people, keys of other channels, entries, figures, models."""

import json
from pathlib import Path

import pytest

from cases.register.tables import Audit, Staff
from tests import stages
from tests.builders import Bureau
from tests.unit.app.cli.test_stories_of_the_duties import Story, told
from tests.unit.app.conftest import Huiyin

PEOPLE: Story = [
    ("staff add --name 新人 --role handler --department 城建局", 0, "已登记 新人（编号 9）"),
    ("staff add --name 新人 --role handler --telegram-id abc", 2, "应为数字"),
    ("staff list", 0, "承办人"),
    ("staff code 新人", 0, "24 小时内有效，用一次"),
    ("staff factor-reset 新人", 0, "已重置 新人 的两步验证"),
    ("staff hand-over --from 张工 --to 张工", 1, "不能移交给本人"),
    ("staff hand-over --from 张工 --to 钱管理", 1, "权限"),
    ("staff hand-over --from 张工 --to 刘工", 0, "已移交 1 件：20260302-0001"),
    ("staff disable 刘工", 0, "已停用 刘工。退回待认领 1 件：20260302-0001"),
    ("staff disable 新人", 0, "已停用 新人。"),
    ("department add 水务局 --topics 资源环境 --chat-id -100/7", 0, "已登记水务局（编号 3）"),
    ("department list", 0, "-100/7"),
    ("department add  --topics x", 2, ""),
]


def test_people_come_and_go_and_their_cases_stay(at_work: Bureau, huiyin: Huiyin) -> None:
    no = stages.claimed(at_work)
    told(huiyin, PEOPLE[:-1])
    assert (at_work.case(no).status, at_work.case(no).handler_id) == ("new", None)
    assert [row.name for row in at_work.rows(Staff) if not row.active] == ["刘工", "新人"]
    actors = {row.actor for row in at_work.rows(Audit) if row.action.startswith(("staff.", "case.hand"))}
    assert "管理员（命令行）" in actors and at_work.chain().ok


def test_a_password_is_taken_from_standard_input_and_stands_nowhere(
    at_work: Bureau, huiyin: Huiyin, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    password = "春晓-山行-77-渡口"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(f"{password}\n".encode()), encoding="utf-8"))
    said = huiyin(
        "staff", "add", "--name", "新", "--role", "handler", "--username", "xin", "--password-stdin"
    )
    assert said.code == 0 and password not in said.out + said.err
    assert password not in json.dumps([row.detail for row in at_work.rows(Audit)], ensure_ascii=False)
    assert password not in huiyin("staff", "list", "--json").out


SOURCES: Story = [
    ("source add 热线", 0, "密钥（只显示这一次"),
    ("source add 热线", 1, "已经登记"),
    ("source add 微博 --public --callback https://h/cb", 0, "已登记渠道「微博」"),
    ("source add 坏:名", 2, "不含空格"),
    ("source add 某 --callback ftp://h", 2, "回调地址"),
    ("source add 某 --address 10.0.0.1", 2, "内网地址只随"),
    ("source add 某 --callback https://h --address 十", 2, "不是 IP 地址"),
    ("source list", 0, "https://h/cb"),
    ("source disable 热线", 0, "已停用渠道「热线」"),
    ("source disable 热线", 1, "已经停用"),
]


def test_keys_of_other_channels(at_work: Bureau, huiyin: Huiyin) -> None:
    told(huiyin, SOURCES)
    rows = json.loads(huiyin("source", "list", "--json").out)
    assert [(row["name"], row["public"], row["active"]) for row in rows] == [
        ("热线", False, False),
        ("微博", True, True),
    ]


ARTICLES: Story = [
    ("article list", 0, "（无）"),
    ("article add abc --account wx", 2, "应为数字"),
    ("article add 2247483650 --account wx --title 通水公告", 0, "已登记 2247483650（第 0 篇）"),
    ("article add 2247483650 --account wx --index 1", 0, "第 1 篇"),
    ("article add 2247483650 --account wx --index 8", 2, ""),
    ("article list", 0, "通水公告"),
    ("menu", 1, "公众号未接入"),
]


def test_articles_are_added_once_for_each_place(at_work: Bureau, huiyin: Huiyin) -> None:
    told(huiyin, ARTICLES)
    again = json.loads(huiyin("article", "add", "2247483650", "--account", "wx", "--json").out)
    assert again == {"msg_data_id": "2247483650", "index": 0, "account": "wx"}
    assert len(json.loads(huiyin("article", "list", "--json").out)) == 2


def test_entries_from_a_file_to_their_retirement(
    at_work: Bureau, huiyin: Huiyin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUIYIN_SEMANTIC", "off")
    rows = [
        {"id": "K1", "question": "居住证怎么办", "answer": "到三楼。", "source": "《居住证暂行条例》"},
        {"id": "K2", "question": "居住证怎么办？", "answer": "到四楼。", "status": "candidate"},
        {"id": "K3", "question": "", "answer": "空"},
    ]
    Path("kb.jsonl").write_text(
        "\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8"
    )
    said = huiyin("kb", "import", "kb.jsonl")
    assert said.code == 1 and "新增 2 条，更新 0 条，未收 1 条" in said.out and "第 3 行" in said.err
    told(
        huiyin,
        [
            ("kb list --status candidate", 0, "待发布"),
            ("kb list --status 没有", 2, "应为"),
            ("kb search 居住证怎么办", 0, "K1"),
            ("kb search 天气", 0, ""),
            ("kb duplicates", 0, "K2"),
            ("kb source-changed 居住证暂行条例", 0, "1 条已停止自动答复"),
            ("kb source-changed 没有的条例", 1, "没有已发布的条目"),
            ("kb publish K2", 0, "K2 已发布"),
            ("kb retire K2", 0, "K2 已停用"),
            ("kb gaps", 0, "（无）"),
            ("kb export kb.pdf", 2, ""),
            ("kb export out.csv", 0, "已导出 2 条到 out.csv"),
        ],
    )
    found = {row["id"]: row for row in json.loads(huiyin("kb", "list", "--json").out)}
    assert found["K1"]["muted"] == "source" and found["K2"]["status"] == "retired"
    for command in ("duplicates", "gaps", "search 居住证"):
        assert json.loads(huiyin("kb", *command.split(), "--json").out) is not None


def test_figures_are_written_for_a_month_that_is_one(at_work: Bureau, huiyin: Huiyin) -> None:
    stages.answered(at_work)
    told(
        huiyin,
        [
            ("report --month 2026-03 --out r.xlsx", 0, "已写入 r.xlsx"),
            ("ledger --month 2026-03 --out l.xlsx", 0, "已写入 l.xlsx"),
            ("report --month 2026-3 --out r.xlsx", 2, "请写成 2026-01"),
            ("ledger --month 2026-00 --out l.xlsx", 2, "读不懂"),
            ("report --month 2026-03 --out r.csv", 2, "应以 .xlsx 结尾"),
            ("case list --status 没有", 2, "应为 open"),
            ("case list --status all --q 水管", 0, "20260302-0001"),
            ("case list --status all --q 没有这个词", 0, "（无）"),
        ],
    )
    assert (
        json.loads(huiyin("report", "--month", "2026-03", "--out", "a.xlsx", "--json").out)["month"]
        == "2026-03"
    )


def test_a_case_is_told_to_people_from_its_letter_to_its_answer(at_work: Bureau, huiyin: Huiyin) -> None:
    no = at_work.a_case("投诉水管漏水，电话13800138000")
    at_work.claim("张工", no)
    at_work.approve("李科长", at_work.draft("张工", no, stages.ANSWER))
    shown = huiyin("case", "show", no).out
    for words in (f"编号：{no}", "类别：投诉求助", "状态：已答复", "部门：城建局", "承办：张工", "时限的由来", "逐日推算",
                  "办理经过", "20 个工作日", "2026-03-30"):  # fmt: skip
        assert words in shown, words
    assert "13800138000" not in shown


def test_what_many_write_about_is_found_in_the_register(at_work: Bureau, huiyin: Huiyin) -> None:
    for n in range(6):
        at_work.a_case(f"投诉幸福小区水管漏水没人修{n}", f"u{n}")
    (spot,) = json.loads(huiyin("hotspots", "--json").out)
    assert (spot["users"], spot["size"], spot["growth"]) == (6, 6, 6) and len(spot["weeks"]) == 6
    assert "幸福小区" in huiyin("hotspots").out and "+6" in huiyin("hotspots").out


MODELS: Story = [
    ("models list", 0, "built-in"),
    ("models use ../etc", 1, "没有 ../etc 这个版本"),
    ("models use 没有", 1, "没有 没有 这个版本"),
    ("models use built-in", 0, "已启用 built-in"),
]


def test_models_are_listed_and_only_one_that_is_there_is_used(at_work: Bureau, huiyin: Huiyin) -> None:
    told(huiyin, MODELS)
    (row,) = json.loads(huiyin("models", "list", "--json").out)
    assert row == {"version": "built-in", "made_at": "", "macro_f1": "", "in_use": True}


def test_the_trail_and_what_is_kept_of_a_person_are_told(at_work: Bureau, huiyin: Huiyin) -> None:
    at_work.answered("投诉水管漏水", openid="o-1")
    account = "--account gh_office --openid o-1"
    told(
        huiyin,
        [
            ("audit verify", 0, "链完整；与 0 个审计锚相符"),
            ("audit list --last 3", 0, "李科长"),
            ("audit list --last 0", 2, ""),
            (f"person export {account} --out p.zip", 0, "事项 1 件，来信 1 条，附件 0 个"),
            (f"person erase {account}", 0, "已删除：事项 1 件、来信 1 条"),
            (f"person erase {account}", 1, "没有这位来信人"),
            ("retain --years 0", 2, ""),
            ("retain --years 1", 0, "已匿名化 0 件"),
            ("retain --years 1 --dry-run", 0, "可匿名化 0 件"),
            ("backup copy.zip --verify", 0, "全部完好"),
            ("restore copy.zip", 1, "数据库不是空的"),
        ],
    )
    with_words = json.loads(huiyin("backup", "again.zip", "--json").out)
    assert with_words["holds_key"] is False and with_words["rows"] > 20


def test_deadlines_and_the_calendar_are_told(at_work: Bureau, huiyin: Huiyin) -> None:
    told(
        huiyin,
        [
            (
                "deadline --category praise --received 2026-03-02T09:00:00+08:00",
                0,
                "5 个工作日，答复时限 2026-03-09",
            ),
            ("calendar show 2026", 0, "2026 年："),
            ("calendar show 2099", 0, "暂定"),
            ("calendar show 2023", 2, "不在"),
            ("calendar show 2101", 2, "不在"),
        ],
    )
    year = json.loads(huiyin("calendar", "show", "2026", "--json").out)
    assert year["official"] and 240 <= year["working_days"] <= 255
    assert set(year["holidays"]).isdisjoint(year["workdays"])
