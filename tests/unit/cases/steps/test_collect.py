"""A source's cursor: every released text once and in order, and asking on is the only word that they arrived."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.register import sources
from cases.register.errors import Invalid
from cases.register.states import DeliveryState
from cases.register.tables import Audit, Delivery, Source
from cases.steps import collect, reply
from tests.builders import Bureau

CHANNEL = "api:app"
OWED = {DeliveryState.WAITING, DeliveryState.PENDING}


def a_source(office: Bureau, name: str = "app", callback: str = "") -> int:
    new = sources.NewSource(name, callback)
    return office.workplace.act(lambda desk: sources.add(desk, new)[0].id or 0)


def letters(office: Bureau, count: int, channel: str = CHANNEL) -> list[str]:
    """Return the numbers of so many cases of the source that were answered, in the order of their answers."""
    return [
        office.answered(f"投诉水管漏水{n}", f"第{n}处水管已修好。", channel=channel, openid=f"u{n}")
        for n in range(count)
    ]


def page(office: Bureau, source: int, after: str = "", limit: int = collect.MOST) -> collect.CollectedPage:
    return collect.collect(office.workplace, source, after, limit)


def states(office: Bureau) -> list[str]:
    return [row.state for row in office.rows(Delivery)]


def test_what_was_released_is_read_in_its_order_with_whom_it_is_for(office: Bureau) -> None:
    source = a_source(office)
    numbers = letters(office, 3)
    found = page(office, source)
    assert [one.no for one in found.answers] == numbers
    assert [one.user for one in found.answers] == ["u0", "u1", "u2"]
    assert [one.kind for one in found.answers] == ["answer"] * 3
    assert all(f"第{n}处水管已修好。" in one.text for n, one in enumerate(found.answers))
    assert found.next == found.answers[-1].cursor == "3"


def test_reading_alone_says_nothing_of_arrival_and_asking_on_does(office: Bureau) -> None:
    source = a_source(office)
    letters(office, 2)
    first = page(office, source)
    assert states(office) == ["waiting"] * 2
    assert page(office, source).answers == first.answers  # cut off before it was kept: read again
    assert states(office) == ["waiting"] * 2
    last = page(office, source, first.next)
    assert (last.answers, last.next) == ([], first.next)
    assert states(office) == ["handed_over"] * 2
    assert all(row.channel == "api" and row.finished_at == office.clock.now for row in office.rows(Delivery))


def test_only_what_lies_before_the_cursor_has_arrived(office: Bureau) -> None:
    source = a_source(office)
    letters(office, 3)
    page(office, source)
    page(office, source, "2")
    assert states(office) == ["handed_over", "handed_over", "waiting"]


@pytest.mark.parametrize("after", ["1", "3", "999999"])
def test_a_cursor_that_was_never_given_out_claims_nothing(office: Bureau, after: str) -> None:
    source = a_source(office)
    letters(office, 3)
    before = office.everything()
    with pytest.raises(Invalid, match="游标无效"):
        page(office, source, after)
    assert office.everything() == before


def test_a_poll_that_finds_nothing_new_writes_nothing(office: Bureau) -> None:
    source = a_source(office)
    letters(office, 1)
    page(office, source)
    page(office, source, "1")
    before = office.everything()
    for _ in range(3):
        page(office, source, "1")
    assert office.everything() == before


def test_one_source_reads_and_moves_nothing_of_another(office: Bureau) -> None:
    app, web = a_source(office), a_source(office, "web")
    letters(office, 2)
    letters(office, 1, "api:web")
    assert [one.cursor for one in page(office, web).answers] == ["1"]
    page(office, web, "1")
    by_source = [(row.source_id, row.state) for row in office.rows(Delivery)]
    assert by_source == [(app, "waiting"), (app, "waiting"), (web, "handed_over")]
    assert [row.given_seq for row in office.rows(Source)] == [0, 1]


def test_what_was_given_up_for_good_is_passed_over(office: Bureau) -> None:
    source = a_source(office)
    letters(office, 3)

    def give_up(desk):  # type: ignore[no-untyped-def]
        reply.delivered(desk, desk.session.get_one(Delivery, 2), DeliveryState.FAILED, error="已删除")

    office.workplace.act(give_up)
    found = page(office, source)
    assert [one.cursor for one in found.answers] == ["1", "3"]
    page(office, source, "3")
    assert states(office) == ["handed_over", "failed", "handed_over"]


def test_every_arrival_is_on_record_once(office: Bureau) -> None:
    source = a_source(office)
    letters(office, 2)
    for after in ("", "2", "2", "1", ""):
        page(office, source, after)
    arrived = [row for row in office.rows(Audit, action="delivery") if "handed_over" in row.detail]
    assert len(arrived) == 2 and office.chain().ok


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limits=st.lists(st.integers(1, 4), min_size=1, max_size=6), lost=st.sets(st.integers(0, 5)))
def test_whatever_is_lost_on_the_way_every_text_is_read_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, limits: list[int], lost: set[int]
) -> None:
    """Pages of any size, some of which never reach the source: it asks again with the cursor that it has."""
    from tests.builders import a_bureau, a_store

    office = a_bureau(a_store(tmp_path_factory.mktemp("collect") / "office.db"))
    source = a_source(office)
    numbers = letters(office, 4)
    read: list[str] = []
    after = ""
    for turn, limit in enumerate([*limits, 4, 4]):
        found = page(office, source, after, limit)
        if turn not in lost:
            read += [one.no for one in found.answers]
            after = found.next
    assert read == numbers[: len(read)] and (len(read) == 4 or lost)
    arrived = [row.state not in OWED for row in office.rows(Delivery)]
    assert arrived == sorted(arrived, reverse=True) and sum(arrived) <= len(read)
    office.store.close()
