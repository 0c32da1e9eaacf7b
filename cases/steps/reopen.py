"""An answered case is taken up again: anew for whoever claims it, or for the colleague whose promise was not kept."""

from cases.register import register
from cases.register.desk import Desk
from cases.register.kinds import Cause
from cases.register.readonly import Case
from cases.register.states import Event
from cases.register.tables import Staff
from cases.sending import announce
from cases.steps import review


def anew(desk: Desk, case: Case, why: str) -> None:
    """Open a case again for everybody, with a full new clock from today."""
    fresh = {"handler_id": None, "unclaimed_since": desk.now, "reopened": case.reopened + 1}
    _again(desk, case, Event.REOPEN, why, **fresh)


def for_its_handler(desk: Desk, case: Case, why: str) -> None:
    """Open a case again in the hands of the one who answered it; for everybody where that colleague is gone."""
    handler = desk.session.get(Staff, case.handler_id) if case.handler_id else None
    if handler is None or not handler.active:
        anew(desk, case, why)
    else:
        _again(desk, case, Event.RESUME, why)


def _again(desk: Desk, case: Case, event: Event, why: str, **more: object) -> None:
    review.withdraw(desk, case, why)
    register.move(
        desk,
        case,
        event,
        parent_id=None,
        clock_from=desk.now,
        urgent_since=None,
        first_answered_at=None,
        closed_at=None,
        released_at=None,
        on_time=None,
        overdue_since=None,
        extended=False,
        **more,
    )
    register.set_due(desk, case, Cause.REOPENED, why)
    announce.fresh_card(desk, case)
