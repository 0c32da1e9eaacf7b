"""The large register holds what the steps would have left: it opens, adds up, is found, and goes on."""

import shutil
from collections.abc import Iterator

import pytest
from sqlmodel import SQLModel, col, func, select

from bench.big.filling import fill
from cases.lists import browse, history, statistics, views
from cases.lists.filters import Wanted
from cases.register import audit, binding, register
from cases.register.desk import Workplace
from cases.register.store import Store
from cases.register.tables import Case, KeptPush, Lapse, Message, Staff
from tests import builders
from tests.builders import Bureau, Clock

CASES, MESSAGES = 400, 1_300


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def large(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    if request.param == "sqlite":
        file = tmp_path_factory.mktemp("big") / "huiyin.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), file)
        url = f"sqlite:///{file}"
    else:
        server = request.getfixturevalue("postgres")
        if isinstance(server, str):
            pytest.skip(f"PostgreSQL: {server}")
        url = server.new_database()
    store = Store(url)
    clock = Clock()
    clock.set(2026, 11, 28)
    bureau = Bureau(Workplace(store, builders.an_office(), clock), clock)
    fill(bureau.workplace, CASES, MESSAGES)
    yield bureau
    store.close()
    if request.param != "sqlite":
        request.getfixturevalue("postgres").drop(url)


def test_as_many_as_asked_for(large: Bureau) -> None:
    with large.store.read() as session:
        counts = [session.exec(select(func.count()).select_from(t)).one() for t in (Case, Message, KeptPush)]
    assert counts == [CASES, MESSAGES, MESSAGES]


def test_every_sealed_value_opens_in_its_place(large: Bureau) -> None:
    vault, opened = large.workplace.office.vault, 0
    models = [mapper.class_ for mapper in SQLModel._sa_registry.mappers]
    with large.store.read() as session:
        for model in models:
            columns = binding.sealed_columns(model)
            for row in session.exec(select(model)) if columns else ():
                for value in (getattr(row, column) for column in columns):
                    if value:
                        assert vault.open_bytes(value) and vault.is_present(value, value.at)
                        opened += 1
    assert opened > MESSAGES * 2 + CASES


def test_the_trail_holds(large: Bureau) -> None:
    with large.store.read() as session:
        verdict = audit.verify(session, large.workplace.office.vault)
        assert verdict.ok and verdict.entries > CASES * 3
        one = session.exec(select(Case).where(Case.status == "answered")).first()
        assert one is not None
        told = [h.action for h in large.workplace.look(lambda desk: history.timeline(desk, one))]
    assert told == [
        "case.due",
        "case.open",
        "case.claim",
        "draft.submit",
        "draft.approve",
        "reply.release",
        "delivery",
    ]


def test_words_are_found(large: Bureau) -> None:
    me = _supervisor(large)
    words = "地点在"
    wanted = Wanted("all", q=words)
    assert large.workplace.look(lambda desk: browse.cases(desk, me, wanted).total) == CASES


def test_open_cases_were_looked_at(large: Bureau) -> None:
    with large.store.read() as session:
        opened = session.exec(select(Case).where(col(Case.status).in_(register.OPEN))).all()
        noted = {row.case_id for row in session.exec(select(Lapse))}
    now = large.clock.now
    assert 3 < len(opened) < CASES / 3
    assert all(case.next_look_at is None or case.next_look_at > now for case in opened)
    assert {case.id for case in opened if case.due_at <= now} == noted


def test_the_register_goes_on(large: Bureau) -> None:
    """The next letter gets the number after the last of its day, and rows of its own."""
    no = large.a_case("请问公交几点发车")
    day = large.clock.now.strftime("%Y%m%d")
    with large.store.read() as session:
        nos = session.exec(select(Case.no).where(col(Case.no).startswith(day))).all()
    assert no == f"{day}-{len(nos):04d}"
    view = large.workplace.look(lambda desk: views.view(desk, register.by_number(desk, no)))
    assert [said.text for said in view.messages] == ["请问公交几点发车"]


def test_a_month_is_reported(large: Bureau) -> None:
    total = large.workplace.look(lambda desk: statistics.monthly(desk, "2026-09")).total
    assert total.received > 20 and total.answered > 15 and 0 < (total.rate or 0) < 1


def _supervisor(large: Bureau) -> Staff:
    with large.store.read() as session:
        return session.exec(select(Staff).where(Staff.username == "zhuren")).one()


def test_only_an_empty_register_is_filled(large: Bureau) -> None:
    with pytest.raises(SystemExit, match="只填空的登记簿"):
        fill(large.workplace, 1, 1)
