"""whether a citizen was asked if a promised thing was done, and what they said"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("promise", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("promise", sa.Column("said", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("promise", "said")
    op.drop_column("promise", "asked_at")
