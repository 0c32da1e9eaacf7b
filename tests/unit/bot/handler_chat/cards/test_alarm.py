"""The alarm as a table: what to do first, how the citizen is reached, who has it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.handler_chat.cards.alarm import TAKE, alarm_card
from bot.handler_chat.cards.fitting import LONGEST, units
from cases.lists.alarms import AlarmView
from cases.lists.views import MessageView
from tests.unit.bot.handler_chat.cards.test_cards import AT, LINE, NO, VIEW

ZONE = ZoneInfo("Asia/Shanghai")
URGENT = replace(LINE, urgent=True)
ALARM = AlarmView(replace(VIEW, line=URGENT), AT, "", None, "还剩 5 条，窗口 47 小时后关闭", (), ("王五",))


def of(line: dict[str, Any] | None = None, **more: Any) -> AlarmView:
    return replace(ALARM, view=replace(ALARM.view, line=replace(URGENT, **(line or {}))), **more)


@pytest.mark.parametrize(
    ("alarm", "times", "words"),
    [
        (of(), 1, [f"【紧急】{NO}", "110", "120", "12356", "追问", "窗口 47 小时", "停水三天了", "供水公司"]),
        (of(), 2, ["第 2 次提醒，自 03-02 09:00 起无人处置"]),
        (of(), 3, ["请分管领导王五过问"]),
        (of(left=("手机号", "住址")), 1, ["来信留有手机号、住址，在控制台「显示原文」查看"]),
        (of({"channel": "comment"}), 1, ["图文留言，只能公开回复"]),
        (of({"channel": "api:热线"}), 1, ["经热线渠道"]),
    ],
)
def test_what_it_says(alarm: AlarmView, times: int, words: list[str]) -> None:
    card = alarm_card(alarm, ZONE, times)
    assert all(word in card.text for word in words), card.text
    assert [(b.label, b.data) for row in card.buttons for b in row] == [(TAKE, "danger:123")]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("火情", "119"), ("燃气泄漏、泄漏", "119"), ("坍塌险情、有人遇险", "119"), ("轻生、自伤", "保持联系"),
        ("暴力、急症", "110"), ("急症", "120 急救"),
    ],
)  # fmt: skip
def test_what_is_done_first_goes_by_the_kind(kind: str, words: str) -> None:
    alarm = replace(
        ALARM, view=replace(of().view, reasons=f"投诉求助：「着火」；疑似紧急（{kind}）；疑似敏感（自伤）")
    )
    first = next(line for line in alarm_card(alarm, ZONE, 1).text.splitlines() if line.startswith("先做"))
    assert words in first and kind in first
    assert all(number in alarm_card(alarm, ZONE, 1).text for number in ("110", "120", "12356"))


def test_a_kind_that_nobody_named_is_given_every_number() -> None:
    alarm = replace(ALARM, view=replace(of().view, reasons="投诉求助：「快来」；疑似紧急；疑似敏感（自伤）"))
    assert "先做：有人身危险立即拨打 110" in alarm_card(alarm, ZONE, 1).text


def test_taken_or_closed_it_says_so_and_has_no_button() -> None:
    taken = alarm_card(of(taken_by="张三", taken_at=AT + timedelta(minutes=7)), ZONE, 2)
    assert taken.text == f"【紧急】{NO}　✅ 已由张三于 03-02 09:07 接手处置。" and taken.buttons == ()
    closed = alarm_card(of(), ZONE, 2, opened=False)
    assert "已办结" in closed.text and closed.buttons == ()


def test_a_long_letter_leaves_room_for_the_rest() -> None:
    long = replace(ALARM, view=replace(ALARM.view, messages=(MessageView(1, "text", "救" * 9000, AT, ()),)))
    assert units(alarm_card(long, ZONE, 1).text) <= LONGEST
