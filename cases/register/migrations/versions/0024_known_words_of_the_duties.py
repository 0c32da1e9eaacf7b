"""states and kinds of the duties, and the status of an entry's version: the database takes no word that is not known"""

from collections.abc import Callable, Iterator

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_KNOWN = {
    "account_event": {"kind": "open change suspend resume close"},
    "release": {"state": "review returned released"},
    "release_step": {"action": "submit approve return"},
    "self_check_item": {"automatic": "- ok fault", "verdict": "- ok fault"},
    "self_check_task": {"state": "open done withdrawn"},
    "incident": {"state": "open reported closed"},
    "watch": {"kind": "workday weekend holiday"},
    "watch_swap": {"state": "asked agreed refused lapsed"},
    "suggestion": {"state": "passed adopted declined"},
    "knowledge_version": {"status": "candidate published retired"},
}


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for table, column, words in _columns():
            op.create_check_constraint(f"{column}_known", table, f"{column} IN ({words})")
        return
    _rewrite(lambda made, checks: f"{made.rstrip().removesuffix(')').rstrip()}{checks})")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for table, column, _ in _columns():
            op.drop_constraint(f"{column}_known", table, type_="check")
        return
    _rewrite(lambda made, checks: made.replace(checks, ""))


def _columns() -> Iterator[tuple[str, str, str]]:
    """Yield each table, column and its words as SQL lists them; `-` is no word yet."""
    for table, columns in _KNOWN.items():
        for column, words in columns.items():
            yield table, column, ", ".join(f"'{word.replace('-', '')}'" for word in words.split())


def _rewrite(change: Callable[[str, str], str]) -> None:
    """Change what SQLite notes of each table, as 0018 does: no row is copied, no trigger lost.

    Source: https://www.sqlite.org/lang_altertable.html#otheralter
    """
    bind = op.get_bind()
    checks: dict[str, str] = {}
    for table, column, words in _columns():
        wrong = bind.execute(sa.text(f"SELECT {column} FROM {table} WHERE {column} NOT IN ({words}) LIMIT 1"))  # noqa: S608
        if (found := wrong.scalar()) is not None:
            raise ValueError(f"{table}.{column} holds {found!r}, which is no word of this program")
        checks[table] = checks.get(table, "") + f", CONSTRAINT {column}_known CHECK ({column} IN ({words}))"
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema = ON")
    for table, check in checks.items():
        made = bind.execute(
            sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name"), {"name": table}
        )
        bind.execute(
            sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :name"),
            {"sql": change(made.scalar_one(), check), "name": table},
        )
    bind.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema = RESET")
