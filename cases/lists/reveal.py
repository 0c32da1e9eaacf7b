"""Revealing what is masked: the originals of texts, and files. Every look is on record.

Source: Anning measures 2021, art. 26, 34 (de-identify; access control and audit).
"""

import re
from dataclasses import dataclass

from sqlmodel import col, select

from cases.lists.file_types import found_in
from cases.register.desk import Desk
from cases.register.errors import NotAllowed, NotFound
from cases.register.media_store import MediaStore
from cases.register.permissions import HANDLER, holds, require_sight
from cases.register.readonly import Case, Staff
from cases.register.rows import id_of
from cases.register.states import MediaState
from cases.register.tables import CoHandling, Draft, Media, Message
from cases.register.vault import Vault, WrongKey

FILE_STATES = {"pending": "正在取回", "kept": "已保存", "refused": "不收存", "lost": "未能取回"}


@dataclass(frozen=True, slots=True)
class Originals:
    """Unmasked texts by the id of their message, of their draft, and of the co-handling that they are the opinion of."""

    messages: dict[int, str]
    drafts: dict[int, str]
    opinions: dict[int, str]


@dataclass(frozen=True, slots=True)
class FileLine:
    """What may be shown of a file without opening it. `size` in bytes."""

    id: int
    message_id: int
    kind: str
    state: str
    size: int
    note: str


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file with the type that was found in its bytes, and a name that says it."""

    content: bytes
    content_type: str
    name: str


def may_reveal(staff: Staff, case: Case) -> bool:
    """Those who work on cases; the administrator has no business with the words."""
    try:
        _require(staff, case)
    except NotAllowed:
        return False
    return True


def originals(desk: Desk, staff: Staff, case: Case) -> Originals:
    """Return the texts as they were written, and record who looked. Raises: NotAllowed."""
    _require(staff, case)
    vault, session = desk.office.vault, desk.session
    messages = session.exec(select(Message).where(Message.case_id == case.id)).all()
    drafts = session.exec(select(Draft).where(Draft.case_id == case.id)).all()
    opinions = session.exec(select(CoHandling).where(CoHandling.case_id == case.id)).all()
    desk.audit("case.reveal", f"case:{case.no}", what="text")
    return Originals(
        {id_of(m): vault.open(m.sealed) for m in messages},
        {id_of(d): vault.open(d.text_sealed) for d in drafts},
        {id_of(o): vault.open(o.opinion_sealed) for o in opinions if o.opinion_sealed},
    )


def files(desk: Desk, case: Case) -> list[FileLine]:
    ids = select(Message.id).where(Message.case_id == case.id)
    rows = desk.session.exec(
        select(Media).where(col(Media.message_id).in_(ids)).order_by(col(Media.id))
    ).all()
    return [FileLine(id_of(r), r.message_id, r.kind, r.state, r.size, r.note) for r in rows]


def file(desk: Desk, staff: Staff, case: Case, media_id: int, kept: MediaStore) -> OpenedFile:
    """Open a file of this case, and record who looked.

    Raises: NotAllowed; NotFound if it is not of this case, was not kept, or is damaged.
    """
    _require(staff, case)
    row = desk.session.get(Media, media_id)
    message = desk.session.get(Message, row.message_id) if row else None
    if row is None or message is None or message.case_id != case.id:
        raise NotFound("本件没有这个文件。")
    if row.state != MediaState.KEPT or not re.fullmatch(r"[0-9a-f]{64}", row.sha256):
        raise NotFound(f"这个文件{FILE_STATES.get(row.state, '没有保存')}，无法打开。{row.note}")
    content = _unsealed(desk.office.vault, kept, row.sha256)
    desk.audit("case.reveal", f"case:{case.no}", what="file", file=row.id, sha256=row.sha256)
    kind, ending = found_in(content)
    return OpenedFile(content, kind, f"{case.no}-{row.id}{ending}")


def _unsealed(vault: Vault, kept: MediaStore, digest: str) -> bytes:
    try:
        return vault.open_bytes(kept.read(digest))
    except OSError:
        raise NotFound("文件已不在，请联系管理员从备份恢复。") from None
    except WrongKey:
        raise NotFound("文件已损坏或密钥不符，无法打开。") from None


def _require(staff: Staff, case: Case) -> None:
    require_sight(staff, case)
    if not holds(staff, HANDLER):
        raise NotAllowed("管理员不查看来信原文和附件。")
