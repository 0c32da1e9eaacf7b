"""Rules that only raise: danger at every chance, courtesies and asides that take nothing away, flags by wording."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.danger import (
    BRIEF,
    KINDS,
    DangerSigns,
    cries,
    danger,
    without_asides,
    without_courtesy,
)
from classifier.flags import (
    foreign,
    meaningless,
    mere_courtesy,
    platform_notice,
    procedure,
    sounds_like_a_matter,
)
from classifier.labels import DANGERS
from classifier.places import places
from classifier.reading.read import read
from classifier.rules.thresholds import number, thresholds
from classifier.small_talk import enough, has_content, only_filler
from text.normalise import normalise

LIMITS = thresholds()
CHANCES = st.floats(0, 1)
CALM = "南门的路灯坏了半个月了请来看看"  # longer than brief, and no wording of danger
SHORT = CALM[:BRIEF]
CLAUSES = [
    "谢谢",
    "麻烦你们了",
    "这事归谁管",
    "护照还在里面",
    "孩子溺水了",
    "路灯坏了",
    "去年也出过一次",
    "您好",
    "有人吗",
]


def shares(kind: str, of: float = 0.9) -> dict[str, float]:
    return {each: of if each == kind else (1 - of) / (len(DANGERS) - 1) for each in DANGERS}


@given(st.sampled_from(DANGERS), CHANCES, CHANCES, st.sampled_from([CALM, SHORT]))
def test_a_higher_chance_never_takes_a_danger_away(kind: str, one: float, other: float, text: str) -> None:
    low, high = (danger(text, chance, shares(kind), LIMITS) for chance in sorted((one, other)))
    assert low.present <= high.present and low.possible <= high.possible
    assert not low.present or low.possible
    assert (low.kind == kind) is low.present


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [(CALM, "fire", "urgent"), (SHORT, "fire", "urgent_brief"),
    (CALM, "suicide", "self_harm"), (SHORT, "suicide", "self_harm")],
)  # fmt: skip
def test_each_sort_of_message_has_its_line(text: str, kind: str, line: str) -> None:
    assert danger(text, LIMITS[line], shares(kind), LIMITS).present
    assert not danger(text, LIMITS[line] - 0.001, shares(kind), LIMITS).present
    assert danger(text, LIMITS["no_danger"], shares(kind), LIMITS).possible
    assert not danger(text, LIMITS["no_danger"] - 0.001, shares(kind), LIMITS).possible


def test_the_vaguest_kind_alone_is_no_self_harm() -> None:
    vague = shares("suicide", LIMITS["kind_of_self_harm"] - 0.01)
    assert not danger(CALM, LIMITS["urgent"] - 0.001, vague, LIMITS).present
    assert not danger(CALM, LIMITS["urgent"], vague, LIMITS).self_harm


@given(CHANCES)
def test_a_cry_and_self_harm_are_dangers_at_any_chance(chance: float) -> None:
    assert danger("救命啊", chance, {}, LIMITS) == DangerSigns(True, True, "cry")
    told = danger("我不想活了", chance, {}, LIMITS)
    assert told.present and told.self_harm and told.kind == "suicide"


@pytest.mark.parametrize("kind", DANGERS)
def test_every_kind_has_a_name_and_self_harm_is_of_its_own(kind: str) -> None:
    found = danger(CALM, 0.99, shares(kind), LIMITS)
    assert found.shown == KINDS[kind] and found.self_harm is (kind == "suicide")
    assert DangerSigns(False, False).shown == "" and DangerSigns(True, True, "cry").shown


def test_danger_without_kinds_is_borne() -> None:
    assert danger(CALM, 0.99, {}, LIMITS) == DangerSigns(True, True, "")
    assert danger("", 0.0, {}, LIMITS) == DangerSigns(False, False)


@given(
    st.lists(st.sampled_from(CLAUSES), min_size=1, max_size=6), st.sampled_from(["，", "。", "！", " ", "‖"])
)
def test_only_clauses_at_the_ends_are_taken_and_something_is_left(clauses: list[str], mark: str) -> None:
    text = normalise(mark.join(clauses))
    for trimmed in (without_courtesy(text), without_asides(text)):
        assert trimmed in text and len(trimmed) >= min(2, len(text))
    assert len(without_asides(text)) <= len(without_courtesy(text))
    if "孩子溺水了" in clauses:
        assert "孩子溺水了" in without_courtesy(text) and "孩子溺水了" in without_asides(text)


@given(st.text(max_size=80))
def test_any_text_is_trimmed_and_judged(text: str) -> None:
    text = normalise(text)
    for trimmed in (without_courtesy(text), without_asides(text)):
        assert trimmed in text and bool(trimmed) is bool(text)
    assert isinstance(cries(text), bool)
    danger(text, 0.5, shares("fire"), LIMITS)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("孩子溺水了，谢谢", "孩子溺水了"), ("您好，孩子溺水了，麻烦你们了", "孩子溺水了"),
        ("谢谢", "谢谢"), ("谢谢，谢谢", "谢谢"),
        ("孩子溺水了，这事归谁管", "孩子溺水了,这事归谁管"),
    ],
)  # fmt: skip
def test_courtesy_goes_and_asides_stay(text: str, left: str) -> None:
    assert without_courtesy(normalise(text)) == left


def test_asides_go_with_the_courtesies_around_them() -> None:
    assert without_asides(normalise("您好，去年也出过一次，孩子溺水了，这事归谁管，谢谢")) == "孩子溺水了"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("申请政府信息公开", "政府信息公开"), ("依申请公开征地批文", "政府信息公开"),
        ("我要提起复议", "行政复议"), ("打12315", "12315"),
        ("要求退一赔三", "12315"), ("三包期内不给修", "12315"), ("去信访局", "信访"), ("申请复查复核", "信访"), ("公开道歉", ""),
        ("消防协会", ""), ("访客登记", ""), ("路灯坏了", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_formal_procedure_is_named_and_the_first_of_several_counts(text: str, name: str) -> None:
    assert procedure(text) == name
    assert procedure("申请政府信息公开，再去信访局，打12315") == "政府信息公开"


@pytest.mark.parametrize(
    ("text", "nothing", "courtesy", "strange"),
    [
        ("", False, False, True), ("123", True, False, True), ("😂😂", True, False, True), ("？？", True, False, True),
        ("谢谢", False, True, False), ("好的谢谢大家", False, True, False), ("谢谢张警官", False, False, False),
        ("hello", False, False, True), ("路灯", False, False, False), ("a", False, False, True),
    ],
)  # fmt: skip
def test_texts_that_say_little(text: str, nothing: bool, courtesy: bool, strange: bool) -> None:
    assert (meaningless(text), foreign(text)) == (nothing, strange)
    if text and not nothing:
        assert mere_courtesy(text) is courtesy


@pytest.mark.parametrize(
    ("text", "matter"),
    [("路灯坏了", True), ("谢谢张警官", True), ("help me", True),
    ("hello", False), ("你好", False), ("谢谢", False), ("hola", True)],
)  # fmt: skip
def test_what_sounds_like_a_matter(text: str, matter: bool) -> None:
    assert sounds_like_a_matter(read(text)) is matter


def test_a_notice_of_the_platform_is_short() -> None:
    notice = "【收到不支持的消息类型,暂无法显示】"
    assert platform_notice(notice)
    assert not platform_notice(notice + "路灯坏了" * 20)


@given(
    st.sampled_from(["你好", "在吗", "哈哈", "收到", "嗯嗯好的", "晚安"]),
    st.sampled_from(["水管爆了", "路灯坏了", "几点开门", "没水了"]),
)
def test_a_matter_beside_small_talk_is_content(talk: str, matter: str) -> None:
    assert only_filler(talk) and not has_content(talk)
    for text in (f"{talk},{matter}", f"{matter},{talk}", f"{talk} {matter}"):
        assert has_content(text) and not only_filler(text)


@given(CHANCES)
def test_less_chance_is_enough_where_the_text_chats(chance: float) -> None:
    assert enough("哈哈,你们真逗", chance) >= enough("河边的风", chance)
    assert number("chat_enough") < number("chat_sure")


def test_a_long_text_is_never_filler_alone() -> None:
    assert only_filler("哈哈") and not only_filler("哈哈，" * 50)
    assert not only_filler("救命啊")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("我住锦绣嘉苑小区", ["嘉苑"]), ("丽景花园停水", ["丽景花园"]), ("人民路堵车", ["人民路"]), ("停水了", []), ("", []),
        ("人民路和建设路口", ["人民路", "建设路"]),
    ],
)  # fmt: skip
def test_places_by_the_ends_of_their_names(text: str, named: list[str]) -> None:
    found = places(normalise(text))
    assert found == named or all(any(name in one or one in name for one in found) for name in named)
    if not named:
        assert found == []
