"""A process of its own that works on a database until it is done, or killed."""

import os
import signal
import sys
from datetime import datetime

from sqlalchemy import event

from app import log
from cases.register.desk import Desk, Workplace
from cases.register.store import Store
from cases.steps import receive
from cases.watch import recount, watch
from tests.builders import ACCOUNT, an_office, by_words


def main() -> None:
    """Arguments: what (sweep, recount, write), the URL, the time, a count, and the statement to die at (0: none)."""
    log.set_up(())  # standard output is for the numbers alone
    what, url, now, number, die_at = sys.argv[1:6]
    store = Store(url)
    workplace = Workplace(store, an_office(), lambda: datetime.fromisoformat(now))
    if what == "write":
        _write(workplace, int(number), die_at)
        return
    _die_at(store, int(die_at))
    if what == "recount":
        recount.BATCH = int(number)
        recount.run(workplace)
        return
    while workplace.act(lambda desk: watch.sweep(desk, limit=int(number))).looked_at == int(number):
        pass


def _die_at(store: Store, die_at: int) -> None:
    inserted = 0

    def die(_c: object, _k: object, statement: str, *_rest: object) -> None:
        nonlocal inserted
        inserted += statement.startswith("INSERT")
        if die_at and inserted == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(store.engine, "after_cursor_execute", die)


def _write(workplace: Workplace, count: int, name: str) -> None:
    for number in range(count):

        def step(desk: Desk, openid: str = f"{name}-{number}") -> str:
            incoming = receive.Incoming(ACCOUNT, openid, "水管坏了", desk.now)
            outcome = receive.receive(desk, incoming, by_words(incoming.text))
            assert isinstance(outcome, receive.Registered)
            return outcome.case.no

        sys.stdout.write(workplace.act(step) + "\n")
