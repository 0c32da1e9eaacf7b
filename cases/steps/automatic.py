"""The knowledge base's own answers: only where it is sure, always marked, always with a way to a person."""

from __future__ import annotations

from sqlalchemy import update
from sqlmodel import col, select

from cases.knowledge import learn, publishable
from cases.register import outcomes, register
from cases.register.desk import Desk
from cases.register.errors import Invalid
from cases.register.kinds import Cause, Ended, Sent
from cases.register.readonly import Case
from cases.register.rows import id_of
from cases.register.states import DeliveryState, Event, State
from cases.register.tables import AutoAnswer, Delivery, KnowledgeEntry
from cases.sending import announce, outbox
from knowledge_base.base.entries import PUBLISHED, Entry
from text.masking import mask

MUTE_AFTER = 3  # an entry that failed this often, and in a third of its uses, stops answering by itself


def answer(
    desk: Desk, case: Case, entry: Entry, score: float, question: str, *, chosen: bool = False
) -> None:
    """Close a case with the entry's answer, found or `chosen` by the citizen; log the hit with version and score."""
    now = desk.now
    register.move(
        desk,
        case,
        Event.AUTO_ANSWER,
        released_at=now,
        closed_at=now,
        first_answered_at=now,
        on_time=now < case.due_at,
    )
    _note(desk, case, entry, score, question, chosen=chosen)
    outcomes.freeze(desk, case, Ended.AUTO, on_time=bool(case.on_time))
    desk.session.execute(
        update(KnowledgeEntry).where(col(KnowledgeEntry.id) == entry.id).values(used=KnowledgeEntry.used + 1)
    )
    desk.audit(
        "kb.answer",
        f"case:{case.no}",
        entry=entry.id,
        version=entry.version,
        score=score,
        chosen=chosen,
    )


def _note(desk: Desk, case: Case, entry: Entry, score: float, question: str, *, chosen: bool) -> None:
    """Keep what was answered to what, by which version, and that the passive reply carries it."""
    hit = AutoAnswer(
        case_id=id_of(case),
        entry_id=entry.id,
        entry_version=entry.version,
        score=score,
        masked_question=mask(question, desk.own_numbers),
        answer=mask(entry.answer, desk.own_numbers),
        at=desk.now,
        chosen=chosen,
    )
    sent = Delivery(
        case_id=id_of(case),
        citizen_id=case.citizen_id,
        kind=Sent.AUTO,
        text_sealed=desk.office.vault.seal(entry.answer),
        state=DeliveryState.HANDED_OVER.value,
        channel="passive",
        created_at=desk.now,
        finished_at=desk.now,
    )
    desk.session.add_all([hit, sent])


def may_be_given(desk: Desk, entry: Entry) -> bool:
    """Tell whether an entry that was found may still answer by itself.

    Not if it was stopped since (a server's index follows a moment later), nor with personal data in it: an earlier
    version, or a backup, may hold one that nobody would publish today.
    """
    query = select(KnowledgeEntry.status, KnowledgeEntry.muted).where(KnowledgeEntry.id == entry.id)
    stopped = any(status != PUBLISHED or muted for status, muted in desk.session.exec(query))
    return not stopped and not publishable.private(desk, entry)


def reopen(desk: Desk, case: Case, why: str) -> None:
    """「人工」 or 「没解决」: a person takes over, counted from the original receipt.

    `why` is "human" or "unsolved"; both count against the entry. Raises: Invalid if it was not automatic.
    """
    register.lock(desk, case)
    if case.status != State.AUTO_ANSWERED:
        raise Invalid("本件不是自动答复。")
    register.move(
        desk, case, Event.REOPEN, released_at=None, closed_at=None, first_answered_at=None, on_time=None,
        unclaimed_since=desk.now,
    )  # fmt: skip
    register.set_due(desk, case, Cause.REOPENED, "转人工，自原收到日起算")
    fail(desk, case, why)
    announce.card(desk, case, priority=outbox.NORMAL)


def fail(desk: Desk, case: Case, why: str) -> None:
    """Count the answer as none, and against its entry."""
    outcomes.withdraw(desk, case)
    hit = desk.session.exec(
        select(AutoAnswer).where(AutoAnswer.case_id == case.id).order_by(col(AutoAnswer.id).desc())
    ).first()
    if hit is not None:
        hit.outcome = why
        desk.session.add(hit)
        _count_against(desk, hit.entry_id)


def pleased(desk: Desk, entry_id: str) -> None:
    """Count a rating of 满意 for an entry: what it had lost of its trust comes back sooner."""
    entry = desk.session.get(KnowledgeEntry, entry_id)
    if entry is not None:
        entry.pleased += 1
        learn.counted(desk, entry)


def _count_against(desk: Desk, entry_id: str) -> None:
    entry = desk.session.get(KnowledgeEntry, entry_id)
    if entry is None:
        return
    entry.unsolved += 1
    if entry.unsolved >= MUTE_AFTER and entry.unsolved * 3 >= entry.used and not entry.muted:
        entry.muted = "unsolved"
        learn.changed(desk, entry)
        announce.supervisors(
            desk,
            f"【知识库】条目「{entry.question[:60]}」多次未能解决来信，已停止自动答复，请复核。",
            key=f"muted:{entry.id}:{entry.version}",
        )
    else:
        learn.counted(desk, entry)
