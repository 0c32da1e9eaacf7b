"""Pushes that arrive together share a transaction; what comes of each is what would have come of it alone."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from bot.wechat import company as company_
from bot.wechat import conversation
from bot.wechat.accounts import Account
from bot.wechat.company import Company
from bot.wechat.conversation import Arrival
from bot.wechat.judging import Beforehand, Judge, Judging
from bot.wechat.parsing import Push
from bot.wechat.talk import Judged
from cases.register import people
from cases.register.desk import Desk
from cases.register.tables import Case, Citizen, Delivery, DueChange, Message, Outbox
from cases.register.tables import KeptPush as Kept
from cases.register.turn import Together, Turn, Withdrawn
from tests.builders import ACCOUNT, MONDAY, Bureau, a_bureau, a_match, a_store, by_words

ACCOUNT_AT = Account(ACCOUNT, "secret", "token", "")
TEXTS = (
    "请问水管多久修好", "投诉公交车不停站", "表扬社区工作人员", "有人要跳楼，快来", "威胁要去上访的邻居",
    "举报局长收钱", "你好", "查询", "补充 20260302-0001 还在漏", "？", "\u200b", "居住证怎么办",
)  # fmt: skip


def nothing() -> str:
    return ""


def arrival(n: int, text: str, who: str = "") -> Arrival:
    push = Push(ACCOUNT_AT, who or f"citizen-{n}", "gh", "text", f"msg:{n}", MONDAY, text)
    match = a_match("kb1") if "居住证" in text else None
    return Arrival(push, Judged(by_words(text), match))


async def answered(company: Company, arrivals: Sequence[Arrival]) -> list[str | BaseException]:
    """Return what each was told, or what became of it, in order of arrival."""
    pushes = [each.push for each in arrivals]
    return await asyncio.gather(*(company.answer(each, Turn()) for each in pushes), return_exceptions=True)


def judged(pushes: Sequence[Push]) -> list[Judged]:
    return [arrival(0, push.text).judged or Judged(by_words("")) for push in pushes]


def company_of(bureau: Bureau, judge: Judge = judged) -> Company:
    def step(desk: Desk, arrivals: Sequence[Arrival]) -> list[str]:
        return conversation.answer_all(desk, arrivals, nothing)

    return Company(bureau.workplace, step, Judging(judge))


def facts(bureau: Bureau) -> list[Any]:
    """Return what the register holds of citizens, cases and messages, without what is random: keys and seals."""
    cases = [
        (c.no, c.category, c.status, c.urgent, c.sensitive, c.accusation, c.due_on, c.department_id, c.reasons,
         c.next_look_at, c.first_answer_due_at)
        for c in bureau.rows(Case)
    ]  # fmt: skip
    citizens = [
        (c.openid_hash, c.last_case_message_at, c.last_message_at, c.following) for c in bureau.rows(Citizen)
    ]
    letters = [(m.masked, m.kind, m.received_at, m.push_key) for m in bureau.rows(Message)]
    dues = [(d.cause, d.due_on, d.named_days) for d in bureau.rows(DueChange)]
    wanted = [(o.lane, o.kind, o.priority) for o in bureau.rows(Outbox)]
    return [sorted(map(str, each)) for each in (cases, citizens, letters, dues, wanted)]


@pytest.mark.parametrize("texts", [TEXTS, (TEXTS[0],) * 5], ids=["each kind", "alike"])
async def test_a_group_makes_what_each_would_have_made_alone(
    bureau: Bureau, tmp_path: Any, texts: tuple[str, ...]
) -> None:
    store = a_store(tmp_path / "alone.db")
    alone = a_bureau(store)
    arrivals = [arrival(n, text) for n, text in enumerate(texts)]
    together = bureau.workplace.act(lambda desk: conversation.answer_all(desk, arrivals, nothing))
    one_by_one = [
        alone.workplace.act(lambda desk, a=each: conversation.answer(desk, a.push, a.judged, nothing))
        for each in arrivals
    ]
    assert together == one_by_one
    assert facts(bureau) == facts(alone)
    assert bureau.chain().ok
    store.close()


async def test_what_arrives_meanwhile_becomes_one_transaction(bureau: Bureau) -> None:
    held, go_on = threading.Event(), threading.Event()
    commits: list[int] = []

    def committed(_lanes: object) -> None:
        commits.append(1)

    bureau = replace(bureau, workplace=replace(bureau.workplace, committed=committed))
    company = company_of(bureau)

    def hold(desk: Desk) -> None:
        held.set()
        assert go_on.wait(30)

    holding = threading.Thread(target=bureau.workplace.act, args=(hold,))
    if bureau.store.sqlite:
        holding.start()
        assert await asyncio.to_thread(held.wait, 30)
    asked = asyncio.create_task(answered(company, [arrival(n, f"请问{n}号楼何时通水") for n in range(40)]))
    await asyncio.sleep(0)
    go_on.set()
    told = await asked
    if bureau.store.sqlite:
        holding.join()
    assert len(bureau.rows(Case)) == 40 and len({str(each) for each in told}) == 40
    assert len(commits) <= 4
    assert bureau.chain().ok


async def test_one_that_fails_harms_no_other(bureau: Bureau) -> None:
    def judge(pushes: Sequence[Push]) -> list[Judged]:
        bad = Judged(replace(by_words("x"), category="no such category"))
        return [bad if "坏" in push.text else each for push, each in zip(pushes, judged(pushes), strict=True)]

    good = [arrival(n, "请问几点开门") for n in range(5)]
    told = await answered(company_of(bureau, judge), [*good, arrival(7, "坏的")])
    assert all(isinstance(each, str) and "2026" in each for each in told[:5])
    assert isinstance(told[5], Exception)
    assert len(bureau.rows(Case)) == 5 and len(bureau.rows(Kept)) == 5


async def test_the_same_push_twice_is_one_case_and_one_reply(bureau: Bureau) -> None:
    company = company_of(bureau)
    told = await answered(company, [arrival(0, "请问几点开门"), *[arrival(1, "请问水管多久修好")] * 3])
    assert told[1] == told[2] == told[3] != told[0]
    again = await answered(company, [arrival(1, "请问水管多久修好"), arrival(2, "投诉公交车不停站")])
    assert again[0] == told[1]
    assert len(bureau.rows(Case)) == 3


async def test_several_messages_of_one_citizen_stay_in_order_and_one_case(bureau: Bureau) -> None:
    said = [arrival(n, text, who="resident") for n, text in enumerate(["水管坏了", "在三号楼", "查询"])]
    told = await answered(company_of(bureau), [arrival(9, "请问几点开门"), *said])
    assert len(bureau.rows(Case)) == 2
    assert all("20260302-" in str(each) for each in told)
    (of_two,) = [case for case in bureau.rows(Case) if case.topic == "城乡建设"]
    assert [row.masked[:2] for row in bureau.rows(Message, case_id=of_two.id)] == ["水管", "在〔"]


async def test_what_was_withdrawn_in_the_queue_is_not_in_the_register(bureau: Bureau) -> None:
    company, turn = company_of(bureau), Turn()
    first = asyncio.create_task(company.answer(arrival(0, "请问几点开门").push, Turn()))
    gone = asyncio.create_task(company.answer(arrival(1, "请问几点关门").push, turn))
    kept = asyncio.create_task(company.answer(arrival(2, "请问几点上班").push, Turn()))
    assert turn.withdraw()
    with pytest.raises(Withdrawn):
        await gone
    await asyncio.gather(first, kept)
    assert len(bureau.rows(Case)) == 2


def test_a_group_with_one_withdrawn_commits_none_of_its_turns() -> None:
    one, two, three = Turn(), Turn(), Turn()
    assert two.withdraw()
    with pytest.raises(Withdrawn):
        Together([one, two, three]).commit()
    assert one.withdraw() and three.withdraw()


async def test_a_citizen_for_whom_an_answer_waits_gets_it_with_the_receipt(bureau: Bureau) -> None:
    """Known from an import only: their first message brings what could not be delivered before."""
    no = bureau.answered(openid="imported")
    citizen_id = bureau.case(no).citizen_id

    def forget(desk: Desk) -> None:
        citizen = desk.session.get_one(Citizen, citizen_id)
        citizen.last_message_at = citizen.last_case_id = citizen.last_case_message_at = None
        for delivery in desk.session.exec(select(Delivery)).all():
            delivery.state = "waiting"

    bureau.workplace.act(forget)
    bureau.clock.advance(hours=1)
    told = await answered(
        company_of(bureau), [arrival(n, "投诉公交车不停站", who="imported" if n else "") for n in (0, 1)]
    )
    assert "水管将在本周内修好" in str(told[1]) and "水管" not in str(told[0])


async def test_one_whose_judging_fails_harms_no_other(bureau: Bureau) -> None:
    def judge(pushes: Sequence[Push]) -> list[Judged]:
        if any("坏" in push.text for push in pushes):
            raise RuntimeError("model")
        return judged(pushes)

    good = [arrival(n, "请问几点开门") for n in range(4)]
    told = await answered(company_of(bureau, judge), [*good, arrival(7, "坏的")])
    assert all(isinstance(each, str) and "2026" in each for each in told[:4])
    assert isinstance(told[4], RuntimeError)
    assert len(bureau.rows(Case)) == 4


async def test_one_that_is_judged_for_ever_holds_up_only_itself(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(company_, "HOLDS_UP", 0.2)
    go_on = threading.Event()

    def judge(pushes: Sequence[Push]) -> list[Judged]:
        if any("慢" in push.text for push in pushes):
            assert go_on.wait(30)
        return judged(pushes)

    company = company_of(bureau, judge)
    slow = asyncio.create_task(company.answer(arrival(7, "慢的").push, Turn()))
    told = await answered(company, [arrival(n, "请问几点开门") for n in range(4)])
    later = await answered(company, [arrival(9, "请问几点关门")])
    assert all(isinstance(each, str) and "2026" in each for each in (*told, *later))
    assert not slow.done()
    go_on.set()
    assert "2026" in await slow
    assert len(bureau.rows(Case)) == 6


async def test_all_that_are_asked_at_once_are_judged_in_one_call(bureau: Bureau) -> None:
    calls: list[int] = []

    def judge(pushes: Sequence[Push]) -> list[Judged]:
        calls.append(len(pushes))
        return judged(pushes)

    await answered(company_of(bureau, judge), [arrival(n, f"请问{n}号楼何时通水") for n in range(9)])
    assert calls == [9]


async def test_first_letters_of_a_group_take_a_handful_of_statements(bureau: Bureau) -> None:
    """Each citizen is written once, bound to their row at once; how many come is no matter."""
    sent: list[tuple[str, bool]] = []

    def note(_c: Any, _k: Any, sql: str, _p: Any, _x: Any, many: bool) -> None:
        sent.append((sql.split(maxsplit=1)[0], many))

    engine = bureau.workplace.store.engine
    counts = []
    for portion in (range(100, 103), range(200, 220)):
        pushes = [arrival(n, "投诉公交车不停站") for n in portion]
        sent.clear()
        event.listen(engine, "before_cursor_execute", note)
        bureau.workplace.act(lambda desk, pushes=pushes: conversation.answer_all(desk, pushes, nothing))
        event.remove(engine, "before_cursor_execute", note)
        counts.append([verb for verb, _ in sent])
    # of the trail's head two; on PostgreSQL, where each is a trip, it is put down with the trail, and cases go in one
    at_most, of_the_head = (15, 2) if bureau.workplace.store.sqlite else (10, 1)
    assert counts[0] == counts[1] and len(counts[0]) <= at_most
    assert counts[0].count("UPDATE") == of_the_head
    vault = bureau.workplace.office.vault
    for row in bureau.rows(Citizen):
        assert vault.is_present(row.openid_sealed, f"citizen.openid_sealed:{row.id}")
        assert vault.open(row.openid_sealed).startswith("citizen-") and row.last_case_id is not None
    for message in bureau.rows(Message):
        assert vault.is_present(message.sealed, f"message.sealed:{message.id}")
        assert vault.open(message.sealed) == "投诉公交车不停站"


async def test_what_is_masked_beforehand_is_masked_by_the_numbers_of_the_transaction(bureau: Bureau) -> None:
    """A number that the office lists meanwhile is its own from that moment; one that it lists no more is personal."""
    text = "请回电 027-87654321，谢谢"
    ahead = Beforehand(judged)
    assert [each.triage for each in ahead([arrival(0, text).push])] == [by_words(text)]

    def said(n: int) -> str:
        bureau.workplace.act(lambda desk: conversation.answer_all(desk, [arrival(n, text)], nothing))
        return bureau.rows(Message)[-1].masked

    assert "87654321" not in said(1)
    bureau.workplace.act(lambda desk: people.add_department(desk, "城建局", phone="027-87654321"))
    assert "87654321" in said(2)
    bureau.workplace.act(lambda desk: people.add_department(desk, "城建局", phone="12345"))
    assert "87654321" not in said(3)
