"""A step that nobody waits for any more is withdrawn for sure, or said to be unknown."""

import threading

import pytest
from sqlalchemy import text

from cases.register.desk import Desk
from cases.register.store import Store
from cases.register.tables import Meta
from cases.register.turn import Turn, Withdrawn
from tests.builders import Bureau


def mark(desk: Desk) -> None:
    desk.session.add(Meta(key="mark", value="1"))


def marked(bureau: Bureau) -> bool:
    return bool(bureau.rows(Meta, key="mark"))


def test_of_commit_and_withdrawal_one_wins(bureau: Bureau) -> None:
    turn = Turn()
    bureau.workplace.act(mark, turn=turn)
    assert marked(bureau)
    assert not turn.withdraw()  # it is in the register


def test_what_was_withdrawn_leaves_nothing(bureau: Bureau) -> None:
    turn = Turn()

    def step(desk: Desk) -> None:
        mark(desk)
        assert turn.withdraw()

    with pytest.raises(Withdrawn):
        bureau.workplace.act(step, turn=turn)
    assert not marked(bureau)


def test_a_step_in_the_queue_is_withdrawn_before_it_begins(bureau: Bureau) -> None:
    """Another writer holds the database: who waits no longer can say for sure that nothing was done."""
    held, release = threading.Event(), threading.Event()
    turn, ended = Turn(), []

    def hold() -> None:
        with bureau.store.write() as session:
            session.execute(text("UPDATE meta SET value = value WHERE key = 'audit_head'"))
            held.set()
            release.wait(3)

    def wait() -> None:
        try:
            bureau.workplace.act(lambda desk: (mark(desk), desk.audit("x", "y")), turn=turn)
        except Withdrawn:
            ended.append("withdrawn")

    holder, waiter = threading.Thread(target=hold), threading.Thread(target=wait)
    holder.start()
    held.wait(5)
    waiter.start()
    assert turn.withdraw()
    release.set()
    holder.join()
    waiter.join()
    assert ended == ["withdrawn"]
    assert not marked(bureau)


def test_a_writer_that_stands_still_is_cut_off(store: Store) -> None:
    """A process that was stopped in a transaction holds the others for seconds, not until it is woken."""
    if store.sqlite:
        return  # one writer at a time; a stopped process is told as a held database
    with store.engine.connect() as connection:
        limits = {
            name: connection.execute(text(f"SHOW {name}")).scalar()
            for name in ("idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout")
        }
    assert limits == {
        "idle_in_transaction_session_timeout": "8s",
        "lock_timeout": "3s",
        "statement_timeout": "20s",
    }
    with store.long() as connection:
        assert connection.execute(text("SHOW statement_timeout")).scalar() == "0"
