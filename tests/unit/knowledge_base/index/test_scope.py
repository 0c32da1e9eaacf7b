"""A part of the knowledge base: only its departments' entries and those of none, whatever changes in the whole."""

from knowledge_base.answering.answerer import Answerer
from knowledge_base.base.entries import Entry
from knowledge_base.index.scope import Scope
from knowledge_base.index.search import Index
from knowledge_base.verifier.shipped import built_in_verifier

ASKED = "社保卡丢了怎么补办"


def base() -> Index:
    index = Index()
    index.upsert_many(
        (Entry(name, ASKED, f"请到{name}窗口补办社保卡。", department=name), None)
        for name in ("人社局", "医保局")
    )
    index.upsert(Entry("通用", "政务大厅几点上班", "九点。"))
    return index


def test_only_entries_of_the_part_are_found() -> None:
    part = Scope(base(), ["医保局"])
    assert [each.entry.id for each in part.candidates(ASKED)] == ["医保局"]
    assert next(each.entry.id for each in part.candidates("政务大厅几点上班")) == "通用"
    assert part.get("人社局") is None and part.get("医保局") is not None


def test_twins_of_two_departments_answer_by_themselves_only_within_one() -> None:
    whole = base()
    assert not Answerer(whole, built_in_verifier()).search(ASKED)[0].auto
    first = Answerer(Scope(whole, ["医保局"]), built_in_verifier()).search(ASKED)[0]
    assert first.auto and first.entry.id == "医保局"


def test_the_part_follows_the_whole() -> None:
    whole = base()
    part = Scope(whole, ["医保局"])
    assert len(part) == 2
    whole.remove("医保局")
    assert len(part) == 1 and not part.candidates(ASKED)
    whole.upsert(Entry("新", ASKED, "请到医保局。", department="医保局"))
    assert len(part) == 2 and [each.entry.id for each in part.candidates(ASKED)] == ["新"]


def test_a_part_without_entries_finds_nothing() -> None:
    whole = Index()
    whole.upsert(Entry("x", ASKED, "答", department="人社局"))
    assert Scope(whole, ["没有的局"]).candidates(ASKED) == []


def test_twins_asked_in_nearly_their_words_are_left_to_a_person_too() -> None:
    found = Answerer(base(), built_in_verifier()).search("社保卡丢失了怎么补办")[0]
    assert not found.auto and len(found.choices) == 2
