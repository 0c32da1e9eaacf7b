"""kill -9 at various moments, and several processes on one register: nothing lost, nothing told twice."""

import os
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.fakes.telegram import Post
from tests.flow.program import HANDLERS, SUPERVISORS, Office, office, until

ANSWER = "您好，路灯已于今天上午修好，请放心通行。"
CUSTOM = "message/custom/send"


@pytest.fixture
def two(database_url: str, tmp_path: Path) -> Iterator[Office]:
    """An office of two processes on a database of each kind."""
    with _office(tmp_path, DATABASE_URL=database_url, SWEEP_SECONDS="1") as opened:
        opened.program.start("--workers", "2")
        opened.register_staff()
        yield opened


def _office(folder: Path, **more: str) -> AbstractContextManager[Office]:
    return office(folder, AUTO_ANSWER="false", SEMANTIC="off", **more)


def number_in(text: str) -> str:
    found = re.search(r"\d{8}-\d{4,}", text)
    assert found, text
    return found.group()


def cards(here: Office, no: str) -> list[Post]:
    return [p for p in here.telegram.in_chat(HANDLERS, no) if "改类" in p.labels]


def cards_of(here: Office, no: str) -> list[Post]:
    """Return the case's card in any state, its review cards left out."""
    return [p for p in here.telegram.in_chat(HANDLERS, no) if p.text.startswith(no)]


def under_review(here: Office, no: str) -> Post:
    return until(
        lambda: next((p for p in here.telegram.in_chat(HANDLERS, no) if "通过" in p.labels), None), 60
    )


def answered(here: Office, no: str) -> Post:
    """Claim, draft, and have it passed; returns the review card."""
    card = here.card(no, "认领")
    here.press(here.HANDLER, card, "认领")
    here.telegram.say(here.HANDLER, ANSWER, chat=HANDLERS, reply_to=card.message_id)
    review = under_review(here, no)
    here.press(here.REVIEWER, review, "通过")
    return review


def test_two_processes_do_each_thing_once(two: Office) -> None:
    old = datetime.now(UTC) - timedelta(days=90)
    numbers: dict[str, str] = {}

    def write(citizen: str) -> None:
        numbers[citizen] = number_in(two.write(citizen, f"{citizen}号楼前的路灯坏了两个月没人修", at=old))

    writers = [threading.Thread(target=write, args=(f"many-{n}",)) for n in range(12)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(set(numbers.values())) == 12
    for no in numbers.values():
        until(lambda no=no: cards(two, no) and two.telegram.in_chat(SUPERVISORS, no), 60)
    answered(two, numbers["many-0"])
    until(lambda: two.wechat.texts("many-0"), 60)
    until(lambda: "已送达" in cards_of(two, numbers["many-0"])[0].text, 60)  # recorded, so never sent again

    # the worker that leads dies alone; the other takes over and nothing is told again
    assert two.program.process is not None
    for child in _children(two.program.process.pid)[:1]:
        os.kill(child, signal.SIGKILL)
    until(two.program._ready, 60)
    no = number_in(two.write("after-the-death", "小区门口的井盖破了，晚上走路很危险"))
    until(lambda: cards(two, no), 60)

    for no in numbers.values():
        assert len(cards(two, no)) <= 1
        told = [p for p in two.telegram.in_chat(SUPERVISORS, no) if "逾期" in p.text]
        assert len(told) == 1, [p.text for p in told]
    assert len(two.wechat.texts("many-0")) == 1
    assert two.program.run("audit", "verify")["ok"]


def _children(parent: int) -> list[int]:
    """Return the worker processes, not the resource tracker."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            words = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == parent and b"spawn_main" in words:
            found.append(int(entry.name))
    return sorted(found)


def test_killing_the_parent_ends_its_workers_and_frees_the_port(tmp_path: Path) -> None:
    with _office(tmp_path) as here:
        here.program.start("--workers", "2")
        no = number_in(here.write("orphan", "小区的路灯坏了两个月没人修"))
        pages = [httpx.get(f"{here.program.address}/metrics", timeout=20).text for _ in range(6)]
        assert all("huiyin_intake_seconds_count 1.0" in page for page in pages)  # whichever worker is asked
        assert here.program.process is not None
        os.kill(here.program.process.pid, signal.SIGKILL)
        here.program.process.wait()

        def silent() -> bool:
            try:
                httpx.get(f"{here.program.address}/healthz", timeout=2)
            except httpx.HTTPError:
                return True
            return False

        until(silent, 10)
        here.program.start()
        until(lambda: cards(here, no), 60)
        assert [case["no"] for case in here.program.cases()] == [no]


def test_killed_in_the_middle_of_a_sending_it_is_sent_after_the_start(tmp_path: Path) -> None:
    with _office(tmp_path) as here:
        here.program.start()
        here.register_staff()
        no = number_in(here.write("cut-off", "小区的路灯坏了两个月没人修"))
        here.wechat.trouble(CUSTOM, code=-1, hang=8)  # the platform says nothing, and takes nothing
        answered(here, no)
        until(lambda: f"/cgi-bin/{CUSTOM}" in here.wechat.calls)
        second = number_in(here.write("second", "公园里的健身器材坏了很久没有人修"))
        here.program.kill()
        assert here.program.show(no)["deliveries"][0]["state"] == "pending"
        here.program.start()
        until(lambda: here.wechat.texts("cut-off"), 10)
        until(lambda: here.program.show(no)["deliveries"][0]["state"] == "sent")
        assert len(here.wechat.texts("cut-off")) == 1

        # the second was killed right after its receipt, then after a claim and an approval: each stands, once
        card = until(lambda: cards(here, second), 60)[0]
        here.press(here.HANDLER, card, "认领")
        here.program.kill()
        here.telegram.say(here.HANDLER, ANSWER, chat=HANDLERS, reply_to=card.message_id)
        here.program.start()
        review = under_review(here, second)
        here.telegram.press(here.REVIEWER, review, "通过")
        here.program.kill()
        here.program.start()
        until(lambda: here.wechat.texts("second"), 60)
        shown = until(lambda: (s := here.program.show(second))["deliveries"] and s)
        assert (shown["status"], shown["handler"], len(shown["drafts"])) == ("answered", "王芳", 1)
        assert len(here.wechat.texts("second")) == 1
        assert here.program.run("audit", "verify")["ok"]


def test_stopped_while_answers_are_sent_each_is_sent_once(tmp_path: Path) -> None:
    """A stop in the middle: what the platform has taken is waited for, what was not begun goes after the next start."""
    with _office(tmp_path) as here:
        here.program.start()
        here.register_staff()
        names = ["amy", "bob", "cai"]
        numbers = [number_in(here.write(name, "小区的路灯坏了两个月没人修")) for name in names]
        here.wechat.trouble(CUSTOM, hang=2, times=len(names))  # takes it, and says so late
        for no in numbers:
            answered(here, no)
        until(lambda: any(here.wechat.texts(name) for name in names))
        here.program.stop()
        assert here.program.process is not None and here.program.process.returncode in (0, -signal.SIGTERM)
        here.wechat.troubles.clear()
        here.program.start()
        until(lambda: all(here.wechat.texts(name) for name in names), 20)
        shown = [until(lambda: _sent(here, no), 20) for no in numbers]  # noqa: B023 - done at once
        assert [len(here.wechat.texts(name)) for name in names] == [1, 1, 1]
        assert not [each for each in shown if "可能重复" in str(each)]


def _sent(here: Office, no: str) -> object:
    delivery = here.program.show(no)["deliveries"][0]
    return delivery if delivery["state"] == "sent" else None
