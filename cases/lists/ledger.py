"""审核发布台账: every text that was released in a month, who wrote it, who passed it, and what became of it.

Source: MLGK 004—2018 §6.2, §6.3.1 (what is published is reviewed first, and on record).
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, true
from sqlmodel import col, func, select

from cases.lists import statistics
from cases.lists.filters import Sight
from cases.register import proposals, readonly
from cases.register.desk import Desk
from cases.register.kinds import Sent
from cases.register.rows import id_of
from cases.register.states import PURPOSE_NAMES, DraftState, Purpose
from cases.register.tables import Approval, AutoAnswer, Case, Delivery, Draft, Staff
from text.masking import mask

AUTO = "自动"


@dataclass(frozen=True, slots=True)
class Passed:
    """A level that was passed."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A released text, masked. `author` and the reviewers of an automatic answer are none: it is 「自动」."""

    no: str
    kind: str
    text: str
    author: str
    written_at: datetime | None
    reviews: tuple[Passed, ...]
    released_at: datetime
    department: str
    channel: str
    delivery: str
    delivered_at: datetime | None
    way: str
    proposed: str  # which model proposed the text, and what the person changed; empty if none did


def number(desk: Desk, month: str, sight: Sight | None = None) -> int:
    """Return how many texts were released in a month. Raises: Invalid, as `monthly`."""
    query = select(func.count()).select_from(Delivery).join(Case, col(Case.id) == col(Delivery.case_id))
    return desk.session.exec(query.where(*_released(desk, month, sight))).one()


def monthly(
    desk: Desk, month: str, sight: Sight | None = None, start: int = 0, most: int | None = None
) -> list[LedgerRow]:
    """Return the texts released in a month (YYYY-MM), oldest first, of the cases for which `sight` holds.

    Of them `most`, from the `start`-th on. Raises: Invalid for what is no month, or has not begun.
    """
    query = select(Delivery, Case).join(Case, col(Case.id) == col(Delivery.case_id))
    query = query.where(*_released(desk, month, sight)).order_by(col(Delivery.created_at), col(Delivery.id))
    found = list(desk.session.exec(query.offset(start).limit(most)).all())
    drafts = _drafts(desk, [d.draft_id for d, _ in found if d.draft_id])
    passed = _passed(desk, list(drafts))
    departments: dict[int | None, str] = {d.id: d.name for d in desk.departments}
    names = {s.id: s.name for s in desk.session.exec(select(Staff)).all()}
    rows = []
    for delivery, case in found:
        draft = drafts.get(delivery.draft_id or 0) or _joint(desk, delivery)
        automatic = delivery.kind == Sent.AUTO
        if draft is not None and (id_of(draft), draft.round) not in passed:
            passed |= _passed(desk, [id_of(draft)])
        reviews = passed[id_of(draft), draft.round] if draft is not None else []
        rows.append(
            LedgerRow(
                no=case.no,
                kind=AUTO + "答复" if automatic else PURPOSE_NAMES[Purpose(delivery.kind)],
                text=draft.masked if draft is not None else _automatic(desk, delivery),
                author=names.get(draft.author_id, "") if draft is not None else AUTO if automatic else "",
                written_at=draft.created_at if draft is not None else None,
                reviews=tuple(Passed(names.get(a.reviewer_id, ""), a.at) for a in reviews),
                released_at=delivery.created_at,
                department=departments.get(case.department_id, ""),
                channel=case.channel,
                delivery=delivery.state,
                delivered_at=delivery.finished_at,
                way=delivery.channel,
                proposed=proposals.told(desk, draft) if draft is not None else "",
            )
        )
    return rows


def _released(desk: Desk, month: str, sight: Sight | None) -> tuple[ColumnElement[bool], ...]:
    when = statistics.span(month, desk.office.zone, desk.now)
    return (
        sight if sight is not None else true(),
        col(Delivery.kind) != Sent.NOTICE,
        col(Delivery.created_at) >= when.start,
        col(Delivery.created_at) < when.end,
    )


def _joint(desk: Desk, delivery: readonly.Delivery) -> Draft | None:
    """Return the text of the lead case that was released for a linked one in the same moment."""
    if delivery.kind == Sent.AUTO:
        return None
    query = select(Draft).where(
        Draft.decided_at == delivery.created_at, Draft.state == DraftState.APPROVED, Draft.purpose == delivery.kind,
        Draft.case_id == select(Case.parent_id).where(Case.id == delivery.case_id).scalar_subquery(),
    )  # fmt: skip
    return desk.session.exec(query).first()


def _automatic(desk: Desk, delivery: readonly.Delivery) -> str:
    """Return the text of an automatic answer: as it was noted, else as it was sent."""
    query = select(AutoAnswer.answer).where(
        AutoAnswer.case_id == delivery.case_id, AutoAnswer.at == delivery.created_at
    )
    noted = desk.session.exec(query).first()
    return noted or mask(desk.office.vault.open(delivery.text_sealed), desk.own_numbers)


def _drafts(desk: Desk, ids: list[int]) -> dict[int, Draft]:
    found: dict[int, Draft] = {}
    for start in range(0, len(ids), 500):
        part = desk.session.exec(select(Draft).where(col(Draft.id).in_(ids[start : start + 500]))).all()
        found |= {id_of(draft): draft for draft in part}
    return found


def _passed(desk: Desk, ids: list[int]) -> dict[tuple[int, int], list[Approval]]:
    found: dict[tuple[int, int], list[Approval]] = defaultdict(list)
    for start in range(0, len(ids), 500):
        query = select(Approval).where(col(Approval.draft_id).in_(ids[start : start + 500]))
        for approval in desk.session.exec(query.order_by(col(Approval.level))).all():
            found[approval.draft_id, approval.round].append(approval)
    return found
