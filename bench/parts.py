"""Where the time of a push goes, part by part in turn: `python -m bench.parts [SIZE [GROUPS]] 2> /dev/null`.

Groups of SIZE first messages are read, judged by words and written to a register of their own on SQLite, one part after
the other in one process, so that each part finds the processor's cache as the others left it. Processor time of a push.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import chdir
from datetime import UTC, datetime
from statistics import median
from urllib.parse import parse_qsl

from app import log, settings, wiring
from app.serve.judge import OfficeJudge
from bench.beside import load, servers
from bot.wechat import conversation, parsing
from bot.wechat.conversation import Arrival
from bot.wechat.judging import Beforehand
from cases.register.desk import CITIZEN, Desk
from cases.register.turn import Together, Turn

_WARM = 30  # groups before any is counted


class Groups:
    """First messages as the load of `bench.beside` sends them, taken through the parts of their way."""

    def __init__(self, services: wiring.Services, size: int) -> None:
        self._services, self._size = services, size
        self._judge = Beforehand(OfficeJudge(services))
        self._numbers = iter(range(int(time.time()) * 1_000_000, sys.maxsize))

    def parts(self) -> Iterator[tuple[str, float]]:
        """Take one group through; yield each part's seconds of processor time."""
        requests = [load.request(next(self._numbers)).partition(b"\r\n\r\n") for _ in range(self._size)]
        (account, *_), began = self._services.accounts, time.thread_time()
        pushes = [
            parsing.read_push(account, _query(head), body, datetime.now(UTC)) for head, _, body in requests
        ]
        yield "read", time.thread_time() - began
        began = time.thread_time()
        judged = self._judge(pushes)
        yield "masked and judged", time.thread_time() - began
        arrivals = [Arrival(push, one) for push, one in zip(pushes, judged, strict=True)]

        def step(desk: Desk) -> list[str]:
            self._judge.own_numbers = desk.own_numbers
            return conversation.answer_all(desk, arrivals, str)

        began = time.thread_time()
        self._services.workplace.act(step, CITIZEN, Together([Turn() for _ in arrivals]))
        yield "written", time.thread_time() - began


def _query(head: bytes) -> dict[str, str]:
    return dict(parse_qsl(head.split(b" ")[1].decode().partition("?")[2]))


def main(size: int = 8, groups: int = 150) -> None:
    spent: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="huiyin-parts-") as folder, chdir(folder):
        services = wiring.build(settings.read(servers.office("") | {"HUIYIN_SEMANTIC": "off"}))
        services.live.warm_up()
        of = Groups(services, size)
        for number in range(_WARM + groups):
            for part, seconds in of.parts():
                if number >= _WARM:
                    spent.setdefault(part, []).append(seconds / size * 1e6)
        services.store.close()
    for part, each in spent.items():
        print(f"{part}: {median(each):.0f} us a push (least {min(each):.0f})")


if __name__ == "__main__":
    log.set_up([])  # a line for each group to standard error, as a server writes it
    main(*map(int, sys.argv[1:3]))
