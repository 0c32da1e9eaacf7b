"""Commands at the register of an office: what they say to people and machines, and what they refuse in one line."""

import json
from pathlib import Path

import pytest

from tests.builders import Bureau
from tests.unit.app.conftest import Huiyin

NONE_YET = [
    "case list",
    "kb list",
    "source list",
    "article list",
    "incident list",
    "suggestion list",
    "account list",
]
NONE_YET += ["release list", "handover list"]


@pytest.mark.parametrize("words", NONE_YET)
def test_a_list_of_nothing_is_an_empty_list(at_work: Bureau, huiyin: Huiyin, words: str) -> None:
    for_machines, for_people = huiyin(*words.split(), "--json"), huiyin(*words.split())
    assert (for_machines.code, json.loads(for_machines.out), for_machines.err) == (0, [], "")
    assert (for_people.code, for_people.err) == (0, "") and for_people.out.strip()


REFUSED = {
    "case show 20260302-0001": "20260302-0001",
    "kb publish none": "none",
    "kb retire none": "none",
    "staff disable 老李": "老李",
    "staff code 老李": "老李",
    "staff factor-reset 老李": "老李",
    "staff hand-over --from 张工 --to 老李": "老李",
    "staff add --name 老李 --role handler --department 水务局": "水务局",
    "source disable app": "app",
    "incident close 7 --note 已处置": "",
    "incident report 7 --to 网信办": "",
    "suggestion decline 20260302-0001 --note 不采纳": "20260302-0001",
    "release approve 7 --as 王主任": "",
    "account form 7 --kind open --out form.docx": "",
    "selfcheck show 7": "",
    "duty show --on 昨天": "昨天",
    "backup /nonexistent/copy.zip": "",
    "restore nothing.zip": "nothing.zip",
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_is_not_there_is_refused_in_one_line(at_work: Bureau, huiyin: Huiyin, words: str) -> None:
    said = huiyin(*words.split())
    assert said.code in (1, 2) and said.out == ""
    assert said.err.count("\n") == 1 and REFUSED[words] in said.err
    assert "Traceback" not in said.err and "内部错误" not in said.err
    assert at_work.chain().ok


def test_a_department_and_its_people(at_work: Bureau, huiyin: Huiyin) -> None:
    assert huiyin("department", "add", "水务局", "--topics", "资源环境", "--phone", "88880001").code == 0
    added = json.loads(
        huiyin("staff", "add", "--name", "水工", "--role", "handler", "--department", "水务局", "--json").out
    )
    assert added["name"] == "水工" and added["role"] == "handler"
    listed = {row["name"]: row for row in json.loads(huiyin("staff", "list", "--json").out)}
    assert listed["水工"]["department"] == "水务局" and listed["水工"]["active"] is True
    assert huiyin("staff", "disable", "水工").code == 0
    listed = {row["name"]: row for row in json.loads(huiyin("staff", "list", "--json").out)}
    assert listed["水工"]["active"] is False
    departments = json.loads(huiyin("department", "list", "--json").out)
    assert [row["name"] for row in departments] == ["城建局", "交通局", "水务局"]


def test_a_topic_that_no_letter_has_is_told(at_work: Bureau, huiyin: Huiyin) -> None:
    said = huiyin("department", "add", "水务局", "--topics", "城建,环境保护", "--json")
    assert said.code == 0 and json.loads(said.out)["topics"] == ["城建", "环境保护"]
    assert "没有「城建」这个主题" in said.err and "「环境保护」" not in said.err
    assert huiyin("department", "add", "水务局", "--topics", "环境保护").err == ""


def test_an_answer_with_a_hole_is_told_and_not_given_by_itself(
    at_work: Bureau, huiyin: Huiyin, tmp_path: Path
) -> None:
    file = tmp_path / "a.csv"
    file.write_text("编号,问题,答案\nk9,换路灯找谁,请拨打{电话}\n", encoding="utf-8")
    said = huiyin("kb", "import", str(file))
    assert said.code == 0 and "k9：答案有未填写的占位内容「{电话}」" in said.err
    found = json.loads(huiyin("kb", "search", "换路灯找谁", "--json").out)
    assert [(row["id"], row["auto"]) for row in found] == [("k9", False)]


def test_a_code_is_eight_digits_and_for_one_person(at_work: Bureau, huiyin: Huiyin) -> None:
    said = huiyin("staff", "code", "张工", "--json")
    found = json.loads(said.out)
    assert said.code == 0 and len(found["code"]) == 8 and found["code"].isdigit()


@pytest.mark.parametrize("role", ["boss", "", "Handler"])
def test_a_role_that_is_none_is_wrong_usage(at_work: Bureau, huiyin: Huiyin, role: str) -> None:
    said = huiyin("staff", "add", "--name", "老李", "--role", role)
    assert said.code == 2 and "handler" in said.err and said.err.count("\n") == 1


def test_a_case_is_shown_to_people_and_machines(at_work: Bureau, huiyin: Huiyin) -> None:
    no = at_work.a_case("投诉水管漏水，电话 13800138000")
    found = json.loads(huiyin("case", "show", no, "--json").out)
    assert found["no"] == no and found["category"] == "complaint"
    for said in (huiyin("case", "show", no), huiyin("case", "show", no, "--json"), huiyin("case", "list")):
        assert said.code == 0 and no in said.out and "13800138000" not in said.out
    assert [row["no"] for row in json.loads(huiyin("case", "list", "--json").out)] == [no]
    for status, there in (("open", True), ("all", True), ("closed", False)):
        rows = json.loads(huiyin("case", "list", "--status", status, "--json").out)
        assert [row["no"] for row in rows] == ([no] if there else []), status


def test_what_sets_a_case_apart_is_shown_to_people(at_work: Bureau, huiyin: Huiyin) -> None:
    plain, grave = at_work.a_case("投诉水管漏水"), at_work.a_case("投诉有人要跳楼")
    shown = {no: huiyin("case", "show", no).out for no in (plain, grave)}
    assert "标记：紧急" in shown[grave] and "紧急" not in shown[plain]
    first, second = (row for row in huiyin("case", "list").out.splitlines() if plain in row or grave in row)
    assert grave in first and "紧急" in first and "紧急" not in second


def test_the_trail_is_listed_and_holds(at_work: Bureau, huiyin: Huiyin) -> None:
    at_work.answered()
    verdict = json.loads(huiyin("audit", "verify", "--json").out)
    assert verdict["ok"] is True and verdict["first_bad"] is None
    assert huiyin("audit", "list").code == 0


def test_a_key_is_shown_once_and_ends_with_its_source(at_work: Bureau, huiyin: Huiyin) -> None:
    added = json.loads(huiyin("source", "add", "app", "--json").out)
    assert added["key"] not in huiyin("source", "list", "--json").out
    assert huiyin("source", "add", "app").code == 1
    assert huiyin("source", "disable", "app").code == 0
    again = json.loads(huiyin("source", "add", "app", "--json").out)
    assert again["key"] != added["key"]


def test_an_incident_is_noted_in_a_moment_at_a_register_that_no_program_opened_before(
    at_work: Bureau, huiyin: Huiyin
) -> None:
    said = huiyin("incident", "add", "--kind", "rumour", "--text", "假消息")
    assert said.code == 0 and "证据指纹" in said.out, said.err
    assert "谣言" in huiyin("incident", "list").out
