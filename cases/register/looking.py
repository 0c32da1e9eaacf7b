"""A session that answers questions: what would change a row through it is refused, whether it is written or left unwritten."""

from typing import Any

from sqlalchemy import event
from sqlmodel import Session

_LOOKING = "looking"


def only(session: Session) -> None:
    """From here on the session answers questions alone."""
    session.info[_LOOKING] = True


def unchanged(session: Session) -> None:
    """Raises: RuntimeError naming the tables of which a row was set, added or removed."""
    changed = [row for row in session.dirty if session.is_modified(row)]
    if changed or session.new or session.deleted:
        names = sorted({type(row).__name__ for row in (*changed, *session.new, *session.deleted)})
        raise RuntimeError(f"a look would have changed {', '.join(names)}")


@event.listens_for(Session, "before_flush")
def _before(session: Session, _context: Any, _instances: Any) -> None:
    if session.info.get(_LOOKING):
        unchanged(session)
