"""other channels: sources with their keys, and the order of what is released to each"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("callback", sa.Text(), nullable=False),
        sa.Column("addresses", sa.String(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("given_seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key_hash"),
        sa.UniqueConstraint("name"),
    )
    op.add_column("delivery", sa.Column("source_id", sa.Integer(), nullable=True))
    op.add_column("delivery", sa.Column("source_seq", sa.Integer(), nullable=True))
    op.create_index("ix_delivery_source", "delivery", ["source_id", "source_seq"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_delivery_source", "delivery")
    op.drop_column("delivery", "source_seq")
    op.drop_column("delivery", "source_id")
    op.drop_table("source")
