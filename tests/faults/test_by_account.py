"""What a database spread by account would need: every statement of the way in works with the account in its WHERE.

PostgreSQL's own partitions by account stand for Citus here. Each table that grows is spread over two accounts, and the
program sees it through a view that adds `account = …` to whatever is asked or written; it runs unchanged on them.
The plans show that no statement looks at another account's part. docs/capacity.md says what else would have to change.
"""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from sqlalchemy import text

from cases.register.desk import Workplace
from cases.register.store import Store
from cases.register.tables import Case, Message, Outbox
from tests.builders import ACCOUNT, Bureau, an_office
from tests.faults.test_store_plan import plans_of, say

pytestmark = pytest.mark.parametrize(
    "database_url", ["postgresql"], indirect=True
)  # SQLite has no partitions
SPREAD = (
    "citizen",
    "push",
    "cases",
    "message",
    "due_change",
    "outbox",
    "delivery",
    "danger",
    "draft",
    "citizen_question",
)
WHOLE = ("audit", "meta", "case_number")  # one chain and one count for the office: they stay on one node
_KEYS = {"push": "key", "danger": "case_id", "citizen_question": "citizen_id"}


def spread(store: Store) -> None:
    """Put the growing tables on partitions by account, behind views that name one account."""
    with store.engine.begin() as connection:
        run = connection.exec_driver_sql
        run("CREATE SCHEMA parts")
        run("CREATE SCHEMA one")
        for table in SPREAD:
            account = "" if table in ("citizen", "cases") else ", account text"
            like = f"LIKE public.{table} INCLUDING DEFAULTS{account}"
            run(f"CREATE TABLE parts.{table} ({like}) PARTITION BY LIST (account)")
            run(f"ALTER TABLE parts.{table} ADD PRIMARY KEY (account, {_KEYS.get(table, 'id')})")
            run(f"CREATE TABLE parts.{table}_mine PARTITION OF parts.{table} FOR VALUES IN ('{ACCOUNT}')")
            run(f"CREATE TABLE parts.{table}_others PARTITION OF parts.{table} DEFAULT")
            run(f"CREATE VIEW one.{table} AS SELECT * FROM parts.{table} WHERE account = '{ACCOUNT}'")  # noqa: S608
            run(f"ALTER VIEW one.{table} ALTER COLUMN account SET DEFAULT '{ACCOUNT}'")
        run("ALTER TABLE parts.outbox ADD UNIQUE (account, key)")
        run("CREATE INDEX ON parts.citizen (account, openid_hash)")


@pytest.fixture
def seen(bureau: Bureau) -> Iterator[Bureau]:
    """The same office, which sees its growing tables through the views."""
    spread(bureau.store)
    url = bureau.store.engine.url.render_as_string(hide_password=False)
    mark = "&" if "?" in url else "?"
    store = Store(f"{url}{mark}options={quote('-c search_path=one,public')}")
    yield Bureau(Workplace(store, an_office(), bureau.clock), bureau.clock, bureau.ids)
    store.close()


def test_the_way_in_names_one_account(seen: Bureau) -> None:
    plans = [
        *plans_of(seen, say(seen, "请问水管多久修好", "投诉公交不来", "有人要跳楼")),
        *plans_of(seen, say(seen, "请问水管多久修好")),  # the same push again
        *plans_of(seen, say(seen, "还有一件事", start=50, openid="o0")),
        *plans_of(seen, say(seen, "查询", start=60, openid="o0")),
    ]
    assert len(plans) > 15
    for statement, plan in plans:
        assert "_others" not in plan, f"{statement}\n{plan}"
    assert any("_mine" in plan for _, plan in plans)


def test_what_came_in_is_whole(seen: Bureau) -> None:
    say(seen, "请问水管多久修好", "投诉公交不来", "有人要跳楼")()
    say(seen, "还有一件事", start=50, openid="o0")()
    assert len(seen.rows(Case)) == 3 and len(seen.rows(Message)) == 4 and seen.rows(Outbox)
    assert seen.chain().ok
    with seen.store.engine.connect() as connection:
        stray = [
            table
            for table in SPREAD
            if connection.execute(text(f"SELECT count(*) FROM parts.{table}_others")).scalar()  # noqa: S608
            or connection.execute(text(f"SELECT count(*) FROM public.{table}")).scalar()  # noqa: S608
        ]
        counts = {table: f"SELECT count(*) FROM {table}" for table in WHOLE}  # noqa: S608
        whole = [table for table, count in counts.items() if connection.execute(text(count)).scalar()]
    assert stray == [] and whole == list(WHOLE)
