"""The answer of a lead case closes the cases linked to it, each judged by its own clock."""

from cases.register import lapse, outcomes, register
from cases.register.desk import Desk
from cases.register.readonly import Case
from cases.register.states import Event, Purpose, State
from cases.steps import extend

_EVENTS = {Purpose.ANSWER: Event.LEAD_ANSWER, Purpose.REFUSAL: Event.LEAD_REFUSE}


def release(desk: Desk, lead: Case, purpose: Purpose) -> list[Case]:
    """The lead's answer is out: close every open linked case, each judged by its own clock.

    Returns the cases whose citizens get the text, too: for a correction those that had the answer.
    """
    if purpose in (Purpose.QUESTION, Purpose.ADOPTION):
        return []
    told: list[Case] = []
    for case in register.linked(desk, lead):
        register.lock(desk, case)
        if purpose is Purpose.CORRECTION:
            told += [case] if case.status == State.ANSWERED else []
        elif register.is_open(case):
            _close(desk, case, lead, purpose)
            told.append(case)
    return told


def _close(desk: Desk, case: Case, lead: Case, purpose: Purpose) -> None:
    late = lapse.note(desk, case)
    register.move(
        desk,
        case,
        _EVENTS[purpose],
        released_at=desk.now,
        closed_at=desk.now,
        on_time=not late,
        first_answered_at=case.first_answered_at or desk.now,
        handler_id=case.handler_id or lead.handler_id,
        close_note=lead.close_note,
    )
    outcomes.freeze(desk, case, purpose.value, on_time=not late)
    extend.lapse(desk, case)
