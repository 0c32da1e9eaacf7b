"""A limit that holds over all processes: what several stores count on one register is one count."""

from concurrent.futures import ThreadPoolExecutor

from cases.register.pace import Pace, admit
from cases.register.store import Store

LIMIT = 5


def test_any_second_counts_and_no_other() -> None:
    moments: list[float] = []
    for at in (0.0, 0.1, 0.2, 0.3, 0.4):
        moments, wait = admit(moments, at, LIMIT)
        assert wait == 0
    assert admit(moments, 0.5, LIMIT) == (moments, 0.5)
    assert round(admit(moments, 0.99, LIMIT)[1], 6) == 0.01
    assert admit(moments, 1.0, LIMIT)[1] == 0
    assert admit(moments, 1.05, LIMIT)[0] == [0.1, 0.2, 0.3, 0.4, 1.05]


def test_a_clock_set_back_shuts_nobody_out() -> None:
    assert admit([100.0] * LIMIT, 10.0, LIMIT) == ([10.0], 0.0)
    assert admit([10.5] * LIMIT, 10.0, LIMIT)[1] == 1.0


def test_several_processes_count_together(database_url: str) -> None:
    stores = [Store(database_url) for _ in range(3)]
    paces = [Pace(store, LIMIT, lambda: 1000.0) for store in stores]
    with ThreadPoolExecutor(12) as pool:
        waits = list(pool.map(lambda n: paces[n % 3].wait(1 + n % 2), range(40)))
    assert sum(wait == 0 for wait in waits) == 2 * LIMIT and set(waits) == {0.0, 1.0}
    later = Pace(stores[0], LIMIT, lambda: 1001.0)
    assert later.wait(1) == 0
    for store in stores:
        store.close()
