"""What citizens say after an automatic answer moves the entry's own bar: 「人工」, 「没解决」, a rating, silence."""

from knowledge_base.base.rules import number

_BEFORE = number("trust_before")  # answers that an entry is credited with before its first
_PROMISE, _NONE = number("trust_promise"), number("trust_none")


def lost(used: int, failed: int, pleased: int = 0, *, before: float = _BEFORE, none: float = _NONE) -> float:
    """Return how much of its trust an entry has lost, 0 to 1, after `used` automatic answers of which `failed` did not help.

    Silence counts as help, a rating of 满意 twice. A new entry has lost nothing.
    """
    more = max(0, pleased)
    right = max(0, used - failed) + more + before * _PROMISE
    share = right / (max(used, failed) + more + before)
    return round(min(1.0, max(0.0, (_PROMISE - share) / (_PROMISE - none))), 4)


def own_bar(bar: float, lost_trust: float) -> float:
    """Return the chance that an entry must reach by itself: `bar` with all its trust, 1 (word for word) with none."""
    return bar + max(0.0, 1 - bar) * lost_trust
