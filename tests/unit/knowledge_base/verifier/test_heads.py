"""Whose number is asked for, and whether the answer gives it where it speaks of it."""

import pytest

from knowledge_base.base.entries import Entry
from knowledge_base.verifier.heads import head
from knowledge_base.verifier.objections import objection

CANTEEN = Entry("k", "公办幼儿园怎么报名、学费多少？", "七月五日报名。示范园保教费每月380元，伙食费另计。")
CHILD = Entry("c", "收养孩子要什么条件？", "收养人年满30周岁，向民政局申请，经收养评估后登记。")
PASSPORT = Entry("p", "护照多少钱几天好？", "每本120元，7个工作日签发，可自取或邮寄。")
CLOSED = Entry("x", "店铺怎么注销？", "可走简易注销，公示10天后办结。")
LOAN = Entry("l", "公积金贷款最高能贷多少？", "最高45万元，首付比例不低于20%。")


@pytest.mark.parametrize(
    ("clause", "noun"),
    [
        ("伙食费多少", "伙食费"), ("收养评估大概要多久", "评估"), ("育儿补贴一个月多少", "补贴"), ("多少钱", None),
        ("怎么申请", None), ("要几天", None), ("", None),
    ],
)  # fmt: skip
def test_the_noun_before_how_much(clause: str, noun: str | None) -> None:
    assert head(clause) == noun


@pytest.mark.parametrize(
    ("question", "entry"),
    [("幼儿园伙食费多少", CANTEEN), ("收养评估要多久", CHILD), ("护照邮寄费要多少", PASSPORT), ("公积金贷款利率多少", LOAN)],
)  # fmt: skip
def test_a_number_given_for_something_else_is_objected_to(question: str, entry: Entry) -> None:
    assert objection(question, entry) is not None


@pytest.mark.parametrize(
    ("question", "entry"),
    [("示范园保教费多少", CANTEEN), ("注销公示几天", CLOSED), ("护照要几天", PASSPORT), ("公积金贷款额度多少", LOAN)],
)  # fmt: skip
def test_a_number_given_where_it_is_spoken_of_is_not(question: str, entry: Entry) -> None:
    assert objection(question, entry) is None
