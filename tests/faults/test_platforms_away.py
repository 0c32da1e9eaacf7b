"""The real program while its platforms are away: letters are taken, and what is owed arrives once, when they are back."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import Session, col, select

from cases.register.tables import Outbox
from tests.faults.drill import ANSWERS, MAY_BE_TWICE, Drill, drill
from tests.flow.program import HANDLERS, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(420)]
LATE = float(os.environ.get("HUIYIN_TEST_LATE", "3"))  # seconds that an answer of the platform takes
ENDLESS = 10**6


@pytest.fixture
def here(database_url: str, tmp_path: Path) -> Iterator[Drill]:
    with drill(tmp_path, DATABASE_URL=database_url) as made:
        yield made


def _pending(here: Drill) -> list[Outbox]:
    with Session(here.place.store.engine) as session:
        return list(session.exec(select(Outbox).where(col(Outbox.state).in_(("pending", "sending")))).all())


def _as_if_hours_passed(here: Drill) -> None:
    """Let whatever was put off be due now."""
    with Session(here.place.store.engine) as session:
        session.execute(
            update(Outbox).where(col(Outbox.state) == "pending").values(not_before=col(Outbox.created_at))
        )
        session.commit()


def _tried(here: Drill, times: int) -> bool:
    _as_if_hours_passed(here)
    rows = _pending(here)
    return {row.lane for row in rows} >= {"citizen", "chat"} and max(row.attempts for row in rows) >= times


def test_both_platforms_late_and_then_away(here: Drill) -> None:
    wechat, telegram = here.office.wechat, here.office.telegram
    late, quick = here.number("late", "小区的路灯坏了两个月没人修"), here.number("quick", "井盖破了没人修")

    wechat.trouble("custom/send", hang=LATE)  # takes it, and says so late
    began = time.monotonic()
    here.approved(late, ANSWERS[0])
    here.approved(quick, ANSWERS[1])
    here.both_are_recorded(late, quick)
    assert time.monotonic() - began >= LATE
    assert here.answers("late") == [ANSWERS[0]] and here.answers("quick") == [ANSWERS[1]]
    assert MAY_BE_TWICE not in here.delivery(late).error

    owed = here.number("owed", "公园里的健身器材坏了很久没有人修")
    here.office.card(owed, "认领")
    wechat.trouble("custom/send", status=502, times=ENDLESS)
    telegram.fail("sendMessage", 502, times=ENDLESS)
    here.approved_at_the_console(owed, ANSWERS[0])
    during = here.number("during", "公交站牌歪了，风一吹就晃")  # acknowledged while everything is away
    until(lambda: _tried(here, 4), 90)
    assert here.get("/readyz").status_code == 200
    assert here.delivery(owed).state != "sent" and here.answers("owed") == []

    wechat.troubles.clear()
    telegram.mend()
    until(lambda: (_as_if_hours_passed(here), not _pending(here))[1], 90)
    assert here.delivery(owed).state == "sent" and here.answers("owed") == [ANSWERS[0]]
    assert len([post for post in telegram.in_chat(HANDLERS, during) if "认领" in post.labels]) == 1
    assert here.chain_holds()
