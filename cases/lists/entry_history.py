"""What became of an entry of the knowledge base: its versions, and whom it answered by itself."""

from sqlmodel import col, select

from cases.register import readonly
from cases.register.desk import Desk
from cases.register.tables import AutoAnswer, KnowledgeVersion

VERSIONS, ANSWERS = 100, 10  # shown at most


def versions(desk: Desk, entry_id: str) -> list[readonly.KnowledgeVersion]:
    """Return the latest versions of an entry, newest first."""
    query = select(KnowledgeVersion).where(KnowledgeVersion.entry_id == entry_id)
    return list(desk.session.exec(query.order_by(col(KnowledgeVersion.id).desc()).limit(VERSIONS)).all())


def answers(desk: Desk, entry_id: str) -> list[AutoAnswer]:
    """Return the latest letters that an entry answered, newest first."""
    query = select(AutoAnswer).where(AutoAnswer.entry_id == entry_id).order_by(col(AutoAnswer.id).desc())
    return list(desk.session.exec(query.limit(ANSWERS)).all())
