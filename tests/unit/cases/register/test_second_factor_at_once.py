"""The same code sent twice at the same moment opens one door, on both databases: a code of the telephone, one for a lost one."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from cases.register import people, second_factor
from cases.register.desk import Desk
from cases.register.errors import Invalid
from tests.builders import Bureau

AT_ONCE, ROUNDS = 4, 5


def together(deed: Callable[[], bool]) -> int:
    """Do it several times at the same moment; returns how many came through."""
    gate = threading.Barrier(AT_ONCE)

    def one() -> bool:
        gate.wait(10)
        return deed()

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        return sum(done.result(30) for done in [crowd.submit(one) for _ in range(AT_ONCE)])


def code(bureau: Bureau, who: int) -> str:
    def step(desk: Desk) -> str:
        factor = second_factor.of(desk, people.staff_by_id(desk, who))
        assert factor is not None
        secret = desk.office.vault.open(factor.secret_sealed)
        return second_factor.code_at(secret, int(bureau.clock.now.timestamp()) // second_factor.STEP)

    return bureau.workplace.look(step)


def staffed(bureau: Bureau) -> int:
    new = people.NewStaff("林工", "supervisor", username="lin", password="harbour-lantern-39-quilt")
    who = bureau.workplace.act(lambda desk: people.add_staff(desk, new).id)
    assert who is not None
    bureau.workplace.act(lambda desk: second_factor.offer(desk, people.staff_by_id(desk, who)))
    return who


def confirmed(bureau: Bureau, who: int) -> list[str]:
    given, now = code(bureau, who), bureau.clock.now
    return bureau.workplace.act(
        lambda desk: second_factor.confirm(desk, people.staff_by_id(desk, who), given, now)
    )


def passes(bureau: Bureau, who: int, given: str) -> bool:
    now = bureau.clock.now
    return bureau.workplace.act(
        lambda desk: second_factor.passes(desk, people.staff_by_id(desk, who), given, now)
    )


def test_a_code_counts_once_though_many_send_it_at_once(bureau: Bureau) -> None:
    who, taken = staffed(bureau), []

    def confirm() -> bool:
        try:
            taken.extend(confirmed(bureau, who))
        except Invalid:
            return False
        return True

    assert together(confirm) == 1
    assert len(taken) == second_factor.RECOVERY_CODES
    for recovery in taken[:ROUNDS]:
        bureau.clock.advance(minutes=1)
        assert together(partial(passes, bureau, who, code(bureau, who))) == 1
        assert together(partial(passes, bureau, who, recovery)) == 1


def test_none_of_several_recovery_codes_comes_back(bureau: Bureau) -> None:
    """Each is sent at the moment of the others; whoever read the list before them must not write theirs back."""
    who = staffed(bureau)
    taken = list(confirmed(bureau, who))
    gate = threading.Barrier(AT_ONCE)

    def one(given: str) -> bool:
        gate.wait(10)
        return passes(bureau, who, given)

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        assert all(crowd.map(one, taken[:AT_ONCE]))
    assert not any(passes(bureau, who, given) for given in taken[:AT_ONCE])
    assert passes(bureau, who, taken[AT_ONCE])
