"""topics, questions to citizens and card codes in tables, reasons as a list, the day that a due date was before"""

from collections.abc import Callable, Iterator

import sqlalchemy as sa
from alembic import op

from cases.register import earlier
from cases.register.columns import TextList, UtcTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_PAGE = 500


def upgrade() -> None:
    _topics()
    _questions()
    _card_codes()
    op.create_index("ix_co_handling_department_id", "co_handling", ["department_id"])
    op.drop_column("cases", "co_departments")  # what `co_handling` holds anyway
    cases = sa.table("cases", sa.column("id"), sa.column("reasons"))
    _rewrite(cases, lambda said: TextList.written(earlier.reasons(said)))
    op.add_column("due_change", sa.Column("was_due_on", sa.Date(), nullable=True))
    op.execute(
        "UPDATE due_change SET was_due_on = (SELECT before.due_on FROM due_change AS before "
        "WHERE before.case_id = due_change.case_id AND before.id < due_change.id ORDER BY before.id DESC LIMIT 1)"
    )


def _topics() -> None:
    table = op.create_table(
        "department_topic",
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"]),
        sa.PrimaryKeyConstraint("department_id", "topic"),
    )
    rows = op.get_bind().execute(sa.text("SELECT id, topics FROM department ORDER BY id")).all()
    op.bulk_insert(table, [row for id_, joined in rows for row in earlier.topics(id_, joined)])
    op.drop_column("department", "topics")


def _questions() -> None:
    table = op.create_table(
        "citizen_question",
        sa.Column("citizen_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("before_id", sa.Integer(), nullable=True),
        sa.Column("entries", TextList(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.CheckConstraint("kind IN ('belongs', 'choose')", name="kind_known"),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["before_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("citizen_id"),
    )
    asked = (
        op.get_bind().execute(sa.text("SELECT id, asking FROM citizen WHERE asking <> '' ORDER BY id")).all()
    )
    op.bulk_insert(table, [row for id_, asking in asked if (row := earlier.question(id_, asking))])
    op.drop_column("citizen", "asking")


def _card_codes() -> None:
    cards = op.create_table(
        "changeable_card",
        sa.Column("card", sa.String(), nullable=False),
        sa.Column("shown", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("card"),
    )
    codes = op.create_table(
        "card_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card", sa.String(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["card"], ["changeable_card.card"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_card_code_card", "card_code", ["card"])
    rows = op.get_bind().execute(
        sa.text("SELECT key, value FROM meta WHERE key LIKE 'wecom_card:%' ORDER BY key")
    )
    kept = [found for key, value in rows if (found := earlier.card(key, value))]
    op.bulk_insert(cards, [card for card, _ in kept])
    op.bulk_insert(codes, [code for _, several in kept for code in several])
    op.execute("DELETE FROM meta WHERE key LIKE 'wecom_card:%'")


def _rewrite(table: sa.TableClause, written: Callable[[str], str]) -> None:
    for page in _pages(table):
        op.get_bind().execute(
            table.update().where(table.c.id == sa.bindparam("row")).values(reasons=sa.bindparam("said")),
            [{"row": id_, "said": written(said)} for id_, said in page],
        )


def _pages(table: sa.TableClause) -> Iterator[list[tuple[int, str]]]:
    last = 0
    while True:
        query = sa.select(table.c.id, table.c.reasons).where(table.c.id > last, table.c.reasons != "")
        page = [(id_, said) for id_, said in op.get_bind().execute(query.order_by(table.c.id).limit(_PAGE))]
        if not page:
            return
        yield page
        last = page[-1][0]


def downgrade() -> None:
    op.drop_table("card_code")  # a card whose codes are gone is posted anew when it changes
    op.drop_table("changeable_card")
    op.drop_column("due_change", "was_due_on")
    cases = sa.table("cases", sa.column("id"), sa.column("reasons"))
    _rewrite(cases, lambda said: "；".join(TextList.read(said)))
    op.add_column("cases", sa.Column("co_departments", sa.String(), nullable=False, server_default=""))
    joined = "string_agg(department_id::text, ',')" if _postgresql() else "group_concat(department_id, ',')"
    op.execute(
        f"UPDATE cases SET co_departments = ',' || (SELECT {joined} FROM co_handling WHERE case_id = cases.id "  # noqa: S608
        "AND state <> 'ended') || ',' WHERE id IN (SELECT case_id FROM co_handling WHERE state <> 'ended')"
    )
    op.drop_index("ix_co_handling_department_id", "co_handling")
    op.add_column("citizen", sa.Column("asking", sa.String(), nullable=False, server_default=""))
    op.drop_table("citizen_question")
    op.add_column("department", sa.Column("topics", sa.String(), nullable=False, server_default=""))
    joined = "string_agg(topic, ',' ORDER BY place)" if _postgresql() else "group_concat(topic, ',')"
    op.execute(
        f"UPDATE department SET topics = coalesce((SELECT {joined} FROM department_topic "  # noqa: S608
        "WHERE department_id = department.id), '')"
    )
    op.drop_table("department_topic")


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
