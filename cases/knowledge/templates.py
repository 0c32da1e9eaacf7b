"""Reply templates: words that come again, with placeholders that must be filled in before a draft is taken."""

from sqlmodel import col, select

from cases.register import readonly
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotFound, Stale
from cases.register.permissions import ADMIN, SUPERVISOR, holds, require
from cases.register.readonly import Staff
from cases.register.tables import Audit, ReplyTemplate
from text.normalise import storable

LONGEST_NAME, LONGEST = 60, 4000


def listed(desk: Desk) -> list[readonly.ReplyTemplate]:
    return list(desk.session.exec(select(ReplyTemplate).order_by(col(ReplyTemplate.name))).all())


def by_id(desk: Desk, template_id: int) -> ReplyTemplate:
    template = desk.session.get(ReplyTemplate, template_id)
    if template is None:
        raise NotFound("没有这个模板。")
    return template


def save(desk: Desk, staff: Staff, name: str, text: str, seen: str = "") -> readonly.ReplyTemplate:
    """Write a template, or a new text for the one of this name as it was `seen` (its `version`).

    Raises: NotAllowed, Invalid; Stale if somebody changed it, or wrote one of this name, meanwhile.
    """
    _require(staff)
    name, text = " ".join(name.split()), storable(text).strip()
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(f"请填写名称（最多 {LONGEST_NAME} 个字）。", "name")
    if not text or len(text) > LONGEST:
        raise Invalid(f"请填写正文（最多 {LONGEST} 个字）。", "text")
    found = named(desk, name)
    if found is not None and seen != version(found) and found.text != text:
        raise Stale(f"{changed_by(desk, found)}改过「{name}」：您的改动没有保存，请核对差异后再存。", "text")
    template = found or ReplyTemplate(name=name)
    template.text, template.changed_at = text, desk.now
    desk.session.add(template)
    desk.session.flush()
    desk.audit("template.save", f"template:{template.id}", name=name)
    return template


def version(template: readonly.ReplyTemplate) -> str:
    return template.changed_at.isoformat()


def changed_by(desk: Desk, template: readonly.ReplyTemplate) -> str:
    """Return who changed a template last, and when."""
    query = select(Audit.actor).where(
        Audit.subject == f"template:{template.id}", Audit.action == "template.save"
    )
    actor = desk.session.exec(query.order_by(col(Audit.seq).desc()).limit(1)).first() or ""
    return f"{actor}已于 {template.changed_at.astimezone(desk.office.zone):%m-%d %H:%M} "


def named(desk: Desk, name: str) -> ReplyTemplate | None:
    return desk.session.exec(
        select(ReplyTemplate).where(ReplyTemplate.name == " ".join(name.split()))
    ).first()


def remove(desk: Desk, staff: Staff, template_id: int) -> str:
    _require(staff)
    template = by_id(desk, template_id)
    desk.session.delete(template)
    desk.audit("template.remove", f"template:{template.id}", name=template.name)
    return template.name


def _require(staff: Staff) -> None:
    if not holds(staff, ADMIN):
        require(staff, SUPERVISOR)
