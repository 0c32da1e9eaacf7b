"""A question changes nothing: neither by a flush nor by what it leaves unwritten; and a row is had by its own table."""

from collections.abc import Callable

import pytest
from sqlmodel import select

from cases.register import memo, register
from cases.register.desk import Desk
from cases.register.rows import row_of
from cases.register.tables import Case, Meta, Staff
from tests.builders import Bureau


def a_case(desk: Desk) -> Case:
    return desk.session.exec(select(Case)).one()


def sets(desk: Desk) -> None:
    a_case(desk).urgent = True


def sets_and_asks(desk: Desk) -> None:
    a_case(desk).urgent = True
    register.by_number(desk, "19990101-0001")


def adds(desk: Desk) -> None:
    desk.note(memo.MODEL_IN_USE, "7")


def removes(desk: Desk) -> None:
    desk.session.delete(a_case(desk))


@pytest.mark.parametrize("change", [sets, sets_and_asks, adds, removes])
def test_a_look_that_changes_a_row_is_refused(bureau: Bureau, change: Callable[[Desk], None]) -> None:
    bureau.a_case("路灯坏了")
    with pytest.raises(RuntimeError, match=r"a look would have changed (Case|Meta)"):
        bureau.workplace.look(change)
    (case,) = bureau.rows(Case)
    assert not case.urgent
    assert not [row for row in bureau.rows(Meta) if row.key == memo.MODEL_IN_USE.key]


def test_a_value_set_to_what_it_was_is_no_change(bureau: Bureau) -> None:
    bureau.a_case("路灯坏了")

    def same(desk: Desk) -> str:
        case = a_case(desk)
        case.topic = case.topic
        return case.no

    assert bureau.workplace.look(same)


def test_a_row_is_taken_in_hand_by_its_own_table(bureau: Bureau) -> None:
    no = bureau.a_case("路灯坏了")

    def step(desk: Desk) -> None:
        case = register.by_number(desk, no)
        assert row_of(Case, case) is case
        with pytest.raises(TypeError, match="Case is no row of Staff"):
            row_of(Staff, case)

    bureau.workplace.act(step)
