"""What the watch found, as people read it: one message a chat and sweep, gravest first, 「打开」 on every line."""

from dataclasses import replace

import pytest

from bot.handler_chat.cards.fitting import LONGEST, units
from bot.handler_chat.cards.lists import AlertLine, alert_pages
from bot.handler_chat.telegram.chat import TelegramChat
from cases.watch import watch
from tests.fakes.telegram import FakeTelegram
from tests.unit.bot.handler_chat.conftest import (
    HANDLERS,
    SUPERVISORS,
    WANG,
    ZHANG,
    Bureau,
    config,
    nothing,
    running,
)


def lines(count: int, wide: int = 40) -> list[AlertLine]:
    return [
        AlertLine(n, n, f"20260302-{n:04d}", f"【逾期】{n:04d}" + "字" * wide) for n in range(1, count + 1)
    ]


async def test_after_five_quiet_days_each_chat_gets_one_message(
    bureau: Bureau, telegram: FakeTelegram, chat: TelegramChat
) -> None:
    numbers = [bureau.letter(f"感谢第{n}位") for n in range(4)]  # praise: due on the ninth
    inquiry = bureau.letter("请问居住证？")
    await telegram.until(lambda: telegram.in_chat(HANDLERS, inquiry))
    before = {place: len(telegram.in_chat(place)) for place in (HANDLERS, SUPERVISORS)}
    bureau.later(days=8, hours=1)  # the tenth: praise is overdue, nobody has claimed anything
    bureau.workplace.act(watch.sweep)
    (told,) = (await telegram.until(lambda: telegram.in_chat(SUPERVISORS)[before[SUPERVISORS] :]))[:1]
    (offered,) = (await telegram.until(lambda: telegram.in_chat(HANDLERS)[before[HANDLERS] :]))[:1]
    assert told.text.startswith("【提醒】共 5 件，重的在前")
    said = told.text.splitlines()[1:]
    assert ["【逾期】" in line for line in said] == [True] * 4 + [False] and inquiry in said[-1]
    assert all(no in told.text and no in offered.text for no in numbers)
    assert told.labels == [f"打开 {no[-4:]}" for no in [*numbers, inquiry]]
    await telegram.answered(telegram.press(WANG, told, f"打开 {inquiry[-4:]}"))
    card = (await telegram.until(lambda: [p for p in telegram.in_chat(SUPERVISORS, inquiry) if p != told]))[
        -1
    ]
    assert "认领" in card.labels
    await telegram.answered(telegram.press(WANG, told, f"打开 {numbers[0][-4:]}"))
    await telegram.until(lambda: [p for p in telegram.in_chat(SUPERVISORS, numbers[0]) if "认领" in p.labels])
    assert len(telegram.in_chat(SUPERVISORS)) == before[SUPERVISORS] + 3
    assert "没有使用权限" in str((await telegram.answered(telegram.press(99, told, told.labels[0])))["text"])
    assert bureau.case(inquiry).handler_id is None and ZHANG


@pytest.mark.parametrize("count", [1, 2, 39, 41, 200])
@pytest.mark.parametrize("in_words", [True, False])
def test_no_line_is_lost_and_every_message_fits(count: int, in_words: bool) -> None:
    pages = alert_pages(lines(count), in_words=in_words)
    assert [line.row_id for _, page in pages for line in page] == list(range(1, count + 1))
    for card, page in pages:
        assert units(card.text) <= LONGEST and all(line.text in card.text for line in page)
        opened = [button.data for row in card.buttons for button in row]
        assert opened == ([] if in_words else [f"open:{line.case_id}" for line in page])
        assert not in_words or len(card.text.encode()) <= 2000


def test_the_head_counts_cases_and_not_lines() -> None:
    lines = [AlertLine(n, n, no, f"【逾期】{no}") for n, no in enumerate(("a", "b", "a"))]
    ((card, page),) = alert_pages(lines, in_words=False)
    assert card.text.startswith("【提醒】共 2 件") and len(page) == 3


def test_numbers_of_two_days_that_end_alike_are_written_out() -> None:
    two = [AlertLine(n, n, f"2026030{n}-0001", f"【逾期】{n}", (0, str(n))) for n in (1, 2)]
    ((card, _),) = alert_pages(two, in_words=False)
    assert [b.label for row in card.buttons for b in row] == ["打开 20260301-0001", "打开 20260302-0001"]


def test_the_gravest_stands_first_whatever_was_written_first() -> None:
    mixed = [AlertLine(1, 1, "a", "late", (0, "2026-03-05")), AlertLine(2, 2, "b", "soon", (2, "2026-03-01")),
             AlertLine(3, 3, "c", "danger", (-1, "2026-03-09")), AlertLine(4, 4, "d", "later", (0, "2026-03-07"))]  # fmt: skip
    ((card, _),) = alert_pages(mixed, in_words=True)
    assert card.text.splitlines()[1:5] == ["danger", "late", "later", "soon"]


async def test_where_all_share_one_chat_a_case_is_named_once_under_each_heading(
    bureau: Bureau, telegram: FakeTelegram
) -> None:
    door = TelegramChat(bureau.workplace, replace(config(telegram), supervisor_chat_id=""), nothing)
    async with running(door):
        numbers = [bureau.letter(f"请问居住证{n}？") for n in range(2)]
        await telegram.until(lambda: len(telegram.in_chat(HANDLERS)) == 2)
        bureau.later(days=1, hours=1)  # offered again, and the head asked to arrange it
        bureau.workplace.act(watch.sweep)
        (told,) = await telegram.until(lambda: telegram.in_chat(HANDLERS, "【待认领】"))
        assert [told.text.count(no) for no in numbers] == [1, 1] and "请分管领导王五安排" in told.text
