"""Seventh step: an approved answer becomes a candidate; a person publishes it; the index follows.

Source: Anning measures 2021, art. 30 (a complete, authoritative 咨询答问库 by regular sorting).
"""

import json
from dataclasses import replace
from datetime import date
from uuid import uuid4

from sqlalchemy import insert
from sqlalchemy import text as sql
from sqlmodel import Session, col, select

from cases.knowledge import wordings
from cases.knowledge.publishable import require_publishable
from cases.register import readonly
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotAllowed, NotFound, Stale
from cases.register.kinds import Category
from cases.register.permissions import HANDLER, REVIEWER, require
from cases.register.readonly import Case, Draft, Staff
from cases.register.rows import row_of, table_of
from cases.register.store import Store
from cases.register.tables import Department, KnowledgeEntry, KnowledgeVersion, Message
from cases.sending import announce
from knowledge_base.base import timely
from knowledge_base.base.entries import CANDIDATE, PUBLISHED, RETIRED, STATUSES, Entry
from text.masking import mask

MOST_ALIASES = 200  # as many as a file may bring in
_SEQ = "kb_seq"
_CHANGED = f"SELECT 1 FROM {table_of(KnowledgeEntry).name} WHERE change_seq > ? LIMIT 1"  # noqa: S608 - a table's own name
_WORDED = ("text", "voice", "link", "comment")  # kinds of message that hold a question


def from_answer(desk: Desk, case: Case, draft: Draft, answer: str) -> KnowledgeEntry | None:
    """Make a candidate, free of personal data, of an approved answer to an advice or inquiry."""
    if case.category != Category.ADVICE_INQUIRY or case.accusation or case.sensitive:
        return None
    messages = desk.session.exec(select(Message).where(Message.case_id == case.id).order_by(col(Message.id)))
    question = next((m.masked.strip() for m in messages if m.kind in _WORDED and m.masked.strip()), "")
    if not question:
        return None
    clean = mask(answer, desk.own_numbers)
    for twin in (row_of(KnowledgeEntry, each) for each in wordings.find(desk, question)):
        if wordings.folded(twin.answer) == wordings.folded(clean):
            add_alias(desk, twin, question)
            return twin
        if twin.case_id == case.id and twin.status == CANDIDATE:  # answered anew, or corrected
            twin.answer, twin.author_id, twin.version = clean, draft.author_id, twin.version + 1
            changed(desk, twin)
            return twin
    department = desk.session.get(Department, case.department_id) if case.department_id else None
    row = KnowledgeEntry(
        id=uuid4().hex[:12],
        question=question,
        answer=clean,
        aliases="[]",
        department=department.name if department else "",
        topic=case.topic,
        status=CANDIDATE,
        case_id=case.id,
        author_id=draft.author_id,
        changed_at=desk.now,
    )
    changed(desk, row)
    desk.audit("kb.candidate", f"entry:{row.id}", case=case.no)
    announce.candidate_card(desk, row.id, case)
    return row


def publish(desk: Desk, entry_id: str, staff: Staff | None = None) -> KnowledgeEntry:
    """Publish a candidate or a retired entry. In the chat and the console by a reviewer, not by its author.

    Raises: NotFound; NotAllowed; Invalid if it holds personal data or nothing at all.
    """
    row = _row(desk, entry_id)
    if staff is not None:
        require(staff, REVIEWER)
        if row.author_id == staff.id:
            raise NotAllowed("条目须由起草人以外的审核人发布。")
        row.approver_id = staff.id
    require_publishable(desk, as_entry(row), of_an_answer=row.case_id is not None)
    row.source = row.source or _approval(desk, row)
    row.status, row.muted = PUBLISHED, ""
    row.review_on = row.review_on or _end(row.answer, desk.today)
    changed(desk, row)
    desk.audit("kb.publish", f"entry:{row.id}", version=row.version)
    return row


def _approval(desk: Desk, row: readonly.KnowledgeEntry) -> str:
    """What grew from an answer is published with a source: the approval, where nobody names another."""
    return f"本单位 {desk.today} 审定的答复" if row.case_id is not None else ""


def _end(answer: str, today: date) -> date:
    """Return the last day that the words of an answer allow, a year from today at the latest."""
    found = timely.expiry(answer, today)
    return found.on if found else today + timely.YEARLY


def _dated(entry: Entry, today: date, before: Entry | None = None) -> Entry:
    """Return the entry with a review day: without one nothing answers by itself.

    Where nobody gave one it is the last day that the answer's own words allow, else a year from today.
    """
    if entry.review_on is not None:
        return entry
    kept = before.review_on if before is not None and before.answer == entry.answer else None
    return replace(entry, review_on=kept or _end(entry.answer, today))


def retire(desk: Desk, entry_id: str, staff: Staff | None = None) -> readonly.KnowledgeEntry:
    row = _row(desk, entry_id)
    if staff is not None:
        require(staff, REVIEWER)
    row.status = RETIRED
    changed(desk, row)
    desk.audit("kb.retire", f"entry:{row.id}", version=row.version)
    return row


def edit(desk: Desk, entry: Entry, staff: Staff | None = None) -> KnowledgeEntry:
    """Change an entry's content; what a member of staff edits becomes a candidate that another one publishes."""
    row = _row(desk, entry.id)
    if staff is not None:
        require(staff, REVIEWER)
        row.author_id = staff.id
        entry = replace(entry, status=CANDIDATE)
    if entry.status == PUBLISHED:
        require_publishable(desk, entry, of_an_answer=row.case_id is not None)
    _fill(row, _dated(entry, desk.today))
    row.version += 1
    changed(desk, row)
    desk.audit("kb.edit", f"entry:{row.id}", version=row.version)
    return row


def write(desk: Desk, entry: Entry, staff: Staff) -> readonly.KnowledgeEntry:
    """Write a new entry by hand: a candidate that another person publishes."""
    require(staff, HANDLER)
    if not entry.question.strip() or not entry.answer.strip():
        raise Invalid("问题和答案都不能为空。")
    row = KnowledgeEntry(id=uuid4().hex[:12], author_id=staff.id, changed_at=desk.now)
    _fill(row, _dated(replace(entry, status=CANDIDATE), desk.today))
    changed(desk, row)
    desk.audit("kb.write", f"entry:{row.id}", version=row.version)
    return row


def bring_in(desk: Desk, entry: Entry, staff: Staff | None = None) -> str:
    """Import one entry; returns "added", "updated" or "same".

    The administrator's command line publishes; what a member of staff brings in waits as a candidate.
    Raises: Invalid, before anything is changed, for what is to be published and may not be.
    """
    row = desk.session.get(KnowledgeEntry, entry.id) if entry.id else None
    if staff is not None:
        require(staff, REVIEWER)
        entry = replace(entry, status=CANDIDATE)
    if entry.status == PUBLISHED:
        require_publishable(desk, entry, of_an_answer=row is not None and row.case_id is not None)
    if row is None:
        row = KnowledgeEntry(id=entry.id or uuid4().hex[:12], changed_at=desk.now)
        row.author_id = staff.id if staff else None
        _fill(row, _dated(entry, desk.today))
        changed(desk, row)
        return "added"
    before = as_entry(row)
    entry = _dated(entry, desk.today, before)
    if entry.status == PUBLISHED:
        entry = replace(entry, source=entry.source or _approval(desk, row))
    same = replace(before, version=entry.version, status=before.status if staff is None else entry.status)
    if same == entry:
        return "same"
    row.author_id = staff.id if staff else row.author_id
    _fill(row, entry)
    row.version += 1
    changed(desk, row)
    return "updated"


def changed(desk: Desk, row: KnowledgeEntry) -> None:
    """Give the entry the next change number, which every server's index follows, and keep the version."""
    row.change_seq = _next_seq(desk)
    row.changed_at = desk.now
    row.vector, row.vector_of = (
        (None, "") if row.vector_of != wording_key(row) else (row.vector, row.vector_of)
    )
    wordings.keep(desk, row)
    desk.session.add(row)
    desk.session.flush()
    kept = {"question": row.question, "answer": row.answer, "aliases": row.aliases, "status": row.status}
    told = {"entry_id": row.id, "version": row.version, "by": desk.actor.name, "at": desk.now}
    desk.session.connection().execute(insert(KnowledgeVersion), kept | told)


def counted(desk: Desk, row: KnowledgeEntry) -> None:
    """Have every server read what citizens said of the entry; it stays the same version."""
    row.change_seq = _next_seq(desk)
    desk.session.add(row)


def wording_key(row: readonly.KnowledgeEntry) -> str:
    """Names the wording that a stored vector was made of."""
    return f"{row.version}:{len(row.question)}:{len(row.answer)}"


def changed_since(store: Store, seq: int) -> bool:
    """Tell whether any entry changed after `seq`: nearly always none did, and to ask costs little."""
    return store.glance(_CHANGED, seq) is not None


def changes_since(session: Session, seq: int, most: int | None = None) -> list[KnowledgeEntry]:
    """Return the entries changed after `seq`, oldest first, `most` of them at most."""
    query = (
        select(KnowledgeEntry)
        .where(col(KnowledgeEntry.change_seq) > seq)
        .order_by(col(KnowledgeEntry.change_seq))
        .limit(most)
    )
    return list(session.exec(query).all())


def last_seq(desk: Desk) -> int:
    found = (
        desk.session.connection().execute(sql("SELECT value FROM meta WHERE key = :k"), {"k": _SEQ}).scalar()
    )
    return int(found or 0)


def listed(desk: Desk, status: str | None = None) -> list[readonly.KnowledgeEntry]:
    if status is not None and status not in STATUSES:
        raise Invalid(f"状态「{status}」无效，应为 {'、'.join(STATUSES)} 之一。")
    query = select(KnowledgeEntry).order_by(col(KnowledgeEntry.change_seq))
    return list(
        desk.session.exec(query if status is None else query.where(KnowledgeEntry.status == status)).all()
    )


def by_id(desk: Desk, entry_id: str) -> readonly.KnowledgeEntry:
    return _row(desk, entry_id)


def _row(desk: Desk, entry_id: str) -> KnowledgeEntry:
    row = desk.session.get(KnowledgeEntry, entry_id)
    if row is None:
        raise NotFound(f"没有编号为 {entry_id[:40]} 的条目。")
    return row


def published(desk: Desk, entry_id: str | None) -> KnowledgeEntry:
    """Return an entry that may be used for an answer. Raises: Stale if it was retired meanwhile."""
    row = desk.session.get(KnowledgeEntry, entry_id) if entry_id else None
    if row is None or row.status != PUBLISHED:
        raise Stale("这条建议已下架，请自行拟写答复。")
    return row


def published_ids(desk: Desk) -> list[str]:
    return list(desk.session.exec(select(KnowledgeEntry.id).where(KnowledgeEntry.status == PUBLISHED)).all())


def decide(desk: Desk, entry_id: str, staff: Staff, publish_it: bool) -> readonly.KnowledgeEntry:
    """「发布」 or 「不收录」 of a candidate, once. Raises: Stale if there is none, or it was decided; as `publish` does."""
    row = desk.session.get(KnowledgeEntry, entry_id)
    if row is None or row.status != CANDIDATE:
        raise Stale("没有这条候选，或已经处理过了。")
    (publish if publish_it else retire)(desk, row.id, staff)
    announce.candidate_card(desk, row.id, None)
    return row


def as_entry(row: readonly.KnowledgeEntry) -> Entry:
    """Return the entry as the search knows it; a muted one is found but never answers by itself."""
    return Entry(
        id=row.id,
        question=row.question,
        answer=row.answer,
        aliases=tuple(json.loads(row.aliases or "[]")),
        department=row.department,
        topic=row.topic,
        source=row.source,
        effective_on=row.effective_on,
        review_on=row.review_on,
        owner=row.owner,
        status=row.status,
        version=row.version,
    )


def _fill(row: KnowledgeEntry, entry: Entry) -> None:
    """Take over what a person wrote; whatever had made the entry stop answering is thereby looked at."""
    row.muted = ""
    row.question, row.answer = entry.question, entry.answer
    row.aliases = json.dumps(list(entry.aliases), ensure_ascii=False)
    row.department, row.topic, row.source, row.owner = (
        entry.department,
        entry.topic,
        entry.source,
        entry.owner,
    )
    row.effective_on, row.review_on, row.status = entry.effective_on, entry.review_on, entry.status


def add_alias(desk: Desk, row: KnowledgeEntry, question: str) -> None:
    aliases = json.loads(row.aliases)
    if question not in (row.question, *aliases):
        row.aliases = json.dumps([*aliases, question], ensure_ascii=False)
        row.version += 1  # its vectors are made anew, one for each wording
        changed(desk, row)


def _next_seq(desk: Desk) -> int:
    connection = desk.session.connection()  # no flush before: this row is locked first, the entries after it
    return int(
        connection.execute(
            sql(
                "UPDATE meta SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE key = :k RETURNING value"
            ),
            {"k": _SEQ},
        ).scalar_one()
    )
