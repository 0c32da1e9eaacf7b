"""every published entry has a day of review: a year from its last edit, or as long as its own words can be true"""

import sqlalchemy as sa
from alembic import op

from cases.register import earlier
from cases.register.columns import UtcTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_PAGE = 500


def upgrade() -> None:
    entries = sa.table(
        "knowledge_entry",
        sa.column("id", sa.String()),
        sa.column("answer", sa.Text()),
        sa.column("status", sa.String()),
        sa.column("changed_at", UtcTime()),
        sa.column("review_on", sa.Date()),
    )
    undated = (entries.c.status == "published", entries.c.review_on.is_(None))
    query = sa.select(entries.c.id, entries.c.answer, entries.c.changed_at).where(*undated).limit(_PAGE)
    change = (
        entries.update().where(entries.c.id == sa.bindparam("row")).values(review_on=sa.bindparam("until"))
    )
    while page := op.get_bind().execute(query).all():
        days = [
            {"row": id_, "until": earlier.review_day(answer, changed.date())} for id_, answer, changed in page
        ]
        op.get_bind().execute(change, days)


def downgrade() -> None:
    """Nothing to undo: an earlier version reads these days as any other."""
