"""One spelling for the many ways in which the same characters reach us."""

import re
import unicodedata
from functools import lru_cache

import opencc

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"\s+")
_LONG_RUN = re.compile(r"(.)\1{5,}", re.DOTALL)


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def storable(text: str) -> str:
    """Return `text` without what no database stores: NUL bytes and lone surrogates become U+FFFD."""
    return _SURROGATE.sub("\ufffd", text).replace("\x00", "\ufffd")


def pasted(text: str) -> str:
    """Return `text` as a person sees it who pastes it: Word's line breaks are lines, its cell marks are nothing.

    What is written for citizens must hold no control character: a platform's XML bears none.
    """
    return _NO_XML.sub("", storable(text).replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n"))


def simplified(text: str) -> str:
    """Return `text` in simplified characters; other scripts are unchanged. A lone surrogate becomes U+FFFD."""
    return str(_converter().convert(_SURROGATE.sub("\ufffd", text))) if not text.isascii() else text


# characters that show nothing, though they count as letters
_MARKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def says_nothing(text: str) -> bool:
    """Tell whether nothing of `text` can be seen: white space, invisible and control characters, lone marks."""
    return all(c in _MARKS or unicodedata.category(c)[0] in "CZM" for c in text)


def normalise(text: str) -> str:
    """Return the form that models and searches compare: NFKC, simplified, lower case, single spaces.

    Invisible and control characters vanish, runs of one character are cut to five. Never raises.
    """
    # What cannot be seen goes first: it would keep letters and their marks from becoming one.
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", storable(text)))
    text = _CONTROL.sub(" ", text)
    text = _LONG_RUN.sub(r"\1\1\1\1\1", simplified(text).lower())
    return _SPACES.sub(" ", text).strip()
