"""What everybody waits for reads indexes, however large the register is: the databases' own plans say so."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from bot.wechat import conversation
from bot.wechat.accounts import Account
from bot.wechat.conversation import Arrival
from bot.wechat.parsing import Push
from bot.wechat.talk import Judged
from cases.lists import browse, filters, find, hot, ledger, matters, statistics
from cases.lists.filters import Wanted
from cases.register.tables import Case, Staff
from cases.sending import chat, outbox
from cases.watch import watch
from console import overview
from tests.builders import ACCOUNT, Bureau, by_words

_GROW = (
    "cases|message|push|citizen|audit|outbox|draft|approval|delivery|due_change|outcome|lapse|milestone|auto_answer"
    "|media|comment|chat_post"
)
_WHOLE = (
    re.compile(rf"\bSCAN ({_GROW})(_\d+)?\b(?! VIRTUAL)"),
    re.compile(rf"Seq Scan on ({_GROW})\b"),
)
_ALL_OF_THEM = ("all",)  # a list of everything counts everything


def plans_of(bureau: Bureau, deed: Callable[[], object]) -> list[tuple[str, str]]:
    """Return each statement that a deed sends to the database, with the database's own plan for it."""
    sent: list[tuple[str, object]] = []

    def note(_c: object, _k: object, statement: str, parameters: object, _x: object, many: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE")):
            sent.append((statement, parameters[0] if many else parameters))  # type: ignore[index]

    engines = {bureau.store.engine, bureau.store._reading}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        deed()
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
    found = []
    with bureau.store.engine.connect() as connection:
        explain = "EXPLAIN QUERY PLAN" if bureau.store.sqlite else "EXPLAIN"
        if not bureau.store.sqlite:
            connection.exec_driver_sql("SET enable_seqscan = off")  # a handful of rows is quicker scanned
        for statement, parameters in sent:
            rows = connection.exec_driver_sql(f"{explain} {statement}", parameters).all()  # type: ignore[arg-type]
            found.append((statement, "\n".join(str(row[-1]) for row in rows)))
    return found


def assert_bounded(bureau: Bureau, deed: Callable[[], object], what: str) -> None:
    plans = plans_of(bureau, deed)
    assert plans, what
    for statement, plan in plans:
        if "0 = 1" in statement or "WHERE false" in statement:
            continue  # nothing is looked for
        if "LIMIT" in statement and "WHERE" not in statement and "ORDER BY" not in statement:
            continue  # whether there is any
        assert not any(whole.search(plan) for whole in _WHOLE), f"{what}:\n{statement}\n{plan}"


def say(bureau: Bureau, *texts: str, start: int = 0, openid: str = "") -> Callable[[], object]:
    account = Account(ACCOUNT, "s", "t", "")
    arrivals = [
        Arrival(
            Push(account, openid or f"o{start + n}", "gh", "text", f"m{start + n}", bureau.clock.now, text),
            Judged(by_words(text)),
        )
        for n, text in enumerate(texts)
    ]
    return lambda: bureau.workplace.act(lambda desk: conversation.answer_all(desk, arrivals, lambda: ""))


def test_what_comes_in_reads_no_table_whole(bureau: Bureau) -> None:
    assert_bounded(bureau, say(bureau, "请问水管多久修好", "投诉公交不来", "有人要跳楼"), "new citizens")
    assert_bounded(bureau, say(bureau, "请问水管多久修好", "投诉公交不来"), "the same pushes again")
    assert_bounded(bureau, say(bureau, "还有一件事", start=50, openid="o0"), "an addition")
    assert_bounded(bureau, say(bureau, "查询", start=60, openid="o0"), "one's own cases")
    assert_bounded(bureau, say(bureau, "你好", start=70), "small talk")


def test_the_sweep_searches_its_index(bureau: Bureau) -> None:
    bureau.a_case()
    plans = [
        plan for statement, plan in plans_of(bureau, bureau.sweep) if "WHERE cases.next_look_at" in statement
    ]
    assert plans and all("ix_cases_look" in plan for plan in plans)
    bureau.clock.advance(days=40)
    assert_bounded(bureau, bureau.sweep, "a sweep that tells of something")


def test_what_is_to_be_sent_is_searched(bureau: Bureau) -> None:
    bureau.a_case()
    place = bureau.workplace
    assert_bounded(bureau, lambda: place.look(lambda d: outbox.orphans(d, "citizen", ())), "orphans")
    assert_bounded(bureau, lambda: place.look(lambda d: outbox.due(d, "citizen")), "due")
    assert_bounded(bureau, lambda: place.look(chat.waiting), "cards")
    assert_bounded(bureau, lambda: place.look(chat.next_due), "the next card")


@pytest.mark.parametrize("name", ("张工", "李科长", "赵局长", "王主任"))
def test_overview_and_lists_search_their_indexes(bureau: Bureau, name: str) -> None:
    bureau.a_case()
    look = bureau.workplace.look
    me = look(lambda desk: desk.session.get_one(Staff, bureau.ids[name]))
    assert_bounded(bureau, lambda: look(lambda desk: overview.standing(desk, me)), "overview")
    for status in filters.STATUSES:
        if status not in _ALL_OF_THEM:
            wanted = Wanted(status)
            assert_bounded(bureau, lambda wanted=wanted: look(lambda d: browse.cases(d, me, wanted)), status)  # type: ignore[misc]
    words = Wanted("open", q="水管")
    assert_bounded(bureau, lambda: look(lambda desk: browse.cases(desk, me, words)), "words")
    assert_bounded(bureau, lambda: look(browse.small_talk), "small talk")
    assert_bounded(bureau, lambda: look(lambda desk: find.case(desk, me, "0001")), "a short number")
    assert_bounded(bureau, lambda: look(lambda desk: find.mine(desk, me)), "mine")
    assert_bounded(bureau, lambda: look(lambda desk: find.overdue(desk, me)), "overdue")


def test_reports_and_matters_of_many_search_their_indexes(bureau: Bureau) -> None:
    bureau.answered()
    bureau.clock.advance(days=40)
    bureau.sweep()
    look = bureau.workplace.look
    me = look(lambda desk: desk.session.get_one(Staff, bureau.ids["赵局长"]))
    sight = filters.in_sight(me)
    assert_bounded(bureau, lambda: look(lambda desk: statistics.monthly(desk, "2026-03", sight)), "a month")
    assert_bounded(
        bureau, lambda: look(lambda desk: ledger.monthly(desk, "2026-03", sight, 0, 50)), "the ledger"
    )
    week = matters.WEEK
    found = lambda desk: matters.of_many(desk, sight, desk.now, 7, kept=week)  # noqa: E731
    assert_bounded(bureau, lambda: look(found), "matters of many")
    assert_bounded(bureau, lambda: look(lambda desk: hot.questions(desk, 30)), "questions")


def test_a_case_whose_time_has_not_come_is_not_read(bureau: Bureau) -> None:
    for _ in range(5):
        bureau.a_case()
    bureau.sweep()
    bureau.clock.advance(minutes=1)
    with Session(bureau.store.engine) as session:
        assert session.exec(watch.due(bureau.clock.now, 200)).all() == []
        later = bureau.clock.now + timedelta(hours=4)
        assert len(session.exec(watch.due(later, 200)).all()) == len(session.exec(select(Case)).all()) == 5
