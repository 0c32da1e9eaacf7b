"""Text as a terminal, a Word file or a workbook takes it."""

import re

# What no XML holds, and what a terminal would obey: line breaks and tabs stay.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """Return `text` with U+FFFD in the place of control characters, lone surrogates and non-characters."""
    return _UNPRINTABLE.sub("\ufffd", text)


def one_line(text: str) -> str:
    """Return `text` as one printable line: what is broken or tabbed is parted by single spaces."""
    return " ".join(printable(text).split())
