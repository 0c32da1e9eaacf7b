"""What citizens asked and the knowledge base could not answer."""

from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from cases.desk import Desk
from cases.tables import Case, Message
from knowledge_base.growth import gap_report


def unanswered(desk: Desk, days: int) -> list[dict[str, Any]]:
    """Return clusters of masked questions of the last `days` that a person had to answer, largest first."""
    rows = desk.session.exec(
        select(Message.masked)
        .join(Case, col(Message.case_id) == col(Case.id))
        .where(
            Case.category == "advice_inquiry",
            Case.status != "auto_answered",
            col(Case.accusation).is_(False),
            col(Case.sensitive).is_(False),
            col(Message.received_at) >= desk.now - timedelta(days=days),
        )
    ).all()
    return [
        {"title": gap.title, "size": gap.size, "questions": list(gap.questions)} for gap in gap_report(rows)
    ]
