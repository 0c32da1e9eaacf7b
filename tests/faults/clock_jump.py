"""The machine's clock is set forty days on and back while the program serves: does it lead on, send once, keep its dates?

`python -m tests.faults.clock_jump`: on both databases, by a library that is loaded before all others (needs `cc`).
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.fakes import postgres as postgres_server
from tests.fakes import wechat
from tests.faults.drill import ANSWERS, Drill, drill
from tests.faults.rolling import told
from tests.faults.test_kill_and_workers import number_in
from tests.flow.program import AES_KEY, HANDLERS, SUPERVISORS, TOKEN, reply_text

FORTY_DAYS, WATCHED = timedelta(days=40), 12.0
SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
static long ahead(void) {
    long found = 0;
    FILE *file = fopen(getenv("CLOCK_AHEAD"), "r");
    if (file) { if (fscanf(file, "%ld", &found) != 1) found = 0; fclose(file); }
    return found;
}
int clock_gettime(clockid_t id, struct timespec *at) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int done = real(id, at);
    if (id == CLOCK_REALTIME) at->tv_sec += ahead();
    return done;
}
time_t time(time_t *into) {
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    if (into) *into = at.tv_sec;
    return at.tv_sec;
}
"""


class Wall:
    """The clock of the machine that serves, and of the platform with it."""

    def __init__(self, folder: Path) -> None:
        self._file, self.ahead = folder / "ahead", timedelta()
        source, library = folder / "shim.c", folder / "shim.so"
        source.write_text(SHIM)
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
        self.set(self.ahead)
        os.environ.update(LD_PRELOAD=str(library), CLOCK_AHEAD=str(self._file))

    def set(self, ahead: timedelta) -> None:
        self.ahead = ahead
        beside = self._file.with_suffix(".new")
        beside.write_text(str(int(ahead.total_seconds())))
        beside.replace(self._file)

    def now(self) -> datetime:
        """Return what the program takes for the time; this process may itself see no other."""
        return datetime.fromtimestamp(time.clock_gettime(time.CLOCK_REALTIME), UTC) + self.ahead


def _write(here: Drill, wall: Wall, openid: str, text: str) -> str:
    here.office.wechat.wrote(openid)
    xml = wechat.push_xml(openid, "text", wall.now(), Content=text, MsgId=str(time.monotonic_ns()))
    signed = wechat.encrypted(TOKEN, AES_KEY, "wxba5fad812f8e6fb9", xml, wall.now())
    answer = here.post("/wechat", params=signed.query, content=signed.body)
    assert answer.status_code == 200, answer.status_code
    return number_in(reply_text(answer.text))


def main() -> None:
    postgres = postgres_server.start()
    try:
        for kind in ("sqlite", "postgresql"):
            folder = Path(tempfile.mkdtemp(prefix="clock-"))
            url = f"sqlite:///{folder / 'huiyin.db'}" if kind == "sqlite" else postgres.new_database()
            told(kind, "clock +40 days and back", json.dumps(_drilled(folder, url), ensure_ascii=False))
    finally:
        postgres.stop()


def _drilled(folder: Path, url: str) -> dict[str, object]:
    wall = Wall(folder)
    try:
        with drill(folder, DATABASE_URL=url) as here:
            here.office.wechat.clock = wall.now
            return _jumped(here, wall, folder)
    finally:
        del os.environ["LD_PRELOAD"]


def _jumped(here: Drill, wall: Wall, folder: Path) -> dict[str, object]:
    answered = _write(here, wall, "answered", "小区的路灯坏了两个月没人修")
    waits = _write(here, wall, "waits", "公园里的健身器材坏了很久没有人修")
    here.approved(answered, ANSWERS[0])
    here.both_are_recorded(answered)
    before = here.office.program.show(waits)
    wall.set(FORTY_DAYS)
    time.sleep(WATCHED)
    during = _write(here, wall, "during", "小区的水管漏水一星期没人修")
    here.approved(during, ANSWERS[1])
    here.both_are_recorded(during)
    late = here.office.program.show(waits)
    wall.set(timedelta())
    time.sleep(WATCHED)
    after = _write(here, wall, "after", "井盖破了没人修")
    here.approved(after, ANSWERS[0])
    here.both_are_recorded(after)
    here.approved(waits, ANSWERS[1])
    here.both_are_recorded(waits)
    log, chat = (folder / "server.log").read_text(), here.office.telegram
    end = here.office.program.show(waits)
    cards = {
        no: len(
            [post for post in chat.in_chat(HANDLERS, no) if "认领" in post.labels or "已答复" in post.text]
        )
        for no in (answered, waits, during, after)
    }
    return {
        "leaders": log.count("leader.start"),
        "lost": log.count("leader.lost"),
        "clock.back seen": log.count("clock.back"),
        "tracebacks": log.count("Traceback"),
        "texts": {who: here.answers(who) for who in ("answered", "during", "after", "waits")},
        "cards": cards,
        "told of being overdue": [post.text[:40] for post in chat.in_chat(SUPERVISORS, waits)],
        "numbers": [answered, waits, during, after],
        "due": [each["due_on"] for each in (before, late, end)],
        "overdue": [each.get("overdue") for each in (before, late, end)],
        "history": [len(each["due_history"]) for each in (before, late, end)],
        "ready": here.get("/readyz").status_code,
        "trail holds": here.chain_holds(),
    }


if __name__ == "__main__":
    sys.exit(main())
