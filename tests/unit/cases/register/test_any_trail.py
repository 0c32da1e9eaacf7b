"""The trail: whatever is done to a row of it is found, and what was done rightly never is."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session

from cases.register import audit
from cases.register.audit import Anchor, ChainFound, TrailHead
from cases.register.desk import Desk
from cases.register.tables import Audit
from tests.builders import Bureau

Tamper = Callable[[Session], object]


_COLUMNS = ("actor", "action", "subject", "detail", "prev", "hash")
ALTERED = {name: f"UPDATE audit SET {name} = {name} || 'x' WHERE seq = :seq" for name in _COLUMNS}  # noqa: S608
INSERTED = (
    "INSERT INTO audit (seq, at, actor, action, subject, detail, prev, hash) "
    "SELECT max(seq) + 1, '2026-03-02', 'x', 'x', 'x', '', '', '' FROM audit"
)


def some_work(office: Bureau, steps: int = 6) -> None:
    for number in range(steps):
        office.workplace.act(
            lambda desk, number=number: desk.audit("test.step", f"case:{number}", words=f"第{number}步")
        )


def tampered(office: Bureau, statement: str, **values: object) -> ChainFound:
    office.workplace.act(lambda desk: desk.session.connection().execute(text(statement), values))
    return office.chain()


def test_a_trail_that_nobody_touched_is_whole(office: Bureau) -> None:
    some_work(office)
    found = office.chain()
    assert found.ok and found.first_bad is None and found.entries == len(office.rows(Audit))


@pytest.mark.parametrize("column", ALTERED)
@pytest.mark.parametrize("place", [1, 4, -1])
def test_an_altered_word_of_any_row_is_found_at_its_row(office: Bureau, column: str, place: int) -> None:
    some_work(office)
    seq = office.rows(Audit)[place].seq
    found = tampered(office, ALTERED[column], seq=seq)
    assert (found.ok, found.first_bad) == (False, seq)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit WHERE seq = 3", "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)", "DELETE FROM audit",
        "UPDATE audit SET seq = seq + 100 WHERE seq = 3", "UPDATE audit SET at = '2026-01-01 00:00:00' WHERE seq = 3",
        "UPDATE meta SET value = '0:' || value WHERE key = 'audit_head'", "DELETE FROM audit WHERE seq > 2",
        INSERTED,
    ],
)  # fmt: skip
def test_rows_removed_moved_or_added_are_found(office: Bureau, statement: str) -> None:
    some_work(office)
    try:
        assert not tampered(office, statement).ok
    except ValueError:  # a head that is no number at all
        assert "meta" in statement


def test_a_trail_set_back_as_a_whole_is_found_by_what_was_noted_outside(office: Bureau) -> None:
    some_work(office)
    seq, digest = office.workplace.look(
        lambda desk: (audit.head(desk.session).seq, audit.head(desk.session).hash)
    )

    def verdict(*anchors: Anchor) -> ChainFound:
        return office.workplace.look(lambda desk: audit.verify(desk.session, desk.office.vault, anchors))

    assert verdict(Anchor(seq, digest)).ok and verdict(Anchor(seq, digest[:12])).ok and verdict().ok
    assert not verdict(Anchor(seq + 1, digest)).ok
    assert not verdict(Anchor(seq, "0" * 64)).ok
    assert verdict(Anchor(seq, "0" * 64)).first_bad == seq


def test_a_step_that_was_refused_leaves_no_row(office: Bureau) -> None:
    some_work(office)
    before = len(office.rows(Audit))

    def step(desk: Desk) -> None:
        desk.audit("test.never", "case:0")
        raise KeyError

    with pytest.raises(KeyError):
        office.workplace.act(step)
    assert len(office.rows(Audit)) == before and office.chain().ok


def test_rows_stand_in_the_order_of_the_steps_and_each_names_the_one_before(office: Bureau) -> None:
    some_work(office)
    rows = office.rows(Audit)
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert [row.prev for row in rows[1:]] == [row.hash for row in rows[:-1]]
    assert rows[0].prev == audit.START and len({row.hash for row in rows}) == len(rows)


@given(
    st.integers(0, 10**9),
    st.text("0123456789abcdef", max_size=64),
    st.text("0123456789abcdef", max_size=64),
    st.text("0123456789abcdef", max_size=16),
)
def test_a_head_is_read_as_it_was_written(seq: int, last: str, own: str, key: str) -> None:
    head = TrailHead(seq, last, own, key)
    assert TrailHead.read(head.written()) == head
    assert TrailHead.read(f"{seq}:{last}") == TrailHead(seq, last)


@given(
    st.dictionaries(
        st.text("abc", min_size=1, max_size=3),
        st.one_of(
            st.text(st.characters(exclude_categories=()), max_size=9), st.integers(), st.none(), st.dates()
        ),
    )
)
def test_any_facts_are_kept_as_json_that_can_be_stored(facts: dict[str, object]) -> None:
    import json

    kept = audit.detail(**facts)
    kept.encode()
    assert set(json.loads(kept)) == set(facts)
    assert audit.detail(**dict(reversed(facts.items()))) == kept


def test_names_and_numbers_of_people_stand_masked_in_the_trail(office: Bureau) -> None:
    office.workplace.act(
        lambda desk: desk.audit("test.step", "case:1", reason="打13912345678找王芳", note="x")
    )
    assert "13912345678" not in office.rows(Audit)[-1].detail
