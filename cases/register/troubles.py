"""What the register raises when it cannot be read or written; doors say so, and lose nothing.

Unusable                any trouble with the database: it is away, its disk full, an answer lost
└── Busy                it may pass: the database is away or locked for too long
"""

from sqlalchemy.exc import OperationalError as Busy
from sqlalchemy.exc import SQLAlchemyError as Unusable

__all__ = ["Busy", "Unusable"]
