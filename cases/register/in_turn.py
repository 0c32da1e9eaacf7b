"""What others wait for is held for a moment only: who stands still with it (stopped, swapped out) is cut off.

PostgreSQL counts how long a session idles in a transaction. From such a lock on that is shorter than those wait who come
after (`lock_timeout`), and than a platform waits for them. Before its first lock a transaction is in nobody's way.
"""

from typing import Any

from sqlalchemy import Connection, Engine, TextClause, event, text

STANDS_STILL = 2500  # milliseconds
_CUT_OFF = f"set_config('idle_in_transaction_session_timeout', '{STANDS_STILL}', true)"
# how statements end that wait for a row and then hold it; what is passed over where another has it is in nobody's way
_HOLDS = ("FOR UPDATE", "FOR NO KEY UPDATE", "FOR SHARE")


class TakenInTurn:
    """A statement that takes what all writers want and returns a row. The bound costs no call of its own."""

    def __init__(self, statement: str) -> None:
        self._plain, self._bound = text(statement), text(f"{statement}, {_CUT_OFF}")

    def on(self, connection: Connection) -> TextClause:
        return self._bound if connection.dialect.name == "postgresql" else self._plain


class HeldInTurn:
    """A question for rows that are held from then on. `{}`: first where another column may stand, last behind it all."""

    def __init__(self, question: str) -> None:
        self._plain = question.format("", "")
        self._bound = question.format(f", {_CUT_OFF}", " FOR NO KEY UPDATE")

    def on(self, connection: Connection) -> str:
        return self._bound if connection.dialect.name == "postgresql" else self._plain


def bound_who_holds_rows(engine: Engine) -> None:
    """Have each transaction on PostgreSQL that locks rows be cut off like those who hold what all want."""

    @event.listens_for(engine, "before_cursor_execute")
    def _bound(_connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.endswith(_HOLDS) and _CUT_OFF not in statement:
            cursor.connection.execute(f"SELECT {_CUT_OFF}")
