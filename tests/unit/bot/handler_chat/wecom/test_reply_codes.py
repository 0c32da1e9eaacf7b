"""Every button that becomes words is an order that is understood; a text in pieces is the text; no letter is markup."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handler_chat.cards import cards, decisions, joint
from bot.handler_chat.cards.cards import Button, Card
from bot.handler_chat.incoming import spoken
from bot.handler_chat.wecom.reply_codes import (
    LONGEST_BYTES,
    RULE,
    codes_of,
    in_markdown,
    in_words,
    pieces,
    spoken_text,
)
from cases.steps.allowed import Action
from tests.unit.bot.handler_chat.cards.test_cards import DRAFT, NO, TWO, VIEW, sheet

NEW, CLAIMED = "new", "claimed"
CARDS = {
    "new": cards.case_card(sheet(suggestions=TWO, offered=frozenset(Action) - {Action.UNLINK})),
    "claimed": cards.case_card(
        sheet(
            line={"status": CLAIMED},
            suggestions=TWO,
            offered=frozenset(Action) - {Action.UNLINK, Action.CLAIM},
        )
    ),
    "urgent": cards.case_card(sheet(line={"urgent": True}, offered=frozenset({Action.TAKE, Action.CALM}))),
    "closed": cards.case_card(
        sheet(line={"status": "answered"}, offered=frozenset({Action.CORRECT, Action.KEEP}))
    ),
    "linked": cards.case_card(sheet(view={"lead": "20260302-0001"}, offered=frozenset({Action.UNLINK}))),
    "review": decisions.review_card(decisions.ReviewSheet(VIEW, DRAFT, "初审", ())),
}


@pytest.mark.parametrize("name", CARDS)
def test_each_code_of_a_card_is_an_order_for_its_case(name: str) -> None:
    said = codes_of(CARDS[name], [button for row in CARDS[name].buttons for button in row])
    assert said
    for code in said:
        order = spoken.parse(code.strip("「」"))
        assert order is not None, code
        assert order.number == NO.rpartition("-")[2]


def test_a_code_asks_for_the_words_that_its_order_needs() -> None:
    said = "".join(codes_of(CARDS["claimed"], [b for row in CARDS["claimed"].buttons for b in row]))
    for words in (
        "「草稿 0007 内容」",
        "「改类 0007 投诉求助」",
        "「转办 0007 部门」",
        "「延期 0007 理由」",
        "「采用建议 0007 2」",
    ):
        assert words in said
    for code in re.findall("「改类 [0-9]+ ([^」]+)」", said):
        assert spoken.category_named(code) == "complaint"


def test_only_a_card_that_awaits_a_draft_offers_one() -> None:
    assert "草稿 0007" in in_words(CARDS["claimed"])
    for name in ("new", "urgent", "closed", "linked", "review"):
        assert "「草稿" not in in_words(CARDS[name]), name


def test_a_card_without_buttons_has_no_codes_and_lists_turn_no_pages_in_words() -> None:
    assert in_words(Card("已办结")) == "已办结"
    page = Card("我的在办 9 件", ((Button("下一页", "list:mine:1:5"), Button("返回", "menu:7")),))
    assert codes_of(page, page.buttons[0]) == [] and in_words(page) == page.text


def test_what_only_a_chat_with_replies_can_do_is_said_otherwise() -> None:
    assert spoken_text(Card("编号\n↩ 回复本卡片即提交答复草稿。")) == "编号"
    assert spoken_text(Card("请回复本条消息，写明理由")) == "请直接发送文字，写明理由"


def test_a_candidate_is_named_by_its_own_number() -> None:
    card = Card("候选条目", ((Button("发布", "pub:a1b2c3d4e5f6"), Button("不收录", "drop:a1b2c3d4e5f6")),))
    said = codes_of(card, card.buttons[0])
    assert said == ["「发布 a1b2c3d4e5f6」", "「不收录 a1b2c3d4e5f6」"]
    assert [spoken.parse(code.strip("「」")) for code in said] == [
        spoken.Order("发布", "a1b2c3d4e5f6"), spoken.Order("不收录", "a1b2c3d4e5f6"),
    ]  # fmt: skip


texts = st.text(alphabet="路灯不亮。\n a😀𠮷", max_size=900)


@given(texts, st.integers(8, 300))
def test_pieces_are_the_text_and_none_is_too_long(text: str, room: int) -> None:
    cut = pieces(text, room)
    assert all(len(piece.encode()) <= room for piece in cut)
    assert "".join("".join(cut).split()) == "".join(text.split())
    assert all(piece.strip() for piece in cut) or not text.strip(), "the platform refuses what is blank"


def test_pieces_end_at_lines_where_they_can() -> None:
    lines = "".join(f"第 {n:04} 行的内容在这里\n" for n in range(400))
    cut = pieces(lines)
    assert len(cut) > 1 and all(piece.endswith("\n") for piece in cut)
    assert "".join(cut) == lines
    assert (
        pieces("") == [""]
        and pieces("短") == ["短"]
        and len(pieces("长" * 5000)) == -(-15000 // (LONGEST_BYTES - 2))
    )


@pytest.mark.parametrize("sign", ["*", "`", "#", "<", ">", "[", "]", "\\", "~", "- 一", "12. 二", "_斜_"])
def test_a_letter_with_a_mark_of_markdown_is_shown_as_it_was_written(sign: str) -> None:
    assert in_markdown(f"20260302-0007　投诉求助\n{sign}") is None


def test_words_without_marks_are_dressed() -> None:
    card = Card(f"{NO}　投诉求助\n停水三天了\n2026-03-02 9-5 snake_case", ((Button("认领", "claim:7"),),))
    dressed = in_markdown(in_words(card))
    assert dressed == f"**{NO}　投诉求助**\n停水三天了\n2026-03-02 9-5 snake_case\n> 回复：「认领 0007」"
    assert in_markdown("一行") == "**一行**"
    assert in_markdown(f"一\n{RULE}\n没有代码") == f"**一**\n{RULE}\n没有代码"


def test_the_orders_that_help_names_are_understood() -> None:
    from bot.handler_chat.incoming import commands

    named = re.findall(r"^([\u4e00-\u9fff]+) (0007.*?)(?:（.*)?$", commands.HELP_IN_WORDS, re.MULTILINE)
    assert len(named) >= 10
    for name, rest in named:
        assert spoken.parse(f"{name} {rest}") is not None, name
    assert {name for name, _ in named} & set(joint.NAMES)
