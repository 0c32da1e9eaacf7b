"""A platform takes the connection and never answers: what else goes on, and what becomes of the text it was given?

`python -m tests.faults.silent_platform`: on both databases, with the patience that the program has (30 seconds a call).
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from tests.fakes import postgres as postgres_server
from tests.faults.drill import ANSWERS, Drill, drill
from tests.faults.rolling import told
from tests.faults.test_platforms_away import ENDLESS
from tests.flow.program import HANDLERS, until


def main() -> None:
    postgres = postgres_server.start()
    try:
        for kind in ("sqlite", "postgresql"):
            folder = Path(tempfile.mkdtemp(prefix="silent-"))
            url = f"sqlite:///{folder / 'huiyin.db'}" if kind == "sqlite" else postgres.new_database()
            with drill(folder, DATABASE_URL=url) as here:
                told(kind, "silent platforms", json.dumps(_drilled(here), ensure_ascii=False))
    finally:
        postgres.stop()


def _drilled(here: Drill) -> dict[str, object]:
    return {"wechat": _silent_wechat(here), "telegram": _silent_telegram(here), "trail": here.chain_holds()}


def _silent_wechat(here: Drill) -> dict[str, object]:
    first, other = here.number("first", "小区的路灯坏了两个月没人修"), here.number("other", "井盖破了没人修")
    here.office.wechat.trouble("custom/send", hang=ENDLESS, times=1)
    began = time.monotonic()
    here.approved(first, ANSWERS[0])
    until(lambda: "/cgi-bin/message/custom/send" in here.office.wechat.calls, 30)
    here.approved(other, ANSWERS[1])
    here.both_are_recorded(other)
    others = time.monotonic() - began
    beside = time.monotonic()
    here.office.card(here.number("beside", "公交站牌歪了，风一吹就晃"), "认领")
    beside = time.monotonic() - beside
    until(lambda: here.delivery(first).state == "sent", 180)
    return {
        "another citizen's answer": round(others, 1),
        "a letter and its card": round(beside, 1),
        "its own answer": round(time.monotonic() - began, 1),
        "texts": [here.answers("first"), here.answers("other")],
        "note": here.delivery(first).error,
    }


def _silent_telegram(here: Drill) -> dict[str, object]:
    busy = here.number("busy", "小区的水管漏水一星期没人修")
    here.office.card(busy, "认领")
    here.office.telegram.fail("sendMessage", 200, hang=ENDLESS, times=1)
    began = time.monotonic()
    no = here.number("quiet", "公园里的健身器材坏了很久没有人修")
    pushed = time.monotonic() - began
    here.approved_at_the_console(busy, ANSWERS[0])
    until(lambda: here.answers("busy"), 60)
    answered = time.monotonic() - began
    until(lambda: here.office.telegram.in_chat(HANDLERS, no), 180)
    carded = time.monotonic() - began
    time.sleep(3)
    return {
        "the letter": round(pushed, 1),
        "another's answer": round(answered, 1),
        "the card": round(carded, 1),
        "cards of it": len(
            [post for post in here.office.telegram.in_chat(HANDLERS, no) if "认领" in post.labels]
        ),
        "answers": here.answers("busy"),
    }


if __name__ == "__main__":
    sys.exit(main())
