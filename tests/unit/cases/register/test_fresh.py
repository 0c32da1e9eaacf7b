"""A fresh row is what the model itself would have made, in the register as in memory."""

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from cases.register import fresh
from cases.register.desk import Desk
from cases.register.tables import Case, Citizen, Message, Outbox
from tests.builders import MONDAY, Bureau


def values() -> dict[str, object]:
    times = dict.fromkeys(("received_at", "registered_at", "clock_from", "due_at"), MONDAY)
    return {"no": "20260302-0001", "citizen_id": 1, "category": "praise", "due_on": MONDAY.date(), **times}


def test_it_is_what_the_model_makes(bureau: Bureau) -> None:
    citizen = {"account": "a", "openid_hash": "h", "openid_sealed": bureau.workplace.office.vault.seal("o")}
    message = {
        "citizen_id": 1,
        "case_id": 1,
        "sealed": bureau.workplace.office.vault.seal("x"),
        "received_at": MONDAY,
    }

    def step(desk):  # type: ignore[no-untyped-def]
        for model, given in ((Citizen, citizen), (Case, values()), (Message, message)):
            desk.session.add(fresh.row(model, **given))
            desk.session.flush()

    bureau.workplace.act(step)
    for model, given in ((Citizen, citizen), (Case, values()), (Message, message)):
        (kept,) = bureau.rows(model)
        plain = model(**given)
        sealed = {name for name in given if name.endswith("sealed")}
        names = set(model.__table__.columns.keys()) - sealed - {"id"}
        assert {name: getattr(kept, name) for name in names} == {name: getattr(plain, name) for name in names}
        assert kept.id == 1
    assert bureau.workplace.office.vault.open(bureau.rows(Message)[0].sealed) == "x"


def test_a_change_after_the_flush_is_written(bureau: Bureau) -> None:
    def step(desk):  # type: ignore[no-untyped-def]
        citizen = fresh.row(Citizen, account="a", openid_hash="h", openid_sealed=b"")
        desk.session.add(citizen)
        desk.session.flush()
        case = fresh.row(Case, **values())
        case.topic = "城乡建设"  # before the flush
        desk.session.add(case)
        desk.session.flush()
        case.urgent = True

    bureau.workplace.act(step)
    (kept,) = bureau.rows(Case)
    assert kept.urgent and kept.topic == "城乡建设"


def test_what_can_be_changed_is_nobody_elses() -> None:
    one, other = fresh.row(Outbox, key="a"), fresh.row(Outbox, key="b")
    one.payload["x"] = 1
    assert other.payload == {}


def test_a_name_that_is_no_column_is_refused() -> None:
    with pytest.raises(TypeError, match="colour"):
        fresh.row(Citizen, colour="red")


def test_rows_kept_together_are_as_rows_that_were_read(bureau: Bureau) -> None:
    """Each has its number and is bound to it; what a step changes of them afterwards is written."""
    vault, statements = bureau.workplace.office.vault, list[str]()

    def citizen(name: str) -> Citizen:
        return fresh.row(Citizen, account="a", openid_hash=name, openid_sealed=vault.seal(name))

    def step(desk: Desk) -> list[int]:
        desk.session.add(citizen("before"))
        desk.session.flush()
        event.listen(
            desk.session.connection(), "before_cursor_execute", lambda _c, _k, sql, *_: statements.append(sql)
        )
        rows = [citizen(str(n)) for n in range(20)]
        fresh.keep(desk.session, rows)
        assert len(statements) == 2
        assert [vault.open(row.openid_sealed) for row in rows] == [str(n) for n in range(20)]
        rows[3].following = False
        assert desk.session.get(Citizen, rows[5].id) is rows[5]
        desk.session.add(citizen("after"))
        return [row.id or 0 for row in rows]

    ids = bureau.workplace.act(step)
    kept = {row.openid_hash: row for row in bureau.rows(Citizen)}
    assert len(kept) == 22 and len({row.id for row in kept.values()}) == 22
    assert [kept[str(n)].id for n in range(20)] == ids
    assert all(vault.open(row.openid_sealed) == name for name, row in kept.items())
    assert all(
        vault.is_present(row.openid_sealed, f"citizen.openid_sealed:{row.id}") for row in kept.values()
    )
    assert [name for name, row in kept.items() if not row.following] == ["3"]


def test_one_that_is_there_already_keeps_all_of_them_out(bureau: Bureau) -> None:
    def step(desk: Desk) -> None:
        fresh.keep(desk.session, [fresh.row(Citizen, account="a", openid_hash="h", openid_sealed=b"")])
        twice = [
            fresh.row(Citizen, account="a", openid_hash=each, openid_sealed=b"") for each in ("new", "h")
        ]
        fresh.keep(desk.session, twice)

    with pytest.raises(IntegrityError):
        bureau.workplace.act(step)
    assert not bureau.rows(Citizen)


def test_nothing_to_keep_asks_nothing(bureau: Bureau) -> None:
    bureau.workplace.act(lambda desk: fresh.keep(desk.session, []))
