"""each due date keeps the holidays that it was counted with"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("due_change") as batch_op:
        batch_op.add_column(sa.Column("named_days", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("due_change") as batch_op:
        batch_op.drop_column("named_days")
