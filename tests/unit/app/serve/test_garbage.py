"""What was loaded at the start is looked at by no later collection."""

import gc
from collections.abc import Iterator

import pytest

from app.serve import garbage


@pytest.fixture
def collector() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_what_is_there_once_it_serves_is_looked_at_no_more(collector: None) -> None:
    garbage.rest()
    assert not gc.isenabled()
    loaded = [[n] for n in range(1_000)]
    garbage.settle()
    assert gc.isenabled()
    assert gc.get_freeze_count() >= len(loaded)
    later = [loaded]
    assert any(each is later for each in gc.get_objects())
    assert not any(each is loaded for each in gc.get_objects())


def test_a_process_that_did_not_rest_keeps_its_collector_as_it_is(collector: None) -> None:
    garbage.settle()
    assert gc.get_freeze_count() == 0
