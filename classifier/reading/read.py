"""What the models look at in a message: its words, characters, cues and shape."""

import re
from dataclasses import dataclass
from itertools import pairwise

from classifier.reading.cues import LENGTHS, PHRASES
from classifier.reading.signals import signals
from classifier.rules.patterns import pattern
from classifier.rules.thresholds import number
from text.normalise import normalise
from text.words import words

HEAD, TAIL = int(number("head")), int(number("tail"))  # characters kept of a long letter
_RAW_LIMIT = 4 * (HEAD + TAIL)
_TITLE_LIMIT = int(number("title_longest"))
_EDGE = int(number("edge"))  # characters that count as the start or the end of a message
SHORT = int(number("short"))  # characters up to which a text counts as a chat message
_BREAK = "‖"
_DURATION, _ASKED, _MONEY = (pattern("shape", name).regex for name in ("duration", "asked", "money"))
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]")
_CJK = re.compile("[\u4e00-\u9fff]")
_NUMBER = re.compile(r"[a-z]*\d[a-z\d]{4,}|\d+")  # which number it is says nothing
_CODE = re.compile(r"(?=.{5})[a-z]*\d[a-z\d]*")
_DIGITS = re.compile(r"\d{3,}")


@dataclass(frozen=True, slots=True)
class Reading:
    """A message made ready: `text` normalised and cut, line breaks as ‖; `title` its first line or empty."""

    text: str
    title: str
    words: tuple[str, ...]
    hits: tuple[tuple[int, str], ...]  # where known wordings stand


def read(raw: str) -> Reading:
    """Return what is looked at of `raw`. Never raises; cost does not grow with the length of `raw`."""
    if len(raw) > _RAW_LIMIT:
        raw = raw[: _RAW_LIMIT // 2] + "\n" + raw[-_RAW_LIMIT // 2 :]
    text = normalise(raw.strip().replace("\n", _BREAK))
    if len(text) > HEAD + TAIL:
        text = text[:HEAD] + _BREAK + text[-TAIL:]
    title, mark, _ = text.partition(_BREAK)
    title = title if mark and len(title) <= _TITLE_LIMIT else ""
    return Reading(text, title, tuple(words(text)), tuple(_hits(text)))


def tokens_of(reading: Reading) -> list[str]:
    """Return the words; every number or code is the same word."""
    return ["0" if token.isdigit() or _CODE.fullmatch(token) else token for token in reading.words]


def characters_of(reading: Reading) -> str:
    """Return the text, every number as one character."""
    return _NUMBER.sub("0", reading.text)


def word_terms(reading: Reading) -> list[str]:
    """Return words and pairs of neighbouring words; every number or code counts as the same word."""
    tokens = tokens_of(reading)
    return tokens + [f"{left} {right}" for left, right in pairwise(tokens)]


def char_terms(reading: Reading) -> list[str]:
    """Return runs of two to four characters, every number as one."""
    text = characters_of(reading)
    return [text[i : i + n] for n in (2, 3, 4) for i in range(len(text) - n + 1)]


def _hits(text: str) -> list[tuple[int, str]]:
    """Return known wordings and where they stand, the shortest first."""
    known, lengths = PHRASES, LENGTHS
    found = [
        (length, start, phrase)
        for start, char in enumerate(text)
        if char in lengths
        for length in lengths[char]
        if (phrase := text[start : start + length]) in known and len(phrase) == length
    ]
    return [(start, phrase) for _, start, phrase in sorted(found)]


def cue_terms(reading: Reading) -> list[str]:
    """Return the cue groups met, where they stand (title, start, end), and the shape of the message."""
    text, terms = reading.text, []
    size = len(text)
    title_end = len(reading.title)
    for start, phrase in reading.hits:
        for group in PHRASES[phrase]:
            terms.append(group)
            if start < title_end:
                terms.append(group + "@title")
            if start < _EDGE:
                terms.append(group + "@start")
            if start >= size - _EDGE:
                terms.append(group + "@end")
        terms.append("=" + phrase)
    terms += _shape(text)
    return terms


def signal_terms(reading: Reading) -> list[str]:
    """Return the signals of danger, threat, misconduct and advertising, alone and in pairs."""
    met = signals(reading.text)
    return met + [f"{one}&{other}" for i, one in enumerate(met) for other in met[i + 1 :]]


def _shape(text: str) -> list[str]:
    size = len(text)
    marks = text.count("?")
    last = text[-12:]
    terms = [f"length{size.bit_length()}", "any"]
    terms += ["?"] * marks + ["!"] * text.count("!")
    if "?" in last:
        terms.append("?@end")
    if text.rstrip(" ?!。.~‖").endswith(("吗", "呢", "么", "吧", "啊", "没", "不", "嘛")):
        terms.append("particle@end")
    terms += ["duration"] * len(_DURATION.findall(text))
    terms += ["emoji"] * len(_EMOJI.findall(text))
    terms += ["asked"] * len(_ASKED.findall(text))
    if _ASKED.search(last):
        terms.append("asked@end")
    if _MONEY.search(text):
        terms.append("money")
    if _DIGITS.search(text):
        terms.append("digits")
    if not _CJK.search(text):
        terms.append("no_chinese")
    return terms
