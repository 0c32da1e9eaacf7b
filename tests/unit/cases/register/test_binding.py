"""Sealed values open only where they were written: two that were swapped in the database are found."""

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from cases.register import pushes
from cases.register.tables import Case, Citizen, Delivery, Draft, KeptPush, Message
from cases.register.vault import Vault, WrongKey
from tests.builders import Bureau


def swap(bureau: Bureau, table: str, column: str, first: int, second: int) -> None:
    with bureau.store.write() as session:
        connection = session.connection()
        read = text(f"SELECT {column} FROM {table} WHERE id = :id")  # noqa: S608 - our own names
        write = text(f"UPDATE {table} SET {column} = :value WHERE id = :id")  # noqa: S608
        values = {each: connection.execute(read, {"id": each}).scalar() for each in (first, second)}
        connection.execute(write, {"id": first, "value": values[second]})
        connection.execute(write, {"id": second, "value": values[first]})


def opened(bureau: Bureau, model: type[SQLModel], column: str) -> list[str]:
    vault = bureau.workplace.office.vault
    return bureau.workplace.look(
        lambda desk: [vault.open(getattr(row, column)) for row in bureau.rows(model)]  # type: ignore[type-var]
    )


@pytest.mark.parametrize(
    ("model", "column"),
    [(Citizen, "openid_sealed"), (Message, "sealed"), (Draft, "text_sealed"), (Delivery, "text_sealed")],
)
def test_two_values_that_changed_places_open_no_more(
    bureau: Bureau, model: type[SQLModel], column: str
) -> None:
    bureau.answered()
    bureau.answered()
    rows = bureau.rows(model)
    assert len(set(opened(bureau, model, column))) > 0
    swap(bureau, str(model.__tablename__), column, rows[0].id, rows[1].id)  # type: ignore[attr-defined]
    with pytest.raises(WrongKey):
        opened(bureau, model, column)


def test_a_value_of_an_earlier_version_is_read_and_bound_when_it_is_written(bureau: Bureau) -> None:
    bureau.a_case()
    vault = bureau.workplace.office.vault
    with bureau.store.write() as session:
        session.connection().execute(text("UPDATE citizen SET openid_sealed = :v"), {"v": vault.seal("o-1")})
    assert opened(bureau, Citizen, "openid_sealed") == ["o-1"]


def test_a_kept_reply_is_bound_to_its_push(bureau: Bureau) -> None:
    for key in ("a", "b"):
        bureau.workplace.act(lambda desk, k=key: pushes.keep(desk, k, f"回执 {k}"))  # type: ignore[misc]
    assert sorted(opened(bureau, KeptPush, "reply_sealed")) == ["回执 a", "回执 b"]


def test_a_value_sealed_for_one_place_is_sealed_anew_for_another(bureau: Bureau) -> None:
    vault = Vault(b"a key")
    here = vault.bind(vault.seal("字"), "message.sealed:1")
    there = vault.bind(here, "correction.sealed:2")
    assert vault.open(there) == "字"
    assert vault.is_present(there, "correction.sealed:2")
    assert not vault.is_present(there, "message.sealed:1")


def test_cases_are_found_by_their_citizen_while_the_key_is_changed(bureau: Bureau) -> None:
    bureau.a_case("请问水管", openid="amy")
    bureau.workplace.office.vault.turn_to(b"another key, for later")
    bureau.clock.advance(hours=1)
    bureau.a_case("请问公交", openid="amy")
    assert len(bureau.rows(Citizen)) == 1
    assert len({case.citizen_id for case in bureau.rows(Case)}) == 1
