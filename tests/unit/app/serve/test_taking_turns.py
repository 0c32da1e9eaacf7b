"""Connections in turn: whoever has more leaves the next to another, for a moment and never for ever."""

import errno
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.serve import patience, sharing
from app.serve.sharing import Shares, Taking


class Loop:
    """A loop whose readers and timers a test moves by hand; connections are greeted at once."""

    def __init__(self) -> None:
        self.reader: Callable[[], None] | None = None
        self.timers: list[tuple[float, Callable[[], None]]] = []
        self.greeted = 0

    def add_reader(self, _listening: Any, came: Callable[[], None]) -> None:
        self.reader = came

    def remove_reader(self, _listening: Any) -> None:
        self.reader = None

    def call_later(self, seconds: float, then: Callable[[], None]) -> Any:
        self.timers.append((seconds, then))

        class Handle:
            def cancel(self) -> None:
                pass

        return Handle()

    def create_task(self, greeting: Any) -> Any:
        greeting.close()
        self.greeted += 1

        class Task:
            def add_done_callback(self, _then: Any) -> None:
                pass

        return Task()

    def comes(self) -> None:
        assert self.reader is not None
        self.reader()

    def pause_ends(self) -> None:
        _, then = self.timers.pop()
        then()


class Listening:
    """A listening socket at which `waiting` clients stand; it may fail to give one."""

    def __init__(self, waiting: int = 100) -> None:
        self.waiting = waiting
        self.error: OSError | None = None

    def setblocking(self, _blocking: bool) -> None:
        pass

    def accept(self) -> tuple[socket.socket, str]:
        if self.error is not None:
            raise self.error
        if not self.waiting:
            raise BlockingIOError
        self.waiting -= 1
        one, other = socket.socketpair()
        other.close()
        return one, ""


@pytest.fixture
def shares(tmp_path: Path) -> tuple[Shares, Shares]:
    """This process's place in the shared file, and another's that lives."""
    mine, other = Shares(tmp_path / sharing.FILE), Shares(tmp_path / sharing.FILE)
    return mine, other


@pytest.fixture
def taking(shares: tuple[Shares, Shares]) -> Iterator[tuple[Loop, Listening, Taking]]:
    loop, listening = Loop(), Listening()
    made = Taking(loop, lambda: None, listening, shares[0])  # type: ignore[arg-type]
    yield loop, listening, made
    made.close()
    assert patience.CROWD.changed is patience.nobody_asks


def test_who_has_fewest_takes_the_next_at_once(
    taking: tuple[Loop, Listening, Taking], shares: tuple[Shares, Shares]
) -> None:
    loop, listening, _ = taking
    shares[1].have(3)
    for _n in range(3):
        loop.comes()
    assert (loop.greeted, listening.waiting, loop.timers) == (3, 97, [])


def test_who_has_more_leaves_it_and_takes_more_after_each_pause_in_vain(
    taking: tuple[Loop, Listening, Taking], shares: tuple[Shares, Shares]
) -> None:
    loop, _, made = taking
    shares[1].have(0)
    made._coming.update(range(5))  # type: ignore[arg-type] - so many are being greeted
    made._changed()
    taken = []
    for _n in range(4):
        before = loop.greeted
        loop.comes()
        assert loop.greeted == before and loop.reader is None
        assert loop.timers[-1][0] == sharing.PAUSE
        loop.pause_ends()
        assert loop.reader is not None
        taken.append(loop.greeted - before)
    assert taken == [1, 2, 4, 8]


def test_when_the_other_took_its_share_nothing_is_taken_in_spite(
    taking: tuple[Loop, Listening, Taking], shares: tuple[Shares, Shares]
) -> None:
    loop, _, made = taking
    made._coming.update(range(5))  # type: ignore[arg-type]
    made._changed()
    shares[1].have(0)
    loop.comes()
    shares[1].have(9)
    loop.pause_ends()
    assert loop.greeted == 0 and loop.reader is not None
    loop.comes()
    assert loop.greeted == 1 and made._after_pause == 1


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM])
def test_without_a_file_left_it_rests_and_tries_again(
    taking: tuple[Loop, Listening, Taking], number: int
) -> None:
    loop, listening, _ = taking
    listening.error = OSError(number, os.strerror(number))
    loop.comes()
    assert loop.greeted == 0 and loop.reader is None and loop.timers[-1][0] == sharing.NOTHING_LEFT
    listening.error = None
    loop.pause_ends()
    loop.comes()
    assert loop.greeted == 1


@pytest.mark.parametrize("error", [BlockingIOError(), ConnectionAbortedError()])
def test_a_client_that_is_gone_before_it_is_taken_is_no_trouble(
    taking: tuple[Loop, Listening, Taking], error: OSError
) -> None:
    loop, listening, _ = taking
    listening.error = error
    loop.comes()
    assert loop.greeted == 0 and loop.reader is not None and loop.timers == []


def test_closed_it_counts_no_more_and_closing_twice_is_nothing(
    taking: tuple[Loop, Listening, Taking], shares: tuple[Shares, Shares], tmp_path: Path
) -> None:
    loop, _, made = taking
    made.close()
    made.close()
    assert loop.reader is None
    shares[1].leave()
    assert Shares.living(tmp_path / sharing.FILE) == set()


async def test_a_client_that_leaves_while_it_is_greeted_is_closed(shares: tuple[Shares, Shares]) -> None:
    one, other = socket.socketpair()
    one.setblocking(False)
    made = Taking(Loop(), lambda: None, Listening(), shares[0])  # type: ignore[arg-type]

    class Leaving:
        async def connect_accepted_socket(self, _protocol: Any, _connection: Any) -> None:
            raise OSError(errno.ECONNRESET, "gone")

        def remove_reader(self, _listening: Any) -> None:
            pass

    made._loop = Leaving()  # type: ignore[assignment]
    await made._greet(one)
    assert one.fileno() == -1
    other.close()
    await made.wait_closed()
    made.close()


def test_places_of_the_dead_are_taken_by_the_living(tmp_path: Path) -> None:
    file = tmp_path / sharing.FILE
    first = Shares(file)
    first.have(7)
    sharing._SLOT.pack_into(first._map, first._mine, 2**22 + 1, 0)  # a process that never was
    second = Shares(file)
    assert second._mine == first._mine and Shares.living(file) == {os.getpid()}
    assert not second.another_has_fewer()
