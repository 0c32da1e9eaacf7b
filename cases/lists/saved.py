"""Saved views: lists of cases that a colleague comes back to, by name."""

from sqlmodel import col, select

from cases.register import readonly
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotFound
from cases.register.readonly import Staff
from cases.register.rows import id_of, row_of
from cases.register.tables import SavedView

MOST = 30


def of(desk: Desk, staff: Staff) -> list[readonly.SavedView]:
    query = select(SavedView).where(SavedView.staff_id == staff.id).order_by(col(SavedView.id))
    return list(desk.session.exec(query).all())


def save(desk: Desk, staff: Staff, name: str, address: str) -> readonly.SavedView:
    """Keep `address` under `name`; a view of this name is replaced. Raises: Invalid."""
    name = " ".join(name.split())
    if not name or len(name) > 40:
        raise Invalid("请为查询起一个名称（最多 40 个字）。")
    mine = of(desk, staff)
    view = next((view for view in mine if view.name == name), None)
    if view is None and len(mine) >= MOST:
        raise Invalid(f"最多保存 {MOST} 个查询，请先删除不用的。")
    kept = row_of(SavedView, view or SavedView(staff_id=id_of(staff), name=name))
    kept.address = address
    desk.session.add(kept)
    return kept


def forget(desk: Desk, staff: Staff, view_id: int) -> None:
    """Raises: NotFound also for somebody else's."""
    view = desk.session.get(SavedView, view_id)
    if view is None or view.staff_id != staff.id:
        raise NotFound("没有这个保存的查询。")
    desk.session.delete(view)
