from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge_base.answering.answerer import Answerer, asks_nothing, choices, modest
from knowledge_base.base.entries import Entry, KnowledgeError
from knowledge_base.index.search import Index
from knowledge_base.measure.evaluate import LabelledQuery, entry_of, evaluate
from knowledge_base.verifier.judge import load, save
from knowledge_base.verifier.pairs import MEANING_FEATURES, WORD_FEATURES
from knowledge_base.verifier.shipped import built_in_verifier

ENTRIES = [
    Entry(
        "lost", "老年卡丢失后怎么补办？", "持身份证到社区服务站补办，工本费10元。", source="优待办法第五条"
    ),
    Entry(
        "first",
        "首次办理老年卡需要什么材料？",
        "持身份证和一寸照片到社区服务站办理。",
        source="优待办法第三条",
    ),
    Entry("pool", "游泳馆几点开门？", "每天九点到二十一点。"),
    Entry("hall", "政务大厅周末上班吗？", "周六上午九点到十二点办理社保、户口业务，持身份证取号。"),
]


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    index = Index()
    index.upsert_many((entry, None) for entry in ENTRIES)
    return Answerer(index, built_in_verifier())


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_the_entry_s_own_question_is_answered(answerer: Answerer, entry: Entry) -> None:
    match = answerer.search(entry.question)[0]
    assert (match.entry, match.auto) == (entry, True)


@pytest.mark.parametrize(
    "query", ["老年卡可以打折买菜吗", "今天天气怎么样", "游泳馆淹死人了谁负责", "老年卡里的钱能退吗"]
)
def test_what_no_entry_answers_is_left_to_a_person(answerer: Answerer, query: str) -> None:
    assert not any(match.auto for match in answerer.search(query))


def test_at_most_the_first_match_answers_and_chances_fall(answerer: Answerer) -> None:
    matches = answerer.search("老年卡丢失后怎么补办？")
    assert [match.auto for match in matches] == [True] + [False] * (len(matches) - 1)
    assert [match.score for match in matches] == sorted((match.score for match in matches), reverse=True)
    assert len(answerer.search("老年卡", 1)) == 1


@pytest.mark.parametrize("query", ["", "   ", "\x00", "\ud800", "😀" * 5_000, "啊" * 200_000])
def test_any_text_is_borne(answerer: Answerer, query: str) -> None:
    assert not any(match.auto for match in answerer.search(query))


def test_two_entries_alike_leave_the_choice_to_a_person() -> None:
    index = Index()
    index.upsert(Entry("a", "游泳馆几点开门？", "九点。"))
    index.upsert(Entry("b", "游泳馆几点开门", "十点。"))
    assert not Answerer(index, built_in_verifier()).search("游泳馆几点开门？")[0].auto


def test_a_verifier_comes_back_as_it_was(tmp_path: Path) -> None:
    verifier = built_in_verifier()
    save(verifier, tmp_path)
    again = load(tmp_path)
    rows = np.random.default_rng(0).random((20, len(WORD_FEATURES) + len(MEANING_FEATURES)))
    for has_meaning in (True, False):
        assert np.array_equal(verifier.chances(rows, has_meaning), again.chances(rows, has_meaning))
    assert again.version == verifier.version


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 broken"])
def test_a_damaged_verifier_is_refused_in_one_line(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "verifier.npz").write_bytes(content)
    with pytest.raises(KnowledgeError, match="huiyin models build"):
        load(tmp_path)


@pytest.mark.parametrize(
    "query", ["医保", "医保！", "您好，医保", "新生儿医保", "城乡居民医保", "落户", "游泳馆", "报销"]
)
def test_a_word_that_asks_nothing_is_never_answered(query: str) -> None:
    index = Index()
    index.upsert(
        Entry("baby", "新生儿医保怎么办理？", "出生90天内到医保窗口办理。", ("医保",), source="医保办法")
    )
    index.upsert(Entry("move", "落户要什么材料？", "持户口簿到派出所。", ("落户",), source="户口登记办法"))
    index.upsert(Entry("pool", "游泳馆几点开门？", "九点。", ("游泳馆",)))
    matches = Answerer(index, built_in_verifier()).search(query)
    assert not any(match.auto for match in matches)


@pytest.mark.parametrize(
    ("query", "nothing"),
    [
        ("医保", True), ("高龄津贴", True), ("居住证签注", True), ("补办", True), ("您好请问低保谢谢", True),
        ("补办身份证", False), ("医保几号交", False), ("低保条件", False), ("电动车能上牌吗", False),
        ("崽满月了想给他上个户口", False),
    ],
)  # fmt: skip
def test_what_only_names_a_matter_asks_nothing(query: str, nothing: bool) -> None:
    assert asks_nothing(query) is nothing


def named(*others: str) -> Answerer:
    index = Index()
    asked = [
        "高龄津贴",
        *others,
        *(f"{matter}怎么办理" for matter in ("居住证", "取水许可", "养犬登记", "公租房")),
    ]
    index.upsert_many(
        (Entry(f"e{i}", each, f"{each}：到民政窗口办理。", department="民政局"), None)
        for i, each in enumerate(asked)
    )
    return Answerer(index, built_in_verifier())


@pytest.mark.parametrize("query", ["高龄津贴", "您好，高龄津贴！"])
def test_a_matter_named_alone_is_answered_only_where_one_entry_speaks_of_it(query: str) -> None:
    alone = named().search(query)[0]
    assert alone.auto and alone.entry.id == "e0"
    first = named("高龄津贴几月发放", "高龄津贴停发了怎么恢复").search(query)[0]
    assert not first.auto
    assert first.choices[0].id == "e0" and {each.id for each in first.choices} == {"e0", "e1", "e2"}


def test_of_matters_that_nobody_vouches_for_words_know_the_order() -> None:
    index = Index()
    index.upsert_many(
        (Entry(each, each, ""), None) for each in ("怎么把头发染成金色", "头发怎么变得金黄", "金色怎么调")
    )
    found = index.candidates("头发怎么染成金色")
    rows = np.zeros((3, len(WORD_FEATURES)))
    chances = np.array([0.3, 0.6, 0.3])
    lowered = modest(chances, found, rows)
    assert lowered[0] == pytest.approx(0.3) and (lowered[1:] < chances[1:]).all()
    ours = [replace(each, entry=replace(each.entry, source="办法")) for each in found]
    assert np.array_equal(modest(chances, ours, rows), chances)


def test_evaluation_counts_as_the_interface_says() -> None:
    questions = [
        LabelledQuery("老年卡丢失后怎么补办", "lost"),
        LabelledQuery("首次办理老年卡需要什么材料", "first"),
        LabelledQuery("游泳馆几点开门", "hall"),
        LabelledQuery("火星上有水吗", None),
    ]
    figures, details = evaluate(ENTRIES, questions, None)
    assert (figures["n"], figures["recall_at_1"]) == (4, 0.6667)
    assert (figures["auto_precision"], figures["auto_coverage"], figures["false_auto_rate"]) == (
        0.6667,
        0.6667,
        0,
    )
    assert [detail["top"] for detail in details[:3]] == ["lost", "first", "pool"]
    assert set(details[0]) == {"query", "expected", "top", "score", "auto"}


def test_a_line_of_a_file_may_say_whose_entry_it_is() -> None:
    plain = {"id": 7, "question": "问", "answer": "答"}
    assert entry_of(plain) == Entry("7", "问", "答")
    row = {**plain, "department": "文体局", "source": "办法", "aliases": ["又问"]}
    assert entry_of(row) == Entry("7", "问", "答", ("又问",), department="文体局", source="办法")


def test_evaluation_of_nothing_divides_by_nothing() -> None:
    assert evaluate([], [], None)[0]["n"] == 0
    assert evaluate(ENTRIES, [], None)[0]["recall_at_1"] == 0


def test_word_for_word_needs_no_verifier_unless_another_entry_comes_near() -> None:
    index = Index()
    index.upsert(Entry("pool", "游泳馆几点开门？", "九点。"))
    index.upsert(Entry("park", "公园有没有停车场？", "有。"))
    answerer = Answerer(index, built_in_verifier())
    assert answerer.search("您好，游泳馆几点开门")[0].score == 1
    index.upsert(Entry("pools", "游泳馆冬天几点开门？", "十点。"))
    assert answerer.search("您好，游泳馆几点开门")[0].score < 1


def test_the_very_words_of_an_office_s_entry_are_always_answered() -> None:
    index = Index()
    index.upsert(Entry("pool", "游泳馆几点开门？", "九点。", ("泳池早上几点能进",), department="文体局"))
    index.upsert(Entry("pools", "游泳馆冬天几点开门？", "十点。", department="文体局"))
    answerer = Answerer(index, built_in_verifier())
    for asked in ("您好，游泳馆几点开门", "游泳馆冬天几点开门", "泳池早上几点能进？谢谢"):
        assert answerer.search(asked)[0].auto, asked


def test_two_departments_that_answer_the_same_are_offered_to_choose_from() -> None:
    index = Index()
    index.upsert(Entry("a", "门口停车归谁管？", "找交警。", department="公安局"))
    index.upsert(Entry("b", "门口停车归谁管", "找城管。", department="城管局"))
    match = Answerer(index, built_in_verifier()).search("门口停车归谁管")[0]
    assert not match.auto and {entry.id for entry in match.choices} == {"a", "b"}


def test_the_short_list_holds_at_most_three_that_come_near() -> None:
    entries = [Entry(str(number), f"问题{number}", "答") for number in range(5)]
    judged = list(zip(entries, (0.5, 0.3, 0.2, 0.15, 0.1), strict=True))
    assert [entry.id for entry in choices("别的", judged)] == ["0", "1", "2"]
    assert [entry.id for entry in choices("别的", [(entries[0], 0.5), (entries[1], 0.05)])] == ["0"]
    assert choices("别的", [(entries[0], 0.15)]) == () and choices("别的", []) == ()
