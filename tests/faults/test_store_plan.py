"""The sweep reads the index on `next_look_at` and no other rows."""

from datetime import timedelta

from sqlalchemy import event
from sqlmodel import Session, select

from cases.register.tables import Case
from cases.watch import watch
from tests.builders import Bureau


def plan_of_the_sweep(bureau: Bureau) -> str:
    """Return the database's own plan for the very statement that a sweep sends."""
    sent: list[tuple[str, object]] = []

    def note(_c: object, _k: object, statement: str, parameters: object, _x: object, _m: object) -> None:
        if "FROM cases" in statement:
            sent.append((statement, parameters))

    event.listen(bureau.store.engine, "before_cursor_execute", note)
    bureau.sweep()
    event.remove(bureau.store.engine, "before_cursor_execute", note)
    statement, parameters = sent[0]
    with bureau.store.engine.connect() as connection:
        if bureau.store.sqlite:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()  # type: ignore[arg-type]
        else:
            connection.exec_driver_sql("SET enable_seqscan = off")  # a handful of rows is quicker scanned
            rows = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).all()  # type: ignore[arg-type]
    return "\n".join(str(row[-1]) for row in rows)


def test_the_sweep_searches_its_index(bureau: Bureau) -> None:
    bureau.a_case()
    plan = plan_of_the_sweep(bureau)
    assert "ix_cases_look" in plan
    if bureau.store.sqlite:
        assert plan == "SEARCH cases USING INDEX ix_cases_look (next_look_at<?)"


def test_a_case_whose_time_has_not_come_is_not_read(bureau: Bureau) -> None:
    for _ in range(5):
        bureau.a_case()
    bureau.sweep()
    bureau.clock.advance(minutes=1)
    with Session(bureau.store.engine) as session:
        assert session.exec(watch.due(bureau.clock.now, 200)).all() == []
        later = bureau.clock.now + timedelta(hours=4)
        assert len(session.exec(watch.due(later, 200)).all()) == len(session.exec(select(Case)).all()) == 5
