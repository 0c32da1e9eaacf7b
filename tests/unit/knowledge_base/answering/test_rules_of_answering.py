"""The rules around the verifier, each by itself: what is near, what is vouched for, what asks nothing, what is offered."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.answering.answerer import (
    Answerer,
    Match,
    asked_word_for_word,
    asks_nothing,
    bare,
    choices,
    near_enough,
    vouched,
)
from knowledge_base.answering.gaps import gap_report, near_duplicate
from knowledge_base.answering.why import why
from knowledge_base.base.entries import Entry
from knowledge_base.index.search import Candidate, Index
from knowledge_base.measure.curve import curve, lines, picture
from knowledge_base.measure.evaluate import LabelledQuery, curve_of, evaluate
from knowledge_base.verifier.pairs import MEANING_FEATURES, WORD_FEATURES, Weights, features, judged_rows
from knowledge_base.verifier.shipped import built_in_verifier
from text.normalise import normalise

ASKED = [
    "居住证怎么办理",
    "社保卡丢了怎么补办",
    "公园几点开门",
    "老年卡收费吗",
    "养犬怎么登记",
    "公积金余额怎么查",
]
CHANCES = st.floats(0, 1)


def candidate(
    asked: float = 0.0, meaning: float = 0.0, whole_meaning: float = 0.0, entry: Entry | None = None
) -> Candidate:
    return Candidate(entry or Entry("e", "问", "答"), 1.0, asked, 0.0, meaning, whole_meaning)


@given(CHANCES, CHANCES, CHANCES, st.integers(1, 200))
def test_more_words_more_meaning_and_more_rivals_never_make_an_entry_less_near(
    asked: float, meaning: float, more: float, entries: int
) -> None:
    one = candidate(asked, meaning)
    better = candidate(min(1, asked + more), min(1, meaning + more))
    assert near_enough(one, entries, True) <= near_enough(better, entries, True)
    assert near_enough(one, entries, False) <= near_enough(better, entries, False)
    assert near_enough(one, entries, True) <= near_enough(one, entries + 100, True)
    assert not near_enough(candidate(0, 1, 1), entries, True)


def row_of(**values: float) -> np.ndarray:
    row = np.zeros(len(WORD_FEATURES) + len(MEANING_FEATURES))
    for name, value in values.items():
        row[WORD_FEATURES.index(name)] = value
    return row


@pytest.mark.parametrize(
    ("entry", "row", "fit"),
    [
        (Entry("e", "问", "答", department="公安局"), {}, True),
        (Entry("e", "问", "答", source="办法"), {}, True), (Entry("e", "你叫什么", "我叫小回"), {}, False),
        (Entry("e", "你叫什么", "我叫小回"), {"equal": 1.0, "asked_margin": 1.0}, True),
        (Entry("e", "你叫什么", "我叫小回"), {"equal": 1.0}, False),
        (Entry("e", "怎么去", "持身份证到派出所申请补办，收费十元，十五个工作日。"), {}, True),
    ],
)  # fmt: skip
def test_an_entry_of_no_office_matter_needs_the_very_words(
    entry: Entry, row: dict[str, float], fit: bool
) -> None:
    assert vouched(entry, row_of(**row)) is fit


@given(
    st.sampled_from(ASKED),
    st.sampled_from(["您好，", "请问", "你好 ", ""]),
    st.sampled_from(["谢谢", "？", "！", "，谢谢您", ""]),
)
def test_courtesies_and_marks_are_no_words(asked: str, before: str, after: str) -> None:
    assert bare(f"{before}{asked}{after}") == bare(asked)
    assert not asks_nothing(f"{before}{asked}{after}")


@given(st.text(max_size=60))
def test_any_text_is_laid_bare(text: str) -> None:
    found = bare(text)
    assert all(c.isalnum() for c in found) and (bool(found) is any(c.isalnum() for c in normalise(text)))
    assert isinstance(asks_nothing(text), bool)
    assert choices(text, []) == ()


@given(st.lists(st.tuples(st.sampled_from(ASKED), CHANCES), max_size=8, unique_by=lambda one: one[0]))
def test_at_most_three_are_offered_best_first_and_only_near_ones(judged: list[tuple[str, float]]) -> None:
    some = [(Entry(asked, asked, "答"), chance) for asked, chance in sorted(judged, key=lambda one: -one[1])]
    found = choices("别的什么事", some)
    assert len(found) <= 3 and list(found) == [entry for entry, _ in some[: len(found)]]
    if some and some[0][1] < 0.1:
        assert found == ()


def index_of(*entries: Entry) -> Index:
    index = Index()
    index.upsert_many((entry, None) for entry in entries)
    return index


BASE = [
    Entry(f"e{i}", asked, f"{asked}，到窗口办理，十五个工作日。", department="公安局")
    for i, asked in enumerate(ASKED)
]


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    return Answerer(index_of(*BASE), built_in_verifier())


@pytest.mark.parametrize("entry", BASE, ids=lambda entry: entry.id)
def test_its_own_words_are_word_for_word(answerer: Answerer, entry: Entry) -> None:
    found = answerer.index.candidates(entry.question)
    assert asked_word_for_word(f"您好，{entry.question}！", found) == entry
    assert answerer.search(entry.question)[0] == Match(entry, 1.0, True)
    assert asked_word_for_word("医保", found) is None


@given(st.sampled_from([*ASKED, "身份证丢了", "你好", "", "社保卡"]), st.integers(1, 8))
def test_answers_are_ranked_and_at_most_the_first_goes_out(asked: str, top: int) -> None:
    found = Answerer(index_of(*BASE), built_in_verifier()).search(asked, top)
    assert len(found) <= top and [match.auto for match in found[1:]] == [False] * len(found[1:])
    assert [match.score for match in found] == sorted((match.score for match in found), reverse=True)
    assert len({match.entry.id for match in found}) == len(found)
    assert all(0 <= match.score <= 1 for match in found)


def test_features_have_their_names_and_are_finite(answerer: Answerer) -> None:
    found = answerer.index.candidates("居住证丢了怎么补办")
    rows = judged_rows("居住证丢了怎么补办", found, answerer.index.rarity)
    assert rows.shape == (len(rows), len(WORD_FEATURES) + len(MEANING_FEATURES)) and np.isfinite(rows).all()
    near = [(0.0, 0.0, 0.0)] * len(rows)
    assert np.array_equal(
        rows[0], features("居住证丢了怎么补办", found[: len(rows)], 0, Weights(answerer.index.rarity), near)
    ) or len(found) > len(rows)
    assert judged_rows("x", [], answerer.index.rarity).shape == (
        0,
        len(WORD_FEATURES) + len(MEANING_FEATURES),
    )
    assert len(set(WORD_FEATURES + MEANING_FEATURES)) == len(WORD_FEATURES) + len(MEANING_FEATURES)


@given(
    st.lists(st.sampled_from([*ASKED, "居住证办理怎么弄", "社保卡补办", "？", ""]), max_size=12),
    st.integers(1, 3),
)
def test_gaps_hold_each_question_once_and_the_largest_come_first(asked: list[str], at_least: int) -> None:
    every = gap_report(asked)
    assert sorted(q for gap in every for q in gap.questions) == sorted(
        q for q in asked if q not in ("", "？")
    )
    assert all(gap.size == len(gap.questions) and gap.title in gap.questions for gap in every)
    assert [gap.size for gap in every] == sorted((gap.size for gap in every), reverse=True)
    assert gap_report(asked, at_least) == [gap for gap in every if gap.size >= at_least]


@pytest.mark.parametrize("entry", BASE, ids=lambda entry: entry.id)
def test_an_entry_is_no_duplicate_of_itself_but_its_twin_is(entry: Entry) -> None:
    index = index_of(*BASE)
    assert near_duplicate(index, entry) is None
    found = near_duplicate(index, Entry("new", f"{entry.question}？", "别的答案"))
    assert found == entry
    assert near_duplicate(Index(), entry) is None


@pytest.mark.parametrize(
    ("asked", "covered", "missing"),
    [
        ("居住证怎么办理", {"居住证", "怎么", "办理"}, set()),
        ("护照怎么办理", {"怎么", "办理"}, {"护照"}), ("", set(), set()), ("居", set(), set()),
        ("居住證", {"居住证"}, set()), ("居住证居住证", {"居住证"}, set()),
    ],
)  # fmt: skip
def test_why_an_entry_was_found(asked: str, covered: set[str], missing: set[str]) -> None:
    found = why(asked, BASE[0])
    assert (set(found.covered), set(found.missing)) == (covered, missing)
    assert len(found.covered) == len(set(found.covered))


@given(st.lists(st.tuples(CHANCES, st.booleans(), st.booleans()), max_size=40))
def test_a_curve_covers_more_and_more_at_lower_and_lower_bars(rows: list[tuple[float, bool, bool]]) -> None:
    chances = np.array([chance for chance, _, _ in rows], np.float64)
    answerable = np.array([can for _, _, can in rows], bool)
    right = np.array([is_right and can for _, is_right, can in rows], bool)
    points = curve(chances, right, answerable)
    assert [least for least, _, _ in points] == sorted((least for least, _, _ in points), reverse=True)
    assert [covered for _, covered, _ in points] == sorted(covered for _, covered, _ in points)
    assert all(0 <= covered <= 1 and 0 <= precision <= 1 for _, covered, precision in points)
    assert len(lines(points).split("\n")) == len(points) + 1
    assert picture(points).count("<circle") == len(points)


def test_figures_of_nothing_and_of_a_query_whose_entry_is_gone() -> None:
    assert curve_of([]) == ""
    figures, details = evaluate(
        BASE, [LabelledQuery("居住证怎么办理", "gone"), LabelledQuery("火星上有水吗", None)], None
    )
    assert (figures["recall_at_1"], figures["recall_at_5"], figures["mrr"]) == (0, 0, 0)
    assert figures["auto_precision"] == 0 and details[0]["top"] == "e0" and curve_of(details)
    empty, _ = evaluate([], [LabelledQuery("居住证怎么办理", "e0")], None)
    assert (empty["recall_at_1"], empty["n"]) == (0, 1)
