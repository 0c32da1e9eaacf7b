"""The list of cases: what is wanted stands in the address, and a list that one comes back to is kept by a name."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from fastapi import Response

from cases.lists import browse, filters, saved
from cases.lists.browse import Page
from cases.lists.filters import NONE, Wanted
from cases.lists.views import CaseLine
from cases.register import people
from cases.register.desk import Desk
from cases.register.errors import Refusal
from cases.register.tables import SavedView, Staff
from classifier.labels import TOPICS
from console.door import Visit, refusal_status, whole

NAMES = ("status", "category", "department", "handler", "topic", "channel", "due_from", "due_to", "q", "sort")


@dataclass(frozen=True, slots=True)
class Listed:
    """Everything on the page."""

    page: Page[CaseLine]
    excerpts: dict[str, str]
    departments: list[str]
    handlers: list[str]
    channels: list[str]
    views: list[SavedView]


def cases(visit: Visit) -> Response:
    return _page(visit, {name: visit.query(name)[:200] for name in (*NAMES, "no", "mine")})


def save(visit: Visit) -> Response:
    """「保存」: keep the filters that the form carries under a name."""
    given = {name: visit.field(name).strip()[:200] for name in (*NAMES, "no", "mine")}
    address = urlencode({name: value for name, value in given.items() if value})
    try:
        view = visit.act(lambda desk, me: saved.save(desk, me, visit.field("name"), address))
    except Refusal as refused:
        return _page(visit, given, refused)
    return visit.go(f"/console/cases?{address}", f"已保存为「{view.name}」。")


def forget(visit: Visit) -> Response:
    visit.act(lambda desk, me: saved.forget(desk, me, whole(visit.part("view"))))
    return visit.go("/console/cases", "已删除保存的查询。")


def wanted(given: dict[str, str]) -> Wanted:
    """Read the filters; a date that is none fits no case, for a filter that is left out silently shows too much."""
    days, unread = {}, []
    for name in ("due_from", "due_to"):
        try:
            days[name] = date.fromisoformat(given[name]) if given[name] else None
        except ValueError:
            unread.append(name)
    return Wanted(
        status=given["status"] or "open", category=given["category"], department=given["department"],
        number=given["no"][:40], mine=given["mine"] == "1", handler=given["handler"], topic=given["topic"],
        channel=given["channel"], q=given["q"], sort=given["sort"], unread=tuple(unread),
        due_from=days.get("due_from"), due_to=days.get("due_to"),
    )  # fmt: skip


def _page(visit: Visit, given: dict[str, str], refused: Refusal | None = None) -> Response:
    which = wanted(given)

    def question(desk: Desk, me: Staff) -> Listed:
        page = browse.cases(desk, me, which, visit.number("page"))
        return Listed(
            page, browse.excerpts(desk, page.rows), [d.name for d in people.departments(desk.session)],
            people.handlers(desk.session), browse.channels(desk), saved.of(desk, me),
        )  # fmt: skip

    kept = {name: value for name, value in given.items() if value}
    return visit.page(
        "cases.html",
        refusal_status(refused) if refused else 200,
        listed=visit.look(question),
        wanted=which,
        given=given,
        address=urlencode(kept),
        statuses=filters.STATUSES,
        sorts=filters.SORTS,
        topics=TOPICS,
        nobody=NONE,
        refused=str(refused or ""),
        typed=visit.field("name"),
    )
