"""Who may do what, as a table: role × department × what the case is."""

from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest

from cases.register.errors import NotAllowed
from cases.register.kinds import Role
from cases.register.permissions import (
    ADMIN,
    HANDLER,
    REVIEWER,
    ROLE_NAMES,
    ROLES,
    SUPERVISOR,
    co_handles,
    holds,
    is_head,
    may_see,
    may_work,
    require,
    require_handler,
    require_hold,
    require_reviewer,
    require_sight,
    require_work,
)
from cases.register.states import CoHandlingState, State

ALL = [(role, place, active) for role, place, active in product(ROLES, (None, 1, 2), (True, False))]


def staff(role: str = HANDLER, department: int | None = 1, active: bool = True, id_: int = 7) -> Any:
    return SimpleNamespace(id=id_, role=role, department_id=department, active=active)


def case(department: int | None = 1, **more: Any) -> Any:
    asked = [SimpleNamespace(department_id=2, state=more.pop("state", CoHandlingState.ASKED))]
    plain = {"accusation": False, "handler_id": None, "status": State.CLAIMED, "co_handlings": []}
    if more.pop("co", False):
        plain["co_handlings"] = asked
    return SimpleNamespace(department_id=department, **{**plain, **more})


@pytest.mark.parametrize(
    ("role", "holding"),
    [
        (HANDLER, {HANDLER}), (REVIEWER, {HANDLER, REVIEWER}), (SUPERVISOR, {HANDLER, REVIEWER, SUPERVISOR}), (ADMIN, {ADMIN}),
    ],
)  # fmt: skip
def test_a_role_includes_the_lower_ones_and_admin_stands_apart(role: str, holding: set[str]) -> None:
    assert {each for each in ROLES if holds(staff(role), each)} == holding
    assert not any(holds(staff(role, active=False), each) for each in ROLES)
    for each in ROLES:
        if each in holding:
            require(staff(role), each)
        else:
            with pytest.raises(NotAllowed, match=ROLE_NAMES[each]):
                require(staff(role), each)
    assert set(ROLE_NAMES) == set(Role)


@pytest.mark.parametrize(("role", "place", "active"), ALL)
def test_who_works_on_a_case_sees_it_and_nobody_who_has_left(
    role: str, place: int | None, active: bool
) -> None:
    one = staff(role, place, active)
    for where, accusation, co in product((None, 1, 2), (True, False), (True, False)):
        some = case(where, accusation=accusation, co=co)
        assert may_see(one, some) or not may_work(one, some)
        if not active:
            assert not may_see(one, some)
        elif accusation:
            assert may_see(one, some) is may_work(one, some) is (role == SUPERVISOR)
        elif role == ADMIN or place is None or where is None or place == where:
            assert may_work(one, some)
        else:
            assert not may_work(one, some) and may_see(one, some) is (co and place == 2)


def test_whoever_has_a_case_keeps_it_in_sight_after_it_went_elsewhere() -> None:
    assert may_work(staff(id_=7), case(2, handler_id=7)) and not may_work(staff(id_=7), case(2, handler_id=8))
    assert not may_work(staff(id_=7), case(2, handler_id=7, accusation=True))


def test_a_department_co_handles_while_it_is_asked_and_not_where_it_answers() -> None:
    assert co_handles(staff(department=2), case(1, co=True)) and co_handles(
        staff(department=2), case(None, co=True)
    )
    assert not co_handles(staff(department=2), case(2, co=True))
    assert not co_handles(staff(department=2), case(1, co=True, state=CoHandlingState.ENDED))
    assert not co_handles(staff(department=None), case(1, co=True))
    assert not co_handles(staff(department=2), case(1, co=True, accusation=True))


def test_sight_is_not_work() -> None:
    require_sight(staff(department=2), case(1, co=True))
    with pytest.raises(NotAllowed, match="协办"):
        require_work(staff(department=2), case(1, co=True))
    for check in (require_sight, require_work):
        with pytest.raises(NotAllowed, match="权限"):
            check(staff(department=2), case(1))


@pytest.mark.parametrize(
    ("one", "some", "said"),
    [
        (staff(), case(handler_id=7), None), (staff(),
        case(handler_id=None), "先认领"), (staff(), case(handler_id=8), "其他同事"),
        (staff(SUPERVISOR), case(handler_id=8), "其他同事"), (staff(ADMIN), case(handler_id=7), "承办人"),
        (staff(department=2), case(handler_id=8), "权限"), (staff(active=False), case(handler_id=7), "承办人"),
    ],
)  # fmt: skip
def test_only_who_claimed_a_case_handles_it(one: Any, some: Any, said: str | None) -> None:
    if said is None:
        require_handler(one, some)
    else:
        with pytest.raises(NotAllowed, match=said):
            require_handler(one, some)


@pytest.mark.parametrize(
    ("one", "some", "fits"),
    [
        (staff(), case(status=State.NEW), True), (staff(), case(handler_id=7), True), (staff(), case(handler_id=8), False),
        (staff(REVIEWER), case(handler_id=8), False), (staff(SUPERVISOR), case(handler_id=8), True),
        (staff(SUPERVISOR, 2), case(handler_id=8), False), (staff(ADMIN), case(status=State.NEW), False),
        (staff(department=2), case(status=State.NEW), False),
    ],
)  # fmt: skip
def test_a_case_is_held_by_its_handler_a_supervisor_or_anybody_before_it_is_claimed(
    one: Any, some: Any, fits: bool
) -> None:
    if fits:
        require_hold(one, some)
    else:
        with pytest.raises(NotAllowed):
            require_hold(one, some)


@pytest.mark.parametrize(
    ("one", "authors", "earlier", "said"),
    [
        (staff(REVIEWER), {1}, {2}, None), (staff(REVIEWER), {7}, set(), "自己起草"), (staff(REVIEWER), {1}, {7}, "两级"),
        (staff(SUPERVISOR), {7}, set(), "自己起草"), (staff(HANDLER),
        set(), set(), "审核人"), (staff(ADMIN), set(), set(), "审核人"),
        (staff(REVIEWER, 2), set(), set(), "权限"),
    ],
)  # fmt: skip
def test_nobody_reviews_their_own_text_or_two_levels(
    one: Any, authors: set[int], earlier: set[int], said: str | None
) -> None:
    if said is None:
        require_reviewer(one, case(), authors, earlier)
    else:
        with pytest.raises(NotAllowed, match=said):
            require_reviewer(one, case(), authors, earlier)


def test_a_supervisor_with_a_department_is_its_head() -> None:
    own, other = SimpleNamespace(id=1), SimpleNamespace(id=2)
    assert is_head(staff(SUPERVISOR), own)  # type: ignore[arg-type]
    assert not is_head(staff(SUPERVISOR), other)  # type: ignore[arg-type]
    assert not is_head(staff(SUPERVISOR), None) and not is_head(staff(REVIEWER), own)  # type: ignore[arg-type]
