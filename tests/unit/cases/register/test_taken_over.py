"""A running register of the first version, with everything that it kept within strings, is brought up to date."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, MetaData, Table, insert, select
from sqlalchemy.exc import IntegrityError

from cases.lists import browse, views
from cases.lists.filters import Wanted
from cases.register import cohandlings, permissions, questions, register
from cases.register.desk import Desk
from cases.register.kinds import QuestionKind as Kind
from cases.register.store import Store, alembic_config
from cases.register.tables import Citizen, DueChange, KnowledgeEntry, Staff
from cases.sending import card_codes
from cases.watch import recount
from tests import builders
from tests.builders import MONDAY, Bureau, Clock

NOW = MONDAY
LATER = NOW + timedelta(minutes=5)
FIRST = "0001"


def moved(store: Store, to: str, *, down: bool = False) -> None:
    with store.engine.connect() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, to)
        connection.commit()


class Old:
    """Writes rows of an earlier schema: what is not named is empty."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._tables = connection, MetaData()
        self._tables.reflect(connection)

    def add(self, to: str, /, **named: Any) -> None:
        table = self._tables.tables[to]
        self._connection.execute(insert(table).values(_filled(table) | named))


def _filled(table: Table) -> dict[str, Any]:
    empty: dict[type, Any] = {
        str: "", int: 0, float: 0.0, bool: False, bytes: b"", datetime: NOW, date: NOW.date(), object: {},
    }  # fmt: skip
    wanted = (c for c in table.columns if not c.nullable and not (c.primary_key and c.name == "id"))
    return {column.name: empty[column.type.python_type] for column in wanted}


def fill(old: Old) -> None:
    """An office at work, as the first version kept it."""
    old.add("department", id=1, name="城建局", topics="城乡建设,环境保护", chat_id="-100")
    old.add("department", id=2, name="交通局", topics="")
    old.add("staff", id=1, name="张工", role="handler", department_id=1, active=True)
    old.add("staff", id=2, name="陈师傅", role="handler", department_id=2, active=True)
    sealed = builders.an_office().vault.seal("o-amy")
    offered = {"case": 3, "entries": ["E1", "E2"], "score": 0.71, "until": LATER.timestamp()}
    asking = ("", f"belongs:2:1:{int(LATER.timestamp())}", f"choose:{json.dumps(offered)}")
    for number, said in enumerate(asking, 1):
        old.add(
            "citizen", id=number, account="gh_office", openid_hash=f"h{number}", openid_sealed=sealed,
            following=True, asking=said, last_case_id=number,
        )  # fmt: skip
        old.add(
            "cases", id=number, no=f"20260302-000{number}", channel="wechat", account="gh_office",
            citizen_id=number, status="answered" if number == 1 else "new", category="complaint", department_id=1,
            reasons=("", "提到跳楼；未成年人", "改类")[number - 1], co_departments=",2," if number == 2 else "",
            due_on=date(2026, 3, 30), due_at=datetime(2026, 3, 30, 16, tzinfo=UTC),
        )  # fmt: skip
    old.add("co_handling", id=1, case_id=2, department_id=2, state="asked", asked_by=1)
    old.add("co_handling", id=2, case_id=3, department_id=2, state="ended", asked_by=1)
    for cause, day, note in (
        ("received", 27, ""),
        ("calendar", 30, "2026-03-27→2026-03-30"),
        ("calendar", 30, ""),
    ):
        old.add(
            "due_change", case_id=2, cause=cause, category="complaint", working_days=20,
            due_on=date(2026, 3, day), note=note,
        )  # fmt: skip
    for name, status, answer, until in (
        ("E1", "published", "请到政务大厅三楼办理。", None),
        ("E2", "published", "2026年4月30日前到窗口登记。", None),
        ("E3", "published", "请到派出所办理。", date(2026, 9, 1)),
        ("E4", "candidate", "请到社区办理。", None),
    ):
        old.add("knowledge_entry", id=name, answer=answer, status=status, changed_at=NOW, review_on=until)
    head, code = f"{NOW.isoformat()} abcd", f"{NOW.isoformat()} code-"
    old.add("meta", key="wecom_card:T1", value=f"{head}\n{code}new\n{code}old")
    old.add("meta", key="model_version", value="built-in")


@pytest.fixture
def office(store: Store) -> Iterator[Bureau]:
    """An office whose register was begun by the first version and has just been brought up to date."""
    moved(store, FIRST, down=True)
    with store.engine.begin() as connection:
        fill(Old(connection))
    store.migrate()
    yield Bureau(
        builders.Workplace(store, builders.an_office(), Clock(LATER)), Clock(LATER), {"张工": 1, "陈师傅": 2}
    )


def topics_are_the_departments(office: Bureau) -> None:
    found = {d.name: d.topics for d in office.workplace.look(lambda desk: desk.departments)}
    assert found == {"城建局": ("城乡建设", "环境保护"), "交通局": ()}


def reasons_are_read_one_by_one_and_shown_as_before(office: Bureau) -> None:
    shown: dict[str, Any] = {}

    def look(desk: Desk) -> None:
        for n in (1, 2, 3):
            case = register.by_number(desk, f"20260302-000{n}")
            shown[case.no] = case.reasons, views.view(desk, case).reasons

    office.workplace.look(look)
    assert list(shown.values()) == [
        ((), ""), (("提到跳楼", "未成年人"), "提到跳楼；未成年人"), (("改类",), "改类"),
    ]  # fmt: skip


def a_department_that_co_handles_sees_its_case_and_no_other(office: Bureau) -> None:
    def look(desk: Desk) -> tuple[list[str], list[bool]]:
        staff = desk.session.get_one(Staff, 2)
        page = browse.cases(desk, staff, Wanted("all"))
        cases = [register.by_number(desk, f"20260302-000{n}") for n in (1, 2, 3)]
        assert [len(cohandlings.all_of(desk, case)) for case in cases] == [0, 1, 0]
        return [line.no for line in page.rows], [permissions.co_handles(staff, case) for case in cases]

    assert office.workplace.look(look) == (["20260302-0002"], [False, True, False])


def questions_to_citizens_may_still_be_answered(office: Bureau) -> None:
    def look(desk: Desk) -> list[Any]:
        amy, bob, eve = (desk.session.get_one(Citizen, n) for n in (1, 2, 3))
        assert questions.take(desk, amy) is None
        belongs = questions.standing(desk, bob, Kind.BELONGS)
        choose = questions.standing(desk, eve, Kind.CHOOSE)
        assert belongs is not None and choose is not None
        return [
            belongs.case_id,
            belongs.before_id,
            choose.case_id,
            choose.entries,
            choose.score,
            choose.until,
        ]

    assert office.workplace.look(look) == [2, 1, 3, ("E1", "E2"), 0.71, LATER]


def a_card_is_changed_by_its_newest_code(office: Bureau) -> None:
    take = lambda shows: office.workplace.act(lambda desk: card_codes.take(desk, "T1", shows))  # noqa: E731
    assert [take("abcd"), take("abcd"), take("other")] == ["code-new", "", "code-old"]


def what_a_due_date_was_is_known(office: Bureau) -> None:
    rows = office.rows(DueChange, case_id=2)
    assert [row.was_due_on for row in rows] == [None, date(2026, 3, 27), date(2026, 3, 30)]
    assert office.workplace.look(lambda desk: recount.moved_since(desk, NOW)) == ["20260302-0002"]


def what_answers_by_itself_has_a_day_of_review(office: Bureau) -> None:
    days = {row.id: row.review_on for row in office.rows(KnowledgeEntry)}
    assert days == {"E1": date(2027, 3, 2), "E2": date(2026, 4, 30), "E3": date(2026, 9, 1), "E4": None}


def test_everything_is_read_back(office: Bureau) -> None:
    topics_are_the_departments(office)
    reasons_are_read_one_by_one_and_shown_as_before(office)
    a_department_that_co_handles_sees_its_case_and_no_other(office)
    questions_to_citizens_may_still_be_answered(office)
    a_card_is_changed_by_its_newest_code(office)
    what_a_due_date_was_is_known(office)
    what_answers_by_itself_has_a_day_of_review(office)


def test_it_may_be_taken_back_and_up_again(office: Bureau) -> None:
    moved(office.store, FIRST, down=True)
    office.store.migrate()
    topics_are_the_departments(office)
    reasons_are_read_one_by_one_and_shown_as_before(office)
    a_department_that_co_handles_sees_its_case_and_no_other(office)


BEFORE_DUTIES_KNEW_THEIR_WORDS = "0023"
DUTIES = {
    "account_event": {"account_id": 1, "kind": "suspend"},
    "release": {"account_id": 1, "weight": "grave", "state": "returned"},
    "release_step": {"release_id": 1, "action": "return"},
    "self_check_item": {"check_id": 1, "code": "A1", "automatic": "", "verdict": "fault"},
    "self_check_task": {"check_id": 1, "code": "A1", "state": "withdrawn"},
    "incident": {"kind": "rumour", "state": "reported"},
    "watch": {"staff_id": 1, "kind": "weekend"},
    "watch_swap": {"from_id": 1, "to_id": 1, "state": "lapsed"},
    "suggestion": {"case_id": 1, "department_id": 1, "state": "declined"},
    "knowledge_version": {"entry_id": "E1", "status": "retired"},
}


def test_the_duties_rows_are_taken_over_and_take_known_words_alone(office: Bureau) -> None:
    moved(office.store, BEFORE_DUTIES_KNEW_THEIR_WORDS, down=True)
    with office.store.engine.begin() as connection:
        old = Old(connection)
        old.add("media_account", id=1, name="滨海发布", standard="anning", state="suspended")
        old.add("self_check", id=1, month="2026-02", scope="office")
        for table, row in DUTIES.items():
            old.add(table, **row)
    office.store.migrate()
    tables = MetaData()
    tables.reflect(office.store.engine)
    for name, row in DUTIES.items():
        table, column = tables.tables[name], list(row)[-1]
        with office.store.engine.begin() as connection:
            assert [
                dict(found) for found in connection.execute(select(*(table.c[c] for c in row))).mappings()
            ] == [row]
        with (
            pytest.raises(IntegrityError, match=f"{column}_known"),
            office.store.engine.begin() as connection,
        ):
            connection.execute(table.update().values({column: "unheard-of"}))
