"""The sample office: whichever day the demo is first started, every state is there, and loading twice adds nothing."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, func, select

from cases.register import audit
from cases.register.desk import Desk, Workplace
from cases.register.store import Store
from cases.register.tables import (
    Case,
    Delivery,
    Draft,
    Extension,
    KnowledgeEntry,
    Message,
    Meta,
    Outbox,
    Staff,
)
from demo.sample_data import Loaded, files, load
from knowledge_base.files.exchange import read
from tests.builders import Clock, an_office
from text.masking import findings

ACCOUNT = "wx-demo"
FIRST_DAYS = {
    "a working day": datetime(2026, 11, 24, 2, 30, tzinfo=UTC),
    "a Sunday": datetime(2026, 11, 22, 0, 5, tzinfo=UTC),
    "after Spring Festival": datetime(2026, 2, 25, 16, 10, tzinfo=UTC),
    "a year without a calendar": datetime(2027, 3, 3, 6, 0, tzinfo=UTC),
}


@pytest.fixture(scope="module", params=FIRST_DAYS)
def office(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Workplace, Loaded]:
    """An office whose demo was first started on that day."""
    now = FIRST_DAYS[request.param]
    workplace = a_workplace(request.getfixturevalue("migrated_sqlite"), tmp_path_factory.mktemp("demo"), now)
    return workplace, load(workplace, ACCOUNT, lambda: None)


def a_workplace(template: Path, folder: Path, now: datetime) -> Workplace:
    file = folder / "demo.db"
    file.write_bytes(template.read_bytes())
    return Workplace(Store(f"sqlite:///{file}"), an_office(), Clock(now))


def test_every_state_is_there(office: tuple[Workplace, Loaded]) -> None:
    workplace, loaded = office
    assert loaded.skipped == ()
    workplace.look(_every_state)


def _every_state(desk: Desk) -> None:
    cases = list(desk.session.exec(select(Case)).all())
    states = Counter(case.status for case in cases)
    assert states.keys() >= {"new", "claimed", "in_review", "answered", "auto_answered", "refused"}
    assert any(case.due_at <= desk.now for case in cases if case.status in ("new", "claimed", "in_review"))
    assert any(case.on_time is False for case in cases), "one was answered too late"
    for mark in ("urgent", "sensitive", "accusation", "extended", "reopened"):
        assert any(getattr(case, mark) for case in cases), mark
    assert {case.rating for case in cases} >= {"满意", "基本满意", "不满意"}
    assert {draft.state for draft in desk.session.exec(select(Draft))} >= {"review", "returned", "approved"}
    assert {draft.purpose for draft in desk.session.exec(select(Draft))} == {
        "answer",
        "question",
        "refusal",
        "correction",
    }
    assert {d.state for d in desk.session.exec(select(Delivery))} >= {"sent", "handed_over", "waiting"}
    assert {e.state for e in desk.session.exec(select(Extension))} == {"asked", "granted"}
    assert len(desk.session.exec(select(Message).where(col(Message.case_id).is_(None))).all()) == 3
    assert all(case.received_at <= desk.now for case in cases)


def test_a_second_start_adds_nothing(office: tuple[Workplace, Loaded]) -> None:
    workplace, _ = office
    before = workplace.look(_sizes)
    later = replace(workplace, clock=lambda: workplace.clock() + timedelta(days=3))
    assert load(later, ACCOUNT, lambda: None).skipped == ()
    assert workplace.look(_sizes) == before


def _sizes(desk: Desk) -> dict[str, int]:
    tables = (Case, Message, Draft, Delivery, Staff, KnowledgeEntry, Outbox)
    return {t.__name__: desk.session.exec(select(func.count()).select_from(t)).one() for t in tables}


def test_a_loading_cut_off_goes_on_where_it_stopped(migrated_sqlite: Path, tmp_path: Path) -> None:
    workplace = a_workplace(migrated_sqlite, tmp_path, FIRST_DAYS["a working day"])

    class CutOff(Exception):
        pass

    def cut(what: str, done: int, of: int) -> None:
        if what == "往来信件" and done == of // 2:
            raise CutOff

    with pytest.raises(CutOff):
        load(workplace, ACCOUNT, lambda: None, cut)
    assert load(workplace, ACCOUNT, lambda: None).skipped == ()
    workplace.look(_every_state)
    letters = [sample for sample in files.messages() if sample.channel == "wechat"]
    added = sum(step.do == "add" for sample in letters for step in sample.then)
    assert workplace.look(_sizes)["Message"] == len(letters) + added


def test_the_history_is_a_true_one(office: tuple[Workplace, Loaded]) -> None:
    """Case numbers carry the day of registration, the audit chain holds, and nothing old is still to be told."""
    workplace, _ = office

    def check(desk: Desk) -> None:
        for case in desk.session.exec(select(Case)):
            assert case.no[:8] == desk.office.today(case.received_at).strftime("%Y%m%d")
        assert audit.verify(desk.session, desk.office.vault).ok
        mark = desk.session.get_one(Meta, "demo_sample")
        assert '"played": ' in mark.value
        old = desk.session.exec(
            select(Outbox).where(Outbox.state == "pending", Outbox.kind == "notice")
        ).all()
        assert all((desk.now - row.created_at).total_seconds() < 31 * 3600 for row in old)
        left = desk.session.exec(select(Outbox).where(Outbox.lane == "citizen", Outbox.state == "pending"))
        assert not left.all()

    workplace.look(check)


def test_the_files_hold_what_was_promised() -> None:
    entries = read(files.KNOWLEDGE)
    departments = {department.name for department in files.departments()}
    assert (len(departments), len(files.staff()), len(files.messages()), len(entries.rows)) == (12, 5, 41, 60)
    assert not entries.refused
    assert sum(entry.status == "published" for entry in entries.rows) >= 30
    assert {entry.department for entry in entries.rows} <= departments
    assert len({entry.id for entry in entries.rows}) == 60
    for entry in entries.rows:
        assert entry.source
        assert entry.topic
        assert not findings(entry.question + "\n" + entry.answer), entry.id


def test_everybody_in_the_letters_is_in_the_cast() -> None:
    people = {person.key for person in files.citizens()}
    staff = {member.key for member in files.staff()}
    assert len(people) >= 4
    assert {sample.by for sample in files.messages()} <= people
    assert {step.who for sample in files.messages() for step in sample.then} - {""} <= staff
    assert len({member.telegram_id for member in files.staff()}) == len(staff)
