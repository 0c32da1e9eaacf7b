"""A fresh row is what the model itself would have made, in the register as in memory."""

import pytest

from cases.register import fresh
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
