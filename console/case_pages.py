"""The list of cases, one case with everything that is known of it, and the messages without a case."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Response

from cases.knowledge import like_cases, templates
from cases.lists import around, browse, history, reveal, views
from cases.lists.history import Happening, Moved
from cases.lists.reveal import Originals
from cases.lists.views import CaseView, DraftView
from cases.register import drafts, extensions, people, register
from cases.register.desk import Desk
from cases.register.errors import Refusal, Stale
from cases.register.readonly import Case, Extension, Proposal, ReplyTemplate, Staff
from cases.register.rows import id_of
from cases.register.states import Purpose
from cases.steps import assign, draft, propose, review, suggest
from cases.steps.allowed import Action, allowed, refusal
from cases.steps.draft import Finding
from console import difference
from console.door import Visit, refusal_status
from knowledge_base.answering.answerer import Match
from sla.deadline import Day

_ALIASES = {"question": "ask"}
_TYPED = ("text", "reason", "department", "note", "lead", "category", "staff")
_FIELDS = {
    "draft": "text", "ask": "text", "refuse": "text", "correct": "text", "opinion": "text", "return": "reason",
    "extend": "reason", "transfer": "department", "cohandle": "department", "link": "lead", "reclassify": "category",
    "assign": "staff", "together": "no",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class WholeCase:
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
    suggests: bool
    templates: Sequence[ReplyTemplate]
    colleagues: list[tuple[int, str]]
    neighbours: list[around.Neighbour]
    earlier: list[around.Earlier]
    like: like_cases.Like | None  # what was sent to a like case, where something may be suggested


@dataclass(frozen=True, slots=True)
class ComparedDrafts:
    """Two drafts of a case beside each other."""

    a: DraftView
    b: DraftView
    difference: difference.Difference


def case(visit: Visit) -> Response:
    return show(visit)


def show(
    visit: Visit,
    refusal: Refusal | None = None,
    originals: Originals | None = None,
    status: int = 200,
    proposal: Proposal | None = None,
    action: str = "",
) -> Response:
    """Return the page of a case; after a refusal with what was typed still in its place."""
    sheet = visit.look(lambda desk, me: read(desk, me, visit.part("no")))
    suggestions = _suggestions(visit, sheet)
    adopted = next((m for m in suggestions if m.entry.id == visit.query("adopt")), None)
    action = _ALIASES.get(name := visit.request.path_params.get("action", action), name) if refusal else ""
    typed = {name: visit.field(name) for name in _TYPED} if refusal else {}
    return visit.page(
        "case.html",
        refusal_status(refusal) if refusal is not None else status,
        sheet=sheet,
        case=sheet.case,
        line=sheet.case.line,
        can=sheet.can,
        here=f"/console/cases/{sheet.case.line.no}",
        suggestions=suggestions,
        adopted=adopted,
        like=sheet.like if sheet.like and visit.query("like") == sheet.like.no else None,
        worded=next((one for one in sheet.templates if one.id == visit.number("template", 0)), None),
        said=str(refusal) if refusal is not None else "",
        typed=typed,
        left=_left(typed, action, sheet),
        action=action,
        wrong=_beside(refusal, action, sheet),
        clash=_clash(refusal if "action" in visit.request.path_params else None, action, sheet, typed),
        compared=_compared(visit, sheet.case, originals),
        originals=originals,
        proposal=_proposed(visit, proposal) if proposal is not None else None,
    )


def _shown(action: str, sheet: WholeCase) -> bool:
    """Tell whether the form of an action is on the page."""
    if action == "together":
        return any(one.joins for one in sheet.neighbours)
    return action in tuple(Action) and Action(action) in sheet.can


def _beside(refusal: Refusal | None, action: str, sheet: WholeCase) -> str:
    """Return the field that a message belongs beside; none where its form is no longer on the page."""
    return _FIELDS.get(action, "") if refusal is not None and _shown(action, sheet) else ""


def _left(typed: dict[str, str], action: str, sheet: WholeCase) -> str:
    """Return what was typed into a form that the page shows no more: it is not to be lost."""
    words = next((typed[name] for name in ("text", "reason", "note") if typed.get(name, "").strip()), "")
    return "" if _shown(action, sheet) else words


def _clash(
    refusal: Refusal | None, action: str, sheet: WholeCase, typed: dict[str, str]
) -> difference.Difference | None:
    """Return how a text that came too late differs from the one that was faster."""
    if not isinstance(refusal, Stale) or action != "draft" or not sheet.case.drafts:
        return None
    return difference.difference(sheet.case.drafts[-1].text, typed["text"])


def _compared(visit: Visit, case: CaseView, originals: Originals | None) -> ComparedDrafts | None:
    """Return two drafts beside each other: those chosen in the address, else the last two."""
    if len(case.drafts) < 2:
        return None
    by_version = {draft.version: draft for draft in case.drafts}
    a = by_version.get(visit.number("a", 0), case.drafts[-2])
    b = by_version.get(visit.number("b", 0), case.drafts[-1])
    kept = originals.drafts if originals else {}
    return ComparedDrafts(a, b, difference.difference(kept.get(a.id, a.text), kept.get(b.id, b.text)))


@dataclass(frozen=True, slots=True)
class ProposalShown:
    """What a model proposed, as the handler's edit box and the lines under it show it."""

    text: str
    model: str
    sources: list[str]
    marks: list[dict[str, str]]


def _proposed(visit: Visit, row: Proposal) -> ProposalShown:
    text = visit.house.workplace.office.vault.open(row.text_sealed)
    typed = visit.field("text").strip()
    both = f"{typed}\n\n{text}" if typed else text  # what was typed before is not lost
    return ProposalShown(both, row.model, json.loads(row.sources), json.loads(row.marks))


def read(desk: Desk, me: Staff, no: str) -> WholeCase:
    """Raises: NotFound for a case that is not there or out of sight."""
    row = browse.seen(desk, me, no)
    view = views.view(desk, row)
    under_review = drafts.under_review(desk, row)
    text = desk.office.vault.open(under_review.text_sealed) if under_review else ""
    extension = extensions.latest(desk, row)
    return WholeCase(
        case=view,
        can=allowed(desk, me, row),
        review_hint=str(refusal(desk, me, row, Action.APPROVE) or "") if under_review else "",
        may_reveal=reveal.may_reveal(me, row),
        timeline=history.timeline(desk, row),
        days=history.days(desk, row),
        moves=history.moves(desk, row),
        files=reveal.files(desk, row),
        findings=draft.findings_on(desk, row, text, Purpose(under_review.purpose)) if under_review else [],
        level=review.level_name(under_review) if under_review else "",
        window=views.window(desk, row),
        departments=[d.name for d in desk.departments if d.id != row.department_id],
        extension=extension,
        extension_by=people.staff_name(desk, extension.asked_by) if extension else "",
        suggests=suggest.may_suggest(row),
        templates=templates.listed(desk),
        colleagues=[(id_of(s), s.name) for s in assign.candidates(desk, row)],
        neighbours=around.neighbours(desk, me, row) if register.is_open(row) else [],
        earlier=around.earlier(desk, me, row),
        like=_like(desk, me, row),
    )


def _like(desk: Desk, me: Staff, row: Case) -> like_cases.Like | None:
    """Return the best-rated answer that was sent to a like case, for whom may draft an answer now."""
    if not suggest.may_suggest(row) or Action.DRAFT not in allowed(desk, me, row):
        return None
    letter = suggest.wording(propose.letter_of(desk, row))
    return like_cases.best_rated(desk, row, letter)


def messages(visit: Visit) -> Response:
    page = visit.look(lambda desk, _me: browse.small_talk(desk, visit.number("page")))
    return visit.page("messages.html", page=page)


def _suggestions(visit: Visit, sheet: WholeCase) -> list[Match]:
    if Action.DRAFT not in sheet.can or not sheet.suggests or not sheet.case.text.strip():
        return []
    found = visit.house.search(suggest.wording(sheet.case.text), suggest.MOST, sheet.case.account)
    return [match for match in found if match.score >= suggest.FROM]
