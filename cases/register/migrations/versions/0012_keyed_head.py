"""the audit head gets a hash of its own: that it had none yet is noted once"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("INSERT INTO meta (key, value) VALUES ('audit_head_unkeyed', '1')")


def downgrade() -> None:
    op.execute("DELETE FROM meta WHERE key IN ('audit_head_unkeyed', 'audit_keys')")
    meta = sa.table("meta", sa.column("key"), sa.column("value"))
    head = op.get_bind().execute(sa.select(meta.c.value).where(meta.c.key == "audit_head")).scalar()
    plain = ":".join(str(head).split(":")[:2])
    op.execute(meta.update().where(meta.c.key == "audit_head").values(value=plain))
