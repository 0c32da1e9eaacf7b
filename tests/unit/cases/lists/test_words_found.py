"""Words are found where they stand, whole and by all of them, in letters, drafts, answers and numbers, and nowhere else."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from cases.lists import browse, words
from cases.lists.filters import Wanted
from cases.register.desk import Desk
from cases.register.tables import Case
from tests import stages
from tests.builders import Bureau, a_bureau, a_match, a_store

TEXTS = [
    "投诉幸福小区水管漏水",
    "请问水费怎么缴",
    "表扬ABC公司师傅",
    "投诉100%不合格_水表",
    "投诉公交K12路太慢 水管",
    "问",
]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    office = a_bureau(a_store(tmp_path_factory.mktemp("words") / "office.db"))
    for n, text in enumerate(TEXTS):
        office.a_case(text, f"u{n}")
    return office


def found(office: Bureau, looked_for: str) -> set[int]:
    def question(desk: Desk) -> set[int]:
        return {
            case_id or 0
            for case_id in desk.session.exec(select(Case.id).where(words.hold(desk, looked_for))).all()
        }

    return office.workplace.look(question)


def by_hand(looked_for: str) -> set[int]:
    """Return what a reader would find, with the letters on the table."""
    wanted = [word.lower() for word in looked_for.split()[: words.MOST]]
    numbers = [f"20260302-{n:04d}" for n in range(1, len(TEXTS) + 1)]
    return {
        n
        for n, (text, no) in enumerate(zip(TEXTS, numbers, strict=True), 1)
        if all(word in text.lower() or (word.isascii() and word in no) for word in wanted)
    }


TYPED = [
    "水管", "水", "水管 幸福", "水管 公交", "幸福小区", "小区水管漏", "管水", "abc", "ABC公司", "100%", "%", "_", "K12", "k12路",
    "不合格_水表", "20260302-0003", "0003", "20260302", "问", "没有", "'; DROP TABLE cases; --", '"', "*",
    "水*", "NEAR", "OR", "漏水 OR 水费",
    "", "  ", "\u200b", "水管 水管 水管", "a b c d e f g h i j",
]  # fmt: skip


@pytest.mark.parametrize("looked_for", TYPED)
def test_what_is_typed_finds_what_a_reader_would_find(lived: Bureau, looked_for: str) -> None:
    assert found(lived, looked_for) == by_hand(looked_for)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text("水管费漏怎么投诉ABCabcK12%_ \"*'-", max_size=8))
def test_any_words_find_what_a_reader_would_find(lived: Bureau, looked_for: str) -> None:
    assert found(lived, looked_for) == by_hand(looked_for)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(TEXTS), st.data())
def test_any_part_of_a_letter_finds_it(lived: Bureau, text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    part = text[start : data.draw(st.integers(start + 1, len(text)))].strip()
    if part:
        assert TEXTS.index(text) + 1 in found(lived, part)


def test_what_was_masked_is_found_by_nobody(office: Bureau) -> None:
    office.a_case("投诉水管漏水，电话13800138000")
    assert found(office, "13800138000") == set() == found(office, "8001") and found(office, "水管漏水") == {1}


def test_drafts_and_answers_are_searched_as_well_and_follow_what_becomes_of_them(office: Bureau) -> None:
    no = stages.claimed(office)
    assert found(office, "换阀门") == set()
    office.draft("张工", no, "水管已换阀门。")
    assert found(office, "换阀门") == {1} == found(office, "漏水 换阀门")
    office.writes("请问居住证怎么办", match=a_match("K1", "请到政务大厅办理。"))
    assert found(office, "政务大厅") == {2}


def test_a_page_of_what_is_found_holds_nothing_out_of_sight(office: Bureau) -> None:
    mine, traffic = office.a_case("投诉水管漏水"), office.a_case("投诉公交漏水")
    secret = office.a_case("举报局长漏水")
    for who, seen in (("张工", {mine}), ("陈师傅", {traffic}), ("王主任", {mine, traffic, secret})):
        page = office.act(who, lambda desk, me: browse.cases(desk, me, Wanted("all", q="漏水")))
        assert {row.no for row in page.rows} == seen and page.total == len(seen)


@pytest.mark.parametrize(("number", "shown"), [(1, 1), (2, 2), (3, 2), (99, 2), (0, 1)])
def test_a_page_beyond_the_last_is_the_last(office: Bureau, number: int, shown: int) -> None:
    for n in range(browse.PER_PAGE + 2):
        office.a_case("投诉水管漏水", f"u{n}")
    page = office.act("王主任", lambda desk, me: browse.cases(desk, me, Wanted("all", q="漏水"), number))
    assert (page.total, len(page.rows)) == (browse.PER_PAGE + 2, browse.PER_PAGE if shown == 1 else 2)


@pytest.mark.parametrize(
    ("word", "pairs"),
    [
        ("水", []),
        ("水管", ["水管"]),
        ("水管漏", ["水管", "管漏"]),
        ("AbC", ["ab", "bc"]),
        ("a-b", []),
        ("水水水", ["水水"]),
    ],
)
def test_the_pairs_of_a_word(word: str, pairs: list[str]) -> None:
    assert words.pairs_of(word) == pairs
