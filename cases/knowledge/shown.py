"""Publishing and changing what one has seen: a text that changed meanwhile is neither, and nothing goes out undated."""

from datetime import date

from sqlmodel import col, select

from cases.knowledge import learn
from cases.register import tables
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotAllowed, Stale
from cases.register.permissions import REVIEWER, require
from cases.register.readonly import KnowledgeEntry, Staff
from cases.register.rows import row_of
from cases.register.tables import KnowledgeVersion
from knowledge_base.base.entries import Entry

_LONGEST_SOURCE = 1000


def publish(
    desk: Desk, entry_id: str, staff: Staff, seen: int, source: str = "", review_on: date | None = None
) -> KnowledgeEntry:
    """Publish the version that was shown. It has a source and a review day, asked for where nobody gave them.

    What grew from an approved answer has both by itself. Raises: Stale, Invalid with the field; as `learn.publish`.
    """
    require(staff, REVIEWER)
    row = row_of(tables.KnowledgeEntry, learn.by_id(desk, entry_id))
    if row.author_id == staff.id:
        raise NotAllowed("条目须由起草人以外的审核人发布。")
    _require_seen(desk, row, seen)
    source = source.strip()[:_LONGEST_SOURCE]
    row.source, row.review_on = source or row.source, review_on or row.review_on
    if row.case_id is None:
        if not row.source:
            raise Invalid(f"「{row.question[:20]}」没有来源：请写明依据的文件名称、文号或条款。", "source")
        if row.review_on is None:
            raise Invalid(f"「{row.question[:20]}」没有复核日期：请填写最迟何时再核对一次。", "review_on")
    if row.review_on is not None and row.review_on <= desk.today:
        raise Invalid(f"复核日期 {row.review_on} 已过：请核对答案后改为以后的日期。", "review_on")
    return learn.publish(desk, entry_id, staff)


def edit(desk: Desk, entry: Entry, staff: Staff, seen: int) -> KnowledgeEntry:
    """Change the version that was shown. Raises: Stale; Invalid with the field; as `learn.edit`."""
    require(staff, REVIEWER)
    _require_seen(desk, learn.by_id(desk, entry.id), seen)
    require_words(entry)
    return learn.edit(desk, entry, staff)


def require_words(entry: Entry) -> None:
    if not entry.question.strip():
        raise Invalid("请填写问题。", "question")
    if not entry.answer.strip():
        raise Invalid("请填写答案。", "answer")


def versions(desk: Desk, entry_id: str, most: int = 100) -> list[KnowledgeVersion]:
    """Return what an entry said, the latest first."""
    query = select(KnowledgeVersion).where(KnowledgeVersion.entry_id == entry_id)
    return list(desk.session.exec(query.order_by(col(KnowledgeVersion.id).desc()).limit(most)).all())


def _require_seen(desk: Desk, row: KnowledgeEntry, seen: int) -> None:
    if seen <= 0:
        raise Invalid("请先看过这一条的答案再办理。", "version")
    if row.version != seen:
        last = next(iter(versions(desk, row.id, 1)), None)
        who = f"{last.by}已于 {last.at.astimezone(desk.office.zone):%m-%d %H:%M} " if last else ""
        raise Stale(
            f"{who}改过这一条（现为第 {row.version} 版），您看到的是第 {seen} 版：没有改动，请核对后再办。"
        )
