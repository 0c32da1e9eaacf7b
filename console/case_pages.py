"""The list of cases, one case with everything that is known of it, and the messages without a case."""

from dataclasses import dataclass
from typing import Any

from fastapi import Response
from sqlmodel import Session

from cases.lists import browse, reveal, views
from cases.lists.browse import Wanted
from cases.lists.reveal import Originals
from cases.lists.views import CaseView, Happening, Moved
from cases.register import people
from cases.register.desk import Desk
from cases.register.errors import Refusal
from cases.register.permissions import HANDLER, SUPERVISOR, co_handles, holds, may_work
from cases.register.states import State
from cases.register.tables import Case, Extension, Staff
from cases.steps import draft, extend, promise, review
from cases.steps.draft import Finding
from console.door import Visit, refusal_status, whole
from knowledge_base.answering import Match
from sla.deadline import Day

_SUGGESTIONS = 3


@dataclass(frozen=True, slots=True)
class Buttons:
    """What this person may do on this case now: the steps in cases/ decide it anew when it is done."""

    claim: bool
    work: bool
    review: bool
    review_hint: str
    extend: bool
    decide: bool
    transfer: bool
    reclassify: bool
    correct: bool
    reveal: bool
    share: bool  # co-handling, splitting, linking
    opinion: bool
    kept: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything on the page of one case."""

    case: CaseView
    buttons: Buttons
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
    typed = {name: visit.field(name) for name in ("text", "reason") if refusal is not None}
    return visit.page(
        "case.html",
        refusal_status(refusal) if refusal is not None else status,
        sheet=sheet,
        case=sheet.case,
        suggestions=suggestions,
        adopted=adopted,
        said=str(refusal) if refusal is not None else "",
        typed=typed,
        action=visit.request.path_params.get("action", "") if refusal is not None else "",
        originals=originals,
    )


def read(desk: Desk, me: Staff, no: str) -> Sheet:
    """Raises: NotFound for a case that is not there or out of sight."""
    row = browse.seen(desk, me, no)
    view = views.view(desk, row)
    under_review = draft.under_review(desk.session, row)
    text = desk.office.vault.open(under_review.text_sealed) if under_review else ""
    extension = extend.latest(desk.session, row)
    return Sheet(
        case=view,
        buttons=_buttons(desk, me, row, extension),
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
    )


def messages(visit: Visit) -> Response:
    page = visit.look(lambda desk, _me: browse.small_talk(desk, visit.number("page")))
    return visit.page("messages.html", page=page)


def _lead(session: Session, row: Case) -> str:
    lead = session.get(Case, row.parent_id) if row.parent_id else None
    return lead.no if lead else ""


def _buttons(desk: Desk, me: Staff, row: Case, extension: Extension | None) -> Buttons:
    opened = row.status in (State.NEW, State.CLAIMED, State.IN_REVIEW)
    worker = holds(me, HANDLER)
    work = worker and may_work(me, row)
    hold = work and (row.handler_id == me.id or row.status == State.NEW or holds(me, SUPERVISOR))
    own = worker and row.handler_id == me.id
    asked = extension is not None and extension.state == "asked"
    hint = _may_review(desk, me, row)
    return Buttons(
        claim=work and row.status == State.NEW and row.parent_id is None,
        work=own and opened and row.parent_id is None,
        review=hint == "",
        review_hint=hint or "",
        extend=own and opened and not asked and not row.extended and desk.now < row.due_at,
        decide=asked and opened and holds(me, SUPERVISOR) and extension.asked_by != me.id,  # type: ignore[union-attr]
        transfer=opened and not row.accusation and hold,
        reclassify=work and opened,
        correct=own and row.status == State.ANSWERED and row.parent_id is None,
        reveal=reveal.may_reveal(me, row),
        share=opened and hold,
        opinion=worker and opened and co_handles(me, row),
        kept=work and bool(promise.open_of(desk.session, row)),
    )


def _may_review(desk: Desk, me: Staff, row: Case) -> str | None:
    """Return "" if this person may decide on the draft under review, else why not; None without a draft."""
    waiting = draft.under_review(desk.session, row)
    if waiting is None:
        return None
    try:
        review.may_review(desk, me, row, waiting, waiting.round)
    except Refusal as refusal:
        return str(refusal)
    return ""


def _suggestions(visit: Visit, sheet: Sheet) -> list[Match]:
    if not sheet.buttons.work or not sheet.case.text.strip():
        return []
    return visit.house.search(sheet.case.text, _SUGGESTIONS, sheet.case.account)
