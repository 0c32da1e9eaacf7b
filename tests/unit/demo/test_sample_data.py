"""The sample office: whichever day the demo is first started, every state is there, and loading twice adds nothing."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import col, func, select

from cases import audit
from cases.desk import Desk, Workplace
from cases.store import Store
from cases.tables import Case, Delivery, Draft, Extension, KnowledgeEntry, Message, Meta, Outbox, Staff
from demo.sample_data import Loaded, files, load, loading
from knowledge_base.exchange import read
from tests.builders import Clock, an_office
from text.masking import findings

ACCOUNT = "wx-demo"
FIRST_DAYS = {
    "a working day": datetime(2026, 11, 24, 2, 30, tzinfo=UTC),
    "a Sunday": datetime(2026, 11, 22, 0, 5, tzinfo=UTC),
    "after Spring Festival": datetime(2026, 2, 25, 16, 10, tzinfo=UTC),
    "a year without a calendar": datetime(2027, 3, 3, 6, 0, tzinfo=UTC),
}


@pytest.fixture(params=FIRST_DAYS)
def workplace(request: pytest.FixtureRequest, migrated_sqlite: Path, tmp_path: Path) -> Workplace:
    file = tmp_path / "demo.db"
    file.write_bytes(migrated_sqlite.read_bytes())
    return Workplace(Store(f"sqlite:///{file}"), an_office(), Clock(FIRST_DAYS[request.param]))


def loaded(workplace: Workplace) -> Loaded:
    return load(workplace, ACCOUNT, lambda: None)


def test_every_state_is_there(workplace: Workplace) -> None:
    assert loaded(workplace).skipped == ()
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


def test_a_second_start_adds_nothing(workplace: Workplace) -> None:
    loaded(workplace)
    before = workplace.look(_sizes)
    workplace.clock.advance(days=3)  # type: ignore[attr-defined]
    loaded(workplace)
    assert workplace.look(_sizes) == before


def _sizes(desk: Desk) -> dict[str, int]:
    tables = (Case, Message, Draft, Delivery, Staff, KnowledgeEntry, Outbox)
    return {t.__name__: desk.session.exec(select(func.count()).select_from(t)).one() for t in tables}


def test_a_loading_cut_off_goes_on_where_it_stopped(workplace: Workplace) -> None:
    class CutOff(Exception):
        pass

    def cut(what: str, done: int, of: int) -> None:
        if what == "往来信件" and done == of // 2:
            raise CutOff

    with pytest.raises(CutOff):
        load(workplace, ACCOUNT, lambda: None, cut)
    assert loaded(workplace).skipped == ()
    workplace.look(_every_state)
    letters = [sample for sample in files.messages() if sample.channel == "wechat"]
    added = sum(step.do == "add" for sample in letters for step in sample.then)
    assert workplace.look(_sizes)["Message"] == len(letters) + added


def test_the_history_is_a_true_one(workplace: Workplace) -> None:
    """Case numbers carry the day of registration, the audit chain holds, and nothing old is still to be told."""
    loaded(workplace)

    def check(desk: Desk) -> None:
        for case in desk.session.exec(select(Case)):
            assert case.no[:8] == desk.office.today(case.received_at).strftime("%Y%m%d")
        assert audit.verify(desk.session, desk.office.vault.derived("audit")).ok
        mark = desk.session.get_one(Meta, loading.MARK)
        assert '"played": ' in mark.value
        old = desk.session.exec(select(Outbox).where(Outbox.state == "pending", Outbox.kind == "notice")).all()
        assert all((desk.now - row.created_at).total_seconds() < 31 * 3600 for row in old)
        left = desk.session.exec(select(Outbox).where(Outbox.lane == "citizen", Outbox.state == "pending"))
        assert not left.all()

    workplace.look(check)


def test_the_files_hold_what_was_promised() -> None:
    entries = read(files.KNOWLEDGE)
    departments = {department.name for department in files.departments()}
    assert (len(departments), len(files.staff()), len(files.messages()), len(entries.rows)) == (12, 5, 40, 60)
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
