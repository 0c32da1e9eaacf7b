"""What the staff's chats are told of several matters at once: of who is forgotten their part goes, the rest stays."""

import re
from collections.abc import Iterable

UNSAID = "（内容已删除）"
_NUMBER = re.compile(r"(?<!\d)\d{8}-\d{4,}(?!\d)")
_AROUND = re.compile(
    r"^\s*(?:【[^】\n]{1,12}】|\d{1,2}[.、]\s?)|\s{0,8}[（(]\d+\s?次[）)]\s*$"
)  # of a quoted line
_FEWEST = 4  # characters that quote somebody
_REMARK = r"\s?[（(][^（）()\n]{0,200}[）)]"


def others(text: str, no: str) -> bool:
    """Tell whether a text names cases beside this one."""
    return any(found != no for found in _NUMBER.findall(text))


def without(text: str, no: str, letters: Iterable[str]) -> str:
    """Return `text` without what it says of one case: lines of its own, remarks at its number, words of its letters.

    The number itself stays, as everywhere.
    """
    squeezed = [_squeezed(letter) for letter in letters]
    return "\n".join(_line(line, no, squeezed) for line in text.split("\n"))


def alone(text: str, no: str) -> str:
    """Return what is left of a text about this one case: its heading and number."""
    opening = _AROUND.match(text)
    return f"{opening[0] if opening else ''}{no}{UNSAID}"


def _line(line: str, no: str, letters: list[str]) -> str:
    if no and set(_NUMBER.findall(line)) == {no}:
        return alone(line, no)
    if _quotes(line, letters):
        opening = _AROUND.match(line)
        return f"{opening[0] if opening else ''}{UNSAID}"
    return re.sub(rf"(?<!\d){re.escape(no)}(?!\d){_REMARK}", no, line) if no else line


def _quotes(line: str, letters: list[str]) -> bool:
    """Titles and excerpts are cut, and what was private in them is left out: each piece has to be of one letter."""
    pieces = [_squeezed(piece) for piece in _AROUND.sub("", _AROUND.sub("", line)).split("…")]
    if sum(map(len, pieces)) < _FEWEST:
        return False
    return any(all(piece in letter for piece in pieces) for letter in letters)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
