"""Cards as tables: what a view shows, and which buttons stand below it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.handler_chat.cards import cards, decisions, lists
from bot.handler_chat.cards.cards import Card, Sheet, SuggestedEntry
from bot.handler_chat.cards.decisions import ReviewSheet
from bot.handler_chat.cards.fitting import LONGEST, clip, split, units
from bot.handler_chat.wecom.reply_codes import in_words
from cases.lists.views import CaseLine, CaseView, DeliveryView, DraftView, MessageView
from cases.steps.allowed import Action

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
NO = "20260302-0007"
LINE = CaseLine(
    no=NO, category="complaint", status="new", received_at=AT, due_on=date(2026, 3, 30), provisional=False,
    overdue=False, department="供水公司", handler="", channel="wechat", topic="城乡建设", urgent=False,
    sensitive=False, accusation=False,
)  # fmt: skip
VIEW = CaseView(
    id=123, line=LINE, account="", confidence=0.914, needs_review=False, procedure="", reasons="", due_at=AT,
    first_answer_due_at=None, extended=False, extension="", rating="", on_time=None,
    messages=(MessageView(1, "text", "停水三天了", AT, ()),), files=(), drafts=(), deliveries=(), handler_id=None,
    department_id=1, reopened=0, close_note="",
)  # fmt: skip
DRAFT = DraftView(
    id=45, version=2, purpose="answer", state="review", round=2, level=0, levels=1, text="今晚恢复供水。",
    author="张三", at=AT, reason="",
)  # fmt: skip
TWO = tuple(SuggestedEntry(f"e{n}", f"停水了怎么办{n}", "请拨打供水热线。", 0.9, "供水条例") for n in (1, 2))
ALL = ["认领", "改类", "转办", "延期", "追问", "不予受理"]
NEW = frozenset(
    {Action.CLAIM, Action.DRAFT, Action.RECLASSIFY, Action.TRANSFER, Action.EXTEND, Action.ASK, Action.REFUSE}
)
CLAIMED = NEW - {Action.CLAIM}


def sheet(line: dict[str, Any] | None = None, view: dict[str, Any] | None = None, **more: Any) -> Sheet:
    return Sheet(
        view=replace(VIEW, line=replace(LINE, **(line or {})), **(view or {})),
        zone=ZoneInfo("Asia/Shanghai"),
        **more,
    )


def labels(card: Card) -> list[str]:
    return [button.label for row in card.buttons for button in row]


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (sheet(offered=NEW), ALL),
        (sheet(suggestions=TWO[:1], offered=NEW), ["认领", "采用建议", *ALL[1:]]),
        (sheet(suggestions=TWO, offered=NEW), ["认领", "采用建议", "采用建议2", *ALL[1:]]),
        (sheet({"status": "claimed", "handler": "张三"}, offered=CLAIMED), ALL[1:]),
        (sheet({"status": "in_review"}, suggestions=TWO, offered=CLAIMED), ALL[1:]),
        (sheet(offered=NEW - {Action.TRANSFER}), ["认领", "改类", "延期", "追问", "不予受理"]),
        (sheet(offered=NEW - {Action.EXTEND}), ["认领", "改类", "转办", "追问", "不予受理"]),
        (sheet({"status": "answered"}, offered=frozenset({Action.CORRECT, Action.KEEP})), ["更正", "兑现"]),
        (sheet(offered=frozenset({Action.UNLINK, Action.RECLASSIFY})), ["撤销并案"]),
        (sheet({"status": "closed"}), []),
    ],
)
def test_buttons_by_state(made: Sheet, wanted: list[str]) -> None:
    assert labels(cards.case_card(made)) == wanted


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (
            sheet(),
            [NO, "投诉求助（91%）", "时限：2026-03-30", "待认领", "供水公司", "城乡建设", "停水三天了"],
        ),
        (sheet(view={"needs_review": True}), ["待定"]),
        (sheet({"provisional": True}), ["2026-03-30（暂定）"]),
        (sheet({"overdue": True}), ["逾期"]),
        (sheet({"urgent": True}, {"reasons": "提到跳楼"}), ["【紧急】", "提到跳楼"]),
        (sheet({"sensitive": True, "accusation": True}), ["【敏感】", "【检举】"]),
        (sheet(view={"procedure": "信访"}), ["像是信访"]),
        (sheet(view={"files": (("image", 2), ("voice", 1))}), ["图片 2、语音 1", "控制台"]),
        (sheet({"status": "claimed", "handler": "张三"}, load=3), ["张三，在办 3 件", "回复本卡片"]),
        (sheet(window="还剩 3 条，窗口 5 小时后关闭"), ["还剩 3 条，窗口 5 小时后关闭"]),
        (sheet(suggestions=TWO), ["停水了怎么办1", "停水了怎么办2", "供水条例", "90%"]),
        (sheet({"status": "in_review"}, {"drafts": (DRAFT,)}), ["答复（第 2 稿）审核中（张三）"]),
        (
            sheet({"status": "claimed"}, {"drafts": (replace(DRAFT, state="returned", reason="太短"),)}),
            ["被退回：太短"],
        ),
        (
            sheet(
                {"status": "answered"}, {"deliveries": (DeliveryView("answer", "waiting", "", "", AT, None),)}
            ),
            ["答复：待送达"],
        ),
        (
            sheet(
                {"status": "answered"},
                {"deliveries": (DeliveryView("answer", "failed", "", "未关注", AT, AT),)},
            ),
            ["答复：未能送达（未关注）"],
        ),
        (sheet(view={"first_answer_due_at": AT}), ["首次回应：03-02 09:00 前"]),
        (sheet({"channel": "comment"}), ["图文留言"]),
        (sheet(view={"messages": (MessageView(1, "image", "", AT, ("image",)),)}), ["（没有文字）"]),
        (
            sheet(
                view={
                    "messages": (
                        MessageView(1, "text", "停水", AT, ()),
                        MessageView(2, "text", "还没来", AT, ()),
                    )
                }
            ),
            ["停水\n［补充］还没来"],
        ),
    ],
)
def test_what_a_card_says(made: Sheet, words: list[str]) -> None:
    text = cards.case_card(made).text
    for word in words:
        assert word in text


@pytest.mark.parametrize("letter", ["很长" * 3000, "😀" * 3000, "长\n" * 5000])
def test_a_long_letter_is_cut_and_says_so(letter: str) -> None:
    made = sheet(view={"messages": (MessageView(1, "text", letter, AT, ()),)}, suggestions=TWO)
    card = cards.case_card(made)
    assert units(card.text) <= LONGEST
    assert f"来信共 {len(letter)} 字" in card.text and "停水了怎么办2" in card.text


def test_button_data_fit_their_64_bytes() -> None:
    long = tuple(SuggestedEntry("x" * 40, "问", "答", 0.5) for _ in range(3))
    for made in (sheet(view={"id": 999_999_999}, suggestions=long, offered=NEW), sheet(offered=CLAIMED)):
        for row in cards.case_card(made).buttons:
            for button in row:
                assert len(button.data.encode()) <= 64


def test_the_second_rows_of_choices() -> None:
    assert [b.label for b in cards.category_choices(1)[0]] == ["表扬感谢", "咨询建议", "投诉求助"]
    many = [(n, f"部门{n}") for n in range(1, 24)]
    rows = [cards.department_choices(5, many, page) for page in range(3)]
    shown = [b.label for page in rows for row in page[:-1] for b in row]
    assert shown == [name for _, name in many]
    assert [[b.label for b in page[-1]] for page in rows] == [
        ["返回", "下一页"],
        ["上一页", "返回", "下一页"],
        ["上一页", "返回"],
    ]


def test_a_review_card_names_the_case_and_shows_the_draft_whole() -> None:
    made = ReviewSheet(VIEW, DRAFT, "审核", ("语气偏冷：自行解决",), supervisor_needed=True)
    card = decisions.review_card(made)
    for word in (NO, "今晚恢复供水。", "⚠ 语气偏冷：自行解决", "须由督办人审核", "起草：张三", "停水三天了"):
        assert word in card.text
    assert [(b.label, b.data) for b in card.buttons[0]] == [("通过", "pass:45:2"), ("退回", "back:45:2")]
    levels = ReviewSheet(VIEW, replace(DRAFT, level=1, levels=3), "复审", ())
    assert "复审 2/3" in decisions.review_card(levels).text


def test_a_long_draft_stands_before_its_card_in_parts() -> None:
    text = "".join(chr(0x4E00 + n % 5000) for n in range(15_000))
    made = ReviewSheet(VIEW, replace(DRAFT, text=text), "审核", ())
    parts = decisions.review_parts(made)
    assert "".join(part.partition("\n")[2] for part in parts) == text
    assert all(units(part) <= LONGEST for part in parts)
    assert units(decisions.review_card(made).text) <= LONGEST
    assert decisions.review_parts(ReviewSheet(VIEW, DRAFT, "审核", ())) == []


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("approved", "已通过（李四）"),
        ("returned", "已退回：太短"),
        ("replaced", "被新稿替换"),
        ("withdrawn", "已撤回"),
        ("review", "新的审核卡"),
    ],
)
def test_a_decided_card_says_how_and_has_no_buttons(state: str, word: str) -> None:
    reason = "太短" if state == "returned" else ""
    card = decisions.decided_card(VIEW, replace(DRAFT, state=state, reason=reason), ["李四"])
    assert word in card.text and NO in card.text and card.buttons == ()


def test_an_extension_card() -> None:
    card = decisions.extension_card(VIEW, 9, "张三", "要现场核实", (date(2027, 4, 14), True))
    assert labels(card) == ["同意延期", "不同意"]
    for word in (NO, "张三", "要现场核实", "2026-03-30 → 2027-04-14（暂定）"):
        assert word in card.text
    assert (
        decisions.extension_card(VIEW, 9, "张三", "x", (date(2027, 4, 14), True), "✅ 已同意").buttons == ()
    )


def test_a_list_turns_its_pages_for_its_owner_only() -> None:
    lines = [replace(LINE, no=f"20260302-{n:04d}") for n in range(1, 20)]
    pages = [lists.list_card("我的在办", "mine", lines, page, owner=4) for page in range(3)]
    assert all(sum(line.no in page.text for page in pages) == 1 for line in lines)
    assert labels(pages[1]) == ["上一页", "下一页"] and pages[1].buttons[0][0].data == "list:mine:0:4"
    assert lists.list_card("我的在办", "mine", lines, 99, owner=4).text == pages[2].text
    assert lists.list_card("逾期未办结", "overdue", [], 0, owner=4).text == "逾期未办结：没有。"


def test_a_backlog_holds_what_fits_and_counts_the_rest() -> None:
    lines = [replace(LINE, no=f"20260302-{n:04d}") for n in range(1, 400)]
    card, count = lists.backlog_card(lines)
    assert units(card.text) <= LONGEST and 50 < count < 399
    assert lines[count - 1].no in card.text and lines[count].no not in card.text
    assert f"{count} 件" in card.text and f"另有 {399 - count} 件" in card.text


def test_a_card_that_moved_on_keeps_no_word_of_the_letter() -> None:
    assert "停水" not in cards.moved_card(NO, "公路局").text and cards.moved_card(NO, "公路局").buttons == ()


def test_reply_codes_stand_for_every_button() -> None:
    text = in_words(cards.case_card(sheet(suggestions=TWO, offered=NEW)))
    for code in (
        "「认领 0007」",
        "「采用建议 0007」",
        "「采用建议 0007 2」",
        "「改类 0007 投诉求助」",
        "「转办 0007 部门」",
        "「延期 0007 理由」",
    ):
        assert code in text
    assert "「草稿 0007 内容」" in in_words(cards.case_card(sheet({"status": "claimed"}, offered=CLAIMED)))
    review = in_words(decisions.review_card(ReviewSheet(VIEW, DRAFT, "审核", ())))
    assert "「通过 0007」「退回 0007 理由」" in review
    assert "「发布 abc」" in in_words(decisions.candidate_card("abc", "问", "答", NO))


def test_clipping_and_splitting_count_as_the_platform_does() -> None:
    assert units("a字😀") == 4
    assert split("😀😀😀", 3) == ["😀", "😀", "😀"]
    assert clip("短", 10) == "短"
    assert units(clip("😀" * 100, 51, "来信")) <= 51
