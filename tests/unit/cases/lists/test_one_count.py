"""Tile, list, digest and metrics give one number."""

import re

from sqlmodel import select

from app.serve import metrics
from cases.lists import browse
from cases.lists.filters import Wanted
from cases.register import register
from cases.register.desk import Desk
from cases.register.states import DeliveryState
from cases.register.tables import Delivery
from cases.sending import announce
from cases.watch import digest
from tests.builders import Bureau


def waits(desk: Desk, no: str) -> None:
    """A notice that could not be delivered waits for its citizen."""
    announce.notice(desk, register.by_number(desk, no), "您反映的事项已转办。")
    desk.session.exec(select(Delivery)).one().state = DeliveryState.WAITING.value


def test_a_notice_that_waits_is_counted_everywhere(bureau: Bureau) -> None:
    bureau.a_case("表扬公交司机")
    no = bureau.a_case("投诉水管坏了")
    bureau.workplace.act(lambda desk: waits(desk, no))
    bureau.clock.set(2026, 3, 30, 8)
    listed = {
        name: bureau.act("王主任", lambda d, me: browse.cases(d, me, Wanted(name)).total)  # noqa: B023
        for name in metrics.LISTS
    }
    assert (listed["waiting"], listed["overdue"], listed["due_today"]) == (1, 1, 1)
    shown = bureau.workplace.look(metrics.exposition).decode()
    told = {
        name: int(float(n)) for name, n in re.findall(r'huiyin_cases_listed\{list="(\w+)"\} (\S+)', shown)
    }
    assert told == listed and "huiyin_cases_overdue 1.0" in shown
    assert bureau.workplace.act(digest.tell)
    (text,) = bureau.told("supervisor", "【晨报】")
    assert "今日到期 1 件" in text and "逾期未办结 1 件" in text and "待送达 1 件" in text
