"""What is rare is found without all the rest: answers not accepted, cases that came back, texts of a month"""

from cases.register.beside import build_index, drop_index

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index(
        "ix_outcome_withdrawn",
        "outcome",
        ["at"],
        sqlite_where="withdrawn = 1",
        postgresql_where="withdrawn",
    )
    build_index(
        "ix_cases_reopened",
        "cases",
        ["status", "rating"],
        sqlite_where="reopened > 0",
        postgresql_where="reopened > 0",
    )
    build_index("ix_delivery_created_at", "delivery", ["created_at"])


def downgrade() -> None:
    drop_index("ix_delivery_created_at", "delivery")
    drop_index("ix_cases_reopened", "cases")
    drop_index("ix_outcome_withdrawn", "outcome")
