"""The list of cases: what is wanted stands in the address, and a list that one comes back to is kept by a name."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from urllib.parse import parse_qsl, urlencode

from fastapi import Response

from cases.lists import browse, filters, saved
from cases.lists.browse import Page
from cases.lists.filters import NONE, Wanted
from cases.lists.views import CaseLine
from cases.register import people
from cases.register.desk import Desk
from cases.register.errors import Invalid, Refusal
from cases.register.readonly import SavedView, Staff
from cases.register.rows import id_of
from cases.steps import assign, link
from classifier.labels import TOPICS
from console.door import Visit, refusal_status, whole
from text.normalise import storable

NAMES = ("status", "category", "department", "handler", "topic", "channel", "due_from", "due_to", "q", "sort")


@dataclass(frozen=True, slots=True)
class Listed:
    """Everything on the page."""

    page: Page[CaseLine]
    excerpts: dict[str, str]
    departments: list[str]
    handlers: list[str]
    channels: list[str]
    views: Sequence[SavedView]
    colleagues: list[tuple[int, str]]


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


@dataclass(frozen=True, slots=True)
class Bulk:
    """What became of 「对所选事项」: which were refused and why, and what was ticked and chosen."""

    word: str = ""
    refused: tuple[tuple[str, str], ...] = ()
    ticked: frozenset[str] = frozenset()
    staff: str = ""
    department: str = ""
    said: str = ""
    field: str = ""


def many(visit: Visit) -> Response:
    """Do one step with each case that was ticked; what cannot be done is named with its reason, the rest is done."""
    ticked = list(dict.fromkeys(visit.fields("no")))[: browse.PER_PAGE]
    chosen = Bulk(ticked=frozenset(ticked), staff=visit.field("staff"), department=visit.field("department"))
    given = dict.fromkeys((*NAMES, "no", "mine"), "") | dict(parse_qsl(visit.field("address")[:2000]))
    given = {name: storable(given[name]).strip()[:200] for name in (*NAMES, "no", "mine")}
    try:
        done, refused = _done(visit, ticked, visit.field("do"))
    except Refusal as error:
        return _page(visit, given, error, replace(chosen, said=str(error), field=error.field or "no"))
    word = f"已{_DEEDS[visit.field('do')]} {len(done)} 件。"
    if not refused:
        kept = urlencode({name: value for name, value in given.items() if value})
        return visit.go(f"/console/cases?{kept}", word)
    chosen = replace(chosen, word=word, refused=tuple(refused), ticked=frozenset(no for no, _ in refused))
    return _page(visit, given, None, chosen)


_DEEDS = {"assign": "指派", "transfer": "转办", "link": "并案"}


def _done(visit: Visit, ticked: list[str], deed: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the numbers that were done, and the others with the reason. Raises: Invalid for a choice that is none."""
    if deed not in _DEEDS:
        raise Invalid("请选择要办的事。", "do")
    if not ticked:
        raise Invalid("请先勾选事项。", "no")
    if deed == "link":
        visit.act(lambda desk, me: link.together(desk, me, [browse.seen(desk, me, no) for no in ticked]))
        return ticked, []
    to, department = whole(visit.field("staff")), visit.field("department").strip()
    if not (to if deed == "assign" else department):
        raise Invalid(
            "请选择指派给谁。" if deed == "assign" else "请选择转往的部门。",
            "staff" if deed == "assign" else "department",
        )

    def one(desk: Desk, me: Staff, no: str) -> None:
        case = browse.seen(desk, me, no)
        if deed == "assign":
            assign.assign(desk, me, case, people.staff_by_id(desk, to))
        else:
            assign.transfer(desk, me, case, department)

    done, refused = [], []
    for no in ticked:
        try:
            visit.act(partial(one, no=no))
            done.append(no)
        except Refusal as error:
            refused.append((no, str(error)))
    return done, refused


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


def _page(
    visit: Visit, given: dict[str, str], refused: Refusal | None = None, bulk: Bulk | None = None
) -> Response:
    which = wanted(given)

    def question(desk: Desk, me: Staff) -> Listed:
        page = browse.cases(desk, me, which, visit.number("page"))
        return Listed(
            page, browse.excerpts(desk, page.rows), [d.name for d in desk.departments],
            people.handlers(desk), browse.channels(desk), saved.of(desk, me),
            [(id_of(s), s.name) for s in people.workers(desk)],
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
        refused="" if bulk else str(refused or ""),
        bulk=bulk or Bulk(),
        typed=visit.field("name"),
    )
