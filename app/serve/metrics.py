"""What Prometheus reads: counts from the register, made when asked."""

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlmodel import func, select

from cases.lists import browse, filters
from cases.register import proposals
from cases.register.desk import Desk
from cases.register.tables import Case, Delivery, Outbox, Proposal

__all__ = ["CONTENT_TYPE_LATEST", "exposition"]


LISTS = ("open", "new", "in_review", "due_today", "soon", "overdue", "urgent", "waiting", "promised")


def exposition(desk: Desk) -> bytes:
    """Return the metrics as text. Labels are states and lanes: nothing personal."""
    registry, session = CollectorRegistry(), desk.session
    cases = Gauge("huiyin_cases", "Cases by status", ["status"], registry=registry)
    for status, count in session.exec(select(Case.status, func.count()).group_by(Case.status)).all():
        cases.labels(status).set(count)
    overdue = Gauge("huiyin_cases_overdue", "Open cases past their due time", registry=registry)
    overdue.set(browse.count(desk, *filters.office_wide(desk, "overdue")))
    listed = Gauge("huiyin_cases_listed", "Cases of a list of the console", ["list"], registry=registry)
    for name in LISTS:
        listed.labels(name).set(browse.count(desk, *filters.office_wide(desk, name)))
    outbox = Gauge("huiyin_outbox", "Outbox rows by lane and state", ["lane", "state"], registry=registry)
    for lane, state, count in session.exec(
        select(Outbox.lane, Outbox.state, func.count()).group_by(Outbox.lane, Outbox.state)
    ).all():
        outbox.labels(lane, state).set(count)
    deliveries = Gauge(
        "huiyin_deliveries", "Deliveries by kind and state", ["kind", "state"], registry=registry
    )
    for kind, state, count in session.exec(
        select(Delivery.kind, Delivery.state, func.count()).group_by(Delivery.kind, Delivery.state)
    ).all():
        deliveries.labels(kind, state).set(count)
    if desk.office.model_on:
        up = Gauge("huiyin_model_up", "Whether the language model answers", registry=registry)
        up.set(0 if proposals.trouble(session) else 1)
        made = Gauge("huiyin_model_proposals", "Texts that the language model proposed", registry=registry)
        made.set(session.exec(select(func.count()).select_from(Proposal)).one())
    return generate_latest(registry)
