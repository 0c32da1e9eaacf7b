"""Every wording of an entry by a short key, so that the entry that has a question is found without reading all."""

import hashlib
import json

from sqlalchemy import delete, insert, inspect
from sqlmodel import col, select

from cases.register import readonly
from cases.register.desk import Desk
from cases.register.tables import KnowledgeEntry, KnowledgeWording
from knowledge_base.base.entries import RETIRED
from text.normalise import normalise


def keep(desk: Desk, row: readonly.KnowledgeEntry) -> None:
    """Bring the keys in step with the wordings of `row`; a new one is not in the session yet."""
    wanted = {_key(each) for each in _folded_wordings(row)}
    state = inspect(row)
    held: set[int] = set()
    if state is not None and state.persistent:  # a new entry has none: an import asks for nothing
        query = select(KnowledgeWording.key).where(KnowledgeWording.entry_id == row.id)
        held = set(desk.session.exec(query).all())
    connection = desk.session.connection()
    if gone := held - wanted:
        mine = (col(KnowledgeWording.entry_id) == row.id, col(KnowledgeWording.key).in_(gone))
        connection.execute(delete(KnowledgeWording).where(*mine))
    if fresh := wanted - held:
        connection.execute(insert(KnowledgeWording), [{"key": key, "entry_id": row.id} for key in fresh])


def find(desk: Desk, question: str) -> list[readonly.KnowledgeEntry]:
    """Return every entry, retired ones aside, that already has this very question; the oldest first."""
    wanted = folded(question)
    query = (
        select(KnowledgeEntry)
        .join(KnowledgeWording, col(KnowledgeWording.entry_id) == col(KnowledgeEntry.id))
        .where(KnowledgeWording.key == _key(wanted), KnowledgeEntry.status != RETIRED)
        .order_by(col(KnowledgeEntry.change_seq))
    )
    return [row for row in desk.session.exec(query) if wanted in _folded_wordings(row)]


def _folded_wordings(row: readonly.KnowledgeEntry) -> set[str]:
    return {folded(wording) for wording in (row.question, *json.loads(row.aliases or "[]"))}


def folded(text: str) -> str:
    """Return `text` as compared: its letters and digits alone, in one spelling."""
    return "".join(char for char in normalise(text) if char.isalnum())


def _key(words: str) -> int:
    """Return a number that fits a signed 64-bit column; two texts may share one, hence `find` compares."""
    digest = hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
