"""Characters of other shapes in place of the plain ones: full width, circled, bold, squared, Cyrillic look-alikes. One for one.

What is narrowed keeps its length, so a place in the narrowed text is the place in the written one.
"""

import re
import unicodedata

INVISIBLE = "\u200b-\u200f\u2060-\u2064\ufe0f\u20e3\ufeff\u00ad"
_UNSEEN = re.compile(rf"[{INVISIBLE}]")
# Where Unicode keeps letters and digits of other shapes; the whole of it would take a third of a second at the start.
_PLACES = (
    (0xB2, 0xBA), (0x660, 0x66A), (0x6F0, 0x6FA), (0x2070, 0x209D), (0x2100, 0x2150), (0x2160, 0x2180),
    (0x2460, 0x2500), (0x2776, 0x2794), (0x3021, 0x302A), (0x3220, 0x3229), (0x3280, 0x3289), (0xFE50, 0xFE6C),
    (0xFF01, 0xFF5F), (0x966, 0x970), (0x9E6, 0x9F0), (0xE50, 0xE5A), (0xED0, 0xEDA), (0xF20, 0xF2A), (0x1040, 0x104A),
    (0x17E0, 0x17EA), (0x1810, 0x181A), (0x1D400, 0x1D800), (0x1F100, 0x1F14A), (0x1FBF0, 0x1FBFA),
)  # fmt: skip
_LOOK_ALIKE = dict(zip("АВЕКМНОРСТХаеорсхуΑΒΕΖΗΙΚΜΝΟΡΤΥΧχ", "ABEKMHOPCTXaeopcxyABEZHIKMNOPTYXx", strict=True))
_HAN = "〡〢〣〤〥〦〧〨〩㈠㈡㈢㈣㈤㈥㈦㈧㈨㊀㊁㊂㊃㊄㊅㊆㊇㊈"  # numbers to Unicode, no digits
_LISTED = {"℡": "T", "№": "N", "○": "〇", "◯": "〇"}
_LISTED |= {chr(first + at): str(at + 1) for first in (0x2160, 0x2170) for at in range(9)}  # Ⅰ to Ⅸ, ⅰ to ⅸ


def _plain(char: str) -> str:
    """Return the one plain character that `char` is another shape of, or nothing."""
    value = unicodedata.digit(char, None) if char not in _HAN else unicodedata.numeric(char)
    if value is not None:
        return str(int(value))
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 and plain.isascii() and plain != char else ""


def _table() -> dict[int, str]:
    table = {
        code: plain for first, end in _PLACES for code in range(first, end) if (plain := _plain(chr(code)))
    }
    table |= {first + at: chr(65 + at) for first in (0x1F150, 0x1F170) for at in range(26)}
    table |= dict.fromkeys((0x3000, 0xA0, 0x2002, 0x2003, 0x2009), " ")
    table |= dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212), "-")
    return table | {ord(char): plain for char, plain in (_LOOK_ALIKE | _LISTED).items()}


NARROW = _table()


def narrow(text: str) -> str:
    """Return `text` in plain characters, of the same length."""
    return text.translate(NARROW)


def seen(text: str) -> tuple[str, list[int]]:
    """Return what of `text` can be seen, and the place of each of its characters, with the end as the last."""
    if not _UNSEEN.search(text):
        return text, list(range(len(text) + 1))
    places = [at for at, char in enumerate(text) if not _UNSEEN.match(char)]
    return "".join(text[at] for at in places), [*places, len(text)]
