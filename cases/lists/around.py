"""What stands around a case: open ones on the same matter at the same place, and what this person wrote before."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, select

from cases.lists import browse, filters, views
from cases.lists.views import CaseLine
from cases.register import readonly
from cases.register.desk import Desk
from cases.register.readonly import Staff
from cases.register.rows import id_of
from cases.register.states import OPEN
from cases.register.tables import Case, Message
from cases.steps.allowed import Action, refusal
from classifier.likeness import alike, gist

DAYS, LOOKED_AT = 60, 400  # letters that are compared, the newest first
NEIGHBOURS, EARLIER = 8, 8


@dataclass(frozen=True, slots=True)
class Neighbour:
    """`joins`: it can be answered together with the case whose page this is."""

    line: CaseLine
    excerpt: str
    joins: bool


@dataclass(frozen=True, slots=True)
class Earlier:
    line: CaseLine
    excerpt: str
    rating: str


def neighbours(desk: Desk, me: Staff, case: readonly.Case) -> list[Neighbour]:
    """Return open cases of other people on the same matter at the same place, the most alike first."""
    text = _first(desk, case)
    if case.accusation or not text.strip():
        return []
    own = gist(text)
    query = (
        select(Case, Message.masked)
        .join(Message, col(Message.case_id) == col(Case.id))
        .where(
            filters.in_hand(me), col(Case.status).in_(OPEN), col(Case.accusation).is_(False), Message.kind == "text",
            Case.id != case.id, Case.citizen_id != case.citizen_id, Case.topic == case.topic,
            col(Case.received_at) >= case.received_at - timedelta(days=DAYS),
            col(Case.received_at) <= case.received_at + timedelta(days=DAYS),
        )
        .order_by(col(Message.id).desc())
        .limit(LOOKED_AT)
    )  # fmt: skip
    best: dict[int, tuple[float, Case]] = {}
    for other, masked in desk.session.exec(query).all():
        if _together_already(case, other):
            continue
        likeness = alike(own, gist(masked))
        if likeness > best.get(id_of(other), (0.0, other))[0]:
            best[id_of(other)] = (likeness, other)
    ranked = sorted(best.values(), key=lambda one: (-one[0], id_of(one[1])))[:NEIGHBOURS]
    lines = [views.line(desk, other) for _, other in ranked]
    begins = browse.excerpts(desk, lines, 50)
    return [
        Neighbour(line, begins.get(line.no, ""), refusal(desk, me, other, Action.LINK) is None)
        for line, (_, other) in zip(lines, ranked, strict=True)
    ]


def earlier(desk: Desk, me: Staff, case: readonly.Case) -> list[Earlier]:
    """Return the other cases of this citizen in this person's sight, the latest first."""
    query = select(Case).where(filters.in_sight(me), Case.citizen_id == case.citizen_id, Case.id != case.id)
    rows = desk.session.exec(query.order_by(col(Case.id).desc()).limit(EARLIER)).all()
    lines = [views.line(desk, row) for row in rows]
    begins = browse.excerpts(desk, lines, 50)
    return [Earlier(line, begins.get(line.no, ""), row.rating) for line, row in zip(lines, rows, strict=True)]


def _together_already(case: readonly.Case, other: readonly.Case) -> bool:
    lead = case.parent_id or case.id
    return lead in (other.parent_id, other.id)


def _first(desk: Desk, case: readonly.Case) -> str:
    query = select(Message.masked).where(Message.case_id == case.id, Message.kind == "text")
    return desk.session.exec(query.order_by(col(Message.id)).limit(1)).first() or ""
