"""what citizens said of an entry's answers, and which of their wordings a person has looked at"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("knowledge_entry", sa.Column("pleased", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("auto_answer", sa.Column("chosen", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("auto_answer", sa.Column("wording", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("auto_answer", "wording")
    op.drop_column("auto_answer", "chosen")
    op.drop_column("knowledge_entry", "pleased")
