"""Pushes from WeChat, one after the other, through the callback: `python -m bench.pushes [PUSHES]`.

Each is a citizen's first message, encrypted, judged by the shipped classifier by words alone; every one becomes a case.
"""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlmodel import Session, func, select

from app.serve.ahead import Application
from bench.comments import texts
from bench.places import DATABASES, database, office_with_models
from bot.wechat import callback
from bot.wechat.accounts import Account
from bot.wechat.parsing import Push
from bot.wechat.talk import Judged
from cases.register import audit
from cases.register.store import Store
from cases.register.tables import Case
from tests.fakes import postgres, wechat

ACCOUNT = Account("wxbench", "secret", "token", "A" * 43)


class Counter:
    """What the database is asked."""

    def __init__(self, store: Store) -> None:
        self.statements = self.flushes = 0
        event.listen(store.engine, "before_cursor_execute", self._statement)
        event.listen(Session, "before_flush", self._flush)

    def close(self) -> None:
        event.remove(Session, "before_flush", self._flush)

    def _statement(self, *_: Any) -> None:
        self.statements += 1

    def _flush(self, *_: Any) -> None:
        self.flushes += 1


def _signed(count: int) -> list[wechat.Signed]:
    """Return first messages of `count` citizens, as WeChat pushes them."""
    now = datetime.now(UTC)
    return [
        wechat.encrypted(
            ACCOUNT.token,
            ACCOUNT.aes_key,
            ACCOUNT.app_id,
            wechat.push_xml(f"citizen{n}", "text", now, Content=text, MsgId=str(n)),
            now,
            nonce=str(n),
        )
        for n, text in enumerate(texts(count))
    ]


def measure(store: Store, count: int) -> None:
    """Print one run's figures."""
    place = office_with_models(store)
    judging = place.office.triage_words
    assert judging is not None

    def judge(pushes: Sequence[Push]) -> list[Judged]:
        return [Judged(triage) for triage in judging([push.text for push in pushes])]

    web = Application(callback.doors(place, (ACCOUNT,), judge, var=Path("nowhere")))
    pushes = _signed(count + 20)
    with TestClient(web) as client:

        def push(signed: wechat.Signed) -> float:
            began = perf_counter()
            answer = client.post("/wechat", params=signed.query, content=signed.body)
            assert answer.status_code == 200
            return perf_counter() - began

        for signed in pushes[:20]:
            push(signed)
        counter = Counter(store)
        began, cpu = perf_counter(), process_time()
        spent = sorted(push(signed) for signed in pushes[20:])
        took, used = perf_counter() - began, process_time() - cpu
        counter.close()
    with store.read() as session:
        kept = session.exec(select(func.count()).select_from(Case)).one()
        assert audit.verify(session, place.office.vault).ok
    print(
        f"{store.engine.dialect.name:10} {count / took:.0f} pushes a second one after the other; "
        f"median {spent[count // 2] * 1000:.1f} ms, p99 {spent[int(count * 0.99)] * 1000:.1f} ms, "
        f"CPU {used / count * 1000:.1f} ms with the test client; {counter.statements / count:.1f} statements, "
        f"{counter.flushes / count:.1f} flushes a push; {kept:,} cases; load {os.getloadavg()[0]:.1f}"
    )


def main(count: int = 500) -> int:
    for kind in DATABASES:
        try:
            with database(kind) as store:
                measure(store, count)
        except postgres.CannotRun as why:
            print(f"{kind}: not measured: {why}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*(int(value) for value in sys.argv[1:2])))
