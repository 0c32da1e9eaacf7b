"""Wishes for more time as the register keeps them."""

from sqlmodel import Session, col, select

from cases.register.errors import NotFound
from cases.register.tables import Case, Extension


def latest(session: Session, case: Case) -> Extension | None:
    query = select(Extension).where(Extension.case_id == case.id).order_by(col(Extension.id).desc())
    return session.exec(query).first()


def by_id(session: Session, extension_id: int | None) -> Extension:
    extension = session.get(Extension, extension_id) if extension_id is not None else None
    if extension is None:
        raise NotFound("没有这份延期申请。")
    return extension
