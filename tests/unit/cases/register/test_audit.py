"""The audit chain: a row altered, removed, inserted or cut off is found."""

import pytest
from sqlalchemy import text

from cases.register import audit
from cases.register.desk import Actor, Desk
from cases.register.tables import Audit
from cases.register.vault import Vault
from tests.builders import Bureau


@pytest.fixture
def written(bureau: Bureau) -> Bureau:
    bureau.answered()
    assert bureau.chain().ok
    return bureau


def tamper(bureau: Bureau, statement: str) -> None:
    with bureau.store.write() as session:
        session.connection().execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "first_bad"),
    [
        ("UPDATE audit SET actor = '别人' WHERE seq = 5", 5),
        ("UPDATE audit SET action = 'nothing' WHERE seq = 5", 5),
        ("UPDATE audit SET subject = 'case:0' WHERE seq = 5", 5),
        ("UPDATE audit SET detail = '{}' WHERE seq = 5", 5),
        ("UPDATE audit SET at = '2020-01-01 00:00:00+00' WHERE seq = 5", 5),
        ("UPDATE audit SET prev = 'x' WHERE seq = 5", 5),
        ("UPDATE audit SET hash = 'x' WHERE seq = 5", 5),
        ("UPDATE audit SET seq = 1000 WHERE seq = 5", 5),
        ("DELETE FROM audit WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 5", 5),
        ("DELETE FROM audit WHERE seq >= 8", 8),
        ("DELETE FROM audit", 1),
    ],
)
def test_tampering_is_found_at_its_place(written: Bureau, statement: str, first_bad: int) -> None:
    tamper(written, statement)
    verdict = written.chain()
    assert (verdict.ok, verdict.first_bad) == (False, first_bad)


def test_an_inserted_row_is_found(written: Bureau) -> None:
    last = written.rows(Audit)[-1].seq
    columns = "at, actor, action, subject, detail, prev, hash"
    copied = f"SELECT {last + 1}, {columns} FROM audit WHERE seq = 5"  # noqa: S608 - a number and our own names
    tamper(written, f"INSERT INTO audit (seq, {columns}) {copied}")
    assert written.chain() == audit.ChainFound(last + 1, False, last + 1)


def test_two_rows_that_changed_places_are_found(written: Bureau) -> None:
    for before, after in ((5, 9005), (6, 5), (9005, 6)):
        tamper(written, f"UPDATE audit SET seq = {after} WHERE seq = {before}")  # noqa: S608 - numbers from the line above
    assert written.chain().first_bad == 5


def test_another_key_does_not_verify(written: Bureau) -> None:
    verdict = written.workplace.look(lambda desk: audit.verify(desk.session, Vault(b"another key")))
    assert not verdict.ok and verdict.first_bad == 1


def test_an_empty_chain_is_whole(bureau: Bureau) -> None:
    assert bureau.chain().ok


def test_a_step_that_fails_leaves_no_row(written: Bureau) -> None:
    before = len(written.rows(Audit))

    def fail(desk: Desk) -> None:
        desk.audit("nothing", "case:0")
        raise ValueError

    with pytest.raises(ValueError):
        written.workplace.act(fail)
    assert len(written.rows(Audit)) == before and written.chain().ok


def test_any_words_can_stand_in_a_row(bureau: Bureau) -> None:
    bureau.workplace.act(lambda desk: desk.audit("x", "y", why="\x00\ud800😀'--"), Actor("张'三"))
    assert bureau.chain().ok


def test_every_change_says_who_did_what(written: Bureau) -> None:
    done = [(row.actor, row.action) for row in written.rows(Audit, subject="case:20260302-0001")]
    assert done == [
        ("系统", "case.due"), ("系统", "case.open"), ("张工", "case.claim"), ("张工", "case.submit"),
        ("张工", "draft.submit"), ("李科长", "draft.approve"), ("李科长", "case.answer"), ("李科长", "reply.release"),
        ("李科长", "promise.made"),
    ]  # fmt: skip


def head_of(bureau: Bureau) -> audit.TrailHead:
    return bureau.workplace.look(lambda desk: audit.head(desk.session))


def test_rows_cut_off_at_the_end_are_found_although_the_head_says_nothing(written: Bureau) -> None:
    """The head is no copy of the last row's hash: whoever cuts the trail cannot write one."""
    last = written.rows(Audit)[-4]
    tamper(written, f"DELETE FROM audit WHERE seq > {last.seq}")  # noqa: S608 - a number
    for forged in (f"{last.seq}:{last.hash}", f"{last.seq}:{last.hash}:{'0' * 64}:{head_of(written).key}"):
        tamper(written, f"UPDATE meta SET value = '{forged}' WHERE key = 'audit_head'")  # noqa: S608
        assert not written.chain().ok
    written.a_case("后来的来信")  # the office works on, and the damage is not covered up
    assert not written.chain().ok


def test_a_trail_that_is_gone_is_found(written: Bureau) -> None:
    tamper(written, "DELETE FROM audit")
    tamper(written, f"UPDATE meta SET value = '0:{audit.START}' WHERE key = 'audit_head'")  # noqa: S608
    assert not written.chain().ok


def test_a_trail_set_back_as_a_whole_is_found_by_its_anchor(written: Bureau) -> None:
    earlier = head_of(written)
    written.a_case("后来的来信")
    later = head_of(written)
    anchors = [audit.Anchor(earlier.seq, earlier.hash), audit.Anchor(later.seq, later.hash[:16])]

    def verdict() -> audit.ChainFound:
        return written.workplace.look(lambda desk: audit.verify(desk.session, desk.office.vault, anchors))

    assert verdict().ok
    tamper(written, f"DELETE FROM audit WHERE seq > {earlier.seq}")  # noqa: S608
    tamper(written, f"UPDATE meta SET value = '{earlier.written()}' WHERE key = 'audit_head'")  # noqa: S608
    assert written.chain().ok  # as yesterday's database was
    assert verdict() == audit.ChainFound(earlier.seq, False, earlier.seq + 1)


def test_the_trail_goes_on_under_another_key_and_the_earlier_part_still_verifies(written: Bureau) -> None:
    vault, fresh = written.workplace.office.vault, Vault(b"another key, for later")
    vault.also(b"another key, for later")
    entry = audit.TrailEntry(written.clock.now, "系统", "key.rotate", "register", "{}")
    with written.store.write() as session:
        audit.turn_to(session, vault, entry, fresh.key)
    written.a_case("换密钥以后的来信")
    assert written.chain().ok
    vault.turn_to(b"another key, for later")
    with written.store.write() as session:
        audit.reseal_keys(session, vault)
    vault.forget_others()
    assert written.chain().ok
    tamper(written, "UPDATE audit SET actor = '别人' WHERE seq = 5")
    assert written.chain().first_bad == 5
