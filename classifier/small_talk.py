"""Small talk by rule: what must not stand in a message that opens no case.

A message that is taken for chit-chat reaches nobody, so the model alone may not decide it. From the text
the wordings of small talk are taken away; where something is left that tells of a fault, asks, praises
somebody, speaks of one more of the same, or names a public thing, the message is a matter
(rules/small_talk.toml).
"""

from classifier.danger import cries
from classifier.rules.patterns import pattern
from classifier.rules.thresholds import number

_FILLERS, _ASIDE = (pattern("small_talk", name).regex for name in ("filler", "aside"))
_TELLING = tuple(pattern("small_talk", name).regex for name in ("harm", "praised", "more_of_it", "public"))
_ASKED, _CHANNEL, _HELPLESS = (pattern("small_talk", name) for name in ("asked", "channel", "helpless"))
_FAINTLY = pattern("small_talk", "faintly")  # speak of a matter where nothing speaks of small talk
_LEFT = pattern("small_talk", "left").regex
_SURE = number("chat_sure")  # wanted where nothing in the text is a wording of small talk
_ENOUGH = number("chat_enough")
_LONGEST = number("chat_longest")  # characters: a longer text tells something


def only_filler(text: str) -> bool:
    """Say whether `text` (normalised) holds nothing but greetings, assent, tests, farewells and the like."""
    return len(text) <= _LONGEST and not cries(text) and not _LEFT.sub("", _FILLERS.sub(" ", text))


def has_content(text: str) -> bool:
    """Say whether `text` (normalised) tells of a fault, asks, praises, says "here too", or names a public thing."""
    rest = _ASIDE.sub("x", _FILLERS.sub(" ", text))
    if any(told.search(rest) for told in _TELLING):
        return True
    if _ASKED.meets(rest) and not (_CHANNEL.meets(text) and not _HELPLESS.meets(text)):
        return True
    return _FAINTLY.meets(rest) and not _casual(text)


def _casual(text: str) -> bool:
    return bool(_FILLERS.search(text) or _ASIDE.search(text))


def enough(text: str, chance: float) -> bool:
    """Say whether a `chance` of chit-chat suffices: less where `text` holds a wording of small talk."""
    return chance >= (_ENOUGH if _casual(text) else _SURE)
