"""each due date keeps the holidays that it was counted with"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("due_change", sa.Column("named_days", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("due_change", "named_days")
