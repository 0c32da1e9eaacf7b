"""One Chromium and one server for all tests of the console in a real browser."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.unit.console.conftest import (  # noqa: F401 - fixtures
    PASSWORD,
    database,
    office,
    passwords,
    stage,
    url,
)

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
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


# A file at a time: while the driver runs, its loop holds the thread, and tests of other files could start none.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed on this machine: nothing is tried in a browser")
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
