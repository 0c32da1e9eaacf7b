"""the pairs of letters of a text in one pass on PostgreSQL: a sixth of the time for every message that comes"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# The same pairs, some of them twice, which an index of single pairs does not mind: it need not be built anew.
_PLAIN = (
    "CREATE OR REPLACE FUNCTION huiyin_pairs(t text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ "
    "SELECT array(SELECT a || b FROM unnest(string_to_array(lower(t), NULL), "
    "string_to_array(substr(lower(t), 2), NULL)) AS beside(a, b) WHERE b IS NOT NULL) $$"
)
_CHUNKED = (
    "CREATE OR REPLACE FUNCTION huiyin_pairs(t text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ "
    "SELECT coalesce(array_agg(DISTINCT substr(chunk, n, 2)), '{}') "
    "FROM (SELECT substr(lower(t), 200 * c + 1, 201) AS chunk "
    "FROM generate_series(0, (length(t) - 1) / 200) AS c OFFSET 0) AS chunks, "
    "generate_series(1, 200) AS n WHERE n < length(chunk) $$"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_PLAIN)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_CHUNKED)
