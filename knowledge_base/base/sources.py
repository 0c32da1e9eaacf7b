"""Which documents an entry's source names, whatever brackets, widths and spaces it is written with."""

import re
from functools import lru_cache

from text.normalise import normalise

_MARKED = re.compile(r"《((?:[^《》]|《[^《》]*》)*)(?:》|$)")
_CLAUSE = re.compile(r"第\s*[一二三四五六七八九十百千零〇\d]+\s*[编章节条款项页号].*$")
# （2026 年版）, (2021 修订): another edition of the same document
_EDITION = re.compile(r"\(\s*\d{4}[^()]*\)\s*$")
_STATE = "中华人民共和国"
_SHORTEST = 4  # characters of a title that may stand behind its issuer's name without title marks


@lru_cache(maxsize=4096)
def titles(text: str) -> frozenset[str]:
    """Return the documents that `text` names, folded; one without title marks (《》) is a title as a whole."""
    plain = normalise(text).replace("<<", "《").replace(">>", "》")
    named = _MARKED.findall(plain) or [_CLAUSE.sub("", plain)]
    return frozenset(filter(None, map(_folded, named)))


def cites(source: str, title: str) -> bool:
    """Return whether an entry's `source` names the document called `title`, in any edition."""
    wanted, named = _wanted(title), titles(source)
    if not wanted.isdisjoint(named):
        return True
    behind = tuple(one for one in wanted if len(one) >= _SHORTEST)
    return "《" not in source and any(one.endswith(behind) for one in named)


@lru_cache(maxsize=8)
def _wanted(title: str) -> frozenset[str]:
    """A title is typed with marks or without, and may hold another: 关于修改《甲条例》的决定 means both."""
    return titles(title) | {_folded(normalise(title))} if titles(title) else frozenset()


def _folded(title: str) -> str:
    return "".join(char for char in _EDITION.sub("", title) if char.isalnum()).removeprefix(_STATE)
