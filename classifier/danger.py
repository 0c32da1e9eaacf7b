"""Present danger: what the model's chance of it and the wordings that raise it come to, and of which kind it is.

A wording only ever raises (rules/raised.toml); what tells of rules, of the past, of films or of thanks is weighed by
the model, which learned it from look-alikes. No word takes a danger away.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from classifier.reading.signals import signals
from classifier.rules.patterns import pattern
from classifier.rules.thresholds import number

KINDS = {
    "drowning": "溺水",
    "fire": "火情",
    "gas": "燃气泄漏",
    "electric": "触电",
    "violence": "暴力",
    "missing": "失踪",
    "medical": "急症",
    "suicide": "轻生",
    "trapped": "被困",
    "collapse": "坍塌",
    "traffic": "交通险情",
    "kidnap": "拘禁拐骗",
    "poison": "中毒",
    "crowd": "聚集冲突",
    "child": "侵害儿童",
    "threat": "扬言伤人",
    "flood": "洪水",
}
# Told of by those who may not say it openly, or who say goodbye: what lies near in words is everyday talk.
VEILED = frozenset({"suicide", "threat", "violence", "kidnap", "child"})
_CLAUSES = re.compile(r"([,，。;；!！?？~\s‖、]+)")
_MARKS = re.compile(r"^[,，。;；!！?？~\s‖、]+|[,，。;；!！?？~\s‖、]+$")
_LEAST_LEFT = 2  # characters that must be left
# characters: so few words name a danger outright or not at all, and the model errs more
BRIEF = int(number("brief"))
CRY = "cry"  # the kind of a cry that names none
# asked of the same clauses more than once while a message is judged
_courtesy = lru_cache(maxsize=64)(pattern("courtesy", "courtesy").meets)
_aside = lru_cache(maxsize=64)(pattern("courtesy", "aside").meets)
_LONGEST_ASIDE = int(number("aside_longest"))  # characters of a clause
_BARE = pattern("bare", "bare")
_OUTRIGHT = number("further_outright")  # a further line likelier a danger than this needs no letter to be one
_FURTHER_LONGEST = int(number("further_longest"))  # characters: a longer line tells its danger itself
_LIFT = number("further_lift")  # how much likelier a danger the letter has to become by a line of doubt
_LIFTED = number("further_lifted")  # at least
# what a line of few words may show of a danger
_SHOWN = frozenset((
    "fire", "gas", "trapped", "water", "collapse", "violence", "mass", "medical", "missing", "now", "self_harm", "threat",
))  # fmt: skip
_CRY, _SELF_HARM, _ABLAZE, _NAMED = (
    pattern("raised", name) for name in ("cry", "self_harm", "ablaze", "named")
)


@dataclass(frozen=True, slots=True)
class DangerSigns:
    """`possible` danger forbids small talk and praise; `present` danger makes a message urgent."""

    present: bool
    possible: bool
    kind: str = ""  # a key of `KINDS`, or `CRY`; empty where nothing is present
    self_harm: bool = False

    @property
    def shown(self) -> str:
        """Return the kind in Chinese."""
        return _CRY.shown if self.kind == CRY else KINDS.get(self.kind, "")


def danger(text: str, chance: float, kinds: Mapping[str, float], limits: Mapping[str, float]) -> DangerSigns:
    """Return what danger `text` (normalised) tells of, given the model's `chance` of it and of its `kinds`."""
    plain = without_asides(text)
    # "help, at the north gate": where it is takes nothing away from a cry, or from the name of a danger
    told = (text, plain, _trimmed(text, _courtesy, _aside, bare))
    if any(map(cries, told)):
        return DangerSigns(True, True, CRY)
    if any(map(_SELF_HARM.meets, told)):
        return DangerSigns(True, True, "suicide", self_harm=True)
    if _ABLAZE.meets(text) or _ABLAZE.meets(plain):
        return DangerSigns(True, True, "fire")
    if bare(text):
        return DangerSigns(False, False)
    kind = max(kinds, key=kinds.__getitem__) if kinds else ""
    if any(map(_NAMED.meets, told)):
        return DangerSigns(True, True, kind or CRY, kind == "suicide")
    # Where no kind fits, the vaguest one wins by a little: that alone makes no talk of ending a life.
    self_harm = kinds.get("suicide", 0.0) >= limits["kind_of_self_harm"]
    limit = "self_harm" if self_harm else "urgent_brief" if len(text) <= BRIEF else "urgent"
    if chance >= limits[limit]:
        return DangerSigns(True, True, kind, self_harm)
    return DangerSigns(False, chance >= limits["no_danger"])


def stands(text: str, alone: float, before: float, together: float, line: float) -> bool:
    """Say whether the danger read in `text` (normalised), a further line, is one beside the letter that it joins.

    `alone`, `before`, `together`: the chance of danger of the line, of the letter, of both; from `line` on one is present.
    Few words of doubt, such as an answer to a question of ours, mean what they mean there. A line that tells its danger
    outright, shows one, is long, or makes the letter much likelier to tell of one keeps it, whatever the letter says.
    """
    lifted = together >= _LIFTED and together >= _LIFT * before
    told = alone >= _OUTRIGHT or len(text) > _FURTHER_LONGEST or not _SHOWN.isdisjoint(signals(text))
    return told or lifted or together >= line


def cries(text: str) -> bool:
    """Say whether `text` (normalised) is a cry for help and nothing else."""
    return _CRY.meets(text)


@lru_cache(maxsize=64)  # asked of the same few words more than once while a message is judged
def bare(text: str) -> bool:
    """Say whether `text` (normalised) holds nothing but where, when, which, how many, yes or no.

    Every word of it has to be of a closed list that holds no deed, no state and nobody: it says nothing by itself,
    and the odds of the corpus, where two lines in five are dangers, are not its odds.
    """
    return _BARE.meets(text)


def without_courtesy(text: str) -> str:
    """Return `text` (normalised) without the clauses at its start and end that are courtesy and nothing else."""
    return _trimmed(text, _courtesy)


def without_asides(text: str) -> str:
    """Return `text` (normalised) without what stands beside a danger: who told of it, whom to ask, what was left."""
    return _trimmed(text, _courtesy, _aside)


def has_aside(text: str) -> bool:
    """Say whether something stands beside what `text` (normalised) tells: courtesy, a question, what was left; no mere mark."""
    return without_asides(text) != _MARKS.sub("", text)


def _trimmed(text: str, *kinds: Callable[[str], bool]) -> str:
    parts = _CLAUSES.split(text)  # clauses, and between them what parts them
    first, last = 0, len(parts) - 1
    while first < last and _idle(parts[first], kinds):
        first += 2
    while last > first and _idle(parts[last], kinds):
        last -= 2
    if last == len(parts) - 1 and not first:
        return text
    left = "".join(parts[first : last + 1])
    return left if len(left) >= _LEAST_LEFT else text


def _idle(clause: str, kinds: Sequence[Callable[[str], bool]]) -> bool:
    return not clause or (len(clause) <= _LONGEST_ASIDE and any(kind(clause) for kind in kinds))
