"""Matters of many in more letters than are grouped while somebody waits: what was kept, as far as one may see it."""

from datetime import timedelta

import pytest
from sqlalchemy import true

from cases.lists import filters, hot, matters
from cases.register.desk import Desk
from cases.register.tables import Case, Staff
from tests.builders import Bureau

PIPE = "投诉幸福小区水管爆裂停水{}天没人修"


def keep(bureau: Bureau) -> None:
    def step(desk: Desk) -> None:
        rows = hot.letters(desk, true(), desk.now - timedelta(days=14), desk.now)
        matters.keep(desk, matters.WEEK, matters.found(rows))

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
    bureau.clock.advance(hours=3)
    assert seen(bureau, "张工").kept_at is None  # too long ago to be shown
