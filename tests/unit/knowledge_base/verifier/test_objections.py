"""What speaks against answering by itself, case by case; and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.base.entries import Entry
from knowledge_base.verifier.objections import objection

CARD = Entry("card", "社保卡怎么申领？", "持身份证到社保窗口申领，当场发卡。")
LOST = Entry("lost", "社保卡丢了怎么补办？", "持身份证到社保窗口补办，工本费16元。")
EMBRYO = Entry("pre", "孕前检查怎么预约？", "到妇幼保健院预约，免费。")
NURSE = Entry("doc", "医师执业怎么注册？", "在卫健局网上申请，20个工作日。")
MOVE = Entry("in", "户口怎么迁入？", "持准迁证到派出所办理。")
WED = Entry("wed", "结婚登记要什么材料？", "双方持身份证、户口簿到民政局登记。")
FIRST = Entry("first", "首套住房契税税率是多少？", "唯一住房140平方米以下按1%，以上按1.5%。")
LOAN = Entry("loan", "助学贷款在哪里办？", "到教育局资助中心签约，本科每年最高2万元。")
VACCINE = Entry("dog", "狗打疫苗要钱吗？", "城区到兽医站，农村由防疫员上门，免费。")
OF_A_YEAR = Entry("dibao", "农村低保标准是多少？", "2024年起每人每年5820元。", department="民政局")
ELECTRONIC = Entry("e", "电子社保卡怎么开通？", "在手机上搜索“电子社保卡”小程序开通。")


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("居住证怎么申领", CARD), ("护照丢了怎么补办", LOST), ("婚前检查怎么预约", EMBRYO),
        ("护士执业怎么注册", NURSE), ("户口怎么迁出", MOVE), ("离婚登记要什么材料", WED), ("社保卡怎么注销", CARD),
        ("社保卡怎么申领", LOST), ("社保卡怎么开通", ELECTRONIC), ("社保卡申领要多少钱", CARD),
        ("二套房契税多少", FIRST), ("研究生能办助学贷款吗", LOAN), ("猫打疫苗要钱吗", VACCINE),
        ("2019年农村低保标准是多少", OF_A_YEAR),
    ],
)  # fmt: skip
def test_another_thing_deed_or_fact_is_objected_to(question: str, entry: Entry) -> None:
    said = objection(question, entry)
    assert said is not None and said.startswith(("问的是", "条目"))


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("社保卡怎么申领", CARD), ("社保的卡在哪领", CARD), ("社保卡不见了咋办", LOST), ("社保卡补办要几块钱", LOST),
        ("孕前检查要钱吗", EMBRYO), ("我拿着身份证能迁入户口吗", MOVE), ("手机上社保卡怎么开通", ELECTRONIC), ("", CARD),
        ("第一套房契税税率多少", FIRST), ("本科生的助学贷款在哪办", LOAN), ("乡下的狗打疫苗要钱吗", VACCINE),
        ("2024年农村低保标准是多少", OF_A_YEAR), ("2019年买的狗打疫苗要钱吗", VACCINE), ("我家6020元够低保标准吗", OF_A_YEAR),
    ],
)  # fmt: skip
def test_the_same_in_other_words_is_not(question: str, entry: Entry) -> None:
    assert objection(question, entry) is None


@given(st.text(max_size=60))
def test_any_text_is_borne_and_said_the_same_twice(question: str) -> None:
    assert objection(question, CARD) == objection(question, CARD)


@pytest.mark.parametrize("entry", [CARD, LOST, EMBRYO, NURSE, MOVE, WED], ids=lambda entry: entry.id)
def test_nothing_speaks_against_an_entry_s_own_question(entry: Entry) -> None:
    assert objection(entry.question, entry) is None
