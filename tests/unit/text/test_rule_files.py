"""Files of rules: what is written is what is met, and a row that lacks its reason is refused when it is read."""

from pathlib import Path

import pytest

from text.rule_files import numbers, pattern, patterns

RULE = """
[parts]
end = '(?:吗|呢)'

[[pattern]]
name = "asked"
shown = "在问"
reason = "问就要答"
any = ['{end}$', '^请问']
examples = ["能办吗"]
unlike = ["办完了"]

[[pattern]]
name = "thanks"
reason = "只有谢"
whole = true
any = ['谢+']
examples = ["谢谢"]
"""
ROW = '[[line]]\nname = "a"\nvalue = 0.5\ndata = "甲"\ndate = 2026-11-28\ncommand = "看"\nwhy = "乙"\n'


def written(folder: Path, content: str) -> Path:
    path = folder / "rules.toml"
    path.write_text(content, encoding="utf-8")
    return path


def test_alternatives_parts_and_whole_texts(tmp_path: Path) -> None:
    asked, thanks = patterns(written(tmp_path, RULE))
    assert [asked.meets(text) for text in ("能办吗", "请问在哪", "办吗不办")] == [True, True, False]
    assert [thanks.meets(text) for text in ("谢谢", "谢谢小王")] == [True, False]
    assert (asked.shown, thanks.shown, thanks.unlike) == ("在问", "", ())


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, RULE)
    assert pattern(path, "asked").reason == "问就要答"
    with pytest.raises(KeyError, match=r"rules\.toml: nobody"):
        pattern(path, "nobody")


@pytest.mark.parametrize("lacking", ["reason", "examples", "any", "name"])
def test_a_pattern_that_does_not_say_why_is_refused(tmp_path: Path, lacking: str) -> None:
    kept = [line for line in RULE.splitlines() if not line.startswith(f"{lacking} =")]
    with pytest.raises(KeyError, match=lacking):
        patterns(written(tmp_path, "\n".join(kept)))


def test_a_number_says_what_set_it(tmp_path: Path) -> None:
    found = numbers(written(tmp_path, ROW), "line")["a"]
    assert (found.value, found.data, found.date, found.command, found.why) == (
        0.5, "甲", "2026-11-28", "看", "乙",
    )  # fmt: skip


@pytest.mark.parametrize("lacking", ["data", "date", "command", "why", "value"])
def test_a_number_without_its_measurement_is_refused(tmp_path: Path, lacking: str) -> None:
    kept = [line for line in ROW.splitlines() if not line.startswith(f"{lacking} =")]
    with pytest.raises(KeyError, match=lacking):
        numbers(written(tmp_path, "\n".join(kept)), "line")
