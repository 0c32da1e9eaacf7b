"""A step that breaks at any statement leaves the register as it was: no half case, no answer without its approval."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from cases.register import drafts, register
from cases.register.desk import Desk
from cases.register.tables import Case, Citizen, Staff
from cases.steps import (
    assign,
    cohandle,
    danger,
    draft,
    extend,
    forget,
    leave,
    link,
    nudge,
    promise,
    rate,
    review,
)
from cases.watch import watch
from tests import stages
from tests.builders import ACCOUNT, Bureau

Do = Callable[[Bureau, str], Any]


class Broken(Exception):
    """The machine stopped here."""


@contextmanager
def breaking(office: Bureau, at: int) -> Iterator[list[int]]:
    """Let the `at`-th statement of a transaction fail; the list holds how many there were."""
    seen = [0]

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            return
        seen[0] += 1
        if seen[0] == at:
            raise Broken(statement)

    event.listen(office.store.engine, "before_cursor_execute", count)
    try:
        yield seen
    finally:
        event.remove(office.store.engine, "before_cursor_execute", count)


def as_staff(who: str, step: Callable[[Desk, Staff, Case], Any]) -> Do:
    return lambda office, no: office.on(who, no, step)


def other(desk: Desk, no: str) -> Case:
    return next(case for case in desk.session.exec(_cases()).all() if case.no != no)  # type: ignore[no-any-return]


def _cases():  # type: ignore[no-untyped-def]
    from sqlmodel import select

    return select(Case)


def approve(desk: Desk, staff: Staff, case: Case) -> None:
    waiting = drafts.under_review(desk, case)
    assert waiting is not None
    review.approve(desk, staff, waiting, waiting.round)


def send_back(desk: Desk, staff: Staff, case: Case) -> None:
    waiting = drafts.under_review(desk, case)
    assert waiting is not None
    review.send_back(desk, staff, waiting, waiting.round, "请写明日期")


def rated(office: Bureau, no: str) -> None:
    office.workplace.act(lambda desk: rate.rate(desk, register.by_number(desk, no), "不满意"))


def swept(office: Bureau, _no: str) -> None:
    office.clock.set(2026, 4, 20, 9)
    office.workplace.act(watch.sweep)


STEPS: list[tuple[str, str, Do]] = [
    ("a letter comes", "new", lambda office, _no: office.a_case("投诉水管，我要跳楼", "bob")),
    ("a letter joins", "claimed", lambda office, _no: office.writes("还在漏", "citizen-1")),
    ("a claim", "new", as_staff("张工", assign.claim)),
    ("a transfer", "in_review", as_staff("张工", lambda d, s, c: assign.transfer(d, s, c, "交通局"))),
    ("a category", "claimed", as_staff("张工", lambda d, s, c: assign.reclassify(d, s, c, "praise"))),
    ("a draft", "claimed", as_staff("张工", lambda d, s, c: draft.submit(d, s, c, stages.ANSWER))),
    ("a release", "in_review", as_staff("李科长", approve)),
    ("a return", "in_review", as_staff("李科长", send_back)),
    ("a wish for time", "claimed", as_staff("张工", lambda d, s, c: extend.ask(d, s, c, "需要勘查"))),
    (
        "a consent",
        "asked_for_time",
        as_staff("王主任", lambda d, s, c: extend.decide(d, s, stages.wish_of(d, c), True)),
    ),
    ("an opinion asked", "claimed", as_staff("张工", lambda d, s, c: cohandle.ask(d, s, c, "交通局"))),
    ("a danger taken", "urgent", as_staff("张工", danger.take)),
    ("a false alarm", "urgent", as_staff("李科长", lambda d, s, c: danger.call_off(d, s, c, "已电话核实"))),
    ("a nudge", "claimed", as_staff("王主任", nudge.case)),
    ("a link undone", "linked", as_staff("张工", link.unlink)),
    ("a promise kept", "promised", as_staff("张工", promise.close)),
    ("a rating", "answered", rated),
    (
        "a departure",
        "in_review",
        lambda office, _no: office.workplace.act(lambda d: leave.disable(d, office.ids["张工"])),
    ),
    (
        "an erasure",
        "answered",
        lambda office, _no: office.workplace.act(lambda d: forget.person(d, ACCOUNT, "citizen-1")),
    ),
    ("a sweep", "claimed", swept),
]


@pytest.mark.parametrize(("name", "stage", "do"), STEPS, ids=[name for name, *_ in STEPS])
def test_whatever_statement_breaks_the_register_is_as_it_was(
    office: Bureau, name: str, stage: str, do: Do
) -> None:
    no = stages.STAGES[stage](office)
    with breaking(office, 0) as seen:
        before = office.everything()
    seen[0] = 0
    at, tried = 1, 0
    while True:
        with breaking(office, at) as seen:
            try:
                do(office, no)
                break
            except Broken:
                tried += 1
        assert office.everything() == before, (name, at)
        at += max(1, seen[0] // 4)  # every few statements: the first, some in the middle, some near the end
    assert tried >= 3, name
    after = office.everything()
    assert after != before and len(after["audit"]) >= len(before["audit"])
    assert office.chain().ok


def test_an_answer_stands_in_the_outbox_exactly_when_its_approval_stands(office: Bureau) -> None:
    """The two are one transaction: break it anywhere, there is neither; let it be, there are both."""
    no = stages.in_review(office)
    for at in range(1, 60):
        with breaking(office, at):
            try:
                office.on("李科长", no, approve)
            except Broken:
                kept = office.everything()
                assert kept["approval"] == [] == kept["delivery"] and office.case(no).status == "in_review"
                continue
        break
    kept = office.everything()
    assert len(kept["approval"]) == len(kept["delivery"]) == 1 and office.case(no).status == "answered"


def test_a_letter_is_there_whole_or_not_at_all(office: Bureau) -> None:
    for at in range(1, 60):
        with breaking(office, at):
            try:
                office.a_case("投诉水管漏水", "amy")
                break
            except Broken:
                pass
        kept = office.everything()
        assert kept["message"] == kept["cases"] == kept["due_change"] == kept["citizen"] == []
    kept = office.everything()
    assert [len(kept[name]) for name in ("message", "cases", "due_change", "citizen")] == [1, 1, 1, 1]
    assert office.rows(Citizen)[0].last_case_id == office.rows(Case)[0].id
    assert office.rows(Case)[0].no.endswith("-0001")  # numbers that came to nothing are given again
