"""Matters of many in more letters than are grouped while somebody waits: what was kept, as far as one may see it."""

from datetime import timedelta

import pytest
from sqlalchemy import true

from cases.lists import filters, hot, matters
from cases.register import memo
from cases.register.desk import Desk
from cases.register.tables import Case, Staff
from tests.builders import Bureau

PIPE = "投诉幸福小区水管爆裂停水{}天没人修"


def keep(bureau: Bureau) -> None:
    def step(desk: Desk) -> None:
        rows = hot.letters(desk, true(), desk.now - timedelta(days=14), desk.now)
        matters.keep(desk, matters.WEEK, rows, matters.found(rows))

    bureau.workplace.act(step)


def seen(bureau: Bureau, name: str) -> matters.MattersFound:
    def question(desk: Desk) -> matters.MattersFound:
        me = desk.session.get_one(Staff, bureau.ids[name])
        return matters.of_many(desk, filters.in_sight(me), desk.now, 7, kept=matters.WEEK)

    return bureau.workplace.look(question)


def test_what_was_kept_is_told_as_it_was_found(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    pipes = [bureau.a_case(PIPE.format(n)) for n in range(1, 6)]
    at_once = seen(bureau, "王主任")
    keep(bureau)
    assert seen(bureau, "王主任") == at_once and at_once.kept_at is None  # few letters are looked at anew
    monkeypatch.setattr(matters, "AT_ONCE", 2)
    kept = seen(bureau, "王主任")
    assert kept.kept_at == bureau.clock.now and kept.matters == at_once.matters
    assert set(kept.matters[0].numbers) == set(kept.matters[0].open) == set(pipes)


def test_what_was_kept_shows_nobody_more_than_they_may_see(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matters, "AT_ONCE", 0)
    pipes = [bureau.a_case(PIPE.format(n)) for n in range(1, 6)]
    keep(bureau)
    assert seen(bureau, "陈师傅").matters == []

    def accuse(desk: Desk) -> None:
        case = desk.session.get_one(Case, bureau.case(pipes[0]).id)
        case.accusation = True
        desk.session.add(case)

    bureau.workplace.act(accuse)
    (left,) = seen(bureau, "张工").matters
    assert set(left.numbers) == set(pipes[1:]) and left.users == 4
    found_at = bureau.clock.now
    bureau.clock.advance(hours=3)
    assert seen(bureau, "张工").kept_at == found_at  # however long ago: nobody waits for a grouping


def test_more_letters_than_are_grouped_at_once_are_awaited_by_nobody_but_the_patient(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(1, 6):
        bureau.a_case(PIPE.format(n))
    monkeypatch.setattr(matters, "AT_ONCE", 2)
    assert seen(bureau, "王主任") == matters.MattersFound([], None, awaited=True)
    grouped = bureau.workplace.look(
        lambda desk: matters.of_many(desk, None, desk.now, 7, kept=matters.WEEK, patient=True)
    )
    assert len(grouped.matters) == 1 and not grouped.awaited


def test_a_span_that_is_over_is_found_once_and_a_running_one_again(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    bureau.a_case(PIPE.format(1))

    def wants(name: str, days: float) -> bool:
        return bureau.workplace.look(
            lambda desk: matters.wants(
                desk, name, desk.now - timedelta(days=14), desk.now + timedelta(days=days)
            )
        )

    assert not wants(matters.WEEK, 0)  # few letters are grouped when somebody looks
    monkeypatch.setattr(matters, "AT_ONCE", 0)
    assert wants(matters.WEEK, 0)
    keep(bureau)
    assert not wants(matters.WEEK, 0)
    bureau.clock.advance(hours=1)
    assert wants(matters.WEEK, 0) and not wants(matters.WEEK, -0.5)


def test_letters_that_were_not_looked_at_say_nothing_about_growth(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(1, 7):
        bureau.a_case(PIPE.format(n))
        bureau.clock.advance(minutes=1)
    assert seen(bureau, "王主任").since is None
    monkeypatch.setattr(hot, "MOST", 4)
    monkeypatch.setattr(matters, "AT_ONCE", 2)
    keep(bureau)
    noted = bureau.workplace.look(lambda desk: memo.HOT_SPOTS.of(desk.session, matters.WEEK))
    assert noted is not None and noted.since is not None
    assert seen(bureau, "王主任").since == noted.since
