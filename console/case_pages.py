"""The list of cases, one case with everything that is known of it, and the messages without a case."""

from dataclasses import dataclass
from typing import Any

from fastapi import Response
from sqlmodel import Session

from cases.lists import browse, reveal, views
from cases.lists.browse import Wanted
from cases.lists.reveal import Originals
from cases.lists.views import CaseView, Happening, Moved
from cases.register import drafts, extensions, people
from cases.register.desk import Desk
from cases.register.errors import Refusal
from cases.register.tables import Case, Extension, Staff
from cases.steps import draft, review, suggest
from cases.steps.allowed import Action, allowed, refusal
from cases.steps.draft import Finding
from console.door import Visit, refusal_status, whole
from knowledge_base.answering import Match
from sla.deadline import Day

_TYPED = ("text", "reason", "note", "lead", "department")
_FORMS = {
    "draft": Action.DRAFT, "question": Action.ASK, "refuse": Action.REFUSE, "correct": Action.CORRECT,
    "opinion": Action.OPINION,
    "return": Action.APPROVE, "extend": Action.EXTEND, "transfer": Action.TRANSFER, "cohandle": Action.COHANDLE,
    "kept": Action.KEEP,
}  # fmt: skip
"""A form of the page → what one must be allowed to do to see it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything on the page of one case."""

    case: CaseView
    can: frozenset[Action]
    review_hint: str  # why this person may not decide on the draft under review
    may_reveal: bool
    timeline: list[Happening]
    days: list[Day]
    moves: list[Moved]
    files: list[reveal.FileLine]
    findings: list[Finding]
    level: str
    window: str
    departments: list[str]
    extension: Extension | None
    extension_by: str
    lead: str
    suggests: bool


def cases(visit: Visit) -> Response:
    text = visit.query("department")
    wanted = Wanted(
        status=visit.query("status") or "open",
        category=visit.query("category"),
        department=whole(text) if text else None,
        number=visit.query("no")[:40],
        mine=visit.query("mine") == "1",
    )

    def question(desk: Desk, me: Staff) -> dict[str, Any]:
        page = browse.cases(desk, me, wanted, visit.number("page"))
        return {
            "page": page,
            "excerpts": browse.excerpts(desk, page.rows),
            "departments": people.departments(desk.session),
        }

    return visit.page("cases.html", wanted=wanted, statuses=browse.STATUSES, **visit.look(question))


def case(visit: Visit) -> Response:
    return show(visit)


def show(
    visit: Visit, refusal: Refusal | None = None, originals: Originals | None = None, status: int = 200
) -> Response:
    """Return the page of a case; after a refusal with what was typed still in its place."""
    sheet = visit.look(lambda desk, me: read(desk, me, visit.part("no")))
    suggestions = _suggestions(visit, sheet)
    adopted = next((m for m in suggestions if m.entry.id == visit.query("adopt")), None)
    typed = {name: visit.field(name) for name in _TYPED if refusal is not None}
    return visit.page(
        "case.html",
        refusal_status(refusal) if refusal is not None else status,
        sheet=sheet,
        case=sheet.case,
        suggestions=suggestions,
        adopted=adopted,
        said=str(refusal) if refusal is not None else "",
        typed=typed,
        left=_left(typed, visit.request.path_params.get("action", ""), sheet),
        action=visit.request.path_params.get("action", "") if refusal is not None else "",
        originals=originals,
    )


def _left(typed: dict[str, str], action: str, sheet: Sheet) -> str:
    """Return what was typed into a form that the page shows no more: it is not to be lost."""
    words = next((typed[name] for name in ("text", "reason", "note") if typed.get(name, "").strip()), "")
    form = _FORMS.get(action)
    return "" if form in sheet.can else words


def read(desk: Desk, me: Staff, no: str) -> Sheet:
    """Raises: NotFound for a case that is not there or out of sight."""
    row = browse.seen(desk, me, no)
    view = views.view(desk, row)
    under_review = drafts.under_review(desk.session, row)
    text = desk.office.vault.open(under_review.text_sealed) if under_review else ""
    extension = extensions.latest(desk.session, row)
    return Sheet(
        case=view,
        can=allowed(desk, me, row),
        review_hint=str(refusal(desk, me, row, Action.APPROVE) or "") if under_review else "",
        may_reveal=reveal.may_reveal(me, row),
        timeline=views.timeline(desk.session, row),
        days=views.days(desk, row),
        moves=views.moves(desk.session, row),
        files=reveal.files(desk.session, row),
        findings=draft.findings_on(desk, row, text) if under_review else [],
        level=review.level_name(under_review) if under_review else "",
        window=views.window(desk, row),
        departments=[d.name for d in people.departments(desk.session) if d.id != row.department_id],
        extension=extension,
        extension_by=people.staff_name(desk.session, extension.asked_by) if extension else "",
        lead=_lead(desk.session, row),
        suggests=suggest.may_suggest(row),
    )


def messages(visit: Visit) -> Response:
    page = visit.look(lambda desk, _me: browse.small_talk(desk, visit.number("page")))
    return visit.page("messages.html", page=page)


def _lead(session: Session, row: Case) -> str:
    lead = session.get(Case, row.parent_id) if row.parent_id else None
    return lead.no if lead else ""


def _suggestions(visit: Visit, sheet: Sheet) -> list[Match]:
    if Action.DRAFT not in sheet.can or not sheet.suggests or not sheet.case.text.strip():
        return []
    found = visit.house.search(sheet.case.text, suggest.MOST, sheet.case.account)
    return [match for match in found if match.score >= suggest.FROM]
