"""The duties at the command line, as stories: what is typed, what is said to people, and what machines read of it."""

import json
from pathlib import Path

import pytest

from tests.builders import Bureau
from tests.unit.app.conftest import Huiyin, Said

Story = list[tuple[str, int, str]]  # what is typed, how it ends, what it says


def told(huiyin: Huiyin, story: Story) -> list[Said]:
    """Type a story line by line; each line ends as it should and says what it should, to people, never in English."""
    found = []
    for line, code, words in story:
        said = huiyin(*line.split())
        where = said.err if code else said.out
        assert said.code == code, (line, said)
        assert words in where, (line, said)
        assert "内部错误" not in said.err and (code == 0 or said.err.count("\n") == 1), (line, said)
        found.append(said)
    return found


WATCH: Story = [
    ("duty show --on 2026-03-07", 0, "无人"),
    ("duty plan --from 2026-03-07 --to 2026-03-08 --staff 张工,刘工", 0, "2026-03-08"),
    ("duty plan --from 2026-03-08 --to 2026-03-07 --staff 张工", 2, "早于开始日期"),
    ("duty plan --from 2026-03-07 --to 2026-03-08 --staff 张工,没有此人", 1, "没有此人"),
    ("duty plan --from 2026-03-07 --to 2028-03-08 --staff 张工", 1, "一次最多排"),
    ("duty note --text 水管已报修 --on 2026-03-07", 0, "2026-03-07 的交接已记下"),
    ("duty show --on 2026-03-07", 0, "交接（管理员（命令行））：水管已报修"),
    ("duty note --text 水管 --on 昨天", 2, "昨天"),
]


def test_the_watch_is_planned_and_handed_over(at_work: Bureau, huiyin: Huiyin) -> None:
    told(huiyin, WATCH)
    days = json.loads(
        huiyin(
            "duty", "plan", "--from", "2026-03-07", "--to", "2026-03-08", "--staff", "张工、刘工", "--json"
        ).out
    )
    assert {day["staff"][0] for day in days} == {"张工", "刘工"}
    note = json.loads(
        huiyin("duty", "note", "--text", "再看一次", "--on", "2026-03-08", "--as", "刘工", "--json").out
    )
    assert note == {"date": "2026-03-08", "by": "刘工", "text": "再看一次"}


def test_a_watch_changes_hands_when_the_other_consents(at_work: Bureau, huiyin: Huiyin) -> None:
    told(huiyin, [("duty plan --from 2026-03-07 --to 2026-03-07 --staff 张工", 0, "张工")])
    (asked,) = told(huiyin, [("duty swap 2026-03-07 --from 张工 --to 刘工 --as 张工", 0, "已请刘工同意")])
    assert "编号 1" in asked.out
    told(
        huiyin,
        [
            ("duty agree 1 --as 陈师傅", 1, ""),
            ("duty show --on 2026-03-07", 0, "张工"),
            ("duty agree 1 --as 刘工", 0, "已同意"),
            ("duty show --on 2026-03-07", 0, "刘工"),
            ("duty agree 1 --as 刘工", 1, ""),
            ("duty swap 2026-03-07 --from 刘工 --to 张工", 0, "由张工值班"),
            ("duty swap 2026-03-07 --from 刘工 --to 陈师傅", 1, ""),
            ("duty swap 2026-03-07 --from 张工 --to 刘工 --as 张工", 0, "编号 2"),
            ("duty agree 2 --no --as 刘工", 0, "已回绝"),
            ("duty show --on 2026-03-07", 0, "张工"),
        ],
    )
    assert json.loads(huiyin("duty", "show", "--on", "2026-03-07", "--json").out)["staff"] == ["张工"]


def test_an_administrator_hands_over_item_by_item(at_work: Bureau, huiyin: Huiyin) -> None:
    (begun,) = told(huiyin, [("handover start --from 张工 --to 刘工 --stays", 0, "编号 1")])
    items = [line.split()[1].partition("　")[0] for line in begun.out.splitlines() if line.startswith("□")]
    assert items and "前办结" in begun.out
    told(
        huiyin,
        [
            ("handover sign 1 --as 刘工", 1, ""),
            ("handover tick 1 没有此项", 2, ""),
            ("handover form 1 --out undertaking.pdf", 2, "应以 .docx 结尾"),
            ("handover form 1 --out undertaking.docx", 0, "已写到 undertaking.docx"),
            ("handover form 7 --out other.docx", 1, ""),
        ],
    )
    assert Path("undertaking.docx").read_bytes()[:2] == b"PK" and not Path("other.docx").exists()
    for code in items:
        told(huiyin, [(f"handover tick 1 {code} --note 已交接 --as 刘工", 0, f"✓ {code}")])
    told(
        huiyin,
        [("handover sign 1 --as 刘工", 0, "编号 1"), ("handover sign 1 --as 王主任", 0, "已办结"),
         ("handover list", 0, "张工"), ("handover tick 1 " + items[0], 1, "")],
    )  # fmt: skip
    (row,) = json.loads(huiyin("handover", "list", "--json").out)
    assert row["from"] == "张工" and row["closed_at"]


ACCOUNT = "account add 回音发布 --platform 微信公众号 --unit 某局 --opened 2026-03-02"
ACCOUNTS: Story = [
    (ACCOUNT, 0, "已登记「回音发布」（编号 1），备案时限"),
    ("account list", 0, "回音发布"),
    ("account set 1 --field 栏目", 2, "应写作 栏目=内容"),
    ("account set 9 --field 主管单位=某局", 1, ""),
    ("account suspend 1 --on 2026-03-10 --reason 整改", 0, "备案时限"),
    ("account suspend 1 --on 2026-03-11 --reason 整改", 1, "现在是"),
    ("account resume 1 --on 2026-03-12 --reason 整改完成", 0, "备案时限"),
    ("account filed 1 --kind 没有", 2, "没有「没有」这种备案"),
    ("account filed 1 --kind open --on 2026-03-01", 1, "早于"),
    ("account filed 1 --kind open --on 2026-03-03", 0, "备案已于 2026-03-03 报送"),
    ("account change 1 --on 2026-03-13 --what 换管理员", 0, "备案时限"),
    ("account close 1 --notice-from 2026-03-16 --reason 整合", 0, "公告至"),
    ("account change 1 --on 2026-03-17 --what 换管理员", 1, "不能再登记变更或关停"),
    ("account form 1 --kind close --out close.txt", 2, "应以 .docx 结尾"),
]


def test_an_account_from_its_opening_to_its_end(at_work: Bureau, huiyin: Huiyin) -> None:
    told(huiyin, ACCOUNTS)
    (row,) = json.loads(huiyin("account", "list", "--json").out)
    assert row["name"] == "回音发布" and row["filing_due_on"] > "2026-03-16"


def test_a_form_names_what_is_still_empty_and_is_written_all_the_same(
    at_work: Bureau, huiyin: Huiyin
) -> None:
    added = json.loads(huiyin(*ACCOUNT.split(), "--json").out)
    assert added["missing"] and added["provisional"] is False
    said = huiyin("account", "form", "1", "--kind", "open", "--out", "open.docx")
    assert said.code == 1 and "表中还空着" in said.err and Path("open.docx").read_bytes()[:2] == b"PK"
    machine = huiyin("account", "form", "1", "--kind", "open", "--out", "again.docx", "--json")
    assert set(json.loads(machine.out)["missing"]) and machine.code == 1
    fields = [word for name in added["missing"] for word in ("--field", f"{name}=已填")]
    filled = huiyin("account", "set", "1", *fields)
    assert filled.code == 0 and "备案表栏目已齐全" in filled.out
    listed = json.loads(huiyin("account", "template", "list", "--json").out)
    assert {"mlgk-a"} <= {row["name"] for row in listed}
    assert huiyin("account", "template", "没有", "--out", "x.docx").code == 2 and not Path("x.docx").exists()
    assert "放到 var/forms/mlgk-a.docx" in huiyin("account", "template", "mlgk-a", "--out", "t.docx").out


RELEASES: Story = [
    (ACCOUNT, 0, ""),
    ("release add 通水公告 --account 1 --weight 没有 --as 张工", 2, ""),
    ("release add 通水公告 --account 1 --weight ordinary --as 张工", 0, "编号 1），须经"),
    ("release approve 1 --as 张工", 1, ""),
    ("release return 1 --reason 请写明时间 --as 李科长", 0, "已退回"),
    ("release approve 1 --as 李科长", 1, ""),
    ("release resubmit 1 --title 明日通水公告 --as 张工", 0, "已重新提交（第 2 轮）"),
    ("release resubmit 1 --as 张工", 1, ""),
    ("release list --q 明日", 0, "明日通水公告"),
    ("release list --q 没有这个词", 0, "（无）"),
    ("release list --month 2026-13", 2, ""),
    ("release export --month 2026-03 --out out.xlsx", 0, "已写到 out.xlsx"),
]


def test_an_article_is_returned_mended_and_released(at_work: Bureau, huiyin: Huiyin) -> None:
    told(huiyin, RELEASES)
    levels = json.loads(huiyin("release", "list", "--json").out)[0]["levels"]
    passed = [huiyin("release", "approve", "1", "--as", who) for who in ("李科长", "周科长", "王主任")][
        :levels
    ]
    assert passed[-1].code == 0 and "已签发" in passed[-1].out
    assert huiyin("release", "approve", "1", "--as", "赵局长").code == 1


@pytest.mark.parametrize("raw", [b"\xff\xfe", "通水公告，明日恢复".encode("gbk")])
def test_an_article_in_another_encoding_is_not_entered(at_work: Bureau, huiyin: Huiyin, raw: bytes) -> None:
    huiyin(*ACCOUNT.split())
    Path("body.txt").write_bytes(raw)
    said = huiyin(
        "release", "add", "通水公告", "--account", "1", "--weight", "ordinary", "--text", "body.txt"
    )
    assert said.code == 1 and "不是 UTF-8 文本" in said.err
    assert json.loads(huiyin("release", "list", "--json").out) == []


def test_articles_that_the_ledger_lacks_and_accounts_that_are_silent_are_named(
    at_work: Bureau, huiyin: Huiyin
) -> None:
    assert "都在按时更新" in huiyin("release", "gaps").out
    huiyin(*ACCOUNT.replace("2026-03-02", "2024-01-02").split())
    found = json.loads(huiyin("release", "gaps", "--json").out)
    assert {row["account"] for row in found["silent"]} == {"回音发布"}
    assert found["silent"][0]["text"] in huiyin("release", "gaps").out


def test_a_month_is_checked_answered_and_signed_by_one_who_may(at_work: Bureau, huiyin: Huiyin) -> None:
    huiyin(*ACCOUNT.split())
    begun = huiyin("selfcheck", "start", "--month", "2026-03")
    assert begun.code == 0 and "尚未签署" in begun.out
    sheet = json.loads(huiyin("selfcheck", "show", "1", "--json").out)
    open_items = [item["code"] for item in sheet["items"] if not item["verdict"]]
    assert open_items
    told(
        huiyin,
        [
            ("selfcheck start --month 2026-13", 2, ""),
            ("selfcheck sign 1 --as 王主任", 1, ""),
            (f"selfcheck answer 1 {open_items[0]} 也许 --as 王主任", 2, ""),
            ("selfcheck answer 1 没有此项 ok --as 王主任", 2, ""),
            (
                f"selfcheck answer 1 {open_items[0]} fault --note 未公示 --as 王主任",
                0,
                f"整改 {open_items[0]}",
            ),
            ("selfcheck export", 2, "--out"),
            ("selfcheck export --out x.docx", 2, "请写自查编号"),
            ("selfcheck export 1 --out check.docx", 0, "已写到 check.docx"),
            ("selfcheck export --year 2026 --out year.xlsx", 0, "已写到 year.xlsx"),
            ("selfcheck list --year 2026", 0, "2026-03"),
            (f"selfcheck mend 1 {open_items[0]} --note 已公示 --as 王主任", 0, "整改"),
        ],
    )
    for code in open_items[1:]:
        told(huiyin, [(f"selfcheck answer 1 {code} ok --as 王主任", 0, "")])
    told(huiyin, [("selfcheck sign 1 --as 王主任", 0, "签署"), ("selfcheck sign 1 --as 王主任", 1, "")])
    (row,) = json.loads(huiyin("selfcheck", "list", "--year", "2026", "--json").out)
    assert row["signed_by"] == "王主任" and row["unanswered"] == []


def test_advice_is_passed_on_adopted_and_told(at_work: Bureau, huiyin: Huiyin) -> None:
    one, two = at_work.a_case("建议水管改造"), at_work.a_case("建议公交改线")
    told(
        huiyin,
        [
            (f"suggestion pass {one} --department 水务局 --feedback-by 2030-03-20", 1, "水务局"),
            (f"suggestion pass {one} --department 城建局 --feedback-by 2020-03-20", 1, ""),
            (f"suggestion pass {one} --department 城建局 --feedback-by 2030-03-20", 0, f"{one}"),
            (f"suggestion pass {one} --department 城建局 --feedback-by 2030-03-20", 1, ""),
            (f"suggestion pass {two} --department 交通局 --feedback-by 2030-03-20", 0, "交通局"),
            (f"suggestion decline {two} --note 线路已定 --as 王主任", 0, two),
            (f"suggestion adopt {one} --note 水管改造已列入计划。 --as 赵局长", 0, "告知来信人的文字"),
            (f"suggestion decline {one} --note 不行", 1, ""),
            ("suggestion list", 0, one),
        ],
    )
    rows = {row["no"]: row["state"] for row in json.loads(huiyin("suggestion", "list", "--json").out)}
    assert rows[one] != rows[two]


def test_an_adoption_says_in_whose_name_the_words_are(at_work: Bureau, huiyin: Huiyin) -> None:
    """By the administrator, who writes to nobody, they are the handler's, or still to be written."""
    nobodys, own = at_work.a_case("建议水管改造"), at_work.a_case("建议水管换新", "bob")
    at_work.claim("张工", own)
    for no in (nobodys, own):
        huiyin("suggestion", "pass", no, "--department", "城建局", "--feedback-by", "2030-03-20")
    left = huiyin("suggestion", "adopt", nobodys, "--note", "已列入计划。", "--json")
    row = json.loads(left.out)
    assert (left.code, row["state"], row["told"], row["writer"]) == (0, "adopted", "none", None)
    assert "管理员" in row["decided_by"] and "还没有承办人" in left.err and "--as" in left.err
    again = huiyin("suggestion", "adopt", nobodys, "--note", "已列入计划。", "--as", "刘工", "--json")
    assert json.loads(again.out)["writer"] == "刘工" and not again.err
    said = huiyin("suggestion", "adopt", own, "--note", "已列入计划。")
    assert said.code == 0 and "由管理员（命令行）登记" in said.out and "以张工的名义正在审核" in said.out


def test_an_incident_is_sealed_reported_and_closed(at_work: Bureau, huiyin: Huiyin) -> None:
    told(
        huiyin,
        [
            ("incident add --kind rumour", 2, "二者取一"),
            ("incident add --kind rumour --text 假 --case 20260302-0001", 2, "二者取一"),
            ("incident add --kind 没有 --text 假消息", 2, ""),
            ("incident add --kind rumour --text 假消息", 0, "第 1 号事件"),
            ("incident report 1 --to 市委网信办", 0, "第 1 号事件"),
            ("incident close 1 --note 已辟谣", 0, "第 1 号事件"),
            ("incident close 1 --note 已辟谣", 1, ""),
        ],
    )
