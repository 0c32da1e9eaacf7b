"""Reply templates: read by all who write, written by supervisors and administrators."""

from fastapi import Response

from cases.knowledge import templates
from cases.register.errors import Invalid
from cases.register.permissions import ADMIN, SUPERVISOR, holds
from console.door import Visit, whole


def listed(visit: Visit, refused: Invalid | None = None) -> Response:
    rows = visit.look(lambda desk, _me: templates.listed(desk))
    chosen = next((row for row in rows if row.id == whole(visit.query("id"))), None)
    typed = {
        "name": visit.field("name") or (chosen.name if chosen else ""),
        "text": visit.field("text") or (chosen.text if chosen else ""),
    }
    return visit.page(
        "templates.html", 400 if refused else 200, rows=rows, typed=typed, said=str(refused or ""),
        field=refused.field if refused else "", may=holds(visit.staff, SUPERVISOR) or holds(visit.staff, ADMIN),
    )  # fmt: skip


def save(visit: Visit) -> Response:
    try:
        row = visit.act(lambda desk, me: templates.save(desk, me, visit.field("name"), visit.field("text")))
    except Invalid as refused:
        return listed(visit, refused)
    return visit.go("/console/templates", f"模板「{row.name}」已保存。")


def remove(visit: Visit) -> Response:
    name = visit.act(lambda desk, me: templates.remove(desk, me, whole(visit.part("template"))))
    return visit.go("/console/templates", f"模板「{name}」已删除。")
