"""The console's pages on a register that `make big` filled, through the real program: `python -m bench.pages REGISTER [TIMES]`.

Each page is opened TIMES (default 5) times by somebody who may, and its median and slowest stand beside the processor time
that it took, the database server's included. HUIYIN_DATABASE_URL says which database, as for the program itself.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from zoneinfo import ZoneInfo

import httpx

from bench.big.filling import PASSWORD

PROGRAM = [sys.executable, "-c", "from app.cli.main import run; run()", "serve", "--port"]
LEADER, HEAD, HANDLER, ADMIN = "zhuren", "kezhang", "banshi", "admin"
PATIENCE = 300  # seconds for a start on a large register
OVERVIEW, LIST, SEARCH, OTHER = 0.5, 0.3, 0.2, 1.0  # seconds that a page may take
STATUSES = (
    "open", "mine", "my_review", "unclaimed", "due_today", "soon", "overdue", "urgent", "sensitive", "new", "claimed",
    "in_review", "returned", "extension", "waiting", "promised", "dissatisfied", "answered", "auto_answered", "refused",
    "closed", "all",
)  # fmt: skip
FILTERS = (
    "category=complaint", "topic=城乡建设", "department=城乡建设局", "handler=城乡建设经办", "channel=comment", "sort=due",
    "sort=received", "page=40", "category=praise&topic=交通运输&sort=received", "status=all&sort=due",
    "status=all&sort=received", "status=closed&sort=due", "status=all&category=complaint", "status=all&page=400",
)  # fmt: skip
WORDS = ("水管", "电梯", "身份证", "停水 小区", "居住证办理", "没有这样的词", "的", "20", "a")


def pages(no: str) -> Iterator[tuple[str, str, float]]:
    """Yield (who opens it, the address, the seconds it may take)."""
    for who in (LEADER, HEAD, HANDLER, ADMIN):
        yield who, "", OVERVIEW
    for who in (LEADER, HEAD, HANDLER):
        yield from ((who, f"cases?status={status}", LIST) for status in STATUSES)
    yield from ((who, f"cases?{more}", LIST) for who in (LEADER, HEAD) for more in FILTERS)
    yield from (
        (who, f"cases?status={s}&q={q}", SEARCH)
        for who in (LEADER, HEAD)
        for q in WORDS
        for s in ("open", "all")
    )
    today = datetime.now(ZoneInfo("Asia/Shanghai"))
    this, year = f"{today:%Y-%m}", today.year
    for path in (
        f"cases/{no}", "knowledge", "knowledge?ask=怎么办理身份证", "knowledge?q=证照", "knowledge/gaps", "knowledge/review",
        "hotspots", f"reports?month={this}", f"reports?year={year}", f"reports/ledger?month={this}",
        f"reports/ledger?month={year}-06", "messages", "failed", "audit", "audit?q=指派", "audit?q=没有这样的词",
        "policy?complaint=10", "settings", "staff", "departments", "sessions", "models", "duties",
    ):  # fmt: skip
        yield LEADER, path, OTHER
    yield HEAD, f"reports?month={this}", OTHER
    yield ADMIN, "audit?q=指派", OTHER


def main() -> int:
    folder, times = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with serving(folder) as (url, pid):
        doors = {who: signed_in(url, who) for who in (LEADER, HEAD, HANDLER, ADMIN)}
        found = re.search(r'data-no="([\d-]+)"', doors[HANDLER].get("cases?status=mine").text)
        slow = 0
        for who, path, most in pages(found[1] if found else ""):
            took, used = [], []
            for _ in range(times):
                began, spent = perf_counter(), processor(pid)
                answer = doors[who].get(path)
                took.append(perf_counter() - began)
                used.append(processor(pid) - spent)
                if answer.status_code != 200:
                    break
            late = median(took) > most
            slow += late
            said = f"{median(took):6.3f} {max(took):6.3f} s  CPU {median(used):5.2f} {max(used):5.2f} s  {who:8} {path or '/'}"
            print(
                said + (f"  > {most}" if late else ""),
                "" if answer.status_code == 200 else answer.status_code,
                flush=True,
            )
    print(f"{slow} pages above what they may take; load {os.getloadavg()[0]:.1f}")
    return 0


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, int]]:
    """Start the program in the register's folder; yield its address and process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = subprocess.Popen(
        [*PROGRAM, str(port)], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(PATIENCE * 2):
            try:
                if httpx.get(f"{url}/readyz", trust_env=False).status_code == 200:
                    break
            except httpx.TransportError:
                if program.poll() is not None:
                    sys.exit("serve did not start")
            time.sleep(0.5)
        yield url, program.pid
    finally:
        program.send_signal(signal.SIGINT)
        program.wait(60)


def signed_in(url: str, who: str) -> httpx.Client:
    client = httpx.Client(base_url=f"{url}/console/", trust_env=False, timeout=120)
    answer = client.post("signin", data={"username": who, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return client


def processor(pid: int) -> float:
    """Return the seconds that the program, and database servers on this machine, have used so far."""
    ticks = 0
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = status.read_text().rpartition(")")
        except OSError:  # it ended meanwhile
            continue
        if status.parent.name == str(pid) or name.endswith("(postgres"):
            ticks += sum(int(part) for part in rest.split()[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
