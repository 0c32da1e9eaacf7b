"""Review, extension and candidate cards: from a row of the outbox to posts and edits, as the register stands now."""

from dataclasses import replace

from bot.handler_chat.cards import decisions
from bot.handler_chat.cards.cards import Card
from bot.handler_chat.posting.work import Bench, digest
from cases.knowledge import learn
from cases.lists import views
from cases.register import drafts, extensions, people, register
from cases.register.kinds import Posted
from cases.register.readonly import Case, Draft, Outbox
from cases.register.rows import id_of
from cases.register.states import DraftState, ExtensionState, Purpose
from cases.sending import announce, payloads
from cases.sending.chat import Place
from cases.steps import draft, extend, review
from knowledge_base.base.entries import PUBLISHED

_DECIDED = {"granted": "✅ 已同意", "refused": "已决定：不同意", "lapsed": "已失效：本件已办结"}
_ENTRY = {"published": "✅ 已发布", "retired": "已决定：不收录"}


def review_row(bench: Bench, row: Outbox) -> None:
    wanted = payloads.ReviewCard.of(row)
    under = drafts.by_id(bench.desk, wanted.draft_id)
    case = register.by_id(bench.desk, under.case_id)
    if under.state != DraftState.REVIEW or under.round != wanted.round:
        refresh(bench, case)
        return
    sheet = _review_sheet(bench, case, under)
    card = decisions.review_card(sheet)
    standing = bench.live(kind=Posted.REVIEW, case_id=case.id)
    for place in review_places(bench, case, under):
        here = [post for post in standing if post.chat_id == place.chat_id]
        if any(post.shown == digest(card) for post in here):
            continue
        _parts(bench, place, under, decisions.review_parts(sheet))
        bench.post(place, card, kind=Posted.REVIEW, case_id=case.id, draft_id=under.id, round=under.round)
    refresh(bench, case, present=digest(card))


def extension_row(bench: Bench, row: Outbox) -> None:
    extension = extensions.by_id(bench.desk, payloads.ExtensionCard.of(row).extension_id)
    case = register.by_id(bench.desk, extension.case_id)
    if extension.state != ExtensionState.ASKED or bench.live(kind=Posted.EXTENSION, ref=str(extension.id)):
        refresh(bench, case)
        return
    card = _extension_card(bench, case, extension.id)
    place = bench.place(announce.SUPERVISORS)
    bench.post(place, card, kind=Posted.EXTENSION, case_id=case.id, ref=str(extension.id))


def candidate_row(bench: Bench, row: Outbox) -> None:
    wanted = payloads.CandidateCard.of(row)
    entry, case_id = learn.by_id(bench.desk, wanted.entry_id), wanted.case_id
    case = register.find(bench.desk, case_id)
    decided = _ENTRY.get(entry.status, "")
    if decided and entry.approver_id and entry.status == PUBLISHED:
        decided = f"{decided}（{people.staff_name(bench.desk, entry.approver_id)}）"
    card = decisions.candidate_card(entry.id, entry.question, entry.answer, case.no if case else "", decided)
    standing = bench.live(kind=Posted.CANDIDATE, ref=entry.id)
    for post in standing:
        bench.edit(post, card, live=not decided)
    if not standing and not decided:
        place = bench.place(wanted.to)
        bench.post(place, card, kind=Posted.CANDIDATE, case_id=case_id, ref=entry.id)


def refresh(bench: Bench, case: Case, present: str = "") -> None:
    """Edit the review and extension cards of a case that are no longer what they were."""
    view = None
    for post in bench.live(kind=Posted.REVIEW, case_id=case.id):
        under = drafts.by_id(bench.desk, post.draft_id)
        if under.state == DraftState.REVIEW and under.round == post.round and not present:
            continue
        if present and post.shown == present:
            continue
        view = view or views.view(bench.desk, case)
        shown = next(d for d in view.drafts if d.id == under.id)
        card = decisions.decided_card(view, shown, drafts.passed_by(bench.desk, under))
        bench.edit(post, card, live=False, tells=under.state == DraftState.APPROVED)
    for post in bench.live(kind=Posted.EXTENSION, case_id=case.id):
        card = _extension_card(bench, case, int(post.ref))
        bench.edit(post, card, live=bool(card.buttons))


def review_places(bench: Bench, case: Case, under: Draft) -> list[Place]:
    """Return the chats of those before whom a draft under review lies."""
    places = [bench.place(f"case:{case.id}")]
    if _supervisor_needed(under) and bench.chats.supervisors.chat_id != places[0].chat_id:
        places.append(bench.place(announce.SUPERVISORS))
    if places[0].chat_id.startswith("@department:") and people.office_reviewers(bench.desk):
        places.append(Place("@reviewers"))  # people of no department are in none of the departments' chats
    return places


def _supervisor_needed(under: Draft) -> bool:
    return under.supervisor_last and under.level + 1 == under.levels


def _parts(bench: Bench, place: Place, under: Draft, parts: list[str]) -> None:
    posted = {p.shown for p in bench.live(kind=Posted.PART, draft_id=under.id, chat_id=place.chat_id)}
    for part in parts:
        if digest(Card(part)) not in posted:
            bench.post(place, Card(part), kind=Posted.PART, case_id=under.case_id, draft_id=under.id)


def _review_sheet(bench: Bench, case: Case, under: Draft) -> decisions.ReviewSheet:
    text = bench.desk.office.vault.open(under.text_sealed)
    view = views.view(bench.desk, case)
    return decisions.ReviewSheet(
        view=view,
        draft=replace(
            next(d for d in view.drafts if d.id == under.id), text=text
        ),  # what is approved, exactly
        level=review.level_name(under),
        findings=tuple(f.text for f in draft.findings_on(bench.desk, case, text, Purpose(under.purpose))),
        supervisor_needed=_supervisor_needed(under),
    )


def _extension_card(bench: Bench, case: Case, extension_id: int | None) -> Card:
    extension = extensions.by_id(bench.desk, extension_id)
    due = extend.new_date(bench.desk, case)
    decided = _DECIDED.get(extension.state, "")
    if decided:
        decided = f"{decided}（{people.staff_name(bench.desk, extension.decided_by)}）"
    elif not register.is_open(case):
        decided = "本件已办结，无需延期。"
    by = people.staff_name(bench.desk, extension.asked_by)
    view = views.view(bench.desk, case)
    return decisions.extension_card(
        view, id_of(extension), by, extension.reason, (due.due_on, due.provisional), decided
    )
