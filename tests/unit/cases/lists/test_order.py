"""Danger stands first in every list."""

from cases.lists import browse, find
from cases.lists.filters import Wanted
from tests.builders import Bureau


def test_danger_stands_first_in_every_list(bureau: Bureau) -> None:
    early = bureau.a_case("表扬公交司机")
    bureau.clock.advance(hours=1)
    grave = bureau.a_case("投诉，我要跳楼")
    for no in (early, grave):
        bureau.claim("王主任", no)
    bureau.clock.set(2026, 4, 20)
    lists = [
        [case.no for case in bureau.act("王主任", find.mine)],
        [case.no for case in bureau.act("王主任", find.overdue)],
        [row.no for row in bureau.act("王主任", lambda d, me: browse.cases(d, me, Wanted("open")).rows)],
        [row.no for row in bureau.act("王主任", lambda d, me: browse.cases(d, me, Wanted("overdue")).rows)],
        [row.no for row in bureau.workplace.look(lambda d: browse.listed(d, "open", d.now))],
        [row.no for row in bureau.workplace.look(lambda d: browse.listed(d, "overdue", d.now))],
    ]
    assert lists == [[grave, early]] * 6
