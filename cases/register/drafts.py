"""Drafts of a case as the register keeps them: which is under review, who wrote, who passed."""

from sqlmodel import col, func, select

from cases.register import readonly, register
from cases.register.desk import Desk
from cases.register.errors import NotFound
from cases.register.readonly import Case
from cases.register.states import DraftState
from cases.register.tables import Approval, Draft, Staff


def by_id(desk: Desk, draft_id: int | None) -> readonly.Draft:
    draft = desk.session.get(Draft, draft_id) if draft_id is not None else None
    if draft is None:
        raise NotFound("没有这份草稿。")
    return draft


def under_review(desk: Desk, case: Case) -> readonly.Draft | None:
    query = select(Draft).where(Draft.case_id == case.id, Draft.state == DraftState.REVIEW)
    return desk.session.exec(query.order_by(col(Draft.id).desc())).first()


def versions(desk: Desk, case: Case) -> int:
    return desk.session.exec(select(func.count()).select_from(Draft).where(Draft.case_id == case.id)).one()


def authors(desk: Desk, case: Case) -> set[int]:
    """Return everybody who wrote any version of a text in this case."""
    return set(desk.session.exec(select(Draft.author_id).where(Draft.case_id == case.id)).all())


def passed(desk: Desk, draft: readonly.Draft) -> set[int]:
    """Return those who passed an earlier level in this round."""
    query = select(Approval.reviewer_id).where(Approval.draft_id == draft.id, Approval.round == draft.round)
    return set(desk.session.exec(query).all())


def passed_by(desk: Desk, draft: readonly.Draft) -> list[str]:
    """Return the names of those who passed exactly this text, in order."""
    query = (
        select(Staff.name)
        .join(Approval, col(Approval.reviewer_id) == col(Staff.id))
        .where(Approval.draft_id == draft.id, Approval.text_hash == draft.text_hash)
    )
    return list(dict.fromkeys(desk.session.exec(query.order_by(col(Approval.id))).all()))


def needs_supervisor(desk: Desk, case: Case) -> bool:
    """With danger, a sensitive matter or an accusation, here or in a linked case, the last level is a supervisor's."""
    return any(c.urgent or c.sensitive or c.accusation for c in (case, *register.linked(desk, case)))


def supervisor_last(desk: Desk, case: Case, draft: readonly.Draft) -> bool:
    """Once a draft needed a supervisor it keeps needing one."""
    return draft.supervisor_last or needs_supervisor(desk, case)
