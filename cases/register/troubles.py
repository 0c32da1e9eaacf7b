"""What the register raises when it cannot be read or written; doors say so, and lose nothing.

Unusable                any trouble with the database: it is away, its disk full, an answer lost
├── Busy                it may pass: the database is away or locked for too long
└── Replaced            SQLite's file was moved, deleted or replaced while it was open
Superseded              another process has taken over what this one was to do; nothing was written
"""

from sqlalchemy.exc import OperationalError as Busy
from sqlalchemy.exc import SQLAlchemyError as Unusable

from cases.register.own_file import Replaced

__all__ = ["Busy", "Replaced", "Superseded", "Unusable"]


class Superseded(Exception):
    """Whoever was stopped, or cut off, and followed by another may only stop."""
