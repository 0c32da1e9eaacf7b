"""Upkeep of published entries: review dates remind, a changed source stops, and owners are told of both.

Source: MLGK 004—2018 §6.3.2.2 (replace what policy has overtaken); Anning measures 2021, art. 30.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy
from sqlalchemy import bindparam, update
from sqlmodel import col, select

from cases.knowledge import learn
from cases.register import people, readonly
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotFound
from cases.register.permissions import REVIEWER, require
from cases.register.tables import KnowledgeEntry, Staff
from cases.sending import announce, outbox
from knowledge_base.base import sources
from knowledge_base.base.entries import PUBLISHED
from text.masking import mask

AHEAD = timedelta(days=14)
SHOWN = 6  # questions that a message lists; the others are counted
_LENGTH = 30  # characters of a question that it shows: a line or two on a phone
SOURCE = "source"  # why an entry is muted
_HOW = "请在控制台「知识库」核对后保存，由另一位审核人发布。"


@dataclass(frozen=True, slots=True)
class _Due:
    """An entry whose owner has not been told yet that its review day comes near or has come."""

    id: str
    question: str
    owner: str
    department: str
    on: date
    stage: str  # soon, due

    @property
    def mark(self) -> str:
        return f"{self.on}:{self.stage}"


def remind(desk: Desk) -> int:
    """Tell owners once, in one message each, which review days come near, and once which have come.

    Returns how many entries that were. Called with the morning digest, in its transaction.
    """
    due = _untold(desk)
    if not due:
        return 0
    chats = _Chats(desk)
    by_chat: dict[str, list[_Due]] = defaultdict(list)
    for each in due:
        by_chat[chats.of(each.owner, each.department)].append(each)
    for to, mine in by_chat.items():
        come = [e for e in mine if e.stage == "due"]
        near = [e for e in mine if e.stage == "soon"]
        parts = [f"【知识库】{chats.greeting(to)}有条目需要复核。"]
        if come:
            past = f"{len(come)} 条复核日期已到，过了这一天不再自动答复："
            parts += [past, *_lines(desk, ((e.question, e.on) for e in come), len(come))]
        if near:
            soon = f"{len(near)} 条将在 {AHEAD.days} 天内到复核日期："
            parts += [soon, *_lines(desk, ((e.question, e.on) for e in near), len(near))]
        text = "\n".join([*parts, f"请填写新的复核日期。{_HOW}"])
        announce.tell(desk, to, text, key=f"kb_review:{to}:{desk.today}", priority=outbox.NORMAL, quiet=True)
    desk.session.connection().execute(
        update(KnowledgeEntry)
        .where(col(KnowledgeEntry.id) == bindparam("entry"))
        .values(reminded=bindparam("mark")),
        [{"entry": each.id, "mark": each.mark} for each in due],
    )
    return len(due)


def citing(desk: Desk, title: str) -> list[str]:
    """Return the published entries whose source names a document. Reads them all: not for a write transaction.

    Raises: Invalid for a title of nothing; NotFound when no entry cites it.
    """
    if not sources.titles(title):
        raise Invalid("请写明有变动的文件名称，如《居住证暂行条例》。")
    query = select(KnowledgeEntry.id, KnowledgeEntry.source).where(
        KnowledgeEntry.status == PUBLISHED, KnowledgeEntry.source != ""
    )
    rows = desk.session.exec(query.order_by(col(KnowledgeEntry.id))).all()
    found = [entry_id for entry_id, source in rows if sources.cites(source, title)]
    if not found:
        raise NotFound(f"没有已发布的条目引用{_titled(title)}。")
    return found


def source_changed(desk: Desk, title: str, ids: list[str], staff: readonly.Staff | None = None) -> list[str]:
    """Stop the entries of `citing` from answering by themselves until a person edits or publishes them again.

    Returns those that now stand so; their owners are told of what is new. Raises: NotAllowed.
    """
    if staff is not None:
        require(staff, REVIEWER)
    stopped: list[str] = []
    chats = _Chats(desk)
    by_chat: dict[str, list[KnowledgeEntry]] = defaultdict(list)
    for entry_id in ids:
        row = desk.session.get(KnowledgeEntry, entry_id)
        if row is None or row.status != PUBLISHED:
            continue
        stopped.append(entry_id)
        if row.muted == SOURCE:
            continue
        row.muted = SOURCE
        learn.changed(desk, row)
        desk.audit("kb.source_changed", f"entry:{row.id}", source=_titled(title), version=row.version)
        by_chat[chats.of(row.owner, row.department)].append(row)
    for to, mine in by_chat.items():
        first = f"【知识库】{chats.greeting(to)}{mask(_titled(title), desk.own_numbers)}有变动，"
        lines = _lines(desk, ((row.question, None) for row in mine), len(mine))
        text = "\n".join([f"{first}引用它的 {len(mine)} 条已停止自动答复：", *lines, _HOW])
        key = f"kb_source:{to}:{mine[0].id}:{mine[0].change_seq}"
        announce.tell(desk, to, text, key=key, priority=outbox.NORMAL, quiet=True)
    return stopped


def _untold(desk: Desk) -> list[_Due]:
    row = KnowledgeEntry
    columns = [col(each) for each in (row.question, row.owner, row.department, row.reminded)]
    near = (col(row.status) == PUBLISHED, col(row.review_on) <= desk.today + AHEAD)
    query = sqlalchemy.select(col(row.id), col(row.review_on), *columns).where(*near)
    due = []
    for entry_id, on, question, owner, department, reminded in desk.session.execute(
        query.order_by(col(row.review_on), col(row.id))
    ):
        each = _Due(entry_id, question, owner, department, on, "due" if on <= desk.today else "soon")
        if each.mark != reminded:
            due.append(each)
    return due


def _lines(desk: Desk, rows: Iterable[tuple[str, date | None]], total: int) -> list[str]:
    lines = []
    for question, on in list(rows)[:SHOWN]:
        words = " ".join(mask(question, desk.own_numbers).split())
        words = words if len(words) <= _LENGTH else words[:_LENGTH] + "…"
        lines.append(f"· {words}（{on}）" if on else f"· {words}")
    return lines if total <= SHOWN else [*lines, f"……另有 {total - SHOWN} 条"]


def _titled(title: str) -> str:
    words = " ".join(title.split())[:60]
    return words if "《" in words else f"《{words}》"


class _Chats:
    """Where an owner is told: personally, else in the chat of the entry's department, else by the supervisors."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._departments = {department.name: department.id for department in desk.departments}
        self._staff: dict[str, list[Staff]] = defaultdict(list)
        for staff in desk.session.exec(select(Staff).where(col(Staff.active).is_(True))):
            if staff.telegram_id or staff.wecom_id:  # nobody else can be written to
                self._staff[staff.name].append(staff)

    def of(self, owner: str, department: str) -> str:
        """Return the chat. Of several people of one name it is the one of the department."""
        home = self._departments.get(department.strip())
        found = self._staff.get(owner.strip(), [])
        if len(found) > 1:
            found = [staff for staff in found if staff.department_id == home]
        if len(found) == 1:
            return f"staff:{found[0].id}"
        return f"department:{home}" if home is not None else announce.SUPERVISORS

    def greeting(self, to: str) -> str:
        """Return whom the words in a department's chat are for: its heads."""
        kind, _, number = to.partition(":")
        heads = people.heads(self._desk, int(number)) if kind == "department" else []
        return "、".join(staff.name for staff in heads) + "：" if heads else ""
