"""A sending that was given up is put up again by a person: nothing that was delivered goes out twice."""

from dataclasses import dataclass

from sqlalchemy import and_, or_
from sqlmodel import col, select

from cases.register import readonly
from cases.register.desk import Desk
from cases.register.errors import NotAllowed, NotFound, Stale
from cases.register.kinds import Job, Lane
from cases.register.permissions import ADMIN, SUPERVISOR, holds, may_see
from cases.register.readonly import Staff
from cases.register.states import DeliveryState, OutboxState
from cases.register.tables import Case, Delivery, Outbox
from cases.sending import outbox, payloads

_GIVEN_UP = or_(
    col(Outbox.state) == OutboxState.FAILED,
    and_(
        col(Outbox.state) == OutboxState.DROPPED,
        col(Outbox.lane).in_((Lane.CITIZEN, Lane.COMMENT, Lane.MEDIA, Lane.API)),
        col(Outbox.error) != "",
    ),
)


def may(staff: Staff) -> bool:
    return holds(staff, SUPERVISOR) or holds(staff, ADMIN)


@dataclass(frozen=True, slots=True)
class Failed:
    """A sending that nobody will try again; `no`: of which case, where it is of one."""

    row: Outbox
    no: str


def failed(desk: Desk, staff: Staff, limit: int = 500) -> list[Failed]:
    """Return the sendings that were given up, the latest first, of the cases in this person's sight.

    What belongs to no case is the business of supervisors and administrators. Not those settled in another way since.
    """
    rows = desk.session.exec(
        select(Outbox)
        .where(_GIVEN_UP, col(Outbox.kind) != Job.RATING)
        .order_by(col(Outbox.id).desc())
        .limit(limit)
    ).all()
    found = []
    for row in rows:
        case = _case(desk, row)
        seen = may_see(staff, case) if case is not None else may(staff)
        if seen and _still_wanted(desk, row):
            found.append(Failed(row, case.no if case is not None else ""))
    return found


def again(desk: Desk, staff: Staff, row_id: int) -> readonly.Outbox:
    """「重试」. Raises: NotAllowed, NotFound; Stale if it is under way or was delivered meanwhile."""
    if not may(staff):
        raise NotAllowed("只有督办人和管理员可以重试发送。")
    row = desk.session.get(Outbox, row_id)
    if row is None:
        raise NotFound("没有这条发送记录。")
    if not outbox.revive(desk, row_id) or not _still_wanted(desk, row):
        raise Stale("这条消息已在发送、已送达或不再需要。")
    delivery = _delivery(desk, row)
    subject = f"outbox:{row.id}"
    if delivery is not None:
        delivery.state, delivery.finished_at = DeliveryState.PENDING.value, None
        desk.session.add(delivery)
        subject = f"case:{desk.session.get_one(Case, delivery.case_id).no}"
    desk.audit("outbox.again", subject, kind=row.kind, row=row.id)
    return row


def _still_wanted(desk: Desk, row: readonly.Outbox) -> bool:
    """A delivery may have gone another way since: handed over with a passive reply, say.

    The wish for a rating is a courtesy, sent once or not at all: without it nothing is missing.
    """
    if row.kind == Job.RATING:
        return False
    delivery = _delivery(desk, row)
    if delivery is None:
        return row.lane != Lane.MEDIA or row.state == OutboxState.FAILED
    return delivery.state in (DeliveryState.PENDING, DeliveryState.FAILED)


def _case(desk: Desk, row: readonly.Outbox) -> Case | None:
    delivery = _delivery(desk, row)
    case_id = delivery.case_id if delivery is not None else payloads.case_of(row)
    return desk.session.get(Case, case_id) if isinstance(case_id, int) else None


def _delivery(desk: Desk, row: readonly.Outbox) -> Delivery | None:
    delivery_id = payloads.delivery_of(row)
    return desk.session.get(Delivery, delivery_id) if delivery_id else None
