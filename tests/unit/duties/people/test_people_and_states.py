"""Who may ask for, take and refuse a watch; who may tick and sign a hand-over; and what each step leaves behind."""

from datetime import date, timedelta
from typing import Any

import pytest

from cases.register.errors import Invalid, NotAllowed, NotFound, Refusal, Stale
from cases.register.tables import Staff
from cases.register.tables.duties import HandoverItem, WatchSwap
from duties.people import handover, roster
from tests.builders import Bureau
from tests.unit.duties.accounts.test_register import opened
from tests.unit.duties.people.test_handover import sign, started, tick_all
from tests.unit.duties.people.test_roster import DAY, on, planned
from tests.unit.duties.releases.test_ledger import doing


def swap(
    bureau: Bureau, who: str, taking: str = "刘工", giving: str = "张工", day: date = DAY
) -> dict[str, Any]:
    return doing(bureau, who, lambda desk, doer: roster.swap(desk, doer, day, giving, taking))


def decide(bureau: Bureau, who: str, number: int, *, agree: bool = True) -> WatchSwap:
    return doing(bureau, who, lambda desk, doer: roster.decide_swap(desk, doer, number, agree=agree))


def gone(bureau: Bureau, name: str) -> None:
    def step(desk: Any) -> None:
        person = desk.session.get_one(Staff, bureau.ids[name])
        person.active = False
        desk.session.add(person)

    bureau.workplace.act(step)


WHO_SWAPS = [
    ("", "done"), ("刘工", "done"), ("张工", "asked"), ("李科长", "refused"), ("王主任", "done"), ("钱管理", "done"),
]  # fmt: skip


@pytest.mark.parametrize(("who", "becomes"), WHO_SWAPS)
def test_who_may_have_a_watch_change_hands(bureau: Bureau, who: str, becomes: str) -> None:
    planned(bureau, "张工")
    if becomes == "refused":
        with pytest.raises(NotAllowed, match="换班双方"):
            swap(bureau, who)
    else:
        assert swap(bureau, who)["agreed"] is (becomes == "done")
    assert on(bureau) == (["刘工"] if becomes == "done" else ["张工"])
    assert len(bureau.rows(WatchSwap)) == (becomes == "asked")


@pytest.mark.parametrize(
    ("giving", "taking", "day", "error", "says"),
    [
        ("刘工", "李科长", DAY, Invalid, "刘工在 2026-03-07 没有值班"),
        ("张工", "张工", DAY, Invalid, "已经值班"),
        ("张工", "无此人", DAY, NotFound, "无此人"),
        ("张工", "", DAY, NotFound, "没有「」"),
        ("张工", "刘工", date(2027, 1, 1), Invalid, "没有值班"),
    ],
)
def test_a_watch_that_cannot_change_hands(
    bureau: Bureau, giving: str, taking: str, day: date, error: type[Refusal], says: str
) -> None:
    planned(bureau, "张工")
    with pytest.raises(error, match=says):
        swap(bureau, "", taking, giving, day)
    assert on(bureau) == ["张工"]


def test_who_left_neither_gives_nor_takes(bureau: Bureau) -> None:
    planned(bureau, "张工")
    gone(bureau, "刘工")
    with pytest.raises(NotAllowed, match="刘工的账号已停用"):
        swap(bureau, "")
    gone(bureau, "张工")
    assert on(bureau) == []  # nobody who left is told of a danger
    with pytest.raises(NotAllowed, match="张工的账号已停用"):
        swap(bureau, "", "李科长")


def test_who_was_asked_may_say_no_and_is_asked_no_more(bureau: Bureau) -> None:
    planned(bureau, "张工")
    number = swap(bureau, "张工")["swap"]
    staff = bureau.ids["刘工"]

    def waiting() -> int:
        return bureau.workplace.look(lambda d: len(roster.asked_of(d, d.session.get_one(Staff, staff))))

    assert waiting() == 1
    for who in ("", "张工", "王主任", "钱管理"):
        with pytest.raises(NotAllowed):
            decide(bureau, who, number)
    assert decide(bureau, "刘工", number, agree=False).state == "refused"
    assert waiting() == 0 and on(bureau) == ["张工"]
    assert bureau.told(f"staff:{bureau.ids['张工']}", "刘工不同意")
    with pytest.raises(Stale):
        decide(bureau, "刘工", number)


@pytest.mark.parametrize("number", [0, -1, 99, 1 << 31, 1 << 70])
def test_a_swap_that_was_never_asked_for(bureau: Bureau, number: int) -> None:
    with pytest.raises(NotFound):
        decide(bureau, "刘工", number)


def test_a_roster_that_moved_voids_what_was_asked_for_on_it(bureau: Bureau) -> None:
    planned(bureau, "张工")
    first, second = swap(bureau, "张工")["swap"], swap(bureau, "张工", "李科长")["swap"]
    decide(bureau, "李科长", second)
    with pytest.raises(Stale):
        decide(bureau, "刘工", first)  # the watch is 李科长's now
    assert on(bureau) == ["李科长"]
    third = swap(bureau, "李科长", "刘工", "李科长")["swap"]
    planned(bureau, "张工")
    with pytest.raises(Stale, match="值班表已变"):
        decide(bureau, "刘工", third)
    assert on(bureau) == ["张工"]


PLANS = [
    ("张工", date(2026, 3, 1), "早于开始日期"),
    ("张工", date(2026, 3, 2) + timedelta(days=roster.LONGEST), f"一次最多排 {roster.LONGEST} 天"),
    ("", date(2026, 3, 3), "由谁值班"),
    (" , ,", date(2026, 3, 3), "由谁值班"),
    ("张工,无此人,没有的", date(2026, 3, 3), "无此人、没有的"),
    ("张工, 张工", date(2026, 3, 3), "张工（重复）"),
]


@pytest.mark.parametrize(("names", "last", "says"), PLANS)
def test_a_plan_that_cannot_be_made_leaves_the_old_one(
    bureau: Bureau, names: str, last: date, says: str
) -> None:
    planned(bureau, "刘工")
    with pytest.raises(Invalid, match=says):
        planned(bureau, names, last)
    assert on(bureau) == ["刘工"]


def test_the_longest_plan_and_the_last_year(bureau: Bureau) -> None:
    assert (
        len(planned(bureau, "张工,刘工", date(2026, 3, 1) + timedelta(days=roster.LONGEST))) == roster.LONGEST
    )
    (last,) = bureau.workplace.look(lambda d: [roster.shown(d, date(2027, 1, 1))])
    assert (last["kind"], last["provisional"]) == ("holiday", True)


def test_days_without_anybody_are_found(bureau: Bureau) -> None:
    planned(bureau, "张工", date(2026, 3, 5))

    def empty() -> list[date]:
        return bureau.workplace.look(lambda d: roster.unplanned(d, date(2026, 3, 4), date(2026, 3, 7)))

    assert empty() == [date(2026, 3, 6), date(2026, 3, 7)]
    gone(bureau, "张工")
    assert empty() == [date(2026, 3, day) for day in (4, 5, 6, 7)]


def test_holidays_are_shared_out_by_themselves(bureau: Bureau) -> None:
    names = ["张工", "刘工", "李科长"]
    days = bureau.workplace.act(lambda d: roster.plan(d, None, date(2026, 9, 25), date(2026, 10, 11), names))
    off = [day["staff"][0] for day in days if day["kind"] == "holiday"]
    assert len(off) == 10 and max(map(off.count, names)) - min(map(off.count, names)) <= 1
    again = bureau.workplace.act(
        lambda d: roster.plan(d, None, date(2026, 10, 12), date(2026, 10, 31), names)
    )
    total = [day["staff"][0] for day in days + again]
    assert max(map(total.count, names)) - min(map(total.count, names)) <= 1


@pytest.mark.parametrize("text", ["", "  ", "\n\t"])
def test_a_note_without_words(bureau: Bureau, text: str) -> None:
    with pytest.raises(Invalid, match="交接内容"):
        doing(bureau, "张工", lambda d, who: roster.note(d, who, DAY, text))


def test_a_note_is_kept_whole_enough_and_told_in_short(bureau: Bureau) -> None:
    planned(bureau)
    doing(bureau, "", lambda d, who: roster.note(d, who, DAY, "长" * 5000))
    shown = bureau.workplace.look(lambda d: roster.shown(d, DAY))
    assert len(shown["notes"][0]["text"]) == 4000
    (told,) = bureau.told(word="【值班交接】")
    assert told.count("长") == 800


def hand_over(bureau: Bureau, giving: str = "张工", taking: str = "刘工", **more: Any) -> int:
    return bureau.workplace.act(lambda d: handover.start(d, None, giving, taking, **more).id or 0)


def test_a_hand_over_to_oneself_or_to_nobody(bureau: Bureau) -> None:
    for taking, error in (("张工", Invalid), ("无此人", NotFound)):
        with pytest.raises(error):
            hand_over(bureau, taking=taking)
    gone(bureau, "刘工")
    with pytest.raises(NotAllowed):
        hand_over(bureau)
    person = bureau.workplace.look(lambda d: d.session.get_one(Staff, bureau.ids["张工"]))
    assert person.active and bureau.rows(HandoverItem) == []


def test_one_may_hand_over_several_accounts_but_each_once(bureau: Bureau) -> None:
    ids = [opened(bureau), opened(bureau, name="微博", platform="微博")]
    accounts = bureau.workplace.look(lambda d: [d.session.get_one(handover.MediaAccount, i) for i in ids])
    for account in accounts:
        hand_over(bureau, account=account, leaving=False)
    with pytest.raises(Stale, match="张工已有一项交接在办"):
        hand_over(bureau, account=accounts[0], leaving=False)
    hand_over(bureau, leaving=False)
    assert len(bureau.workplace.look(handover.open_ones)) == 3


@pytest.mark.parametrize("stays", [True, False])
def test_access_ends_with_who_leaves_and_stays_with_who_stays(bureau: Bureau, stays: bool) -> None:
    number = started(bureau, leaving=not stays)
    person = bureau.workplace.look(lambda d: d.session.get_one(Staff, bureau.ids["张工"]))
    shown = bureau.workplace.look(lambda d: handover.shown(d, handover.by_id(d, number)))
    done = [item["code"] for item in shown["items"] if item["done_at"]]
    assert (person.active, done) == (stays, [] if stays else ["access"])
    assert (str(shown["due_on"]), shown["overdue"]) == ("2026-03-09", False)
    bureau.clock.set(2026, 3, 10)
    late = bureau.workplace.look(lambda d: handover.shown(d, handover.by_id(d, number)))
    assert late["overdue"] is True


SIGNERS = {"刘工": "received", "王主任": "witnessed", "赵局长": "witnessed", "钱管理": "witnessed"}


@pytest.mark.parametrize(
    "who", ["", "张工", "刘工", "李科长", "周科长", "陈师傅", "王主任", "赵局长", "钱管理"]
)
def test_who_may_sign_as_what(bureau: Bureau, who: str) -> None:
    number = started(bureau, leaving=False)
    tick_all(bureau, number)
    if who in SIGNERS:
        assert sign(bureau, number, who) is False
        row = bureau.workplace.look(lambda d: handover.by_id(d, number))
        assert bool(row.received_at) == (SIGNERS[who] == "received")
        assert bool(row.witnessed_at) == (SIGNERS[who] == "witnessed")
        assert sign(bureau, number, who) is False  # the same hand twice closes nothing
    else:
        with pytest.raises(NotAllowed):
            sign(bureau, number, who)


def test_a_leader_who_takes_over_is_no_witness_of_it(bureau: Bureau) -> None:
    number = hand_over(bureau, "张工", "王主任", leaving=False)
    tick_all(bureau, number)
    assert not sign(bureau, number, "王主任") and not sign(bureau, number, "王主任")
    assert sign(bureau, number, "赵局长")


@pytest.mark.parametrize("left", list(handover.ITEMS))
def test_what_is_not_done_is_named_and_holds_the_signing(bureau: Bureau, left: str) -> None:
    number = started(bureau, leaving=False)
    for code in handover.ITEMS:
        if code != left:
            bureau.workplace.act(
                lambda d, c=code: handover.tick(d, None, handover.by_id(d, number), f" {c} ")  # type: ignore[misc]
            )
    with pytest.raises(Invalid, match=f"还有 1 项没有办：{handover.ITEMS[left]}"):
        sign(bureau, number, "刘工")
    with pytest.raises(Invalid, match="没有「phone」这一项，应为 password"):
        bureau.workplace.act(lambda d: handover.tick(d, None, handover.by_id(d, number), "phone"))


def test_after_the_close_nothing_is_ticked(bureau: Bureau) -> None:
    number = started(bureau)
    tick_all(bureau, number)
    assert not sign(bureau, number, "刘工") and sign(bureau, number, "钱管理")
    with pytest.raises(Stale, match="已经办结"):
        bureau.workplace.act(lambda d: handover.tick(d, None, handover.by_id(d, number), "papers"))
    assert hand_over(bureau, "刘工", "李科长", leaving=False) > number
