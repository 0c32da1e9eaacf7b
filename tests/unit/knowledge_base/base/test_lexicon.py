import pytest

from knowledge_base.base.lexicon import KINDS, built_in, parse
from knowledge_base.base.terms import analyse


@pytest.mark.parametrize(
    ("office", "citizen", "idea"),
    [
        ("遗失补领", "弄丢了", "do:补"),
        ("医疗保险", "新农合", "thing:医保"),
        ("收费标准", "要多少钱", "ask:费用"),
        ("所需材料", "要带啥", "ask:材料"),
        ("办理证件", "咋弄", "ask:办法"),
    ],
)
def test_office_and_citizen_wordings_meet(office: str, citizen: str, idea: str) -> None:
    if idea != "ask:办法":
        assert idea in analyse(office).ideas
    assert idea in analyse(citizen).ideas


def test_the_longest_wording_wins() -> None:
    found = parse("thing 甲: 身份证\nthing 乙: 临时身份证").find("办临时身份证")
    assert found == [("临时身份证", "thing:乙")]


@pytest.mark.parametrize("line", ["thing 身份证 户口", "what 甲: 乙", "thing: 乙"])
def test_a_malformed_line_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="第 2 行"):
        parse(f"# 注释\n{line}")


def test_every_shipped_idea_has_a_known_kind() -> None:
    assert {idea.split(":")[0] for ideas in built_in().ideas.values() for idea in ideas} == set(KINDS)


@pytest.mark.parametrize("text", ["", "   ", "😀😀", "\x00\ud800", "hello world", "？！。", "啊" * 100_000])
def test_any_text_is_taken_apart(text: str) -> None:
    assert analyse(text).clean == "".join(analyse(text).clean.split())
