"""Passwords that are guessed first: lists of stolen ones begin with a few hundred words and what people add to them."""

import re
from functools import cache
from pathlib import Path

_LOOKS_LIKE = str.maketrans("013457@$!", "oieastasi")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "abcdefghijklmnopqrstuvwxyz", "1qaz2wsx3edc4rfv")
_ENDS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_SHORTEST_RUN = 4


def why_weak(password: str, *own: str) -> str:
    """Return why a password will be guessed, or an empty text. `own`: the person's user name and name."""
    plain = password.strip().casefold()
    if len(set(plain)) <= 2 or (plain.isdigit() and len(plain) < 14):
        return "只有数字或重复的字符，很容易被猜中"
    stem = _ENDS.sub("", plain)
    if {stem, plain} & {each.strip().casefold() for each in own if each.strip()}:
        return "与用户名或姓名相同，很容易被猜中"
    stems = {stem, stem.translate(_LOOKS_LIKE), _ENDS.sub("", plain.translate(_LOOKS_LIKE))}
    if not stem or stems & _common() or any(_repeated(each) in _common() for each in stems):
        return "是人人都会先试的常用密码"
    return "是键盘或字母表上的一串，很容易被猜中" if _is_run(stem) else ""


def _repeated(word: str) -> str:
    """Return the half of a word that says the same twice."""
    half = len(word) // 2
    return word[:half] if word[:half] == word[half:] else word


def _is_run(stem: str) -> bool:
    rows = [row for each in _ROWS for row in (each, each[::-1])]
    return len(stem) >= _SHORTEST_RUN and any(stem in row for row in rows)


@cache
def _common() -> frozenset[str]:
    lines = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").split()
    return frozenset(lines)
