"""「解除紧急」 may be asked in the chat: its reason is waited for like any other"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_BEFORE = "'return', 'extend', 'question', 'refuse', 'correct', 'opinion'"
_AFTER = f"{_BEFORE}, 'calm'"


def upgrade() -> None:
    _change(_BEFORE, _AFTER)


def downgrade() -> None:
    op.execute(
        "UPDATE ask SET action = 'return', open = false WHERE action = 'calm'"
    )  # nobody waits for it then
    _change(_AFTER, _BEFORE)


def _change(old: str, new: str) -> None:
    """On SQLite what it notes of the table is changed, as 0018 does: no row is copied.

    Source: https://www.sqlite.org/lang_altertable.html#otheralter
    """
    if op.get_context().dialect.name == "postgresql":
        op.drop_constraint("action_known", "ask", type_="check")
        op.create_check_constraint("action_known", "ask", f"action IN ({new})")
        return
    bind = op.get_bind()
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema = ON")
    bind.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE type = 'table' AND name = 'ask'"
        ),
        {"old": f"action IN ({old})", "new": f"action IN ({new})"},
    )
    bind.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema = RESET")
