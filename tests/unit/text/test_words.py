"""Words of a text: nothing is lost, nothing added, and the cut is jieba's."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jieba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from text import words as words_
from text.normalise import normalise
from text.words import words

PIECES = st.lists(
    st.sampled_from(
        [
            "路灯",
            "坏了",
            "居住证",
            "怎么办",
            "办",
            "a",
            "b1",
            "3",
            "100%",
            "。",
            " ",
            "\n",
            "😀",
            "龘",
            "T恤",
            "5G",
            "-",
            "C++",
            "_",
        ]
    ),
    max_size=12,
).map("".join)


def without_space(text: str) -> str:
    return "".join(char for char in text if not char.isspace())


@settings(max_examples=200)
@given(st.one_of(PIECES, st.text(max_size=30)))
def test_the_words_are_the_text_without_its_spaces(text: str) -> None:
    found = words(text)
    assert "".join(found) == without_space(text)
    assert all(found) and not any(char.isspace() for word in found for char in word)


@settings(max_examples=200)
@given(PIECES)
def test_the_cut_is_jieba_s(text: str) -> None:
    for each in (text, normalise(text)):
        assert words(each) == [word for word in jieba.lcut(each, HMM=False) if not word.isspace()]


@settings(max_examples=50)
@given(PIECES, PIECES)
def test_what_a_mark_parts_is_cut_apart(one: str, other: str) -> None:
    assert words(f"{one}，{other}") == [*words(one), "，", *words(other)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []), ("   ", []), ("路灯坏了", ["路灯", "坏", "了"]),
        ("wifi密码123", ["wifi", "密码", "123"]), ("！？", ["！", "？"]),
        ("ab c", ["ab", "c"]), ("a1b2", ["a1b2"]), ("居住证", ["居住证"]), ("😀a", ["😀", "a"]),
    ],
)  # fmt: skip
def test_known_cuts(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_a_run_of_any_length_is_cut_in_one_pass_and_many_threads_cut_alike() -> None:
    long = "请问居住证怎么办理" * 2_000
    assert words(long) == words("请问居住证怎么办理") * 2_000
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(words, ["路灯坏了没人修"] * 40))
    assert all(each == found[0] for each in found)


@pytest.mark.parametrize("harm", [b"", b"\x00", b"no marshal"], ids=["empty", "wrong", "text"])
def test_a_damaged_copy_of_the_dictionary_is_made_anew(
    harm: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = {"路灯": 3, "路": 0, "坏了": 2}
    monkeypatch.setattr(words_, "_CACHE", tmp_path)
    monkeypatch.setattr(jieba.Tokenizer, "gen_pfdict", staticmethod(lambda _file: (small, 5)))
    of_file = words_._dictionary.__wrapped__
    made = of_file()
    (kept,) = tmp_path.iterdir()
    road, lamp = ("路".encode("utf-16-le"), "路灯".encode("utf-16-le"))
    assert made[0][road] == 0.0 and made[0][lamp] < 0 and kept.suffix == ".marshal"
    kept.write_bytes(harm)
    assert of_file() == made
    monkeypatch.setattr(jieba.Tokenizer, "gen_pfdict", None)  # what was kept is enough
    assert of_file() == made


def test_a_folder_that_cannot_be_written_costs_time_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(words_, "_CACHE", tmp_path / "file")
    monkeypatch.setattr(jieba.Tokenizer, "gen_pfdict", staticmethod(lambda _file: ({"路": 1}, 1)))
    assert words_._dictionary.__wrapped__() == ({"路".encode("utf-16-le"): 0.0}, 0.0)
