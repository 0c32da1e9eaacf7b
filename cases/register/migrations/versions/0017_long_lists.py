"""indexes for lists of hundreds of thousands: what is finished, what came when, what waits for review or for an answer"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_FINISHED = ["status", "closed_at", "department_id", "handler_id", "accusation", "id"]
_WAITS = sa.text("waiting_until IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_cases_finished", "cases", _FINISHED)
    op.create_index("ix_cases_received", "cases", ["received_at"])
    op.create_index("ix_draft_state", "draft", ["state"])
    op.drop_index("ix_message_waiting_until", "message")
    op.create_index(
        "ix_message_waiting_until", "message", ["waiting_until"], sqlite_where=_WAITS, postgresql_where=_WAITS
    )


def downgrade() -> None:
    op.drop_index("ix_message_waiting_until", "message")
    op.create_index("ix_message_waiting_until", "message", ["waiting_until"])
    op.drop_index("ix_draft_state", "draft")
    op.drop_index("ix_cases_received", "cases")
    op.drop_index("ix_cases_finished", "cases")
