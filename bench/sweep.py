"""How long the sweep takes to find what is due among many open cases: `python -m bench.sweep [CASES] [DUE]`.

A SQLite file in the temporary folder is filled in batches; then the sweep's own query, and a whole sweep, are timed.
"""

import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert

from cases.register.desk import Office, Workplace
from cases.register.store import Store
from cases.register.tables import Case, Citizen
from cases.register.vault import Vault
from cases.watch import watch
from classifier.triage import Triage
from sla.calendar import WorkCalendar, shipped_years
from sla.policy import load_policy

NOW = datetime(2026, 3, 16, 1, 0, tzinfo=UTC)
TARGET = 0.5  # seconds to sweep 1,000 due among 1,000,000 open cases on SQLite


def cases(total: int, due: int) -> Iterator[dict[str, Any]]:
    """Yield open cases; every `total / due`-th one is due to be looked at."""
    every = max(1, total // due)
    received = NOW - timedelta(days=14)
    for number in range(total):
        looked_at = NOW - timedelta(seconds=1) if number % every == 0 else NOW + timedelta(seconds=number + 1)
        yield {
            "no": f"20260302-{number + 1:07d}", "citizen_id": 1, "category": "advice_inquiry", "status": "new",
            "received_at": received, "registered_at": received, "clock_from": received, "due_on": date(2026, 3, 16),
            "due_at": datetime(2026, 3, 16, 16, tzinfo=UTC), "next_look_at": looked_at, "reasons": "", "close_note": "",
        }  # fmt: skip


def fill(store: Store, total: int, due: int) -> None:
    rows = cases(total, due)
    with store.write() as session:
        citizen = {"account": "", "openid_hash": "", "openid_sealed": b""}
        session.connection().execute(insert(Citizen), [citizen])
        while batch := list(islice(rows, 20_000)):
            session.connection().execute(insert(Case), batch)


def workplace(store: Store) -> Workplace:
    def judge(_text: str) -> Triage:
        return Triage("advice_inquiry", 1.0, False, "", False, False, False, False, False, "", ())

    calendar = WorkCalendar(shipped_years())
    zone, vault, policy = ZoneInfo("Asia/Shanghai"), Vault(b"a key for benches".ljust(32)), load_policy()
    office = Office(zone, vault, policy, lambda: calendar, judge, lambda _text: None)
    return Workplace(store, office, lambda: NOW)


def plan(connection: Connection) -> str:
    query = watch.due(NOW, 1000).compile(connection, compile_kwargs={"render_postcompile": True})
    values = tuple(
        "2026-03-16 01:00:00.000000" if isinstance(v, datetime) else v for v in query.params.values()
    )
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)
    return "; ".join(str(row[-1]) for row in rows)


def main() -> int:
    total, due = (int(value) for value in (*sys.argv[1:], "1000000", "1000")[:2])
    with tempfile.TemporaryDirectory(prefix="huiyin-bench-") as folder:
        store = Store(f"sqlite:///{Path(folder) / 'huiyin.db'}")
        store.migrate()
        began = perf_counter()
        fill(store, total, due)
        print(f"{total:,} open cases written in {perf_counter() - began:.1f} s")
        place = workplace(store)
        place.look(lambda desk: desk.session.exec(watch.due(NOW, 1)).all())  # the statement is compiled once
        began = perf_counter()
        found = place.look(lambda desk: len(desk.session.exec(watch.due(NOW, due)).all()))
        finding = perf_counter() - began
        with store.engine.connect() as connection:
            print(f"plan: {plan(connection)}")
        print(f"found {found:,} due cases in {finding * 1000:.0f} ms")
        began, told = perf_counter(), 0
        while (swept := place.act(watch.sweep)).looked_at:
            told += swept.told
        sweeping = perf_counter() - began
        print(f"told {told:,} of them, in batches of {watch.BATCH}, in {sweeping:.2f} s (at most {TARGET} s)")
        store.close()
    return 0 if sweeping <= TARGET and found == due else 1


if __name__ == "__main__":
    sys.exit(main())
