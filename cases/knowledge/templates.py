"""Reply templates: words that come again, with placeholders that must be filled in before a draft is taken."""

from sqlmodel import col, select

from cases.register.desk import Desk
from cases.register.errors import Invalid, NotFound
from cases.register.permissions import ADMIN, SUPERVISOR, holds, require
from cases.register.tables import ReplyTemplate, Staff
from text.normalise import storable

LONGEST_NAME, LONGEST = 60, 4000


def listed(desk: Desk) -> list[ReplyTemplate]:
    return list(desk.session.exec(select(ReplyTemplate).order_by(col(ReplyTemplate.name))).all())


def by_id(desk: Desk, template_id: int) -> ReplyTemplate:
    template = desk.session.get(ReplyTemplate, template_id)
    if template is None:
        raise NotFound("没有这个模板。")
    return template


def save(desk: Desk, staff: Staff, name: str, text: str) -> ReplyTemplate:
    """Write a template, or a new text for the one of this name. Raises: NotAllowed, Invalid."""
    _require(staff)
    name, text = " ".join(name.split()), storable(text).strip()
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(f"请填写名称（最多 {LONGEST_NAME} 个字）。", "name")
    if not text or len(text) > LONGEST:
        raise Invalid(f"请填写正文（最多 {LONGEST} 个字）。", "text")
    found = desk.session.exec(select(ReplyTemplate).where(ReplyTemplate.name == name)).first()
    template = found or ReplyTemplate(name=name)
    template.text, template.changed_at = text, desk.now
    desk.session.add(template)
    desk.session.flush()
    desk.audit("template.save", f"template:{template.id}", name=name)
    return template


def remove(desk: Desk, staff: Staff, template_id: int) -> str:
    _require(staff)
    template = by_id(desk, template_id)
    desk.session.delete(template)
    desk.audit("template.remove", f"template:{template.id}", name=template.name)
    return template.name


def _require(staff: Staff) -> None:
    if not holds(staff, ADMIN):
        require(staff, SUPERVISOR)
