"""Letters of the last days, masked, for what looks at many of them: matters of many, and questions without an answer."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, func, select

from cases.lists.filters import Sight
from cases.register import register
from cases.register.desk import Desk
from cases.register.kinds import Category
from cases.register.states import OPEN, State
from cases.register.tables import Case, Message

MOST = 6_000  # letters that a page looks at


Row = tuple[str, str, datetime, int]  # number, text, time, citizen


def letters(desk: Desk, sight: Sight, since: datetime, until: datetime) -> list[Row]:
    """Return (number, text, time, citizen) of what came in, where `sight` holds; accusations never give a title."""
    query = _letters(sight, since, until)
    latest = query.order_by(col(Message.received_at).desc(), col(Message.id).desc()).limit(MOST)
    return list(reversed(desk.session.exec(latest).all()))


def more_than(desk: Desk, sight: Sight, since: datetime, until: datetime, number: int) -> bool:
    """Return whether more than so many letters came in; of them only so many are counted."""
    some = _letters(sight, since, until).with_only_columns(col(Message.id)).limit(number + 1).subquery()
    return desk.session.exec(select(func.count()).select_from(some)).one() > number


def letters_of(
    desk: Desk, sight: Sight, numbers: Sequence[str], since: datetime, until: datetime
) -> dict[str, list[Row]]:
    """Return by case what came in of these cases, in the order in which it came."""
    found: dict[str, list[Row]] = defaultdict(list)
    for start in range(0, len(numbers), 500):
        query = _letters(sight, since, until).where(col(Case.no).in_(numbers[start : start + 500]))
        for row in desk.session.exec(query.order_by(col(Message.received_at), col(Message.id))).all():
            found[row[0]].append(row)
    return found


def _letters(sight: Sight, since: datetime, until: datetime) -> Any:
    return (
        select(Case.no, Message.masked, Message.received_at, Case.citizen_id)
        .join(Message, col(Message.case_id) == col(Case.id))
        .where(
            sight, col(Case.accusation).is_(False), Message.kind == "text",
            col(Message.received_at) >= since, col(Message.received_at) <= until,
        )
    )  # fmt: skip


def questions(desk: Desk, days: int) -> list[str]:
    """Return what citizens asked that a person had to answer; what is sensitive stands in no list."""
    query = select(Message.masked).join(Case, col(Message.case_id) == col(Case.id))
    query = query.where(
        Case.category == Category.ADVICE_INQUIRY,
        Case.status != State.AUTO_ANSWERED,
        Message.kind == "text",
        col(Case.accusation).is_(False),
        col(Case.sensitive).is_(False),
        col(Message.received_at) >= desk.now - timedelta(days=days),
    )
    latest = query.order_by(col(Message.received_at).desc(), col(Message.id).desc())
    return list(desk.session.exec(latest.limit(3000)).all())


def linkable(desk: Desk, numbers: Sequence[str]) -> set[str]:
    """Return which of these cases can still be linked: open, and not linked to another."""
    found: set[str] = set()
    for start in range(0, len(numbers), 500):
        query = select(Case.no).where(
            col(Case.no).in_(numbers[start : start + 500]),
            col(Case.status).in_(OPEN),
            register.unlinked(),
        )
        found |= set(desk.session.exec(query).all())
    return found
