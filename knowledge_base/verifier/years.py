"""Of which year is asked: 「2019年低保标准是多少」 is not answered by 「2024年起每人每年5820元」."""

import re

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?=年)")


def another_year(question: str, wordings: str, answer: str) -> str | None:
    """Return an objection if the entry names years, and not the one that the question names."""
    asked = set(_YEAR.findall(question))
    named = set(_YEAR.findall(wordings)) | set(_YEAR.findall(answer))
    if not asked or not named or asked & named:
        return None
    return f"问的是{min(asked)}年，条目说的是{'、'.join(sorted(named))}年"
