"""the alarm about a case in which somebody is in danger, followed until a person has it"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "danger",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["taken_by"], ["staff.id"]),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("ix_danger_next_at", "danger", ["next_at"])
    op.execute(  # who told of danger before and was claimed by nobody is told of again at once
        "INSERT INTO danger (case_id, raised_at, told, next_at) "
        "SELECT id, registered_at, 1, registered_at FROM cases WHERE urgent AND status = 'new'"
    )


def downgrade() -> None:
    op.drop_index("ix_danger_next_at", "danger")
    op.drop_table("danger")
