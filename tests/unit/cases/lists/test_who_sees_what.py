"""Lists and single cases agree for everybody: sight, hands, reviews, tiles; words are found where they stand."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.lists import browse, filters, find, standing, today, words
from cases.lists.file_types import UNKNOWN, found_in
from cases.lists.filters import STATUSES, Wanted
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotFound, Refusal
from cases.register.permissions import may_see, may_work
from cases.register.states import OPEN, Purpose
from cases.register.tables import Case, Staff
from cases.steps import assign, cohandle
from cases.steps.allowed import Action, refusal
from tests.builders import Bureau, a_bureau, a_store


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """Cases of every kind in every state, seen by everybody."""
    office = a_bureau(a_store(Path(tmp_path_factory.mktemp("busy")) / "office.db"))
    texts = [
        "请问水管多久修好",
        "投诉公交噪音",
        "表扬保洁员",
        "有人要跳楼",
        "有人威胁我，水管",
        "举报局长收钱",
        "请问居住证怎么办",
    ]
    numbers = [office.a_case(text) for text in texts]
    office.claim("张工", numbers[0])
    office.on("张工", numbers[0], lambda d, s, c: cohandle.ask(d, s, c, "交通局", "请核实"))
    office.draft("张工", numbers[0], "水管将在本周内修好。")
    office.claim("陈师傅", numbers[1])
    office.send_back("王主任", office.draft("陈师傅", numbers[1], "已核实。"), "请写明时间")
    office.answered("请问水管几点修")
    office.clock.set(2026, 3, 9, 10)
    numbers += [office.a_case(text) for text in ("投诉水管漏水", "请问公交几点收班")]
    office.claim("刘工", numbers[7])
    office.draft("刘工", numbers[7], "广告，不予受理。", Purpose.REFUSAL)
    office.claim("李科长", numbers[4])
    office.draft("李科长", numbers[4], "已派人核实。")
    office.on("王主任", numbers[3], lambda d, s, c: assign.transfer(d, s, c, "交通局", "属于该局"))
    office.clock.set(2026, 3, 16, 11)
    office.sweep()
    yield office
    office.store.close()


EVERYBODY = ["张工", "刘工", "陈师傅", "李科长", "周科长", "赵局长", "王主任", "钱管理"]


def listed(desk: Desk, staff: Staff, condition: filters.Sight) -> set[str]:
    from sqlmodel import select

    return set(desk.session.exec(select(Case.no).where(condition)).all())


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_condition_over_many_says_what_is_said_of_one(busy: Bureau, who: str) -> None:
    def look(desk: Desk, staff: Staff) -> None:
        from sqlmodel import select

        every = desk.session.exec(select(Case)).all()
        assert listed(desk, staff, filters.in_sight(staff)) == {c.no for c in every if may_see(staff, c)}
        assert listed(desk, staff, filters.in_hand(staff)) == {c.no for c in every if may_work(staff, c)}
        reviews = {c.no for c in every if refusal(desk, staff, c, Action.APPROVE) is None}
        assert listed(desk, staff, filters.to_review(staff)) == reviews

    busy.act(who, look)


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("status", STATUSES)
def test_a_list_holds_what_is_counted_and_nothing_out_of_sight(busy: Bureau, who: str, status: str) -> None:
    def look(desk: Desk, staff: Staff) -> None:
        page = browse.cases(desk, staff, Wanted(status))
        assert page.total == len(page.rows) == browse.tally(desk, staff, status)
        for line in page.rows:
            assert may_see(staff, browse.seen(desk, staff, line.no))
            if status in ("open", "mine", "unclaimed", "overdue", "urgent", "soon", "due_today"):
                assert line.status in OPEN

    busy.act(who, look)


@pytest.mark.parametrize("who", EVERYBODY)
def test_tiles_show_the_numbers_of_their_lists(busy: Bureau, who: str) -> None:
    assert today.__doc__

    def look(desk: Desk, staff: Staff) -> dict[str, int]:
        return {name: browse.tally(desk, staff, name) for name in STATUSES}

    counts = busy.act(who, look)
    assert counts["open"] == sum(counts[name] for name in ("new", "claimed", "in_review"))
    assert counts["all"] == counts["open"] + counts["closed"]
    assert counts["closed"] == sum(counts[name] for name in ("answered", "auto_answered", "refused")) + 0
    assert counts["due_today"] <= counts["soon"] and counts["mine"] <= counts["open"]


@pytest.mark.parametrize("who", EVERYBODY)
def test_open_cases_are_counted_once_by_category_and_by_department(busy: Bureau, who: str) -> None:
    def look(desk: Desk, staff: Staff) -> None:
        opened, late = browse.tally(desk, staff, "open"), browse.tally(desk, staff, "overdue")
        for counts in (standing.by_category(desk, staff), standing.by_department(desk, staff)):
            assert (sum(row[1] for row in counts), sum(row[2] for row in counts)) == (opened, late)

    busy.act(who, look)


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted("all", category="complaint"), Wanted("all", department="城建局"), Wanted("all", department=filters.NONE),
        Wanted("all", handler="张工"), Wanted("all", handler=filters.NONE),
        Wanted("all", topic="城乡建设"), Wanted("all", channel="wechat"),
        Wanted("all", number="0003"), Wanted("all", mine=True),
        Wanted("all", due_from=date(2026, 3, 16)), Wanted("all", due_to=date(2026, 3, 16)),
        Wanted("all", q="水管"), Wanted("all", q="水管 修好"), Wanted("all", q="没有的词"), Wanted("all", unread=("due_from",)),
        Wanted("all", department="没有的局"), Wanted("nonsense"), Wanted("all", number="%"), Wanted("all", q="%"),
    ],
)  # fmt: skip
def test_a_filter_only_takes_away_and_two_take_away_more(busy: Bureau, wanted: Wanted) -> None:
    def look(desk: Desk, staff: Staff) -> None:
        every = {line.no for line in browse.cases(desk, staff, Wanted("all")).rows}
        some = {line.no for line in browse.cases(desk, staff, wanted).rows}
        assert some <= every
        if (
            wanted.unread
            or "没有的" in f"{wanted.department}{wanted.q}"
            or "%" in f"{wanted.number}{wanted.q}"
        ):
            assert some == set()
        elif wanted.status == "all":
            assert 0 < len(some) <= len(every) or wanted.mine

    busy.act("王主任", look)


@pytest.mark.parametrize("sort", ["", "urgent", "due", "received", "nonsense"])
@pytest.mark.parametrize("status", ["open", "closed", "all"])
def test_a_list_has_one_order_and_pages_are_its_parts(busy: Bureau, sort: str, status: str) -> None:
    def look(desk: Desk, staff: Staff) -> None:
        lines = browse.cases(desk, staff, Wanted(status, sort=sort)).rows
        assert lines == browse.cases(desk, staff, Wanted(status, sort=sort), 99).rows
        assert lines == browse.cases(desk, staff, Wanted(status, sort=sort), -5).rows
        if sort == "urgent" or (sort == "" and status == "open"):
            assert [line.urgent for line in lines] == sorted((line.urgent for line in lines), reverse=True)

    busy.act("王主任", look)


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_case_out_of_sight_is_as_unknown_as_one_that_never_was(busy: Bureau, who: str) -> None:
    def look(desk: Desk, staff: Staff) -> None:
        from sqlmodel import select

        for case in desk.session.exec(select(Case)).all():
            if may_see(staff, case):
                assert browse.seen(desk, staff, f" {case.no} ").no == case.no
            else:
                with pytest.raises(NotFound) as hidden:
                    browse.seen(desk, staff, case.no)
                with pytest.raises(NotFound) as never:
                    browse.seen(desk, staff, "20200101-0001")
                assert str(hidden.value).replace(case.no, "") == str(never.value).replace("20200101-0001", "")

    busy.act(who, look)


@pytest.mark.parametrize(
    ("written", "no"),
    [
        ("20260302-0001", "20260302-0001"), ("20260302—0001", "20260302-0001"),
        ("20260302 0001", "20260302-0001"), ("#20260302-0001", "20260302-0001"),
        ("２０２６０３０２－０００１", "20260302-0001"), ("202603020001", "20260302-0001"),
        ("7", "20260302-0007"), ("0007", "20260302-0007"),
        ("abc", Invalid), ("", Invalid), ("20260302", Invalid), ("9999", NotFound), ("20990101-0001", NotFound), ("²", Invalid),
        ("٣", (Invalid, NotFound)), ("1;DROP", Invalid),
    ],
)  # fmt: skip
def test_a_number_is_found_as_people_write_it(busy: Bureau, written: str, no: object) -> None:
    if isinstance(no, str):
        assert busy.act("王主任", lambda desk, staff: find.case(desk, staff, written).no) == no
    else:
        with pytest.raises(no):  # type: ignore[call-overload]
            busy.act("王主任", lambda desk, staff: find.case(desk, staff, written))


def test_a_short_number_of_several_days_asks_for_the_whole_one(busy: Bureau) -> None:
    with pytest.raises(Refusal, match="完整编号"):
        busy.act("王主任", lambda desk, staff: find.case(desk, staff, "0001"))


@pytest.mark.parametrize("who", EVERYBODY[:-1])
def test_mine_and_overdue_are_gravest_first_and_in_sight(busy: Bureau, who: str) -> None:
    def look(desk: Desk, staff: Staff) -> None:
        for rows in (find.mine(desk, staff), find.overdue(desk, staff)):
            assert [row.urgent for row in rows] == sorted((row.urgent for row in rows), reverse=True)
            assert all(may_see(staff, row) and row.status in OPEN for row in rows)
        assert {row.no for row in find.mine(desk, staff)} == {
            line.no
            for line in browse.cases(desk, staff, Wanted("mine")).rows
            if may_see(staff, browse.seen(desk, staff, line.no))
        }

    busy.act(who, look)


@given(st.text(max_size=12))
def test_pairs_are_of_letters_that_stand_together(word: str) -> None:
    found = words.pairs_of(word)
    assert len(found) == len(set(found)) and all(len(pair) == 2 and pair in word.lower() for pair in found)
    assert (
        words.pairs_of("水管漏") == ["水管", "管漏"]
        and words.pairs_of("水") == []
        and words.pairs_of("a-b") == []
    )


@pytest.mark.parametrize(
    ("asked", "hits"),
    [
        ("水管", True), ("水", True), ("本周内", True), ("将在本周", True),
        ("水管 公交", False), ("20260302", True), ("0001", True), ('"', False),
        ("*", False), ("水管' OR 1=1", False), ("\x00", False), ("龘" * 500, False),
        ("a" * 3_000, False), (" ".join(["水管"] * 50), True), ("_", False),
    ],
)  # fmt: skip
def test_words_of_letters_and_drafts_are_found_whatever_is_typed(
    busy: Bureau, asked: str, hits: bool
) -> None:
    found = busy.act("王主任", lambda desk, staff: browse.cases(desk, staff, Wanted("all", q=asked)).total)
    assert (found > 0) is hits


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"), (b"\x89PNG\r\n\x1a\nx", "image/png"),
        (b"GIF89a", "image/gif"), (b"BM", "image/bmp"), (b"#!AMR\n", "audio/amr"),
        (b"\x02#!SILK_V3", "audio/silk"), (b"ID3\x03", "audio/mpeg"), (b"OggS", "audio/ogg"), (b"%PDF-1.7", "application/pdf"),
        (b"RIFF\0\0\0\0WEBP", "image/webp"), (b"RIFF\0\0\0\0WAVE", "audio/wav"),
        (b"RIFF\0\0\0\0AVI ", UNKNOWN[0]), (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"\0\0\0\x18ftypM4A ", "audio/mp4"), (b"\0\0\0\x18ftypisom", "video/mp4"),
        (b"<html>", UNKNOWN[0]), (b"<svg onload=x>", UNKNOWN[0]),
        (b"", UNKNOWN[0]), (b"RIFF", UNKNOWN[0]), (b"MZ", UNKNOWN[0]), (b" \xff\xd8\xff", UNKNOWN[0]),
    ],
)  # fmt: skip
def test_a_file_is_what_its_first_bytes_say(content: bytes, kind: str) -> None:
    assert found_in(content)[0] == kind


@given(st.binary(max_size=200))
def test_nothing_that_a_browser_runs_is_among_the_kinds(content: bytes) -> None:
    kind, ending = found_in(content)
    assert (
        not kind.startswith("text/") and "html" not in kind and "svg" not in kind and ending.startswith(".")
    )


def test_pages_of_small_talk_and_of_the_trail_are_counted_alike(busy: Bureau) -> None:
    def look(desk: Desk, staff: Staff) -> None:
        talk = browse.small_talk(desk)
        assert (
            talk.total == len(talk.rows) and browse.small_talk_since(desk, desk.now + timedelta(days=1)) == 0
        )
        trail, _ = browse.trail(desk, staff)
        assert trail.total >= len(trail.rows) and trail.pages == max(1, -(-trail.total // trail.per_page))
        assert [row.seq for row in trail.rows] == sorted((row.seq for row in trail.rows), reverse=True)
        own, _ = browse.trail(desk, desk.session.get_one(Staff, busy.ids["张工"]))
        assert own.total < trail.total

    busy.act("王主任", look)
