"""the console's lists: words found in masked texts by an index on both databases, and saved views"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_KEPT = (("message", "masked"), ("draft", "masked"), ("auto_answer", "answer"))
_CHUNK = (
    200  # letters: a long text is cut up first, for finding a place in a text takes as long as the way to it
)
_CHUNKS = 1000


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("staff_id", "name"),
    )
    op.add_column("auto_answer", sa.Column("answer", sa.Text(), nullable=False, server_default=""))
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, _ in _KEPT:
        if sqlite:
            for event in ("insert", "update", "delete"):
                op.execute(f"DROP TRIGGER {table}_pairs_{event}")
            op.execute(f"DROP TABLE {table}_pairs")
        else:
            op.execute(f"DROP INDEX {table}_pairs")
    op.execute("DROP TABLE pair_places" if sqlite else "DROP FUNCTION huiyin_pairs(text)")
    op.drop_column("auto_answer", "answer")
    op.drop_table("saved_view")


def _sqlite() -> None:
    """Triggers keep the pairs: whatever writes, edits or blots out a text takes them along."""
    op.execute("CREATE TABLE pair_places (n INTEGER PRIMARY KEY)")
    op.execute(
        f"WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < {_CHUNKS}) "  # noqa: S608
        "INSERT INTO pair_places SELECT n FROM up"
    )
    for table, column in _KEPT:
        name = f"{table}_pairs"
        op.execute(f"CREATE VIRTUAL TABLE {name} USING fts5(pairs, content='', detail='none')")
        put = f"INSERT INTO {name}(rowid, pairs) VALUES (NEW.id, {_pairs('NEW.' + column)})"  # noqa: S608
        away = (
            f"INSERT INTO {name}({name}, rowid, pairs) VALUES ('delete', OLD.id, {_pairs('OLD.' + column)})"  # noqa: S608
        )
        op.execute(f"CREATE TRIGGER {name}_insert AFTER INSERT ON {table} BEGIN {put}; END")
        op.execute(
            f"CREATE TRIGGER {name}_update AFTER UPDATE OF {column} ON {table} BEGIN {away}; {put}; END"
        )
        op.execute(f"CREATE TRIGGER {name}_delete AFTER DELETE ON {table} BEGIN {away}; END")
        op.execute(f"INSERT INTO {name}(rowid, pairs) SELECT id, {_pairs(column)} FROM {table}")  # noqa: S608


def _pairs(text: str) -> str:
    """Return the SQL for all pairs of letters of `text`; the limit keeps the chunks from being cut anew each time."""
    chunks = (
        f"SELECT substr({text}, {_CHUNK} * (n - 1) + 1, {_CHUNK + 1}) AS chunk FROM pair_places "  # noqa: S608
        f"WHERE n <= (length({text}) + {_CHUNK - 1}) / {_CHUNK} LIMIT {_CHUNKS}"
    )
    return (
        f"(SELECT coalesce(group_concat(substr(chunk, n, 2), ' '), '') FROM ({chunks}), pair_places "  # noqa: S608
        f"WHERE n <= {_CHUNK} AND n < length(chunk))"
    )


def _postgresql() -> None:
    op.execute(
        "CREATE FUNCTION huiyin_pairs(t text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ "  # noqa: S608
        "SELECT coalesce(array_agg(DISTINCT substr(chunk, n, 2)), '{}') "
        f"FROM (SELECT substr(lower(t), {_CHUNK} * c + 1, {_CHUNK + 1}) AS chunk "
        f"FROM generate_series(0, (length(t) - 1) / {_CHUNK}) AS c OFFSET 0) AS chunks, "
        f"generate_series(1, {_CHUNK}) AS n WHERE n < length(chunk) $$"
    )
    for table, column in _KEPT:
        op.execute(f"CREATE INDEX {table}_pairs ON {table} USING gin (huiyin_pairs({column}))")
