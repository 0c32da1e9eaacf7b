"""Many at once on a real database: one winner, nothing lost, nothing doubled, no deadlock left standing."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from cases.register import people, pushes, register
from cases.register.desk import Desk
from cases.register.errors import Refusal, Stale
from cases.register.tables import (
    Approval,
    Case,
    CaseNumber,
    Citizen,
    Delivery,
    Draft,
    Extension,
    FiredMilestone,
    KeptPush,
    Message,
    Outbox,
    Staff,
)
from cases.sending import chat
from cases.steps import assign, extend, receive
from cases.watch import watch
from tests.builders import ACCOUNT, Bureau, a_handler, by_words

T = TypeVar("T")


def at_once(jobs: Sequence[Callable[[], T]], threads: int = 16) -> list[T | Exception]:
    """Start the jobs together; return what each returned or raised."""
    gate = threading.Barrier(min(threads, len(jobs)))

    def run(job: Callable[[], T], first: bool) -> T | Exception:
        if first:
            gate.wait(30)
        try:
            return job()
        except Exception as error:
            return error

    with ThreadPoolExecutor(threads) as pool:
        started = [pool.submit(run, job, number < gate.parties) for number, job in enumerate(jobs)]
        return [each.result(120) for each in started]


def outcomes(results: Sequence[object]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def test_of_fifty_who_claim_at_once_one_wins(bureau: Bureau) -> None:
    names = [bureau.hire(a_handler(f"同事{number}")) for number in range(50)]
    no = bureau.a_case("水管坏了")
    results = at_once([lambda who=name: bureau.claim(who, no) for name in names])  # type: ignore[misc]
    assert outcomes(results) == {"NoneType": 1, "Stale": 49}
    winner = names[[result is None for result in results].index(True)]
    assert bureau.case(no).handler_id == bureau.ids[winner]
    assert bureau.chain().ok


def test_a_citizen_first_seen_by_many_at_once_is_one_citizen_and_one_case(bureau: Bureau) -> None:
    results = at_once([lambda n=n: bureau.writes(f"水管坏了{n}", "amy") for n in range(12)])  # type: ignore[misc]
    assert outcomes(results) == {"Registered": 1, "Joined": 11}
    assert (len(bureau.rows(Citizen)), len(bureau.rows(Case)), len(bureau.rows(Message))) == (1, 1, 12)


def test_a_push_repeated_at_once_is_kept_once_and_answered_the_same(bureau: Bureau) -> None:
    def push(desk: Desk) -> str:
        known = pushes.reply_to(desk, "msg:1")
        if known is not None:
            return known
        incoming = receive.Incoming(ACCOUNT, "amy", "水管坏了", desk.now, push_key="msg:1")
        outcome = receive.receive(desk, incoming, by_words("水管坏了"))
        assert isinstance(outcome, receive.Registered | receive.Joined)
        reply = f"{type(outcome).__name__} {outcome.case.no}"
        pushes.keep(desk, "msg:1", reply)
        return reply

    results = at_once([lambda: bureau.workplace.act(push) for _ in range(10)])
    assert set(map(str, results)) == {"Registered 20260302-0001"}
    assert (len(bureau.rows(KeptPush)), len(bureau.rows(Message)), len(bureau.rows(Case))) == (1, 1, 1)


def test_numbers_are_unique_and_without_gaps_over_threads_past_9999(bureau: Bureau) -> None:
    with bureau.store.write() as session:
        session.add(CaseNumber(day="20260302", last=9980))
    results = at_once([bureau.a_case] * 40)
    assert sorted(int(str(result).partition("-")[2]) for result in results) == list(range(9981, 10021))
    assert bureau.chain().ok


def test_additions_and_approvals_at_once_neither_deadlock_nor_lose_anything(bureau: Bureau) -> None:
    """The addition locks citizen then case; the approval locks the case and refers to the citizen."""
    for turn in range(6):
        openid = f"citizen of turn {turn}"
        no = bureau.a_case("水管坏了", openid)
        bureau.claim("张工", no)
        draft_id = bureau.draft("张工", no, "水管周五修好。")
        jobs: list[Callable[[], object]] = [lambda d=draft_id: bureau.approve("李科长", d)]  # type: ignore[misc]
        jobs += [lambda o=openid: bureau.writes("三楼也漏水", o) for _ in range(3)]  # type: ignore[misc]
        results = at_once(jobs)
        assert not [r for r in results if isinstance(r, Exception) and not isinstance(r, Refusal)]
        case, (draft,) = bureau.case(no), bureau.drafts(no)
        if results[0] is True:  # approved first: what came after is a case of its own
            assert (case.status, draft.state) == ("answered", "approved")
        else:  # an addition was first: the approval fell
            assert isinstance(results[0], Stale)
            assert (case.status, draft.state, draft.round) == ("in_review", "review", 4)
    assert len(bureau.rows(Message)) == 6 * 4
    assert bureau.chain().ok


def test_two_who_approve_the_last_level_at_once_release_one_answer(bureau: Bureau) -> None:
    no = bureau.a_case()
    bureau.claim("张工", no)
    draft_id = bureau.draft("张工", no, "水管周五修好。")
    reviewers = ("李科长", "周科长", "赵局长", "王主任")
    results = at_once([lambda who=who: bureau.approve(who, draft_id) for who in reviewers])  # type: ignore[misc]
    assert outcomes(results) == {"bool": 1, "Stale": 3}
    assert len(bureau.rows(Delivery)) == len(bureau.rows(Approval)) == 1


def test_two_drafts_at_once_leave_one_under_review(bureau: Bureau) -> None:
    no = bureau.a_case()
    bureau.claim("张工", no)
    at_once([lambda n=n: bureau.draft("张工", no, f"水管{n}号修好。") for n in range(6)])  # type: ignore[misc]
    states = Counter(row.state for row in bureau.rows(Draft))
    assert states == {"review": 1, "replaced": 5}
    assert sorted(row.version for row in bureau.rows(Draft)) == list(range(1, 7))


def test_two_requests_for_an_extension_at_once_are_one(bureau: Bureau) -> None:
    no = bureau.a_case()
    bureau.claim("张工", no)

    def ask() -> object:
        return bureau.on("张工", no, lambda desk, staff, case: extend.ask(desk, staff, case, "难").id)

    assert outcomes(at_once([ask] * 6)) == {"int": 1, "Invalid": 5}
    assert len(bureau.rows(Extension)) == 1


def test_small_talk_becomes_one_case_however_many_press(bureau: Bureau) -> None:
    outcome = bureau.writes("你好", "amy")
    assert isinstance(outcome, receive.SmallTalk)
    message_id = outcome.message.id or 0

    def press() -> object:
        return bureau.workplace.act(lambda desk: receive.small_talk_to_case(desk, message_id))

    assert outcomes(at_once([press] * 6)) == {"Case": 1, "Stale": 5}
    assert len(bureau.rows(Case)) == 1


def test_an_answer_and_a_change_of_category_at_once_never_move_a_closed_case(bureau: Bureau) -> None:
    for _ in range(5):
        no = bureau.a_case("水管坏了")
        bureau.claim("张工", no)
        draft_id = bureau.draft("张工", no, "水管周五修好。")

        def change(desk: Desk, staff: Staff, number: str = no) -> None:
            assign.reclassify(desk, staff, register.by_number(desk, number), "complaint")

        jobs: list[Callable[[], object]] = [lambda d=draft_id: bureau.approve("李科长", d)]  # type: ignore[misc]
        results = at_once([*jobs, lambda: bureau.act("刘工", change)])
        case = bureau.case(no)
        assert case.status == "answered" and case.next_look_at is None
        assert (case.category == "complaint") is not isinstance(results[1], Refusal)


def test_several_sweeps_at_once_tell_everything_once(bureau: Bureau) -> None:
    numbers = [bureau.a_case("水管坏了") for _ in range(30)]
    bureau.clock.set(2026, 3, 16)

    def sweep() -> int:
        return sum(bureau.workplace.act(lambda desk: watch.sweep(desk, limit=7)).told for _ in range(8))

    results = at_once([sweep] * 4)
    bureau.sweep()
    assert not [result for result in results if isinstance(result, Exception)]
    assert len(bureau.rows(FiredMilestone, name="due_soon")) == 30
    told = Counter(row.payload["case_id"] for row in bureau.rows(Outbox, target="supervisor"))
    assert len(told) == len(numbers) and set(told.values()) == {1}


def test_a_sweep_never_undoes_a_step_that_moved_the_clock(bureau: Bureau) -> None:
    """A step between a sweep's reading and its writing must find its `next_look_at` respected."""
    if bureau.store.sqlite:
        pytest.skip("SQLite: a sweep holds the only write lock, nothing can come between")
    no = bureau.a_case("投诉水管")
    with bureau.store.write() as session:
        desk = Desk(session, bureau.workplace.office, bureau.clock.now)
        watch.sweep(desk)
        done = threading.Event()

        def shorten() -> None:
            bureau.on("张工", no, lambda d, staff, case: assign.reclassify(d, staff, case, "praise"))
            done.set()

        thread = threading.Thread(target=shorten)
        thread.start()
        assert not done.wait(0.3)  # it waits for the sweep
    thread.join(30)
    assert done.is_set() and bureau.case(no).next_look_at == bureau.clock.now


def test_a_change_while_its_card_is_being_rendered_brings_a_card_of_its_own(bureau: Bureau) -> None:
    """The row that waits for the card is about to be sent as the case stood before the change."""
    if bureau.store.sqlite:
        pytest.skip("SQLite: rendering holds the only write lock, nothing can come between")
    no = bureau.a_case("水管坏了")
    (row,) = bureau.rows(Outbox, kind="case_card")
    with bureau.store.write() as session:
        desk = Desk(session, bureau.workplace.office, bureau.clock.now)
        assert [held.id for held in chat.hold(desk, [row.id or 0])] == [row.id]
        claimed = threading.Event()

        def claim() -> None:
            bureau.claim("张工", no)
            claimed.set()

        thread = threading.Thread(target=claim)
        thread.start()
        assert not claimed.wait(0.3)  # it waits until the row is taken
        chat.take(desk, [row.id or 0])
    thread.join(30)
    assert claimed.is_set()
    assert [r.state for r in bureau.rows(Outbox, kind="case_card")] == ["sending", "pending"]


def test_a_leaving_colleagues_case_and_a_new_draft_at_once(bureau: Bureau) -> None:
    no = bureau.a_case("水管坏了")
    bureau.claim("张工", no)

    def leave() -> list[str]:
        def step(desk: Desk) -> list[str]:
            find = people.staff_by_id
            return assign.hand_over(desk, find(desk, bureau.ids["张工"]), find(desk, bureau.ids["刘工"]))

        return bureau.workplace.act(step)

    results = at_once([leave, lambda: bureau.draft("张工", no, "水管周五修好。")])
    assert results[0] == [no] and isinstance(results[1], int | Refusal)
    assert bureau.case(no).handler_id == bureau.ids["刘工"]
    assert bureau.workplace.look(lambda desk: register.by_number(desk, no)).status in (
        "claimed",
        "in_review",
    )


def test_an_old_card_pressed_while_the_text_is_replaced_releases_nothing_old(bureau: Bureau) -> None:
    no = bureau.a_case()
    bureau.claim("张工", no)
    old = bureau.draft("张工", no, "水管周五修好。")
    results = at_once(
        [lambda: bureau.approve("李科长", old), lambda: bureau.draft("张工", no, "水管周六修好。")]
    )
    assert sum(isinstance(result, Refusal) for result in results) == 1
    assert len(bureau.rows(Delivery)) == (1 if results[0] is True else 0)
