"""Texts and their cutting."""

from datetime import date

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
    assert words.receipt("20260302-0001", date(2026, 3, 16), True).count("2026-03-16（暂定）") == 1
    assert "2026-" not in words.joined_danger("20260302-0001").replace("20260302-0001", "")
