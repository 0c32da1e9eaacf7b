"""Kinds, things and asks: what speaks against an entry is said of it alone, and never of its own question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.base.entries import Entry, can_answer
from knowledge_base.base.lexicon import built_in
from knowledge_base.base.rules import kinds as rule_kinds
from knowledge_base.base.rules import number, pattern
from knowledge_base.base.sources import cites, titles
from knowledge_base.verifier.asks import another_ask
from knowledge_base.verifier.objections import objection
from knowledge_base.verifier.shipped import BUILT, built_in_verifier, version
from knowledge_base.verifier.things import another_matter, another_noun, another_of_its_kind, another_thing
from knowledge_base.verifier.told import asked, kinds, unsaid

NAMES = sorted({name for name in built_in().names if len(name) > 2})[::9]
DEEDS = ["怎么补办", "怎么申领", "怎么注销", "怎么变更", "怎么查询", "多少钱", "在哪里办", "几天能办好"]
CHECKS = (another_thing, another_noun, another_matter, another_of_its_kind, another_ask)


@given(st.sampled_from(NAMES), st.sampled_from(DEEDS))
def test_nothing_speaks_against_the_same_words(name: str, deed: str) -> None:
    entry = Entry("e", f"{name}{deed}？", f"{name}请到窗口办理。")
    assert objection(entry.question, entry) is None
    assert objection(f"请问{name}{deed}", entry) is None


@given(st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(DEEDS))
def test_an_objection_names_what_was_asked(name: str, other: str, deed: str) -> None:
    entry = Entry("e", f"{other}{deed}", "请到窗口办理。")
    said = objection(f"{name}{deed}", entry)
    assert said is None or said.startswith(("问的是", "条目"))
    if name == other:
        assert said is None


@given(st.text(max_size=50), st.text(max_size=50), st.text(max_size=50))
def test_every_check_bears_any_text(question: str, wordings: str, answer: str) -> None:
    for check in CHECKS:
        said = check(question, wordings, answer)
        assert said is None or said


@given(st.text(max_size=60))
def test_each_kind_of_asking_is_asked_or_not_whatever_is_written(question: str) -> None:
    found = asked(question)
    assert len(found) == len(kinds()) and asked(f"{question} ") == found
    entry = Entry("e", question, question)
    assert all(found[place] for place, lacks in enumerate(unsaid(question, entry)) if lacks)


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_what_an_entry_says_is_not_missed(kind: object) -> None:
    place = kinds().index(kind)  # type: ignore[arg-type]
    for example in kinds()[place].examples[:4]:
        for shown in kinds()[place].shows[:4]:
            wordings = Entry("e", shown if kinds()[place].told else "居住证怎么办", shown, ())
            assert not unsaid(example, wordings)[place], (example, shown)


@pytest.mark.parametrize("file", ["told", "deeds", "facts"])
def test_kinds_of_a_file_have_names_of_their_own_and_reasons(file: str) -> None:
    found = rule_kinds(file)
    assert len({kind.name for kind in found}) == len(found) and all(
        kind.why and kind.aside >= 0 for kind in found
    )
    assert rule_kinds(file) is rule_kinds(file)


@pytest.mark.parametrize(
    "name", ["few", "few_words", "least_words", "clear", "listed", "choices", "passing_days"]
)
def test_numbers_are_positive(name: str) -> None:
    assert number(name) > 0


def test_what_is_shipped_is_what_is_here() -> None:
    assert (
        built_in_verifier() is built_in_verifier() and built_in_verifier().version == version() == version()
    )
    assert BUILT.is_dir() and pattern("wordings", "asks").search("怎么办")
    for judge in (built_in_verifier().with_meaning, built_in_verifier().words_only):
        assert 0.5 < judge.threshold < 1.02 and judge.slope > 0


@given(
    st.sampled_from(["甲条例", "居住证暂行条例", "户政业务办事指南"]),
    st.sampled_from(["《{}》", "{}", "依据《{}》第三条", "《{}》（2026年版）", "中华人民共和国{}"]),
)
def test_a_document_is_cited_in_every_dress(title: str, dress: str) -> None:
    source = dress.format(title)
    if "依据" not in source:
        assert cites(source, title) and cites(source, f"《{title}》")
    assert not cites(source, "完全另一份办法")


@given(st.text(max_size=60), st.text(max_size=30))
def test_any_source_is_borne(source: str, title: str) -> None:
    assert isinstance(cites(source, title), bool)
    assert all(one for one in titles(source))


@given(st.sampled_from(["candidate", "published", "retired"]), st.dates(), st.dates(), st.dates())
def test_an_entry_speaks_only_in_its_time(
    status: str, effective: object, review: object, today: object
) -> None:
    entry = Entry("e", "问", "答", status=status, effective_on=effective, review_on=review)  # type: ignore[arg-type]
    assert can_answer(entry, today) is (status == "published" and effective <= today <= review)  # type: ignore[arg-type,operator]
    assert entry.wordings == ("问",)
