"""Wishes for more time as the register keeps them."""

from sqlmodel import col, select

from cases.register import readonly
from cases.register.desk import Desk
from cases.register.errors import NotFound
from cases.register.readonly import Case
from cases.register.tables import Extension


def latest(desk: Desk, case: Case) -> readonly.Extension | None:
    query = select(Extension).where(Extension.case_id == case.id).order_by(col(Extension.id).desc())
    return desk.session.exec(query).first()


def by_id(desk: Desk, extension_id: int | None) -> readonly.Extension:
    extension = desk.session.get(Extension, extension_id) if extension_id is not None else None
    if extension is None:
        raise NotFound("没有这份延期申请。")
    return extension
