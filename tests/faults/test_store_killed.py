"""Real processes on one database: killed in a sweep, killed in a recount, and several that register at once."""

import os
import signal
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from cases.register.tables import Case, CaseNumber, DueChange, FiredMilestone, Lapse, Outbox
from cases.watch import calendar_change, recount
from tests.builders import Bureau
from tests.fakes import warm
from tests.unit.cases.watch.test_calendar_change import NOTICE

BATCH, CASES = 5, 12


@dataclass
class Process:
    """One that works on the bureau's database, and what it says."""

    born: warm.Born
    out: IO[bytes]
    err: IO[bytes]

    def ends(self, code: int) -> str:
        """Wait until it has ended with this code; return what it wrote."""
        self.born.wait(180)
        for stream in (self.out, self.err):
            stream.seek(0)
        assert self.born.returncode == code, self.err.read().decode()
        return self.out.read().decode()


def process(bureau: Bureau, what: str, number: int, last: object) -> Process:
    url = bureau.store.engine.url.render_as_string(hide_password=False)
    arguments = [what, url, bureau.clock.now.isoformat(), str(number), str(last)]
    out, err = (tempfile.TemporaryFile() for _ in range(2))  # noqa: SIM115 - read when the process has ended
    program = "tests.faults.sweeping:main"
    return Process(warm.born(arguments, Path(), os.environ, out, err, program=program), out, err)


@pytest.mark.parametrize("die_at", [1, 2, 4, 5])  # each batch writes milestones, then alerts
def test_a_sweep_killed_in_the_middle_loses_and_doubles_nothing(bureau: Bureau, die_at: int) -> None:
    for _ in range(CASES):
        bureau.a_case("水管坏了")
    bureau.clock.set(2026, 3, 16)
    killed = process(bureau, "sweep", BATCH, die_at)
    killed.ends(-signal.SIGKILL)
    told = bureau.rows(FiredMilestone, name="due_soon")
    assert len(told) % BATCH == 0 and len(told) < CASES  # whole batches, or nothing of them
    assert len(bureau.rows(Outbox, target="supervisor")) == len(told)

    again = process(bureau, "sweep", BATCH, 0)
    again.ends(0)
    assert len(bureau.rows(FiredMilestone, name="due_soon")) == CASES
    alerts = Counter(row.payload["case_id"] for row in bureau.rows(Outbox, target="supervisor"))
    assert len(alerts) == CASES and set(alerts.values()) == {1}


def test_two_processes_that_sweep_at_once_tell_each_addressee_once(bureau: Bureau) -> None:
    numbers = [bureau.a_case("水管坏了") for _ in range(CASES)]
    for no in numbers:
        bureau.claim("张工", no)
        bureau.draft("张工", no, "水管周五修好。")
    bureau.clock.set(2026, 3, 18)
    started = [process(bureau, "sweep", BATCH, 0) for _ in range(2)]
    for each in started:
        each.ends(0)
    keys = Counter(row.key for row in bureau.rows(Outbox, kind="alert"))
    ids = [bureau.case(no).id for no in numbers]
    assert set(keys) == {
        f"milestone:{case_id}:{name}:2026-03-18:{to}"
        for case_id in ids
        for name, to in (
            ("overdue", "supervisor"),
            ("overdue", "handler"),
            ("review_waiting", "reviewers"),
            ("review_waiting", "reviewers:reviewers"),
        )
    }
    assert set(keys.values()) == {1}
    assert sorted(row.case_id for row in bureau.rows(Lapse)) == ids
    assert bureau.sweep() == 0


@pytest.mark.parametrize("die_at", [1, 8, 23])
def test_a_recount_killed_in_the_middle_is_finished_by_the_next(bureau: Bureau, die_at: int) -> None:
    bureau.clock.set(2026, 12, 24)
    recount.run(bureau.workplace)
    numbers = [bureau.a_case() for _ in range(CASES)]
    bureau.workplace.act(lambda desk: calendar_change.import_notice(desk, NOTICE))
    bureau.clock.advance(minutes=1)
    killed = process(bureau, "recount", BATCH, die_at)
    killed.ends(-signal.SIGKILL)
    certain = [case.no for case in bureau.rows(Case) if not case.provisional]
    assert len(certain) % BATCH == 0 and len(certain) < CASES

    again = process(bureau, "recount", BATCH, 0)
    again.ends(0)
    assert {case.provisional for case in bureau.rows(Case)} == {False}
    moves = Counter(row.case_id for row in bureau.rows(DueChange, cause="calendar"))
    assert len(moves) == CASES and set(moves.values()) == {1}
    assert len(bureau.notices()) == CASES
    (summary,) = bureau.told("supervisor", "【时限重算】")
    assert f"{CASES} 件时限日期有变动" in summary and all(no in summary for no in numbers)
    assert bureau.chain().ok


def test_numbers_are_unique_over_processes_and_grow_past_9999(bureau: Bureau) -> None:
    with bureau.store.write() as session:
        session.add(CaseNumber(day="20260302", last=9990))
    started = [process(bureau, "write", 10, f"process {number}") for number in range(3)]
    printed = []
    for each in started:
        printed += each.ends(0).split()
    assert sorted(int(no.partition("-")[2]) for no in printed) == list(range(9991, 10021))
    assert {row.no for row in bureau.rows(Case)} == set(printed)
    assert bureau.chain().ok
