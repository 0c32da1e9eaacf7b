"""spans of being overdue, and when an automatic answer was given up: past months keep their figures"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lapse",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("by_change", sa.Boolean(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_lapse_case_id", "lapse", ["case_id"])
    op.create_index("ix_lapse_since", "lapse", ["since"])
    op.execute(
        "INSERT INTO lapse (case_id, since, until, category, department_id, by_change, provisional) "
        "SELECT id, overdue_since, closed_at, category, department_id, false, provisional FROM cases "
        "WHERE overdue_since IS NOT NULL"
    )
    op.create_index("ix_cases_overdue_since", "cases", ["overdue_since"])
    op.add_column("cases", sa.Column("settled", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE cases SET settled = true WHERE id IN (SELECT case_id FROM correction)")
    op.add_column("outcome", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("outcome", "withdrawn_at")
    op.drop_column("cases", "settled")
    op.drop_index("ix_cases_overdue_since", "cases")
    op.drop_index("ix_lapse_since", "lapse")
    op.drop_index("ix_lapse_case_id", "lapse")
    op.drop_table("lapse")
