"""The departments as every step sees them: read whole in one statement, for each transaction asks who answers for what."""

from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select
from sqlmodel import Session

from cases.register.rows import table_of
from cases.register.tables import Department, DepartmentTopic

_OF, _TOPIC = table_of(Department), table_of(DepartmentTopic)
_COLUMNS = (_OF.c.id, _OF.c.name, _OF.c.chat_id, _OF.c.thread_id, _OF.c.phone)
_ALL = (
    select(*_COLUMNS, _TOPIC.c.topic)
    .select_from(_OF.outerjoin(_TOPIC, _TOPIC.c.department_id == _OF.c.id))
    .order_by(_OF.c.id, _TOPIC.c.place)
)


@dataclass(frozen=True, slots=True)
class Known:
    """A department, to be looked at; whoever changes one takes its row in hand."""

    id: int
    name: str
    chat_id: str
    thread_id: str
    phone: str
    topics: tuple[str, ...]


def known(session: Session) -> list[Known]:
    """Return the departments, oldest first."""
    rows = session.connection().execute(_ALL).all()
    each = [(columns, [row[-1] for row in of]) for columns, of in groupby(rows, key=lambda row: row[:-1])]
    return [
        Known(number, name, chat_id, thread_id, phone, tuple(topic for topic in topics if topic is not None))
        for (number, name, chat_id, thread_id, phone), topics in each
    ]
