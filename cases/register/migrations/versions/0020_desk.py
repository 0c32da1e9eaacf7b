"""an index that holds all that lists of cases ask of one: they are counted and sorted without their fifty columns"""

from alembic import op

from cases.register.beside import build_index, drop_index

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_DESK = [
    "status", "due_at", "urgent", "id", "due_on", "overdue_since", "department_id", "handler_id", "accusation",
    "sensitive", "parent_id", "category", "topic", "channel", "received_at",
]  # fmt: skip


def upgrade() -> None:
    build_index("ix_cases_desk", "cases", _DESK)
    drop_index("ix_cases_status", "cases")


def downgrade() -> None:
    op.create_index("ix_cases_status", "cases", ["status", "due_at"])
    op.drop_index("ix_cases_desk", "cases")
