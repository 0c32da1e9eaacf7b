"""Characters of other shapes, characters that are not seen, and what a terminal or a page may be given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text.heard import heard
from text.printable import one_line, printable
from text.shapes import narrow, seen

texts = st.text(alphabet="路1２③④Ⅷa．＠\u200b\ufe0f😀二十百O l0元号楼艾特点com", max_size=60)


@given(st.text(max_size=60))
def test_narrowing_keeps_the_length_and_is_done_once(text: str) -> None:
    assert len(narrow(text)) == len(text) and narrow(narrow(text)) == narrow(text)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("１３９", "139"),
        ("①②③", "123"),
        ("𝟙𝟛𝟡", "139"),
        ("ＡＢ＠", "AB@"),
        ("АВ", "AB"),
        ("−—", "--"),
        ("㊀", "一"),
        ("🅰", "A"),
    ],
)
def test_shapes(written: str, plain: str) -> None:
    assert narrow(written) == plain or (written == "㊀" and narrow(written) == "1")


@given(texts)
def test_what_is_seen_knows_its_places(text: str) -> None:
    shown, places = seen(text)
    assert len(places) == len(shown) + 1 and places[-1] == len(text)
    assert [text[at] for at in places[:-1]] == list(shown) and places == sorted(set(places))
    assert seen(shown) == (shown, list(range(len(shown) + 1)))


@given(texts)
def test_each_character_that_is_heard_was_written_somewhere(text: str) -> None:
    shown, _ = seen(narrow(text))
    reading = heard(shown)
    assert len(reading.text) == len(reading.starts) == len(reading.ends)
    assert all(0 <= a < b <= len(shown) for a, b in zip(reading.starts, reading.ends, strict=True))
    assert list(reading.starts) == sorted(reading.starts) and list(reading.ends) == sorted(reading.ends)
    assert reading.text or not shown
    if reading.text:
        assert reading.span(0, len(reading.text))[1] <= len(shown)


@pytest.mark.parametrize("text", ["今天停水", "hello", "", "。，！"])
def test_what_holds_no_figure_is_read_as_it_is_written(text: str) -> None:
    assert heard(text).text == text and list(heard(text).starts) == list(range(len(text)))


@given(st.text(max_size=80))
def test_one_line_is_one_and_speaks_to_no_terminal(text: str) -> None:
    line = one_line(text)
    assert "\n" not in line and "\x1b" not in line and line == line.strip() and one_line(line) == line
    assert "".join(line.split()) == "".join(printable(text).split())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("一\n二\r\n三", "一 二 三"),
        ("\x1b[2J假", "\ufffd[2J假"),
        ("a\t\tb  c", "a b c"),
        ("\ud83d", "\ufffd"),
        ("  ", ""),
        ("一\u2028二\x85三", "一 二 三"),
    ],
)
def test_lines_by_hand(text: str, line: str) -> None:
    assert one_line(text) == line
