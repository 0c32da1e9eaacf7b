"""Which words are commands, however they are written."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wechat.commands import Command, parse

NO = "20260302-0001"

COMMANDS = [
    ("查询", Command("query")),
    ("查詢", Command("query")),
    (" 查询。", Command("query")),
    ("「查询」", Command("query")),
    ("查一下", Command("query")),
    ("我要查询", Command("query")),
    ("查询进度", Command("query")),
    ("进度查询", Command("query")),
    ("查\u200b询", Command("query")),
    (f"查询 {NO}", Command("query", NO)),
    (f"查询{NO}", Command("query", NO)),
    (f"查询：{NO}。", Command("query", NO)),
    ("查询 202603020001", Command("query", NO)),
    ("查询２０２６０３０２－０００１", Command("query", NO)),
    ("查询 20260302—0001", Command("query", NO)),
    ("查询 20260302 - 0001", Command("query", NO)),
    ("查询 20260302 0001", Command("query", NO)),
    ("查询编号20260302-0001", Command("query", NO)),
    ("查询「20260302-0001」", Command("query", NO)),
    ("查询 20260302-12345", Command("query", "20260302-12345")),
    (NO, Command("query", NO)),
    ("编号:202603020001", Command("query", NO)),
    (f"补充 {NO} 路灯是两盏", Command("add", NO, rest="路灯是两盏")),
    (f"补充{NO}，两盏\n都不亮", Command("add", NO, rest="两盏\n都不亮")),
    (f"補充：{NO}：ＡＢＣ 原樣", Command("add", NO, rest="ＡＢＣ 原樣")),
    ("补充 路灯是两盏", Command("add", rest="路灯是两盏")),
    ("补充：路灯是两盏", Command("add", rest="路灯是两盏")),
    ("补充", Command("add")),
    (f"补充 {NO}", Command("add", NO)),
    (f"评价 {NO} 满意", Command("rate", NO, "满意")),
    (f"评价{NO}基本满意", Command("rate", NO, "基本满意")),
    (f"評價 {NO} 不滿意", Command("rate", NO, "不满意")),
    (f"评价 {NO} 非常满意！", Command("rate", NO, "满意")),
    (f"评价 {NO} 很不满意", Command("rate", NO, "不满意")),
    (f"评价 {NO} 不太满意", Command("rate", NO, "不满意")),
    (f"评价 {NO} 不满意，路灯还是不亮", Command("rate", NO, "不满意", "路灯还是不亮")),
    (f"{NO} 满意", Command("rate", NO, "满意")),
    ("评价 满意", Command("rate", grade="满意")),
    ("满意", Command("rate", grade="满意")),
    ("不满意", Command("rate", grade="不满意")),
    (f"评价 {NO}", Command("rate", NO)),
    ("评价", Command("rate")),
    ("人工", Command("person")),
    ("转人工！", Command("person")),
    ("人工服务", Command("person")),
    (f"人工 {NO}", Command("person", NO)),
    ("没解决", Command("unsolved")),
    ("沒解決", Command("unsolved")),
    ("没有解决", Command("unsolved")),
    ("问题还没解决", Command("unsolved")),
    ("帮助", Command("help")),
    ("幫助", Command("help")),
    ("？", Command("help")),
    ("HELP", Command("help")),
    ("继续", Command("more")),
    ("繼續", Command("more")),
    ("更多", Command("more")),
    ("下一页", Command("more")),
    ("是的", Command("belongs")),
]

COMMANDS += [
    (f"评价 满意 {NO}", Command("rate", NO, "满意")),
    (f"不满意 {NO}", Command("rate", NO, "不满意")),
    (f"满意，编号{NO}，谢谢", Command("rate", NO, "满意")),
    (f"不满意 {NO} 路灯还是不亮", Command("rate", NO, "不满意", "路灯还是不亮")),
    (f"我对 {NO} 的答复不满意", Command("rate", NO, "不满意")),
    (f"查询{NO}吗", Command("query", NO)),
    (f"查询 {NO} 办得怎么样了", Command("query", NO)),
    (f"{NO} 怎么样了", Command("query", NO)),
    (f"查询 {NO} 20260303-0002", Command("query")),
    (f"查询 {NO}、20260303-0002、20260304-0003", Command("query")),
    (f"帮助 {NO}", Command("help", NO)),
    (f"{NO} 没解决", Command("unsolved", NO)),
    (f"{NO} 转人工", Command("person", NO)),
    ("我要人工客服帮我", Command("person")),
    ("人工，老人出不了门", Command("person", rest="老人出不了门")),
    (f"人工 {NO} 老人出不了门", Command("person", NO, rest="老人出不了门")),
    ("没解决，我问的是夜班车", Command("unsolved", rest="我问的是夜班车")),
    ("请转人工！老人出不了门", Command("person", rest="老人出不了门")),
    ("没有，还在漏", Command("not_done", rest="还在漏")),
    ("还没修好！天天漏", Command("not_done", rest="天天漏")),
]

QUESTIONS = [
    "查询社保怎么办",
    "查询一下我的公积金怎么查",
    "查询公积金 20260302-0001 是什么",
    "查处违章建筑",
    "补充医疗保险怎么交",
    "人工湖什么时候开放",
    "人工费太高了",
    "没解决的问题怎么投诉",
    "评价一下你们的服务",
    "满意度调查在哪里填",
    "我对答复不满意，路灯还是不亮",
    "帮助残疾人的政策有哪些",
    "继续教育学时怎么认定",
    "更多的公交线路",
    "路灯不亮",
    "13800138000",
    "20260302",
    "2026030200",
    "99990302-0001 是什么",
    f"查询 {NO} 的经办人为什么不接电话",
    f"帮助 {NO} 的老人申请轮椅",
    f"我对 {NO} 还有话说",
    "",
    "   ",
]


@pytest.mark.parametrize(("text", "expected"), COMMANDS)
def test_commands(text: str, expected: Command) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize("text", QUESTIONS)
def test_what_only_resembles_a_command_is_none(text: str) -> None:
    assert parse(text) is None


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    parse(text)
    parse("补充 20260302-0001 " + text)


def test_a_long_text_takes_no_time() -> None:
    assert parse("查询 " * 100_000) is None
    assert parse(" " * 500_000 + "x") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("不满意😡", Command("rate", grade="不满意")),
        (f"评价 {NO}，不满意😡", Command("rate", NO, "不满意")),
        ("满意👍👍", Command("rate", grade="满意")),
        ("满意，谢谢！", Command("rate", grade="满意")),
        ("不满意！！！", Command("rate", grade="不满意")),
        ("查询呀", Command("query")),
        ("查询～🌹", Command("query")),
        ("你好，查询", Command("query")),
        ("查询一下，谢谢", Command("query")),
        (f"麻烦查询{NO}，谢谢", Command("query", NO)),
        (f"查询 {NO} 🙏", Command("query", NO)),
        ("人工吧", Command("person")),
        ("转人工🙏", Command("person")),
        ("继续👇", Command("more")),
        ("帮助❓", Command("help")),
        ("还没有解决我的问题！", Command("unsolved")),
        ("問題還沒有解決😤", Command("unsolved")),
        (f"评价 {NO} 满意👍", Command("rate", NO, "满意")),
        (f"评价 {NO} 不满意路灯还是不亮", Command("rate", NO, "不满意", "路灯还是不亮")),
        (f"评价 {NO} 一般般", Command("rate", NO, rest="一般般")),
        ("不满意，路灯还是不亮", Command("rate", grade="不满意", rest="路灯还是不亮")),
        (f"补充 {NO}👉路灯是两盏", Command("add", NO, rest="👉路灯是两盏")),
        ("评价1️⃣ 满意", Command("mistyped")),
        ("没有", Command("not_done")),
        ("还没修好", Command("not_done")),
        ("已经办好了", Command("done")),
    ],
)
def test_emoji_particles_and_punctuation_change_no_command(text: str, expected: Command) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("查询 123", ""),
        ("查询123", ""),
        ("查询 abc", ""),
        ("查询 20260302-001", ""),
        ("查询 20260302-123456789", ""),
        ("查询 020260302-0001", ""),
        ("评价 020260302-0001 满意", ""),
        ("查询编号 7", ""),
        ("查询 一二三", ""),
        ("评价 123 满意", ""),
        ("人工 99", ""),
        ("补充 123 路灯是两盏", "路灯是两盏"),
        ("补充123", ""),
        ("补充 20260302-01，两盏都不亮", "两盏都不亮"),
        ("补充 2026O302-0001 两盏", "两盏"),
    ],
)
def test_a_command_without_a_true_number_is_mistyped(text: str, rest: str) -> None:
    assert parse(text) == Command("mistyped", rest=rest)


@pytest.mark.parametrize(
    "text",
    [
        "查询ETC怎么办",
        "补充3号楼也没有水",
        "满意度低",
        "查12345打不通",
        "人工费 300 元",
        "没有水",
        "怎么用12345",
    ],
)
def test_a_number_in_a_sentence_makes_no_mistyped_command(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    "gap",
    [" ", "\n", "\u3000", "：", "，", "-", "号", "「", "\u200b", "20260101", "满意", "评价", "不", "还没有"],
)
def test_time_grows_no_faster_than_the_text(gap: str) -> None:
    """「补充号」, 200 spaces, a date, 200 spaces and a letter once held the whole office for half a minute."""

    def seconds(size: int) -> float:
        texts = [
            f"{head}{(gap * size)[:size]}20260101{(gap * size)[:size]}x"
            for head in ("补充号", "评价", "查询", "")
        ]
        start = time.thread_time()
        for text in texts:
            parse(text)
        return time.thread_time() - start

    seconds(100)
    assert min(seconds(100_000) for _ in range(3)) < 6 * max(min(seconds(50_000) for _ in range(3)), 0.005)


def test_half_a_character_is_no_command_and_no_error() -> None:
    """JSON of another channel and of a file can hold a lone surrogate."""
    assert parse("查询 \ud800") is None or parse("\ud800 补充") is None
