"""Kinds of asking: each with its examples, and the entry that says or does not say what is asked."""

import pytest

from knowledge_base.base.entries import Entry
from knowledge_base.verifier.told import asked, kinds, unsaid

NAMES = [kind.name for kind in kinds()]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_a_kind_has_a_reason_and_knows_its_examples(kind: object) -> None:
    place = kinds().index(kind)  # type: ignore[arg-type]
    found = kinds()[place]
    assert found.why and found.examples and found.others
    assert [text for text in found.examples if not asked(text)[place]] == []
    assert [text for text in found.others if asked(text)[place]] == []


APPLY = Entry("a", "居住证怎么申领？", "持身份证到居住地派出所申领，15个工作日发证。")
PRICED = Entry("b", "护照补发收费吗？", "补发收费120元，7个工作日签发。")


@pytest.mark.parametrize(
    ("question", "entry", "missing"),
    [
        ("居住证要多少钱", APPLY, ["fee"]),
        ("护照补发多少钱", PRICED, []),
        ("居住证为什么要每年签", APPLY, ["reason"]),
        ("居住证几天能拿到", APPLY, []),
        ("去年居住证怎么办", APPLY, ["history"]),
        ("外国人能领居住证吗", APPLY, ["foreign"]),
        ("居住证怎么申领", APPLY, []),
        ("居住证去哪申领", APPLY, []),
    ],
)
def test_what_is_asked_and_not_said_is_seen(question: str, entry: Entry, missing: list[str]) -> None:
    assert [name for name, lacks in zip(NAMES, unsaid(question, entry), strict=True) if lacks] == missing
