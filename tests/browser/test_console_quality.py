"""The console as everybody can use it: no accessibility fault on any page, a focus that is seen, keys, print."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from cases.knowledge import learn
from cases.register.desk import Desk
from cases.steps import extend
from knowledge_base.base.entries import Entry
from tests.browser.conftest import PHONE
from tests.builders import Bureau

AXE = (
    Path(__file__).parent / "axe" / "axe.min.js"
)  # axe-core 4.10.3, for tests alone; its licence lies beside it
DESK = {"width": 1366, "height": 800}
PRINTED = {"width": 1046, "height": 740}  # A4 across without its margins, at 96 dots an inch
OF_A_ROLE = {  # what looks otherwise to a handler, a reviewer who curates, an administrator who reads the trail
    "zhang": ("", "cases?status=mine", "duties", "hotspots"),
    "li": ("", "cases?status=my_review", "knowledge/e2", "knowledge/review", "duties/incidents"),
    "admin": ("", "audit", "staff", "settings", "templates?id=1", "duties/accounts"),
}
RUN = """() => axe.run(document, {resultTypes: ["violations"]}).then(
    (found) => found.violations.map((one) => [one.id, one.nodes.map((node) => node.html.slice(0, 160))]))"""
UNFOLD = "() => document.querySelectorAll('details').forEach((fold) => { fold.open = true; })"
CONTRAST = """(name) => {
    const light = (colour) => {
        const part = colour.match(/[\\d.]+/g).slice(0, 3).map(Number).map((c) => c / 255)
            .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
    };
    const at = document.querySelector(name);
    at.focus({ focusVisible: true });
    let under = at.parentElement;
    while (/, 0\\)$|transparent/.test(getComputedStyle(under).backgroundColor)) under = under.parentElement;
    const style = getComputedStyle(at);
    const [one, other] = [light(style.outlineColor), light(getComputedStyle(under).backgroundColor)];
    return [style.outlineStyle, parseFloat(style.outlineWidth), (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)];
}"""


def a_busy_office(office: Bureau) -> str:
    """Return the number of a case whose page shows all there is: drafts, a review, neighbours, an extension."""
    office.answered()
    office.a_case("水管爆裂，我要跳楼")
    office.a_case("举报局长受贿")
    no = office.a_case("锦绣花园小区的水管爆裂，一周没有修好" + "请尽快。" * 200, openid="one")
    office.a_case("投诉锦绣花园小区水管爆裂，没有人修")
    office.claim("张工", no)
    office.on("张工", no, lambda desk, staff, case: extend.ask(desk, staff, case, "等待备件"))
    office.send_back("李科长", office.draft("张工", no, "水管近日修好。"), "写明日期")
    office.draft("张工", no, "水管周五修好，敬请谅解。")

    def entries(desk: Desk) -> None:
        learn.bring_in(desk, Entry("e1", "居住证怎么办", "到三楼办理。"))
        learn.bring_in(desk, Entry("e2", "居住证去哪办", "到四楼办理。", status="candidate"))

    office.workplace.act(entries)
    office.clock.advance(days=12)
    return no


def faults(page: Page) -> list[list[object]]:
    page.evaluate(UNFOLD)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[list[object]] = page.evaluate(RUN)
    return found


def test_no_page_has_an_accessibility_fault(office: Bureau, opened: Callable[..., Page]) -> None:
    no = a_busy_office(office)
    page = opened("wang", viewport=DESK, bypass_csp=True)
    paths = (
        "", "cases", f"cases/{no}", "messages", "failed", "knowledge", "knowledge?status=candidate", "knowledge?ask=居住证",
        "knowledge/e2", "knowledge/new", "knowledge/gaps", "knowledge/review", "hotspots", "reports?month=2026-03",
        "reports?year=2026", "reports/ledger?month=2026-03", "staff", "departments", "accounts", "templates",
        "policy?complaint=3", "models", "settings", "audit", "account", "sessions", "second-factor", "duties",
    )  # fmt: skip
    wrong = {}
    for path in paths:
        page.goto(f"/console/{path}")
        if found := faults(page):
            wrong[path] = found
    page.set_viewport_size(PHONE)
    for path in ("", "cases", f"cases/{no}", "reports?month=2026-03", "knowledge/e2"):
        page.goto(f"/console/{path}")
        if found := faults(page):
            wrong[f"{path} (390 px)"] = found
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
    page.goto("/console/cases?q=没有这样的词")
    expect(page.locator(".empty")).to_contain_text("没有符合条件的事项")
    assert faults(page) == []
    for name, own in OF_A_ROLE.items():
        page = opened(name, viewport=DESK, bypass_csp=True)
        for path in (*own, f"cases/{no}") if name != "admin" else own:
            for size in (DESK, PHONE):
                page.set_viewport_size(size)
                page.goto(f"/console/{path}")
                if found := faults(page):
                    wrong[f"{path} ({name}, {size['width']} px)"] = found
                assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (name, path)
    assert wrong == {}, json.dumps(wrong, ensure_ascii=False, indent=1)


def test_the_focus_is_seen_and_the_skip_link_comes_first(office: Bureau, opened: Callable[..., Page]) -> None:
    office.a_case()
    page = opened("wang", viewport=DESK)
    page.goto("/console/cases")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    for name in (".top nav a", ".filters select", "table.list td a", ".filters button"):
        style, width, ratio = page.evaluate(CONTRAST, name)
        assert style != "none" and width >= 2 and ratio >= 3, (name, style, width, ratio)


def test_keys_go_through_the_list_and_into_a_case(office: Bureau, opened: Callable[..., Page]) -> None:
    first, second = office.a_case("请问水管"), office.a_case("请问水管何时修好")
    office.claim("张工", second)
    page = opened("zhang", viewport=DESK)
    page.goto("/console/cases?sort=received")
    for key in "jjkj":
        page.keyboard.press(key)
    expect(page.locator("tr.at")).to_have_attribute("data-no", first)
    page.keyboard.press("k")
    page.keyboard.press("o")
    expect(page).to_have_url(re.compile(f"/console/cases/{second}$"))
    page.keyboard.press("r")
    expect(page.get_by_label("答复草稿")).to_be_focused()


def test_report_and_ledger_print_on_one_width(office: Bureau, opened: Callable[..., Page]) -> None:
    a_busy_office(office)
    page = opened("wang", viewport=PRINTED)
    page.emulate_media(media="print")
    for path in ("reports?month=2026-03", "reports?year=2026", "reports/ledger?month=2026-03"):
        page.goto(f"/console/{path}")
        for table in page.locator("table:visible").all():
            wide = table.evaluate("(table) => table.getBoundingClientRect().right")
            assert wide <= PRINTED["width"] + 1, (path, wide)
        assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page.goto("/console/reports?month=2026-03")
    expect(page.locator("table.figures th", has_text="不满意").first).to_be_visible()
    page.set_viewport_size(
        {"width": 794, "height": 1123}
    )  # what a browser lays out before it turns the paper
    page.goto("/console/reports/ledger?month=2026-03")
    expect(page.locator("table.ledger thead")).to_be_visible()  # a table, not a telephone's cards


def test_what_citizens_write_is_text_everywhere(office: Bureau, opened: Callable[..., Page]) -> None:
    evil = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">=1+1 水管"
    no = office.answered(evil, "=SUM(A1)<script>document.title='owned'</script>")
    page = opened("wang", viewport=DESK)
    for path in (
        "",
        f"cases/{no}",
        "cases?status=all",
        "knowledge?status=candidate",
        "reports/ledger?month=2026-03",
    ):
        page.goto(f"/console/{path}")
        assert "owned" not in page.title(), path
        assert page.locator("main script, main img[src=x]").count() == 0, path
    expect(page.locator(".ledger")).to_contain_text("=SUM(A1)<script>")
