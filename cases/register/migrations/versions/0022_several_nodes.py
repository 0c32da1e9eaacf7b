"""who has a row in hand, and the number of who leads: several processes send beside each other"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("holder", sa.String(), nullable=False, server_default=""))
    op.add_column("lease", sa.Column("number", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("lease", "number")
    op.drop_column("outbox", "holder")
