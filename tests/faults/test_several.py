"""Several servers on one register: first starts at once, one started by mistake, a leader that stands still and wakes."""

import re
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import httpx
import psycopg
import pytest
from sqlalchemy.engine import make_url

from cases.register.baton import Baton
from tests.fakes import postgres as postgres_server
from tests.faults.storm import Raised
from tests.flow.program import HANDLERS, Office, Program, office, until

pytestmark = pytest.mark.timeout(900)
HAND_OVER = 15.0


@pytest.fixture
def here(database_url: str, tmp_path: Path) -> Iterator[Office]:
    settings = {"AUTO_ANSWER": "false", "SEMANTIC": "off", "DATABASE_URL": database_url}
    with office(tmp_path, **settings) as opened:
        yield opened


def _cards(here: Office, no: str) -> int:
    return sum("改类" in post.labels for post in here.telegram.in_chat(HANDLERS, no))


def _recorded(server: Program) -> bool:
    """Tell whether nothing is on its way: between a post and its record a leader's end may double what it posted."""
    said = httpx.get(f"{server.address}/metrics", timeout=10).text
    return not re.search(r'^huiyin_outbox\{[^}]*state="(?:pending|sending)"[^}]*\} [1-9]', said, re.MULTILINE)


def _number(reply: str) -> str:
    return reply.partition("编号 ")[2][:13]


def test_a_leader_that_stands_still_or_is_killed_is_followed_in_time_and_does_nothing_when_it_wakes(
    here: Office,
) -> None:
    leader = here.program.start()
    first = _number(here.write("amy", "小区的路灯坏了两个月没人修"))
    until(lambda: _cards(here, first), 60)
    other = leader.beside()
    numbers = [first]
    try:
        other.ready()
        until(lambda: _recorded(other), 60)
        _stand_still(leader)
        here.program = other
        took = _followed(here, numbers)
        assert took <= HAND_OVER, f"a leader that stands still is followed after {took:.1f} s"
    finally:
        leader.signal(signal.SIGCONT)
    last = _number(here.write("cai", "公园里的健身器材坏了很久没有人修"))
    numbers.append(last)
    until(lambda: all(_cards(here, no) for no in numbers), 60)
    here.program = leader
    leader.ready()
    until(lambda: _recorded(leader), 60)
    other.kill()
    took = _followed(here, numbers)
    assert took <= HAND_OVER, f"a leader that is killed is followed after {took:.1f} s"
    until(lambda: all(_cards(here, no) for no in numbers), 60)
    assert {no: _cards(here, no) for no in numbers} == dict.fromkeys(numbers, 1)
    assert leader.run("audit", "verify")["ok"]


def _stand_still(leader: Program) -> None:
    """Between two transactions: within one, a process that stands still on SQLite holds the only writer's place."""
    url = make_url(leader.settings["DATABASE_URL"])
    own_file = url.get_backend_name() == "sqlite"
    with Baton(Path(f"{url.database}-writer")).held(lambda: False) if own_file else nullcontext():
        leader.signal(signal.SIGSTOP)


def _followed(here: Office, numbers: list[str]) -> float:
    """Write letter after letter until the first of them stands in the chat; return the seconds. None is refused."""
    began, first = time.monotonic(), len(numbers)
    while len(numbers) == first or not _cards(here, numbers[first]):
        asked = time.monotonic()
        numbers.append(_number(here.write(f"b-{len(numbers)}", "小区门口的井盖破了，晚上走路很危险")))
        assert numbers[-1], "a push was refused"
        assert time.monotonic() - asked < 6
        assert time.monotonic() - began < 60, "followed by nobody"
        time.sleep(0.5)
    return time.monotonic() - began


def test_four_first_starts_at_once_all_serve_one_register(tmp_path: Path) -> None:
    with office(tmp_path, AUTO_ANSWER="false", SEMANTIC="off") as here:
        first = here.program.begin()
        servers = [first, *(first.beside() for _ in range(3))]
        try:
            for each in servers:
                each.ready()
            numbers = set()
            for which, each in enumerate(servers):
                here.program = each
                numbers.add(_number(here.write(f"w-{which}", "小区的路灯坏了两个月没人修")))
            assert len(numbers) == 4 and "" not in numbers
            for no in numbers:
                until(lambda no=no: _cards(here, no), 60)  # type: ignore[misc]
            assert {_cards(here, no) for no in numbers} == {1}
            by_mistake = first.plain("serve", "--port", str(first.port))
            assert by_mistake.returncode == 1 and str(first.port) in by_mistake.stderr
            assert httpx.get(f"{first.address}/readyz", timeout=10).status_code == 200
        finally:
            for each in servers:
                each.end()


def test_connections_cut_again_and_again_lose_nothing(
    postgres: postgres_server.Postgres | str, tmp_path: Path
) -> None:
    if isinstance(postgres, str):
        pytest.skip(f"PostgreSQL: {postgres}")
    url = postgres.new_database()
    with Raised(tmp_path, url, seed=3) as storm:
        storm.program.ready()
        cutting = threading.Thread(target=_cut, args=(url, storm.over))
        cutting.start()
        storm.rage(0, lasting=15)
        cutting.join(30)
        assert storm.came_to() == []
        assert storm.oracle.heard
        storm.program.ready()


def _cut(url: str, over: threading.Event) -> None:
    """Cut every connection of the database but ours, twice a second."""
    others = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        while not over.wait(0.5):
            connection.execute(others)
