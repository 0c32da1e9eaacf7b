"""states, kinds and lanes: the database takes no word that the program does not know"""

from collections.abc import Callable, Iterator

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_CATEGORIES = "praise advice_inquiry complaint"
_KNOWN = {
    "staff": {"role": "handler reviewer supervisor admin"},
    "media": {"state": "pending kept refused lost"},
    "draft": {
        "purpose": "answer question refusal correction adoption",
        "state": "review returned replaced withdrawn approved",
    },
    "delivery": {
        "kind": "answer question refusal correction adoption auto notice",
        "state": "pending sent notified waiting handed_over posted failed",
    },
    "outbox": {
        "lane": "chat citizen comment media push api model",
        "kind": "case_card fresh_card show_card co_card review_card extension_card candidate_card alarm notice alert "
        "ask list choices delivery text late fetch elect rating propose second_look",
        "state": "held pending sending done failed dropped",
    },
    "chat_post": {"kind": "case co review part ask extension candidate list notice choices alarm"},
    "ask": {"action": "return extend question refuse correct opinion"},
    "extension": {"state": "asked granted refused lapsed"},
    "co_handling": {"state": "asked given ended"},
    "promise": {"state": "open kept replaced"},
    "due_change": {
        "cause": "received reopened reclassified extended urgent calendar office_close",
        "category": _CATEGORIES,
    },
    "lapse": {"category": _CATEGORIES},
    "knowledge_entry": {"status": "candidate published retired"},
    "outcome": {"kind": "answer refusal auto", "category": _CATEGORIES},
    "article": {"source": "added datacube"},
    "comment": {"state": "open replied deleted"},
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, column, words in _columns():
            op.create_check_constraint(f"{column}_known", table, f"{column} IN ({words})")
        return
    _rewrite(lambda made, checks: f"{made.rstrip().removesuffix(')').rstrip()}{checks})")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, column, _ in _columns():
            op.drop_constraint(f"{column}_known", table, type_="check")
        return
    _rewrite(lambda made, checks: made.replace(checks, ""))


def _columns() -> Iterator[tuple[str, str, str]]:
    for table, columns in _KNOWN.items():
        for column, words in columns.items():
            yield table, column, ", ".join(f"'{word}'" for word in words.split())


def _rewrite(change: Callable[[str, str], str]) -> None:
    """Change what SQLite notes of each table, by the way that its manual gives: no row is copied, no trigger lost.

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
