"""Each alert rule in deploy/ is fired once: the fault is done to the running program, and its own page is read.

What would take ten minutes to grow old is made old in the register by hand; the page is always the program's.
"""

import json
import os
import re
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import yaml

from tests.fakes import promql
from tests.flow.program import Office, office, until

DEPLOY = Path(__file__).parents[2] / "deploy" / "prometheus"
RULES = {
    rule["alert"]: rule["expr"]
    for group in yaml.safe_load((DEPLOY / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
}
FAULTS: dict[str, Callable[["Watched"], None]] = {}
AGO = "datetime('now', '-30 minutes')"  # of SQLite


class Watched:
    """The office and the pages read of it so far."""

    def __init__(self, here: Office) -> None:
        self.office, self.pages = here, []
        self.database = here.program.folder / "var" / "huiyin.db"

    def read(self) -> None:
        try:
            text = httpx.get(f"{self.office.program.address}/metrics", timeout=20).text
        except httpx.HTTPError:
            text = None
        self.pages.append(promql.page(text, time.time()))

    def firing(self, name: str) -> promql.Vector:
        return promql.evaluate(RULES[name], self.pages)

    def say(self, statement: str) -> None:
        with sqlite3.connect(self.database, timeout=20) as connection:
            assert connection.execute(statement.replace("AGO", AGO)).rowcount

    @contextmanager
    def locked(self) -> Iterator[None]:
        connection = sqlite3.connect(self.database, timeout=20, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
        connection.close()


def fault(name: str) -> Callable[[Callable[[Watched], None]], None]:
    def keep(deed: Callable[[Watched], None]) -> None:
        FAULTS[name] = deed

    return keep


@fault("HuiyinDangerUntaken")
def _(it: Watched) -> None:
    it.office.write("in-danger", "有人站在楼顶要跳楼，快来人")
    it.say("UPDATE danger SET raised_at = AGO")


@fault("HuiyinOverdue")
def _(it: Watched) -> None:
    it.office.write("late", "请问居住证去哪里办，要带什么材料？")
    it.say("UPDATE cases SET due_at = AGO")


@fault("HuiyinUnsent")
def _(it: Watched) -> None:
    it.office.telegram.fail("sendMessage", status=502, times=10_000)
    it.office.write("unsent", "我们小区停水三天了，投诉物业")
    until(lambda: _count(it, "SELECT count(*) FROM outbox WHERE lane = 'chat' AND attempts > 0"))
    it.say("UPDATE outbox SET created_at = AGO WHERE lane = 'chat' AND attempts > 0")


@fault("HuiyinPlatformErrors")
def _(it: Watched) -> None:
    """Seen on the pages before and after the fault above."""


@fault("HuiyinSweepLags")
def _(it: Watched) -> None:
    it.say("UPDATE cases SET next_look_at = datetime('now', '-2 hours') WHERE status = 'new'")


@fault("HuiyinChatNotPolled")
def _(it: Watched) -> None:
    it.say("UPDATE meta SET value = '2026-01-01T00:00:00+00:00' WHERE key = 'chat.polled_at'")


@fault("HuiyinCommentsNotPolled")
def _(it: Watched) -> None:
    it.office.program.run("article", "add", "1000001")
    it.say("UPDATE article SET polled_at = datetime('now', '-2 hours')")


@fault("HuiyinSendingsGivenUp")
def _(it: Watched) -> None:
    it.say(
        "INSERT INTO delivery (case_id, citizen_id, kind, text_sealed, state, channel, parts_sent, platform_id, attempts,"
        " error, created_at) SELECT id, citizen_id, 'notice', x'', 'failed', '', 0, '', 1, '拒收', AGO FROM cases LIMIT 1"
    )


@fault("HuiyinIntakeSlow")
def _(it: Watched) -> None:
    _write_while_locked(it, 3.2)


@fault("HuiyinTransactionsSlow")
def _(it: Watched) -> None:
    """Seen on the pages before and after the fault above."""


@fault("HuiyinJudgingSlow")
def _(it: Watched) -> None:
    """The whole program moves on by moments shorter than a judgement, so that one of them meets a standstill.

    No letter is another's: what was seen once costs no time.
    """
    pid = it.office.program.process.pid
    slow = _judged_slowly(it)
    for attempt in range(5):
        it.read()  # the rate is of this try alone
        with ThreadPoolExecutor(16) as citizens:
            for n in range(16):
                citizens.submit(
                    it.office.program.write, f"many-{attempt}-{n}", _long_letter(attempt * 16 + n)
                )
            time.sleep(0.01)
            for _moment in range(10):
                os.kill(pid, signal.SIGSTOP)
                time.sleep(1.1)
                os.kill(pid, signal.SIGCONT)
                time.sleep(0.005)
        if _judged_slowly(it) > slow:
            return


@fault("HuiyinDeliverySlow")
def _(it: Watched) -> None:
    it.office.wechat.trouble("media/get", hang=5.5, times=1)
    it.office.write("slow-photo", "", kind="image", PicUrl="http://localhost/x", MediaId="slow-file")
    until(lambda: 'huiyin_delivery_seconds_count{lane="media"}' in _page(it))
    time.sleep(0.2)
    until(
        lambda: _count(it, "SELECT count(*) FROM media WHERE media_id = 'slow-file' AND state != 'pending'"),
        30,
    )


@fault("HuiyinRefusedFlood")
def _(it: Watched) -> None:
    with httpx.Client(base_url=it.office.program.address, timeout=10) as client:
        for _n in range(60):
            assert (
                client.post("/wechat?signature=x&timestamp=1&nonce=2", content=b"<xml/>").status_code == 403
            )


@fault("HuiyinClockOff")
def _(it: Watched) -> None:
    it.say("INSERT INTO meta (key, value) VALUES ('clock.off', '912.0')")


@fault("HuiyinModelUnsure")
def _(it: Watched) -> None:
    """What is in no Chinese is for a person, whatever the model of the day makes of it."""
    for n in range(4):
        it.office.write(f"foreign-{n}", f"The street lamp at gate {n} has been broken for two months")


@fault("HuiyinNoBackup")
def _(it: Watched) -> None:
    """Nobody ever made one."""


@fault("HuiyinNobodyLeads")
def _(it: Watched) -> None:
    it.say("UPDATE lease SET until = datetime('now', '-120 seconds')")


@fault("HuiyinDatabaseGone")
def _(it: Watched) -> None:
    """Moved away; whoever comes next puts it back."""
    it.database.rename(it.database.with_suffix(".aside"))
    assert httpx.get(f"{it.office.program.address}/readyz", timeout=20).status_code == 503


@fault("HuiyinDown")
def _(it: Watched) -> None:
    it.database.with_suffix(".aside").rename(it.database)
    assert httpx.get(f"{it.office.program.address}/readyz", timeout=20).status_code == 200
    it.office.program.stop()


def _long_letter(number: int) -> str:
    return "".join(f"第{number}小区{n}栋楼下的路灯坏了，请派人来修理。" for n in range(300))


def _page(it: Watched) -> str:
    return httpx.get(f"{it.office.program.address}/metrics", timeout=20).text


def _judged_slowly(it: Watched) -> float:
    now = promql.page(_page(it), time.time()).samples
    return now["huiyin_judging_seconds_count"][()] - now["huiyin_judging_seconds_bucket"][(("le", "1.0"),)]


def _count(it: Watched, query: str) -> int:
    with sqlite3.connect(it.database, timeout=20) as connection:
        return int(connection.execute(query).fetchone()[0])


def _write_while_locked(it: Watched, seconds: float) -> None:
    with it.locked():
        citizens = [
            threading.Thread(target=it.office.program.write, args=(f"waits-{n}", "请问公积金怎么提取？"))
            for n in range(4)
        ]
        for citizen in citizens:
            citizen.start()
        time.sleep(seconds)
    for citizen in citizens:
        citizen.join()


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with office(
        tmp_path_factory.mktemp("alerts"), SWEEP_SECONDS="3600", WECHAT_COMMENT_POLL_SECONDS="86400"
    ) as here:
        here.program.start()
        yield Watched(here)


@dataclass
class Seen:
    """What fired before anything was done, and which rules stayed silent when their fault was."""

    at_rest: set[str]
    silent: list[str]
    after_a_backup: bool


@pytest.fixture(scope="module")
def seen(watched: Watched) -> Seen:
    """Do every fault, one after the other, and read the page after each."""
    until(lambda: "huiyin_chat_poll_age_seconds" in _page(watched))
    watched.read()
    found = Seen({name for name in RULES if watched.firing(name)}, [], False)
    for name, deed in FAULTS.items():
        deed(watched)
        watched.read()
        since = -3 if name in ("HuiyinPlatformErrors", "HuiyinTransactionsSlow") else -2
        if not promql.evaluate(RULES[name], watched.pages[since:]):
            found.silent.append(name)
        if name == "HuiyinNoBackup":
            watched.office.program.run("backup", "copy.zip")
            watched.read()
            found.after_a_backup = bool(watched.firing(name))
    return found


def test_each_rule_fires_for_its_fault_and_not_before(seen: Seen) -> None:
    assert set(FAULTS) == set(RULES)
    assert seen.at_rest == {"HuiyinNoBackup"}
    assert not seen.silent
    assert not seen.after_a_backup


@pytest.mark.usefixtures("seen")
def test_the_dashboard_asks_for_numbers_that_the_page_has(watched: Watched) -> None:
    """The pages read above are the measure."""
    board = json.loads((DEPLOY / "dashboard.json").read_text(encoding="utf-8"))
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    known = {name for page in watched.pages for name in page.samples}
    named = {name for expression in asked for name in re.findall(r"huiyin_\w+", expression)}
    assert len(asked) > 20
    assert named <= known
    for expression in asked:
        promql.evaluate(expression, watched.pages)


@pytest.mark.usefixtures("seen")
def test_doctor_judges_the_same_numbers(watched: Watched) -> None:
    done = watched.office.program.plain("doctor", "--json")
    found = {row["name"]: row["state"] for row in json.loads(done.stdout)}
    assert done.returncode == 1
    assert (found["紧急"], found["发送"], found["送达失败"], found["备份"]) == ("bad", "warn", "warn", "ok")


@pytest.mark.usefixtures("seen")
def test_the_log_names_request_and_case_and_no_word_of_a_letter(watched: Watched) -> None:
    text = (watched.office.program.folder / "server.log").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    pushes = [line for line in lines if line["event"] == "wechat.push" and line["case"]]
    opened = {no for line in lines if line["event"] == "done" for no in line["cases"]}
    assert len({line["request"] for line in pushes}) == len(pushes) > 5
    assert {line["case"] for line in pushes} <= opened
    assert not [word for word in ("跳楼", "居住证", "路灯", "in-danger") if word in text]
