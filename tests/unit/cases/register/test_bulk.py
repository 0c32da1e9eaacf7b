"""What is handed to the driver at once is what the mapper itself would have written, on both databases."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlmodel import SQLModel

from cases.register import bulk
from cases.register.desk import Desk
from cases.register.rows import table_of
from cases.register.states import State
from cases.register.tables import Audit, Case, Citizen, DueChange, Message, Outbox
from cases.register.turn import Turn
from tests.builders import MONDAY, Bureau

LATER = MONDAY + timedelta(days=1)
CASE = {
    "citizen_id": 1, "status": State.NEW, "category": "praise", "confidence": 0.875, "needs_review": True,
    "received_at": MONDAY, "registered_at": MONDAY, "clock_from": LATER, "due_on": date(2026, 3, 9), "due_at": LATER,
    "overdue_since": LATER, "on_time": False, "reasons": ("一", "二"),
}  # fmt: skip
ROWS: list[tuple[type[SQLModel], dict[str, Any]]] = [
    (Citizen, {"account": "a", "openid_hash": "h", "openid_sealed": b"\x00\xff", "last_message_at": MONDAY}),
    (Case, CASE | {"no": "20260302-0001", "reasons": ()}),
    (Case, CASE | {"no": "20260302-0002", "overdue_since": None, "on_time": None}),
    (Message, {"citizen_id": 1, "case_id": 1, "masked": "路灯 ☂", "sealed": b"s", "received_at": MONDAY}),
    (
        DueChange,
        {
            "case_id": 1, "at": MONDAY, "cause": "received", "category": "praise", "working_days": 5, "counted_from": MONDAY,
            "due_on": date(2026, 3, 9), "due_at": LATER, "named_days": {"2026-04-06": "清明节"},
        },
    ),
    (Outbox, {"key": "k", "lane": "chat", "target": "t", "kind": "case_card", "payload": {"case": 1}, "not_before": MONDAY,
              "created_at": MONDAY}),
    (Audit, {"seq": 7_000, "at": LATER, "actor": "系统", "action": "a.b", "subject": "s", "prev": "p", "hash": "h"}),
]  # fmt: skip


def test_each_table_of_the_way_in_reads_back_as_if_the_mapper_had_written_it(bureau: Bureau) -> None:
    def step(desk: Desk) -> None:
        for number, (model, given) in enumerate(ROWS):
            row, table = model(**given), table_of(model)
            values = {name: getattr(row, name) for name in table.columns.keys()}  # noqa: SIM118 - no mapping
            if "id" in values:
                values["id"] = number if model is Case else 1
            bulk.insert(desk.session, table, [values])

    bureau.workplace.act(step)
    for model, given in ROWS:
        kept = [row for row in bureau.rows(model) if all(getattr(row, k) == v for k, v in given.items())]
        assert len(kept) == 1, (model, bureau.rows(model))


def test_many_rows_are_one_statement_and_all_or_none(bureau: Bureau) -> None:
    with pytest.raises(IntegrityError):
        bureau.workplace.act(
            lambda desk: bulk.insert(desk.session, table_of(Citizen), citizens("one", "two", "one"))
        )
    assert not bureau.rows(Citizen)
    bureau.workplace.act(lambda desk: bulk.insert(desk.session, table_of(Citizen), citizens("one", "two")))
    assert [row.openid_hash for row in bureau.rows(Citizen)] == ["one", "two"]


def test_more_rows_than_one_statement_takes(bureau: Bureau) -> None:
    names = [str(number) for number in range(4_500)]  # of five values each
    bureau.workplace.act(lambda desk: bulk.insert(desk.session, table_of(Citizen), citizens(*names)))
    assert [row.openid_hash for row in bureau.rows(Citizen)] == names


def test_nothing_to_write_asks_nothing(bureau: Bureau) -> None:
    bureau.workplace.act(lambda desk: bulk.insert(desk.session, table_of(Citizen), []))


def citizens(*names: str) -> list[dict[str, Any]]:
    return [
        {"account": "a", "openid_hash": name, "openid_sealed": b"", "following": True, "sent_in_window": 0}
        for name in names
    ]


def test_statements_that_follow_each_other_fail_as_one(bureau: Bureau) -> None:
    """One that breaks a rule undoes all of them, is told as what it is, and the next step finds a sound connection."""

    def step(desk: Desk, *groups: tuple[str, ...]) -> None:
        for names in groups:
            bulk.insert(desk.session, table_of(Citizen), citizens(*names))

    for groups in ((("one",), ("two", "one")), (("three", "three"), ("four",))):
        with pytest.raises(IntegrityError):
            bureau.workplace.act(lambda desk, groups=groups: step(desk, *groups))
    assert not bureau.rows(Citizen)
    bureau.workplace.act(lambda desk: step(desk, ("one",), ("two",)))
    assert [row.openid_hash for row in bureau.rows(Citizen)] == ["one", "two"]


def test_a_connection_that_is_lost_amid_them_is_known_to_be_lost(bureau: Bureau) -> None:
    """So that nobody takes for undone what may have been done, and nobody is given that connection again."""
    if bureau.workplace.store.sqlite:
        return  # there is no connection to lose

    def step(desk: Desk) -> None:
        mine = desk.session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar()
        bulk.insert(desk.session, table_of(Citizen), citizens("one"))
        with bureau.workplace.store.engine.connect() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({mine}, 5000)")
        bulk.insert(desk.session, table_of(Citizen), citizens("three"))

    with pytest.raises(OperationalError) as told:
        bureau.workplace.act(step, turn=Turn())
    assert told.value.connection_invalidated
    bureau.workplace.act(lambda desk: bulk.insert(desk.session, table_of(Citizen), citizens("two")))
    assert [row.openid_hash for row in bureau.rows(Citizen)] == ["two"]


def test_rows_of_several_tables_and_what_goes_with_them_are_one_trip_on_postgresql(bureau: Bureau) -> None:
    """A row may refer to one that is written with it; on SQLite, where there is no trip, each is a statement."""
    sent: list[str] = []
    engine = bureau.workplace.store.engine
    person = citizens("one")[0] | {"id": 7, "last_message_at": None, "last_case_id": None}
    letter = Message(id=9, citizen_id=7, masked="路灯", sealed=b"s", received_at=MONDAY)
    message = table_of(Message)
    parts = [
        bulk.NewRows(message, [letter.__dict__], message.columns.keys()),
        bulk.NewRows(table_of(Outbox), []),
        bulk.NewRows(table_of(Citizen), [person]),
    ]
    if bureau.workplace.store.sqlite:
        parts.reverse()  # it looks at once whether there is what a row refers to
    known = citizens("known")[0] | {"id": 3}
    bureau.workplace.act(lambda desk: bulk.insert(desk.session, table_of(Citizen), [known]))
    then = bulk.Then("UPDATE citizen SET sent_in_window = %s WHERE id = %s", (5, 3))

    def step(desk: Desk, then: bulk.Then) -> None:
        desk.session.connection()
        event.listen(engine, "before_cursor_execute", note)
        try:
            bulk.insert_all(desk.session, parts, then)
        finally:
            event.remove(engine, "before_cursor_execute", note)

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    with pytest.raises(DBAPIError):
        bureau.workplace.act(lambda desk: step(desk, bulk.Then("UPDATE citizen SET account = %s", (None,))))
    assert len(bureau.rows(Citizen)) == 1 and not bureau.rows(Message)
    sent.clear()
    bureau.workplace.act(lambda desk: step(desk, then))
    assert len(sent) == (3 if bureau.workplace.store.sqlite else 1)
    assert {row.id: row.sent_in_window for row in bureau.rows(Citizen)} == {3: 5, 7: 0}
    assert [row.citizen_id for row in bureau.rows(Message)] == [7]
