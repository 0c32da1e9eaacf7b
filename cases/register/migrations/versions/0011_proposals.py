"""what a language model proposed, which draft came of it, and what a second look found missing"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("masked", sa.Text(), nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_proposal_case_id", "proposal", ["case_id"])
    op.add_column("draft", sa.Column("proposal_id", sa.Integer(), nullable=True))
    op.add_column("draft", sa.Column("missed", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("draft", "missed")
    op.drop_column("draft", "proposal_id")
    op.drop_index("ix_proposal_case_id", "proposal")
    op.drop_table("proposal")
