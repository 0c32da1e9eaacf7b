"""What Prometheus reads: counts from the register, made when asked."""

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlmodel import col, func, select

from cases.lists import browse, filters
from cases.register import proposals
from cases.register.desk import Desk
from cases.register.measures import REGISTRY
from cases.register.states import OPEN
from cases.register.tables import Article, Case, Delivery, Outbox, Proposal

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
    _ages(desk, registry)
    return generate_latest(registry) + generate_latest(REGISTRY)


def _ages(desk: Desk, registry: CollectorRegistry) -> None:
    """How long the oldest has waited that should be done already."""
    session, now = desk.session, desk.now
    unsent = Gauge(
        "huiyin_outbox_oldest_seconds",
        "Age of the oldest row due to be sent, by lane",
        ["lane"],
        registry=registry,
    )
    waiting = select(Outbox.lane, func.min(Outbox.created_at)).where(
        col(Outbox.state).in_(("pending", "sending")), col(Outbox.not_before) <= now
    )
    for lane, since in session.exec(waiting.group_by(Outbox.lane)).all():
        unsent.labels(lane).set(max(0.0, (now - since).total_seconds()))
    lag = Gauge(
        "huiyin_sweep_lag_seconds",
        "How long the most overdue look of the sweep has waited",
        registry=registry,
    )
    look = session.exec(select(func.min(Case.next_look_at)).where(col(Case.status).in_(OPEN))).one()
    lag.set(max(0.0, (now - look).total_seconds()) if look is not None else 0.0)
    poll = Gauge(
        "huiyin_comment_poll_age_seconds", "Since the comments of any article were read", registry=registry
    )
    polled = session.exec(select(func.max(Article.polled_at))).one()
    poll.set((now - polled).total_seconds() if polled is not None else 0.0)
    doubtful = Gauge(
        "huiyin_cases_needing_review", "Open cases of whose category the model is not sure", registry=registry
    )
    doubtful.set(
        session.exec(
            select(func.count()).select_from(Case).where(col(Case.status).in_(OPEN), col(Case.needs_review))
        ).one()
    )
