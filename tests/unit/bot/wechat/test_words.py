"""Texts and their cutting."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wechat import words

texts = st.text(alphabet="路灯不亮。！？\n;；a 😀𠮷", max_size=3000)


@given(texts)
def test_parts_are_small_enough_and_nothing_is_lost(text: str) -> None:
    parts = words.split(text)
    assert all(0 < len(part.encode()) <= words.LARGEST for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(texts)
def test_pages_are_small_enough_and_say_how_to_go_on(text: str) -> None:
    made = words.pages(text)
    assert all(len(page.encode()) <= words.LARGEST for page in made)
    assert all("「继续」" in page for page in made[:-1])
    assert "「继续」" not in made[-1]


def test_cuts_are_at_sentence_ends() -> None:
    parts = words.split("这是一句话。" * 300)
    assert len(parts) > 1
    assert all(part.endswith("。") for part in parts)


def test_a_sentence_longer_than_a_part_is_cut_between_characters() -> None:
    parts = words.split("灯" * 2000)
    assert [len(part) for part in parts] == [682, 682, 636]


@pytest.mark.parametrize("size", [682, 683])
def test_the_limit_is_2048_bytes(size: int) -> None:
    assert len(words.split("灯" * size)) == (1 if size == 682 else 2)


def test_an_empty_text_has_no_parts() -> None:
    assert words.split(" \n ") == []


def test_the_office_s_own_safety_text() -> None:
    assert words.safety("请拨 110。编号 {no}", "20260302-0001") == "请拨 110。编号 20260302-0001"
    assert "20260302-0001" in words.safety("请拨 110。", "20260302-0001")
    assert "12356" in words.safety("  ", "20260302-0001")


def test_an_automatic_answer_names_source_and_date_and_the_way_to_a_person_first() -> None:
    said = words.automatic("20260302-0001", "带身份证。" * 400, "市社保局", date(2026, 1, 1))
    first = words.pages(said)[0]
    assert "自动答复" in first
    assert "20260302-0001" in first
    assert "「人工」" in first
    assert said.endswith("来源：市社保局，2026-01-01 起施行")


def test_no_text_promises_what_is_not_there() -> None:
    late = words.receipt("20260302-0001", date(2026, 2, 16), False, late=True)
    assert "时限 2026-02-16 已过" in late and "前答复" not in late
    assert words.receipt("20260302-0001", date(2026, 3, 16), True).count("2026-03-16（暂定）") == 1
    assert "2026-" not in words.joined_danger("20260302-0001").replace("20260302-0001", "")


@pytest.mark.parametrize(
    "text",
    [
        "好。" + " " * 6000 + "完",
        "\n" * 6000 + "完",
        "　" * 3000,
        "a" + "\u2028" * 3000,
        "好。\t" * 2000,
        " " * 2047 + "灯",
    ],
)
def test_no_part_is_blank(text: str) -> None:
    """A message of white space alone is one that the platform refuses, and with it the whole answer."""
    for made in (words.split(text), words.pages(text) if text.strip() else []):
        assert all(part.strip() for part in made)
        assert all(len(part.encode()) <= words.LARGEST for part in made)
    assert "".join("".join(words.split(text)).split()) == "".join(text.split())


@given(texts, st.integers(8, 60))
def test_any_room_is_kept(text: str, room: int) -> None:
    parts = words.split(text, room)
    assert all(part.strip() and len(part.encode()) <= room for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@pytest.mark.parametrize("before", [2044, 2045, 2046, 2047, 2048])
def test_no_character_is_cut_in_two_at_the_limit(before: int) -> None:
    parts = words.split("a" * before + "😀灯")
    assert "".join(parts) == "a" * before + "😀灯" and len(parts[0].encode()) <= words.LARGEST


def test_the_short_list_is_numbered_and_its_lines_are_lines() -> None:
    said = words.choices("收到。", ["怎么\n办居住证？", "长" * 61, "短" * 60])
    head, ask, *lines, last = said.split("\n")
    assert (head, ask) == ("收到。", "您是想问：") and "人工" in last
    assert lines == ["1 怎么 办居住证？", "2 " + "长" * 59 + "…", "3 " + "短" * 60]


DUE = date(2027, 1, 8)


@pytest.mark.parametrize(
    "said",
    [
        words.receipt("N", DUE, True), words.joined("N", DUE, True), words.added("N", DUE, True),
        words.reopened("N", DUE, True), words.reopened("N", DUE, True, told=True), words.for_person("N", DUE, True),
        words.for_person("N", DUE, True, late=True),
        words.mine([words.Line("N", "处理中", DUE, True, True)]), words.one(words.Line("N", "处理中", DUE, True, True), (), ""),
    ],
)  # fmt: skip
def test_a_date_that_may_move_says_so_to_every_citizen(said: str) -> None:
    assert said.count("2027-01-08") == said.count("2027-01-08（暂定）") == 1


def test_a_closed_case_has_no_due_date_any_more() -> None:
    done = words.Line("20260302-0001", "已答复", DUE, True, False, "水管…")
    assert words.mine([done]).split("\n")[1] == "20260302-0001　已答复　水管…"
    shown = words.one(
        done,
        [
            (datetime(2026, 3, 2, 9, 5, tzinfo=UTC), "已收到"),
            (datetime(2026, 3, 4, 16, 0, tzinfo=UTC), "已答复"),
        ],
        "修好了。",
    )
    assert "办理过程：已收到（3月2日 09:05） → 已答复（3月4日 16:00）" in shown
    assert shown.endswith("\n\n答复：\n修好了。") and "2027" not in shown
    assert words.one(done, (), "") == "20260302-0001　已答复　水管…" and "还没有" in words.mine([])
