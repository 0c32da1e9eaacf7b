"""Flags by rule: wordings that alone decide, whatever the model thinks."""

from classifier.reading.cues import PHRASES
from classifier.reading.read import Reading
from classifier.rules.patterns import pattern

PROCEDURES = tuple(
    pattern("flags", name) for name in ("open_government", "reconsideration", "consumer", "petition")
)
_MATTERS = frozenset(
    {"wrong", "suffer", "money_back", "plead", "punish", "danger", "self_harm", "threat", "advise", "how"}
)
_MEANINGLESS, _MERE_COURTESY = pattern("flags", "meaningless"), pattern("flags", "mere_courtesy")
_ANY_PROCEDURE, _THANKS = pattern("flags", "any_procedure"), pattern("flags", "thanks")
_CHINESE, _FOREIGN_GREETING = pattern("flags", "chinese"), pattern("flags", "foreign_greeting")
_PLATFORM = pattern("nobody", "platform")


def procedure(text: str) -> str:
    """Return the formal procedure that `text` (normalised) looks like, or an empty string."""
    if not _ANY_PROCEDURE.meets(text):
        return ""
    return next((each.shown for each in PROCEDURES if each.meets(text)), "")


def meaningless(text: str) -> bool:
    """Say whether `text` (normalised) holds no letter of any script: emoji, digits, punctuation."""
    return bool(text) and _MEANINGLESS.meets(text)


def platform_notice(text: str) -> bool:
    """Say whether `text` (normalised) is what the platform writes in place of a message that it cannot show."""
    return _PLATFORM.meets(text)


def mere_courtesy(text: str) -> bool:
    """Say whether `text` (normalised) holds nothing but thanks, assent and the like: it names no deed and no matter."""
    return _MERE_COURTESY.meets(text)


def sounds_like_a_matter(reading: Reading) -> bool:
    """Say whether `reading` names a fault, a request or a danger, thanks somebody, or is in another language."""
    text = reading.text
    if any(len(phrase) > 1 and not _MATTERS.isdisjoint(PHRASES[phrase]) for _, phrase in reading.hits):
        return True
    if _THANKS.meets(text) and not mere_courtesy(text):
        return True
    return not _CHINESE.meets(text) and not _FOREIGN_GREETING.meets(text)


def foreign(text: str) -> bool:
    """Say whether `text` (normalised) holds no Chinese character: what it says cannot be judged."""
    return not _CHINESE.meets(text)
