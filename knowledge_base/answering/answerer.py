"""Finding the entry that answers a question, and saying whether it may answer by itself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from knowledge_base.base.entries import Entry
from knowledge_base.base.meaning import Meaning, Vectors
from knowledge_base.base.rules import number, pattern
from knowledge_base.base.terms import analyse
from knowledge_base.index.search import Candidate, Index
from knowledge_base.verifier.echoes import Echo, remembered
from knowledge_base.verifier.judge import Verifier, log_odds
from knowledge_base.verifier.objections import objection
from knowledge_base.verifier.pairs import NEARLY_SURE, WORD_FEATURES, judged_rows, nearly_worded
from knowledge_base.verifier.sayings import Sayings
from text.normalise import normalise

_QUESTION, _COURTESY = pattern("wordings", "asks"), pattern("wordings", "courtesy")
_EQUAL, _ASKED_MARGIN = map(WORD_FEATURES.index, ("equal", "asked_margin"))
_OFFICE_IDEAS = number("office_ideas")
_FEW = number("few")  # entries below which the strict floors hold
_LEAST_WORDS, _LEAST_COSINE = number("least_words"), number("least_cosine")
_FEW_WORDS, _FEW_COSINE = number("few_words"), number("few_cosine")
_CLEAR = number("clear")  # share of the query by which the next best entry must fall behind
# chances of the short list's first, and of the others
_LISTED_BEST, _LISTED = (number("listed_best"), number("listed"))
_CHOICES = int(number("choices"))  # lines of the short list
_BEHIND = number("behind")  # log-odds that an entry of other matters loses by words
_FOUND = int(number("found"))  # candidates that are ranked
_REMEMBERED = 2_000  # vectors of questions: 3 MB
_BARE = number("bare")  # characters of a name that stands alone: 城乡居民医保, 电动车上牌


@dataclass(frozen=True, slots=True)
class Match:
    """An entry, the chance (0 to 1) that it answers the question, and whether it may be sent without a person.

    `choices`: the entries, this one among them, of which the citizen may be asked which is meant; none where this
    one is sure or nothing comes near.
    """

    entry: Entry
    score: float
    auto: bool
    choices: tuple[Entry, ...] = ()


def vouched(entry: Entry, row: NDArray[np.float64]) -> bool:
    """Return whether an answer without a person may be thought of at all, whatever the verifier's chance.

    The verifier has learnt from the office's matters; measured on small talk it is wrong as often as right. So the
    entry must be of that kind: it names a department or a source, or its answer speaks of the office's matters
    beyond what the question says. Of anything else only the same words count, where no other entry comes near.
    """
    if entry.department or entry.source:
        return True
    beyond = set(analyse(entry.answer).ideas) - set(analyse(entry.question).ideas)
    return len(beyond) >= _OFFICE_IDEAS or bool(row[_EQUAL] and row[_ASKED_MARGIN] >= _CLEAR)


def near_enough(best: Candidate, entries: int, has_meaning: bool) -> bool:
    """Return whether words and meaning come near enough to trust the verifier at all.

    It has learnt among rivals: in a base of a few entries nothing competes, and everything looks like the answer.
    Measured with one entry, unrelated messages reach .03 of the words and a cosine of .884 at most (99 %); from
    about thirty entries on the rivals do their work.
    """
    words, cosine = (_FEW_WORDS, _FEW_COSINE) if entries < _FEW else (_LEAST_WORDS, _LEAST_COSINE)
    if not has_meaning:
        return best.asked >= 2 * words
    return best.asked >= words and max(best.meaning, best.whole_meaning) >= cosine


class Answerer:
    """Search and verification together. Safe to use from several threads."""

    def __init__(self, index: Index, verifier: Verifier, meaning: Meaning | None = None) -> None:
        self.index = index
        self.verifier = verifier
        self.meaning = meaning
        self._vectors: dict[str, Vectors] = {}
        self._sayings = Sayings(meaning) if meaning else None

    def search(self, query: str, top: int = 5, *, words_only: bool = False) -> list[Match]:
        """Return the `top` best entries, best first; `auto` is true on at most the first. Never raises on text.

        The question's vector, nine tenths of the time, is computed only where words alone are not sure, and kept. With
        `words_only` it never is: fewer automatic answers.
        """
        if self.meaning is None or words_only or not query.strip():
            return self.rank(query, top, None)
        by_words = self.index.candidates(query, None, max(top, _FOUND))
        if (same := asked_word_for_word(query, by_words)) is not None:
            return _word_for_word(same, by_words, top)
        if normalise(query) not in self._vectors:
            alone = self._judged(query, by_words, top, None)
            if alone and alone[0].auto:
                return alone
        return self.rank(query, top, self._vector(query))

    def _vector(self, query: str) -> Vectors:
        """Return the vector of a query; what many ask alike is computed once."""
        assert self.meaning is not None  # noqa: S101 - `search` saw it
        key = normalise(query)
        vector = self._vectors.get(key)
        if vector is None:
            vector = self.meaning.vectors([query])
            if len(self._vectors) >= _REMEMBERED:
                self._vectors.clear()
            self._vectors[key] = vector
        return vector

    def rank(self, query: str, top: int, vector: Vectors | None) -> list[Match]:
        """Return the matches for a query whose vector is already there (None: words alone)."""
        echoes = remembered(self.meaning) if vector is not None else None
        echo = Echo(echoes, vector, self.index) if echoes and vector is not None else None
        recalled = echo.recalled if echo else None
        found = self.index.candidates(query, vector, max(top, _FOUND), recalled)
        return self._judged(query, found, top, vector, echo)

    def _judged(
        self,
        query: str,
        found: Sequence[Candidate],
        top: int,
        vector: Vectors | None,
        echo: Echo | None = None,
    ) -> list[Match]:
        if not found:
            return []
        same = asked_word_for_word(query, found)
        if same is not None:
            return _word_for_word(same, found, top)
        has_meaning = vector is not None and any(each.meaning for each in found)
        sayings = self._sayings
        nearness = partial(sayings.nearness, vector) if sayings and vector is not None else None
        rows = judged_rows(query, found, self.index.rarity, nearness, echo.rows if echo else None)
        chances = self.verifier.chances(rows, has_meaning)
        if not has_meaning:
            chances = modest(chances, found, rows)
        order = [*np.argsort(-chances, kind="stable"), *range(len(chances), len(found))]
        bar = self.verifier.judge(has_meaning).threshold
        matches = [
            Match(found[i].entry, round(float(chances[i]), 4) if i < len(chances) else 0.0, False)
            for i in order[:top]
        ]
        best = found[order[0]]
        near = bare(query) in map(bare, best.entry.wordings) or near_enough(
            best, len(self.index), has_meaning
        )
        worded = chances.max() >= NEARLY_SURE and nearly_worded(rows[order[:1]])[0]
        sure = near and (chances.max() >= bar or worded) and vouched(best.entry, rows[order[0]])
        told_apart = sure and not has_twin(best.entry, found)
        if told_apart and not asks_nothing(query) and objection(query, best.entry) is None:
            matches[0] = Match(matches[0].entry, matches[0].score, True)
        elif near:
            offered = choices(query, [(found[i].entry, float(chances[i])) for i in order[: len(chances)]])
            matches[0] = replace(matches[0], choices=offered)
        return matches


def modest(
    chances: NDArray[np.float64], found: Sequence[Candidate], rows: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the chances, those of entries nobody vouches for lowered by how far their words fall behind the best.

    The verifier has learnt from the office's matters; of anything else words know the order as well as it does.
    """
    vouches = [vouched(each.entry, row) for each, row in zip(found, rows, strict=False)]
    behind = np.array([each.score / found[0].score - 1 for each in found[: len(rows)]])
    lowered = 1 / (1 + np.exp(-log_odds(chances) - _BEHIND * behind))
    return np.asarray(np.where(vouches, chances, lowered))


def choices(query: str, judged: Sequence[tuple[Entry, float]]) -> tuple[Entry, ...]:
    """Return the entries, best first, that a citizen may be asked to choose from; none if the best is not near."""
    asked = bare(query)
    same = [entry for entry, _ in judged if asked in {bare(wording) for wording in entry.wordings}]
    if same and asks_nothing(query):  # 高龄津贴: how to apply, how much, since when?
        same += [entry for entry, _ in judged if entry not in same and speaks_of(entry, asked)]
    if (
        len(same) > 1
    ):  # two departments answer the same question, or several entries speak of the matter named
        return tuple(same[:_CHOICES])
    if not judged or judged[0][1] < _LISTED_BEST:
        return ()
    return tuple(entry for entry, chance in judged[:_CHOICES] if chance >= _LISTED)


def _word_for_word(same: Entry, found: Sequence[Candidate], top: int) -> list[Match]:
    rest = [Match(each.entry, 0.0, False) for each in found if each.entry.id != same.id]
    return [Match(same, 1.0, True), *rest[: top - 1]]


def asked_word_for_word(query: str, found: Sequence[Candidate]) -> Entry | None:
    """Return the one entry asked in its own words, but for courtesies and punctuation.

    None if several are; or if another entry comes near one that names no department and no source, so that nobody says it is
    the office's: then it is for the verifier to tell them apart.
    """
    asked = bare(query)
    if len(analyse(asked).words) <= 1:
        return None  # 医保 alone asks nothing, even where somebody made it a wording
    same = [each for each in found if asked and asked in {bare(w) for w in each.entry.wordings}]
    if len(same) != 1:
        return None
    if asks_nothing(query) and any(speaks_of(each.entry, asked) for each in found if each is not same[0]):
        return None  # the name of a matter that others speak of too
    if same[0].entry.department or same[0].entry.source:
        return same[0].entry
    rival = max((each.asked for each in found if each is not same[0]), default=0.0)
    return same[0].entry if same[0].asked - rival >= _CLEAR else None


def speaks_of(entry: Entry, matter: str) -> bool:
    """Return whether a wording of the entry names this matter, as `bare` gives it."""
    return any(matter in bare(wording) for wording in entry.wordings)


def has_twin(entry: Entry, found: Sequence[Candidate]) -> bool:
    """Return whether another entry shares a wording with this one: which of them is meant, a person has to say."""
    asked = {bare(wording) for wording in entry.wordings}
    others = (each.entry for each in found if each.entry.id != entry.id)
    return any(bare(wording) in asked for other in others for wording in other.wordings)


def asks_nothing(query: str) -> bool:
    """Return whether the query only names a matter (医保, 高龄津贴): whatever is answered, nobody asked it."""
    asked = bare(query)
    words, ideas = analyse(asked).words, analyse(asked).ideas
    if len(words) <= 1:
        return True
    says = any(idea.startswith(("ask:", "do:")) for idea in ideas) or _QUESTION.search(query)
    return len(asked) <= _BARE and not says


@lru_cache(maxsize=16_384)
def bare(text: str) -> str:
    """Return `text` without punctuation, spaces and courtesies."""
    letters = "".join(char for char in normalise(text) if char.isalnum())
    return _COURTESY.sub("", letters) or letters
