"""when each source came of late"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recent",
        sa.Column("name", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE recent SET UNLOGGED")  # a commit of it waits for no disk


def downgrade() -> None:
    op.drop_table("recent")
