"""A process that stands still with what others wait for is cut off before they give up."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlmodel import select

from cases.register import citizens, register
from cases.register.desk import Desk, Workplace
from cases.register.store import Store
from cases.register.tables import Case
from cases.register.turn import Turn
from tests.builders import ACCOUNT, Bureau, Clock, an_office

SPAWN = multiprocessing.get_context("spawn")
SHOWN = text("SHOW idle_in_transaction_session_timeout")


def bound_after(bureau: Bureau, step: Callable[[Desk], object]) -> object:
    def act(desk: Desk) -> object:
        step(desk)
        return desk.session.connection().execute(SHOWN).scalar()

    return bureau.workplace.act(act)


STEPS: dict[str, tuple[Callable[[Desk], object], str]] = {
    "a number of the day": (lambda desk: register.new_numbers(desk, 1), "2500ms"),
    "a case": (lambda desk: register.lock(desk, desk.session.exec(select(Case)).one()), "2500ms"),
    "a citizen": (lambda desk: citizens.at(desk, ACCOUNT, "amy"), "2500ms"),
    "citizens": (lambda desk: citizens.known_at(desk, [(ACCOUNT, "amy")]), "2500ms"),
    "a row that others pass over": (
        lambda desk: desk.session.exec(select(Case).with_for_update(skip_locked=True)).all(), "8s",
    ),
    "nothing": (lambda desk: desk.session.exec(select(Case)).all(), "8s"),
}  # fmt: skip


@pytest.mark.parametrize("what", STEPS)
def test_who_holds_what_others_wait_for_is_bound(bureau: Bureau, what: str) -> None:
    if bureau.workplace.store.sqlite:
        return  # one writer at a time; a stopped process is told as a held database
    bureau.a_case("投诉水管漏水", "amy")
    step, bound = STEPS[what]
    assert bound_after(bureau, step) == bound
    assert bound_after(bureau, lambda _desk: None) == "8s"  # with its transaction the bound is over


def stand_still(url: str, what: str) -> None:
    """A step in a process of its own that is stopped once it holds what it is said to hold."""
    workplace = Workplace(Store(url), an_office(), Clock())

    class Stopping(Turn):
        def commit(self) -> None:
            os.kill(os.getpid(), signal.SIGSTOP)

    def step(desk: Desk) -> None:
        case = desk.session.exec(select(Case)).one()
        if what == "the trail's head":
            desk.audit("case.seen", f"case:{case.no}")
        else:
            register.lock(desk, case)

    workplace.act(step, turn=Stopping())


@pytest.mark.parametrize("what", ["the trail's head", "a case"])
def test_a_staff_step_that_is_stopped_holds_nobody_longer_than_they_wait(bureau: Bureau, what: str) -> None:
    store = bureau.workplace.store
    if store.sqlite:
        return
    no = bureau.a_case("投诉水管漏水", "amy")
    url = store.engine.url.render_as_string(hide_password=False)
    other = SPAWN.Process(target=stand_still, args=(url, what), daemon=True)
    other.start()
    try:
        assert os.waitpid(other.pid or 0, os.WUNTRACED)[0] == other.pid  # it stands still
        began = time.monotonic()
        bureau.claim("张工", no)  # takes both
        assert time.monotonic() - began < 3
    finally:
        other.kill()
    assert bureau.case(no).status == "claimed" and bureau.chain().ok
