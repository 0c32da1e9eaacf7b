"""Reply templates: read by all who write, written by supervisors and administrators."""

from fastapi import Response

from cases.knowledge import templates
from cases.register.errors import NotAllowed, Refusal, Stale
from cases.register.permissions import ADMIN, SUPERVISOR, holds
from console.difference import difference
from console.door import Visit, refusal_status, whole


def listed(visit: Visit, refused: Refusal | None = None) -> Response:
    rows = visit.look(lambda desk, _me: templates.listed(desk))
    stands = next((row for row in rows if row.name == " ".join(visit.field("name").split())), None)
    late = isinstance(refused, Stale) and stands is not None
    clash = difference(stands.text, visit.field("text")) if late and stands is not None else None
    chosen = next((row for row in rows if row.id == whole(visit.query("id"))), None)
    typed = {
        "name": visit.field("name") or (chosen.name if chosen else ""),
        "text": visit.field("text") or (chosen.text if chosen else ""),
        "seen": visit.field("seen") or (templates.version(chosen) if chosen else ""),
    }
    if late and stands is not None:
        # the difference was shown: what is saved now is saved knowingly
        typed["seen"] = templates.version(stands)
    return visit.page(
        "templates.html", refusal_status(refused) if refused else 200, rows=rows, typed=typed, said=str(refused or ""),
        clash=clash,
        field=refused.field if refused else "", may=holds(visit.staff, SUPERVISOR) or holds(visit.staff, ADMIN),
    )  # fmt: skip


def save(visit: Visit) -> Response:
    try:
        row = visit.act(
            lambda desk, me: templates.save(
                desk, me, visit.field("name"), visit.field("text"), visit.field("seen")
            )
        )
    except NotAllowed:
        raise
    except Refusal as refused:
        return listed(visit, refused)
    return visit.go("/console/templates", f"模板「{row.name}」已保存。")


def remove(visit: Visit) -> Response:
    name = visit.act(lambda desk, me: templates.remove(desk, me, whole(visit.part("template"))))
    return visit.go("/console/templates", f"模板「{name}」已删除。")
