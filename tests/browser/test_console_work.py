"""A day's work at the console in a real browser: no script error, nothing loaded from elsewhere."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from cases.knowledge import learn
from cases.register import second_factor
from knowledge_base.base.entries import Entry
from tests.browser.conftest import PASSWORD, PHONE
from tests.builders import Bureau
from tests.conftest import DATABASES

both = pytest.mark.parametrize("database", DATABASES, indirect=True)


@both
def test_a_letter_is_claimed_drafted_returned_and_answered(
    office: Bureau,
    opened: Callable[..., Page],
) -> None:
    no = office.a_case("请问水管何时修好？电话13812345678")
    zhang, li = opened("zhang"), opened("li")
    zhang.get_by_role("link", name="事项").click()
    zhang.get_by_role("link", name=no).click()
    expect(zhang.locator(".letter")).to_contain_text("〔手机号〕")
    zhang.get_by_role("button", name="认领").click()
    zhang.get_by_label("答复草稿").fill("水管将于【填写日期】修好。")
    zhang.get_by_role("button", name="提交审核").first.click()
    expect(zhang.get_by_role("alert")).to_contain_text("占位")
    expect(zhang.get_by_label("答复草稿")).to_have_value("水管将于【填写日期】修好。")
    zhang.get_by_label("答复草稿").fill("您好，水管将在本月底修好。")
    zhang.get_by_role("button", name="提交审核").first.click()
    expect(zhang.get_by_role("status")).to_contain_text("等待他人审核")
    expect(zhang.get_by_role("button", name="通过")).to_have_count(0)

    li.goto(f"/console/cases/{no}")
    expect(li.locator(".finding").filter(has_text="本月底").first).to_be_visible()
    li.get_by_label("退回理由").fill("请写明责任单位")
    li.get_by_role("button", name="退回").click()

    zhang.goto(f"/console/cases/{no}")
    zhang.get_by_label("答复草稿").fill("您好，水管由自来水公司负责，近日修好。")
    zhang.get_by_role("button", name="提交审核").first.click()
    li.goto(f"/console/cases/{no}")
    li.get_by_role("button", name="通过").click()
    expect(li.locator("h1")).to_contain_text("已答复")
    li.get_by_role("button", name="显示原文").click()
    expect(li.locator(".letter")).to_contain_text("13812345678")


def test_a_page_fits_a_phone(office: Bureau, opened: Callable[..., Page]) -> None:
    no = office.a_case("请问水管" + "何时修好" * 60)
    office.answered()
    page = opened("wang", viewport=PHONE)
    for path in (
        "",
        "cases",
        f"cases/{no}",
        "messages",
        "knowledge",
        "knowledge/new",
        "reports",
        "staff",
        "audit",
        "account",
    ):
        page.goto(f"/console/{path}")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], f"{path}: {width} px wide"


@both
def test_pictures_are_drawn_and_the_report_is_taken_away(
    office: Bureau,
    opened: Callable[..., Page],
) -> None:
    office.answered()
    office.a_case()
    page = opened("wang")
    expect(page.locator("svg.chart rect").filter(has_text=re.compile("：[1-9]")).first).to_be_visible()
    page.get_by_role("link", name="统计").click()
    expect(
        page.locator("svg.chart.days rect").filter(has_text=re.compile("答复：[1-9]")).first
    ).to_be_visible()
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载 xlsx").click()
    assert taken.value.suggested_filename == "huiyin-2026-03.xlsx"


def test_candidates_are_ticked_and_published_together(
    office: Bureau,
    opened: Callable[..., Page],
) -> None:
    office.answered("请问水管哪里报修", "请拨打便民热线报修水管。")
    office.answered("请问水管改造的流程", "水管改造先由社区登记。")
    page = opened("li")
    page.goto("/console/knowledge?status=candidate")
    page.get_by_label("全选").check()
    expect(page.locator("input[name=id]:checked")).to_have_count(2)
    page.get_by_role("button", name="发布所选").click()
    expect(page.get_by_role("status")).to_contain_text("已发布 2 条")


def test_signing_out_leads_back_to_the_door(opened: Callable[..., Page]) -> None:
    page = opened("zhang")
    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url(re.compile("/console/signin$"))
    page.goto("/console/cases")
    expect(page).to_have_url(re.compile(r"/console/signin\?next=/console/cases$"))


@both
def test_a_supervisors_morning(office: Bureau, opened: Callable[..., Page]) -> None:
    office.answered()
    pipe, bus = office.a_case("表扬水管师傅"), office.a_case("表扬公交司机")
    office.claim("刘工", pipe)
    danger = office.a_case("水管坏了，我要跳楼")
    office.clock.set(2026, 3, 9)
    page = opened("wang", viewport={"width": 1366, "height": 800})
    page.locator(f".want.urgent li[data-no='{danger}']").get_by_role("button", name="我来处置").click()
    expect(page.get_by_role("status")).to_contain_text("已由您接手处置")
    page.goto("/console/")
    expect(page.locator("[data-forecast]")).to_contain_text("刘工近四周办结 0 件")
    late = page.locator(f"[data-forecast] li[data-no='{bus}']")
    late.get_by_role("combobox").select_option("陈师傅")
    late.get_by_role("button", name="指派").click()
    expect(page.get_by_role("status")).to_contain_text("已指派给陈师傅")
    page.locator("[data-people] li", has_text="刘工").get_by_role("button", name="催办").click()
    expect(page.get_by_role("status")).to_contain_text(f"已催办刘工：{pipe}")
    page.get_by_role("link", name="事项", exact=True).click()
    page.get_by_label("全选").check()
    page.get_by_label("转往部门").select_option("交通局")
    page.get_by_role("button", name="转办").click()
    expect(page.locator("[data-error-for=no]")).to_contain_text("本件已在交通局")


@both
def test_a_candidate_is_curated(office: Bureau, opened: Callable[..., Page]) -> None:
    office.workplace.act(lambda desk: learn.bring_in(desk, Entry("e1", "居住证怎么办", "到三楼办理。")))
    candidate = Entry("e2", "居住证去哪办", "到四楼办理。", status="candidate")
    office.workplace.act(lambda desk: learn.bring_in(desk, candidate))
    page = opened("li")
    page.goto("/console/knowledge?status=candidate")
    page.get_by_role("link", name="居住证去哪办").click()
    expect(page.locator("[data-near] del")).to_have_text("三楼")
    expect(page.locator("[data-near] ins")).to_have_text("四楼")
    page.get_by_role("button", name="发布").click()
    expect(page.locator("[data-error-for=source]")).to_contain_text("没有来源")
    page.get_by_label("来源").first.fill("《居住证暂行条例》第三条")
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_role("status")).to_contain_text("已发布")
    page.goto("/console/knowledge?ask=居住证去哪办")
    expect(page.locator("main")).to_contain_text("条目里有「居住证")


@both
def test_signing_in_with_a_second_factor(office: Bureau, opened: Callable[..., Page]) -> None:
    page = opened("wang")
    page.goto("/console/second-factor")
    secret = (page.locator("code.key").first.text_content() or "").strip()

    def code(later: int = 0) -> str:
        return second_factor.code_at(secret, int(office.clock.now.timestamp()) // 30 + later)

    page.get_by_label("验证码").fill("000000")
    page.get_by_role("button", name="启用").click()
    expect(page.locator("[data-error-for=code]")).to_be_visible()
    page.get_by_label("验证码").fill(code())
    page.get_by_role("button", name="启用").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="我已保存，继续").click()
    page.get_by_role("button", name="退出").click()
    page.get_by_label("用户名").fill("wang")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_label("验证码").fill(code(1))
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="总览")).to_be_visible()
