"""A day's work at the console in a real browser: no script error, nothing loaded from elsewhere."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.builders import Bureau
from tests.unit.console.conftest import (  # noqa: F401 - fixtures
    PASSWORD,
    database,
    office,
    passwords,
    stage,
    url,
)

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
REFUSED = "400 (Bad Request)"  # a refusal that a test provokes is no complaint
PHONE = {"width": 390, "height": 800}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"Chromium: {CHROMIUM} is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Browser, url: str) -> Iterator[Callable[..., Page]]:  # noqa: F811 - a fixture
    """Open the console as somebody; whatever the browser complains of fails the test."""
    pages: list[Page] = []
    complaints: list[str] = []

    def open_as(username: str, **more: object) -> Page:
        page = chromium.new_context(base_url=url, locale="zh-CN", **more).new_page()  # type: ignore[arg-type]
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: (
                complaints.append(said.text) if said.type == "error" and REFUSED not in said.text else None
            ),
        )
        page.on(
            "request",
            lambda sent: complaints.append(sent.url) if not sent.url.startswith((url, "data:")) else None,
        )
        pages.append(page)
        page.goto("/console/")
        page.get_by_label("用户名").fill(username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("heading", name="总览")).to_be_visible()
        return page

    yield open_as
    for page in pages:
        page.context.close()
    assert complaints == []


def test_a_letter_is_claimed_drafted_returned_and_answered(
    office: Bureau,  # noqa: F811 - a fixture
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


def test_a_page_fits_a_phone(office: Bureau, opened: Callable[..., Page]) -> None:  # noqa: F811 - a fixture
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


def test_pictures_are_drawn_and_the_report_is_taken_away(
    office: Bureau,  # noqa: F811 - a fixture
    opened: Callable[..., Page],
) -> None:
    office.answered()
    office.a_case()
    page = opened("wang")
    expect(page.locator("svg.chart rect").first).to_be_visible()
    page.get_by_role("link", name="统计").click()
    expect(page.locator("svg.chart.days rect.bar-out").first).to_be_visible()
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载 xlsx").click()
    assert taken.value.suggested_filename == "huiyin-2026-03.xlsx"


def test_candidates_are_ticked_and_published_together(
    office: Bureau,  # noqa: F811 - a fixture
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
