"""Danger to somebody: an alarm that is told until a person has it in hand, at night and on Saturdays too.

Source: MLGK 004—2018 §6.3.2.3 (emergencies are reported at once and followed).
"""

from collections.abc import Sequence

from cases.register import people, register, tables
from cases.register.desk import Desk
from cases.register.errors import Invalid, Stale
from cases.register.readonly import Case, Staff
from cases.register.rows import id_of, row_of
from cases.register.tables import Danger, Message
from cases.sending import announce
from cases.steps.allowed import Action, demand
from sla.hours import in_office_hours
from text.normalise import storable

LEADERS_FROM = 3  # the alarm that is told for the third time goes to the office's leaders, too


def raise_alarm(desk: Desk, case: Case) -> None:
    """Tell of danger at once, and note that it is to be told again until somebody has taken it."""
    row = desk.session.get(Danger, case.id) or Danger(case_id=id_of(case), raised_at=desk.now)
    row.raised_at, row.told, row.taken_by, row.taken_at = desk.now, 0, None, None
    desk.session.add(row)
    tell(desk, case, row)


def tell(desk: Desk, case: Case, row: Danger) -> None:
    """Tell of it once more and plan the next time."""
    row.told += 1
    row.next_at = desk.now + desk.office.danger_repeat if desk.office.danger_repeat else None
    desk.session.add(row)
    desk.session.flush()
    for to in addressees(desk, row.told):
        announce.alarm(desk, row, to)


def addressees(desk: Desk, times: int) -> list[str]:
    """Return who is told for the `times`-th time: the supervisors, who is on watch, at last the leaders."""
    others: list[int | None] = []
    if not in_office_hours(desk.now, desk.office.office_hours, desk.calendar, desk.office.zone):
        others += desk.office.on_watch(desk, desk.today, times)
    if times >= LEADERS_FROM:
        others += [leader.id for leader in people.heads(desk, None)]
    return [announce.SUPERVISORS, *(f"staff:{staff_id}" for staff_id in dict.fromkeys(others))]


def goes_on(desk: Desk, case: Case, message: Message) -> None:
    """Danger is spoken of again in a case that is urgent already: whoever took it hears of it at once."""
    row = desk.session.get(Danger, case.id)
    if row is None or row.taken_by is None:
        return  # nobody has it: the alarm comes again, with everything that was written
    desk.session.flush()  # the key below names the message
    text = f"【紧急】{case.no} 的来信人又写：\n{message.masked[:800]}"
    name = people.staff_name(desk, row.taken_by)
    for to in {announce.SUPERVISORS, f"staff:{row.taken_by}"}:
        key = f"danger-again:{case.id}:{message.id}:{to}"
        announce.tell(desk, to, f"{name}：{text}", key=key, case=case, priority=announce.DANGER)


def take(desk: Desk, staff: Staff, case: Case) -> None:
    """「我来处置」: the first to say so has it. Raises: NotAllowed; Stale with who has it."""
    register.lock(desk, case)
    row = desk.session.get(Danger, case.id, with_for_update=True, populate_existing=True)
    if row is not None and row.taken_by == staff.id and staff.id is not None:
        raise Stale("您已接手处置本件。")
    demand(desk, staff, case, Action.TAKE)
    assert row is not None  # noqa: S101 - demanded
    row.taken_by, row.taken_at, row.next_at = staff.id, desk.now, None
    desk.session.add(row)
    desk.audit("danger.take", f"case:{case.no}", name=staff.name)
    announce.card(desk, case, priority=announce.DANGER)


def call_off(desk: Desk, staff: Staff, case: Case, reason: str) -> None:
    """「解除紧急」: a person found that nobody is in danger, and says how; every supervisor reads it.

    What is written later is judged anew and may raise it again. Raises: NotAllowed, Stale; Invalid without a reason.
    """
    case = row_of(tables.Case, case)
    register.lock(desk, case)
    demand(desk, staff, case, Action.CALM)
    reason = storable(reason).strip()
    if not reason:
        raise Invalid("请写明解除紧急的理由，例如已与来信人核实。")
    case.urgent, case.urgent_since, case.first_answer_due_at = False, None, None
    row = desk.session.get(Danger, case.id, with_for_update=True, populate_existing=True)
    if row is not None:
        desk.session.delete(row)
    register.look_again(desk, case)
    reason = desk.masked(reason[:500])
    desk.audit("danger.call_off", f"case:{case.no}", reason=reason)
    said = f"【解除紧急】{case.no}　{staff.name}：{reason}"
    announce.supervisors(desk, said, case=case, urgent=True)
    announce.card(desk, case)


def let_go(desk: Desk, leaving: Staff, cases: Sequence[Case]) -> None:
    """Whoever had it is gone: the alarm is raised anew."""
    for case in cases:
        row = desk.session.get(Danger, case.id)
        if row is not None and row.taken_by == leaving.id and register.is_open(case):
            raise_alarm(desk, case)
