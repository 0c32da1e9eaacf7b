"""The weekly report of what had no answer: once a week, with the digest of its first working day."""

from datetime import timedelta

import pytest

from app.keep import gaps
from cases.register.tables import Outbox
from tests.builders import Bureau, a_match


def asks(bureau: Bureau, *questions: str) -> None:
    for question in questions:
        bureau.writes(question)


def reports(bureau: Bureau) -> list[str]:
    return bureau.told("supervisor", "【知识缺口】")


def test_the_five_largest_are_told_once_a_week(bureau: Bureau) -> None:
    asks(bureau, "充电桩在哪里，电话13812345678", "哪里有充电桩", "小区充电桩位置在哪")
    asks(
        bureau,
        "狂犬疫苗多少钱",
        "老年卡怎么补办",
        "学校几点放学",
        "图书馆周末开门吗",
        "怎么缴电费",
        "身份证丢了咋办",
    )
    bureau.clock.set(2026, 3, 9, 8)
    assert [gaps.send_weekly(bureau.workplace) for _ in range(2)] == [True, False]
    (text,) = reports(bureau)
    lines = text.splitlines()
    assert lines[0].startswith("【知识缺口】近 7 天没有现成答案的咨询 9 条")
    assert "充电桩" in lines[1] and lines[1].endswith("（3 次）") and "13812345678" not in text
    assert [line[:2] for line in lines[1:-1]] == ["1.", "2.", "3.", "4.", "5."]
    assert [row.key for row in bureau.rows(Outbox, kind="notice")] == ["kb_gaps:2026-11"]
    bureau.clock.set(2026, 3, 10, 8)
    asks(bureau, "暖气怎么报停")
    assert gaps.send_weekly(bureau.workplace) is False
    bureau.clock.set(2026, 3, 16, 9)
    assert gaps.send_weekly(bureau.workplace) is True
    assert "咨询 1 条" in reports(bureau)[1]


@pytest.mark.parametrize(
    ("month", "day", "hour", "sent"),
    [
        (3, 9, 7, False), (3, 9, 10, False), (3, 8, 8, False), (3, 10, 8, False),
        (4, 6, 8, False),  # 清明节 on a Monday
        (4, 7, 8, True),  # the first working day of that week
        (2, 28, 8, False),  # a Saturday worked: not the first day of its week
    ],
)  # fmt: skip
def test_only_with_the_digest_of_the_first_working_day(
    bureau: Bureau, month: int, day: int, hour: int, sent: bool
) -> None:
    bureau.clock.set(2026, month, day, hour)
    now = bureau.clock.now
    bureau.clock.now = now - timedelta(days=2)
    asks(bureau, "充电桩在哪里")
    bureau.clock.now = now
    assert gaps.send_weekly(bureau.workplace) is sent
    assert len(reports(bureau)) == sent


def test_nothing_is_told_when_everything_had_an_answer(bureau: Bureau) -> None:
    asks(bureau, "投诉水管", "举报局长")
    bureau.writes("居住证怎么办", match=a_match("E1"))
    bureau.clock.set(2026, 3, 9, 8)
    assert gaps.send_weekly(bureau.workplace) is False and reports(bureau) == []


def test_nothing_is_told_without_a_chat(bureau: Bureau) -> None:
    silent = bureau.with_office(chat_on=False)
    asks(silent, "充电桩在哪里")
    bureau.clock.set(2026, 3, 9, 8)
    assert gaps.send_weekly(silent.workplace) is False
