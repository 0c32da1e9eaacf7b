"""A message becomes a case: number, due date, department. A page of messages costs little more than one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cases.register import bulk, fresh, register, tables
from cases.register.desk import Desk
from cases.register.kinds import Cause
from cases.register.readonly import Citizen
from cases.register.rows import id_of, table_of
from cases.register.tables import Case, DueChange, Message
from cases.steps import assign, triage
from sla.deadline import Deadline

_MOVED = table_of(DueChange)

if TYPE_CHECKING:  # the models are heavy: a command that needs none should not load them
    from classifier.triage import Triage


@dataclass(frozen=True, slots=True)
class ToOpen:
    """A message that is to become a case. The citizen is kept already; the message may be new.

    `number`: the row that the case will have, where it was taken before.
    """

    citizen: Citizen
    message: Message
    channel: str
    judged: Triage
    number: int | None = None


def open_cases(desk: Desk, letters: Sequence[ToOpen]) -> list[Case]:
    """Make a case of each message, with its original receipt; returns them in the same order."""
    new = [letter.message for letter in letters if letter.message.id is None]
    cases = write_cases(desk, letters, new)
    fresh.hold(desk.session, cases)
    fresh.hold(desk.session, new)
    return cases


def write_cases(
    desk: Desk, letters: Sequence[ToOpen], new: Sequence[Message], newcomers: Sequence[tables.Citizen] = ()
) -> list[Case]:
    """Do what `open_cases` does, writing those of messages and citizens that are new; the session knows none of them."""
    counted = [_case(desk, letter) for letter in letters]
    cases = [case for case, _ in counted]
    fresh.number(desk.session, cases, new)
    for letter, case in zip(letters, cases, strict=True):
        letter.message.case_id = case.id
    written = [fresh.ready(desk.session, rows) for rows in (newcomers, cases, new) if rows]
    # taken as late as can be: until the commit other processes wait for theirs
    for case, no in zip(cases, register.new_numbers(desk, len(cases)), strict=True):
        fresh.given(case, no=no)
    moved = []
    for case, due in counted:
        moved.append(register.due_change(desk, case, due, Cause.RECEIVED))
        facts = {"category": case.category, "channel": case.channel, "topic": case.topic}
        facts["department"] = next((d.name for d in desk.departments if d.id == case.department_id), "")
        desk.audit("case.open", f"case:{case.no}", **facts)
    bulk.insert_all(desk.session, [*written, bulk.NewRows(_MOVED, moved)])
    return cases


def _case(desk: Desk, letter: ToOpen) -> tuple[Case, Deadline]:
    received_at = letter.message.received_at
    case = fresh.row(
        Case,
        id=letter.number,
        channel=letter.channel,
        account=letter.citizen.account,
        citizen_id=id_of(letter.citizen),
        received_at=received_at,
        clock_from=received_at,
        registered_at=desk.now,
        unclaimed_since=desk.now,
        next_look_at=desk.now,
        due_on=desk.today,  # counted below
        due_at=desk.now,
        **triage.marks(letter.judged),
    )
    due, dated = register.counted(desk, case, received_at)
    fresh.given(case, department_id=assign.department_of(desk, case), **dated)  # no session knows it yet
    return case, due
