"""The pages of the duties: read without script, act by forms, hide accounts from handlers."""

import io
import re
from collections.abc import Callable

import openpyxl
from docx import Document

from tests.builders import Bureau
from tests.unit.console.conftest import Colleague
from tests.unit.duties.papers.test_forms import words

SignIn = Callable[[str], Colleague]
PAGES = ("", "/releases", "/selfcheck", "/incidents", "/roster", "/suggestions", "/handovers")
NEW = {
    "name": "弥勒发布",
    "platform": "微信公众号",
    "unit": "市政府办",
    "opened": "2026-03-02",
    "standard": "mlgk",
}


def went(colleague: Colleague, path: str, **fields: object) -> str:
    """Send a form and return the page that the browser comes to."""
    response = colleague.sends(f"duties/{path}", **fields)
    assert response.status_code == 303, response.text[-600:]
    return colleague.sees(response.headers["location"].removeprefix("/console/"))


def test_handlers_see_everything_but_the_accounts(office: Bureau, signed_in: SignIn) -> None:
    boss, handler = signed_in("wang"), signed_in("zhang")
    went(boss, "accounts/add", **NEW)
    for page in PAGES:
        handler.sees(f"duties{page}")
    for page in ("/accounts", "/accounts/1", "/accounts/1/form"):
        handler.sees(f"duties{page}", 403)
    assert "弥勒发布" not in handler.sees("duties")
    assert "弥勒发布" in boss.sees("duties")
    assert handler.sends("duties/accounts/add", **{**NEW, "name": "x"}).status_code == 403
    assert (
        handler.sends("duties/roster/plan", **{"from": "2026-03-02", "to": "2026-03-03"}).status_code == 403
    )
    assert handler.sends("duties/accounts/nothing").status_code == 404


def test_an_account_from_opening_to_closing(office: Bureau, signed_in: SignIn) -> None:
    boss = signed_in("wang")
    page = went(boss, "accounts/add", **NEW)
    assert "备案时限 2026-03-09" in page
    assert 'data-error-for="第一责任人姓名"' in page
    page = went(boss, "accounts/fill", id=1, 第一责任人姓名="李四")
    assert 'value="李四"' in page
    response = boss.client.get("/console/duties/accounts/1/form?kind=open")
    assert "李四" in words(Document(io.BytesIO(response.content)))
    assert "没有变更记录" in boss.client.get("/console/duties/accounts/1/form?kind=change").text
    went(boss, "accounts/change", id=1, on="2026-03-03", text="换负责人")
    went(boss, "accounts/filed", id=1, kind="open")
    refused = boss.sends(
        "duties/accounts/close", id=1, notice_from="2026-03-04", notice_to="2026-03-10", reason="整合"
    )
    assert refused.status_code == 400
    assert "不少于 15 个工作日" in refused.text
    page = went(boss, "accounts/close", id=1, notice_from="2026-03-04", reason="整合")
    assert "公告至 2026-03-25" in page
    assert office.chain().ok


def test_an_article_through_its_levels(office: Bureau, signed_in: SignIn) -> None:
    went(signed_in("wang"), "accounts/add", **NEW)
    author, reviewer, boss = signed_in("zhang"), signed_in("li"), signed_in("zhou")
    page = went(
        author, "releases/add", title="停水通知", weight="important", account=1, text="电话 13812345678"
    )
    assert "含有个人信息" in page
    assert 'data-act="approve"' not in page
    assert "待您审核" in reviewer.sees("duties/releases")
    assert reviewer.sends("duties/releases/approve", id=1, checks=["政治", "法律"]).status_code == 400
    every = ["政治", "法律", "政策", "保密", "文字"]
    went(reviewer, "releases/approve", id=1, checks=every)
    went(boss, "releases/return", id=1, reason="删去电话")
    went(author, "releases/resubmit", id=1, title="停水通知", text="")
    went(boss, "releases/approve", id=1, checks=every)
    assert "已签发" in went(reviewer, "releases/approve", id=1, checks=every)
    book = boss.client.get("/console/duties/releases/export?month=2026-03")
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).active
    assert sheet is not None
    assert sheet.max_row == 3


def test_a_selfcheck_to_its_signature(office: Bureau, signed_in: SignIn) -> None:
    boss = signed_in("wang")
    page = went(boss, "selfcheck/start", month="2026-03")
    assert page.count("data-indicator=") == 18
    assert boss.sends("duties/selfcheck/sign", id=1).status_code == 400
    page = went(boss, "selfcheck/answer", id=1, code="B2", verdict="fault", text="一处错字")
    assert "整改期限 2026-03-09" in page
    went(boss, "selfcheck/mend", id=1, code="B2", text="已改")
    for letter, count in (("A", 5), ("B", 4), ("C", 2), ("D", 5), ("E", 2)):
        for n in range(1, count + 1):
            if f"{letter}{n}" != "B2":
                went(boss, "selfcheck/answer", id=1, code=f"{letter}{n}", verdict="ok", text="")
    assert "王主任 于" in went(boss, "selfcheck/sign", id=1)
    for kind in ("docx", "xlsx"):
        assert len(boss.client.get(f"/console/duties/selfcheck/1/paper?as={kind}").content) > 4000
    assert "王主任" in boss.sees("duties/selfcheck")
    assert len(boss.client.get("/console/duties/selfcheck/year?year=2026").content) > 4000


def test_incidents_watch_advice_and_handover(office: Bureau, signed_in: SignIn) -> None:
    no = office.answered("建议增加水管巡查")
    boss, handler, other = signed_in("wang"), signed_in("zhang"), signed_in("liu")
    went(handler, "incidents/add", kind="unlawful", case=no, text="")
    went(handler, "incidents/report", id=1, to="网信办")
    assert "已删除" in went(handler, "incidents/close", id=1, text="已删除")
    went(boss, "roster/plan", **{"from": "2026-03-02", "to": "2026-03-02", "staff": ["张工"]})
    page = went(handler, "roster/swap", **{"day": "2026-03-02", "from": "张工", "to": "刘工"})
    assert "已请对方同意" in page
    assert "请您在 2026-03-02 代为值班" in other.sees("duties")
    assert "今日值班：刘工" in went(other, "roster/decide", id=1, agree="yes")
    went(other, "roster/note", day="2026-03-02", text="一切正常")
    went(boss, "suggestions/pass", no=no, department="交通局", feedback_by="2026-03-20")
    assert "正在审核" in went(handler, "suggestions/adopt", no=no, text="将增加夜班。")
    went(boss, "handovers/start", **{"from": "张工", "to": "刘工", "account": ""})
    assert handler.client.get("/console/duties").status_code == 303  # out at once
    for code in ("password", "rights", "devices", "papers", "undertaking"):
        went(other, "handovers/tick", id=1, code=code)
    went(other, "handovers/sign", id=1)
    assert "办结" in went(boss, "handovers/sign", id=1)
    paper = boss.client.get("/console/duties/handovers/1/paper")
    assert "张工" in words(Document(io.BytesIO(paper.content)))


def test_a_refused_form_comes_back_with_the_message_beside_its_field(
    office: Bureau, signed_in: SignIn
) -> None:
    boss = signed_in("wang")

    def refused(path: str, field: str, **sent: object) -> str:
        response = boss.sends(f"duties/{path}", **sent)
        assert response.status_code == 400, path
        assert f'data-error-for="{field}"' in response.text, (path, field)
        return response.text

    page = refused("accounts/add", "opened", **{**NEW, "opened": "去年", "unit": "<b>办</b>"})
    assert 'value="弥勒发布"' in page and 'value="&lt;b&gt;办&lt;/b&gt;"' in page and "不是日期" in page
    assert page.index('name="opened"') < page.index('data-error-for="opened"') < page.index('name="standard"')
    refused("accounts/add", "name", **{**NEW, "name": " "})
    went(boss, "accounts/add", **NEW)
    refused("accounts/add", "reason", **NEW)
    page = refused("accounts/change", "on", id=1, on="2026-01-01", text="换负责人")
    assert "换负责人</textarea>" in page
    refused(
        "accounts/close", "notice_to", id=1, notice_from="2026-03-04", notice_to="2026-03-01", reason="整合"
    )
    page = refused("releases/add", "published", title="转", account=1, weight="grave", source="报", author="某",
                   original_title="原", published="2027-01-01")  # fmt: skip
    assert '<option value="grave" selected>' in page
    refused("releases/add", "author", title="转", account=1, weight="grave", source="报")
    refused("incidents/add", "text", kind="rumour", text="")
    refused("selfcheck/start", "month", month="2027-01")
    refused("roster/plan", "to", **{"from": "2026-03-09", "to": "2026-03-02", "staff": "1"})
    page = refused("roster/note", "text", day="2026-03-02", text=" ")
    refused("handovers/start", "to", **{"from": "张工", "to": "张工", "account": "0"})
    no = office.a_case()
    page = refused("suggestions/pass", "feedback_by", no=no, department="交通局", feedback_by="2026-01-01")
    assert f'value="{no}"' in page
    went(boss, "incidents/add", kind="rumour", text="甲")
    went(boss, "incidents/add", kind="rumour", text="乙")
    page = refused("incidents/close", "text", id=2, text=" ")
    assert page.index('data-error-for="text"') < page.index(
        'data-incident="1"'
    )  # of two alike the one that was sent


def test_what_a_colleague_filled_in_meanwhile_is_not_overwritten(office: Bureau, signed_in: SignIn) -> None:
    wang, zhao = signed_in("wang"), signed_in("zhao")
    page = went(wang, "accounts/add", **NEW)
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen is not None
    went(wang, "accounts/fill", id=1, seen=seen[1], 第一责任人姓名="李四")
    late = zhao.sends("duties/accounts/fill", id=1, seen=seen[1], 第一责任人姓名="王五")
    assert late.status_code == 409 and "王主任已于" in late.text
    assert "现为「李四」，您写的是「王五」" in late.text and 'value="王五"' in late.text
    again = re.search(r'name="seen" value="(\w+)"', late.text)
    assert again is not None
    assert 'value="王五"' in went(zhao, "accounts/fill", id=1, seen=again[1], 第一责任人姓名="王五")


def test_an_answer_that_another_gave_meanwhile_is_not_overwritten(office: Bureau, signed_in: SignIn) -> None:
    wang, zhao = signed_in("wang"), signed_in("zhao")
    page = went(wang, "selfcheck/start", month="2026-02")
    item = re.search(r'name="code" value="(\w+)"><input name="text"', page)
    assert item is not None
    code = item[1]

    def seen(shown: str) -> str:
        before = r'name="seen" value="(\w+)"><input type="hidden" name="id" value="1">'
        mark = re.search(rf'{before}<input type="hidden" name="code" value="{code}"', shown)
        assert mark is not None
        return mark[1]

    first = seen(page)
    went(wang, "selfcheck/answer", id=1, code=code, seen=first, verdict="fault", text="两周未更新")
    sent = {"id": 1, "code": code, "verdict": "ok", "text": "每天更新"}
    late = zhao.sends("duties/selfcheck/answer", seen=first, **sent)
    assert late.status_code == 409 and "王主任已于" in late.text and "记为不合格" in late.text
    assert "您记的是合格；说明现为「两周未更新」，您写的是「每天更新」" in late.text
    assert 'value="每天更新"' in late.text and "两周未更新" in zhao.sees("duties/selfcheck/1")
    went(zhao, "selfcheck/mend", id=1, code=code, text="已恢复更新")
    twice = wang.sends("duties/selfcheck/mend", id=1, code=code, text="我也改了")
    assert twice.status_code == 409 and "赵局长" in twice.text and "已恢复更新" in twice.text
    assert "每天更新" in went(zhao, "selfcheck/answer", seen=seen(late.text), **sent)


def test_a_page_names_no_option_of_the_command_line(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    opened = {
        "name": "弥勒发布",
        "platform": "微信公众号",
        "unit": "办公室",
        "opened": "2026-03-02",
        "standard": "qingdao",
    }
    wang = signed_in("wang")
    wang.sends("duties/accounts/add", **opened)
    for path, fields in (
        ("duties/accounts/add", opened),
        ("duties/incidents/add", {"kind": "rumour", "case": "", "text": ""}),
        ("duties/releases/add", {"title": "稿", "account": "1", "weight": "ordinary", "source": "人民网"}),
    ):
        refused = wang.sends(path, **fields)
        assert refused.status_code == 400 and "data-error-for" in refused.text, path
        assert not re.search(r"--[a-z]", re.sub(r"<style.*?</style>|<!--.*?-->|var\(--", "", refused.text)), (
            path
        )
