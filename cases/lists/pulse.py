"""How long the oldest has waited that should be done already: the same numbers for `/metrics` and `doctor`."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, or_, select

from cases.register import memo
from cases.register.desk import Desk
from cases.register.states import OPEN, DeliveryState, OutboxState
from cases.register.tables import Article, Case, Danger, Delivery, Lease, Outbox


@dataclass(frozen=True, slots=True)
class Pulse:
    """Ages in seconds, 0 where nothing waits; None where it never happened."""

    unsent: dict[str, float]  # lane → since its oldest row that is due was put up
    sweep_lag: float  # beyond the beat at which the sweep comes anyway
    danger: float  # since the oldest alarm that nobody has taken
    comments_read: float | None
    chat_polled: float | None
    backed_up: float | None
    clock_off: float  # by which the platform is ahead of this machine, where it is far
    given_up: int  # sendings that will not be tried again


def pulse(desk: Desk) -> Pulse:
    session = desk.session
    due = select(Outbox.lane, func.min(Outbox.created_at)).where(
        col(Outbox.state).in_((OutboxState.PENDING, OutboxState.SENDING)),
        or_(col(Outbox.not_before) <= desk.now, col(Outbox.attempts) > 0),  # tried already: it was due
    )
    look = select(func.min(Case.next_look_at)).where(col(Case.status).in_(OPEN))
    alarm = (
        select(func.min(Danger.raised_at))
        .join(Case, col(Case.id) == Danger.case_id)
        .where(col(Danger.taken_by).is_(None), col(Case.status).in_(OPEN))
    )
    lost = select(func.count()).select_from(Delivery).where(Delivery.state == DeliveryState.FAILED)
    read = select(func.max(Article.polled_at))
    waited = _since(desk, session.exec(look).one()) or 0.0
    return Pulse(
        unsent={lane: _since(desk, at) or 0.0 for lane, at in session.exec(due.group_by(Outbox.lane)).all()},
        sweep_lag=max(0.0, waited - desk.office.sweep_every.total_seconds()),
        danger=_since(desk, session.exec(alarm).one()) or 0.0,
        comments_read=_since(desk, session.exec(read).one()) if desk.office.comments_on else None,
        chat_polled=_since(desk, memo.CHAT_POLLED.of(session)),
        backed_up=_since(desk, memo.BACKED_UP.of(session)),
        clock_off=memo.CLOCK_OFF.of(session),
        given_up=session.exec(lost).one(),
    )


def leaderless(session: Session, now: datetime) -> float | None:
    """Return the seconds since the lease of the process that sends and sweeps ran out: 0 while one leads.

    None where none ever led. `now` is the real time, never the demo's.
    """
    until = session.exec(select(func.max(Lease.until))).one()
    return max(0.0, (now - until).total_seconds()) if until is not None else None


def _since(desk: Desk, at: datetime | None) -> float | None:
    return max(0.0, (desk.now - at).total_seconds()) if at is not None else None
