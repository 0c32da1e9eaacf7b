"""`make pictures`: the console's overview, a case and the report as they stand in the README, taken from the demo."""

import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
from playwright.sync_api import Page, sync_playwright

from demo.sample_data.files import staff

OUT = Path(__file__).parents[1] / "docs" / "images"
WIDE, HIGH, HIGHER = 1366, 1000, 1400
PATIENCE = 600  # seconds for a first start
AS = "fanglan"  # the leader without a department sees all of it
PROGRAM = [sys.executable, "-c", "from app.cli.main import run; run()", "demo", "--port"]


def main() -> None:
    browser_ = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser_ is None:
        sys.exit("没有 Chromium，无法截图。")
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        program = subprocess.Popen([*PROGRAM, str(port)], cwd=folder, stderr=subprocess.DEVNULL)
        url = f"http://127.0.0.1:{port}"
        try:
            _wait(url, program)
            with sync_playwright() as playwright:
                chromium = playwright.chromium.launch(
                    executable_path=browser_, args=["--headless", "--no-sandbox"]
                )
                page = chromium.new_page(
                    base_url=url, locale="zh-CN", viewport={"width": WIDE, "height": HIGH}
                )
                _take(page)
                chromium.close()
        finally:
            program.send_signal(signal.SIGINT)
            program.wait(30)


def _take(page: Page) -> None:
    page.goto("/console/")
    page.get_by_label("用户名").fill(AS)
    page.get_by_label("密码").fill(next(person.password for person in staff() if person.username == AS))
    page.get_by_role("button", name="登录").click()
    page.wait_for_selector("[data-tile]")
    page.set_viewport_size({"width": WIDE, "height": HIGHER})  # down to the forecast
    page.screenshot(path=OUT / "overview.png")
    page.set_viewport_size({"width": WIDE, "height": HIGH})
    page.goto("/console/cases?status=in_review&sort=due")
    page.locator("table.list tbody a").first.click()
    page.wait_for_selector(".letter")
    page.screenshot(path=OUT / "case.png")
    page.goto("/console/reports")
    page.wait_for_selector("svg.chart")
    page.screenshot(path=OUT / "report.png")


def _wait(url: str, program: "subprocess.Popen[bytes]") -> None:
    for _ in range(PATIENCE):
        try:
            if httpx.get(f"{url}/console/signin", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            if program.poll() is not None:
                sys.exit("演示没有启动。")
            time.sleep(1)
    sys.exit("演示没有启动。")


if __name__ == "__main__":
    main()
