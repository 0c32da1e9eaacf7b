"""What tells a question from its near miss: one row of numbers for a query and a candidate among candidates."""

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from knowledge_base.base.entries import Entry
from knowledge_base.base.rules import number, pattern
from knowledge_base.base.terms import Analysis, analyse
from knowledge_base.index.search import Candidate
from knowledge_base.verifier.echoes import ECHO_FEATURES
from knowledge_base.verifier.objections import objection
from knowledge_base.verifier.told import kinds, unsaid

Rarity = Callable[[Sequence[str]], NDArray[np.float32]]

_JUDGED = int(number("judged"))  # candidates the verifier looks at
_NUMBER = re.compile(
    r"\d+(?:\.\d+)?|(?<![一二三四五六七八九十百千万两])[一二三四五六七八九十百千万两]+(?=[岁年月天日号元块周个次寸])"
)
_LATIN = re.compile(r"[a-z]+\d*|(?<!\d)\d+[a-z]+")
_NEGATION, _WHETHER = pattern("wordings", "negation"), pattern("wordings", "whether")
_KINDS = ("ask", "do", "thing", "who", "where")

WORD_FEATURES = (
    "asked", "whole", "asked_margin", "whole_margin", "fused_margin", "covers_query", "covers_question", "covers_by_entry",
    "rarest_missing", "rarest_extra", "missing_by_entry", "pairs_shared", "characters_shared", "order", "sequence",
    "length", "equal", "numbers_shared", "numbers_differ", "latin_differ", "negation_differs", "long_query",
    *(f"{kind}_{part}" for kind in _KINDS for part in ("shared", "missing", "extra", "in_answer")),
    "only_second_matches",
    "uncovered_words", "uncovered_words_share", "uncovered_pairs_share", "uncovered_ideas", "objected",
    "answer_length", "unsaid", "unsaid_short", *(f"unsaid_{kind.name}" for kind in kinds()),
)  # fmt: skip
MEANING_FEATURES = (
    "meaning", "whole_meaning", "meaning_margin", "whole_meaning_margin", "margins",
    "sentence", "two_sentences", "spanned", "sentence_beyond_question", "sentence_margin",
    *ECHO_FEATURES,
)  # fmt: skip
# What tells one question from another though the words are the same.
DIFFERENCES = (
    "numbers_differ", "latin_differ", "negation_differs", "thing_missing", "thing_extra", "do_missing", "do_extra",
    "who_missing", "who_extra", "where_missing", "where_extra", "ask_missing", "ask_extra",
)  # fmt: skip
_DIFFERING = [WORD_FEATURES.index(name) for name in (*DIFFERENCES, "unsaid", "objected")]
_COVERED = [WORD_FEATURES.index(name) for name in ("covers_query", "covers_question")]
_PAIRS, _CHARACTERS = WORD_FEATURES.index("pairs_shared"), WORD_FEATURES.index("characters_shared")
_NEARLY_COVERED, _NEARLY_PAIRS, _NEARLY_CHARACTERS = (
    number(f"nearly_{part}") for part in ("covered", "pairs", "characters")
)
NEARLY_SURE = number("nearly_sure")  # chance from which nearly the same words are enough
_SHORT = number("short_asked")  # characters of a question that tells no story, in which each word is meant


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _negated(clean: str) -> int:
    return len(_NEGATION.findall(_WHETHER.sub("", clean))) % 2


def _best_wording(query: Analysis, candidate: Candidate) -> Analysis:
    """Return the wording of the entry that shares most pairs of characters with the query."""
    pairs = set(query.pairs)
    analyses = [analyse(wording) for wording in candidate.entry.wordings]
    return max(analyses, key=lambda each: _share(len(pairs & set(each.pairs)), len(pairs | set(each.pairs))))


class Weights:
    """How rare words are, looked up once for all candidates of a query."""

    def __init__(self, rarity: Rarity) -> None:
        self._rarity = rarity
        self._known: dict[str, float] = {}

    def of(self, words: Sequence[str]) -> dict[str, float]:
        """Return each word once, with its weight."""
        if fresh := [word for word in dict.fromkeys(words) if word not in self._known]:
            self._known.update(zip(fresh, map(float, self._rarity(fresh)), strict=True))
        return {word: self._known[word] for word in words}


def _words(query: Analysis, question: Analysis, answer: Analysis, weights: Weights) -> list[float]:
    mine, theirs = weights.of(query.words), weights.of(question.words)
    entry = set(theirs) | set(answer.words)
    shared = sum(weight for word, weight in mine.items() if word in theirs)
    by_entry = sum(weight for word, weight in mine.items() if word in entry)
    return [
        _share(shared, sum(mine.values())),
        _share(sum(weight for word, weight in theirs.items() if word in mine), sum(theirs.values())),
        _share(by_entry, sum(mine.values())),
        max((weight for word, weight in mine.items() if word not in theirs and word not in question.clean), default=0.0),
        max((weight for word, weight in theirs.items() if word not in mine and word not in query.clean), default=0.0),
        max((weight for word, weight in mine.items() if word not in entry and word not in answer.clean), default=0.0),
    ]  # fmt: skip


def _shape(query: Analysis, question: Analysis) -> list[float]:
    pairs, other_pairs = set(query.pairs), set(question.pairs)
    letters, other_letters = set(query.clean), set(question.clean)
    by_pairs = _share(len(pairs & other_pairs), len(pairs | other_pairs))
    by_letters = _share(len(letters & other_letters), len(letters | other_letters))
    numbers, other_numbers = set(_NUMBER.findall(query.clean)), set(_NUMBER.findall(question.clean))
    latin, other_latin = set(_LATIN.findall(query.clean)), set(_LATIN.findall(question.clean))
    return [
        by_pairs,
        by_letters,
        by_letters - by_pairs,
        SequenceMatcher(None, query.clean[:80], question.clean[:80], autojunk=False).ratio(),
        _share(min(len(query.clean), len(question.clean)), max(len(query.clean), len(question.clean))),
        float(query.clean == question.clean),
        float(len(numbers & other_numbers)),
        float(len(numbers ^ other_numbers)),
        float(len(latin ^ other_latin)),
        float(_negated(query.clean) != _negated(question.clean)),
        min(len(query.clean), 80) / 80,
    ]


def _ideas(query: Analysis, question: Analysis, answer: Analysis) -> list[float]:
    row: list[float] = []
    for kind in _KINDS:
        mine, theirs, told = (
            {idea for idea in each.ideas if idea.startswith(kind)} for each in (query, question, answer)
        )
        row += [len(mine & theirs), len(mine - theirs), len(theirs - mine), len((mine - theirs) & told)]
    return row


def _uncovered(
    asked: str, query: Analysis, question: Analysis, answer: Analysis, entry: Entry
) -> list[float]:
    """What the question says and the entry, its answer included, does not."""
    text, told = question.clean + "|" + answer.clean, {*question.ideas, *answer.ideas}
    words = [word for word in query.words if word not in text]
    pairs = [pair for pair in query.pairs if pair not in text]
    missing = unsaid(asked, entry)
    return [
        float(len(words)),
        _share(len(words), len(query.words)),
        _share(len(pairs), len(query.pairs)),
        float(len([idea for idea in query.ideas if idea not in told])),
        float(objection(asked, entry) is not None),
        len(entry.answer) / 200,
        float(sum(missing)),
        float(sum(missing)) if len(asked) <= _SHORT else 0.0,
        *map(float, missing),
    ]


def nearly_worded(rows: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return for each row whether question and wording are nearly the same words and differ in nothing that counts."""
    alike = (rows[:, _PAIRS] >= _NEARLY_PAIRS) | (rows[:, _CHARACTERS] >= _NEARLY_CHARACTERS)
    covered = rows[:, _COVERED].min(axis=1) >= _NEARLY_COVERED
    return np.asarray(alike & covered & ~(rows[:, _DIFFERING] > 0).any(axis=1))


def features(
    asked: str, found: Sequence[Candidate], at: int, weights: Weights, near: Sequence[Sequence[float]]
) -> list[float]:
    """Return the row for `found[at]`: `WORD_FEATURES` and then `MEANING_FEATURES` without echoes, in their order.

    `near`: for each judged candidate how near its sentences come (`Sayings.nearness`).
    """
    query, candidate = analyse(asked), found[at]
    others = [each for i, each in enumerate(found) if i != at]
    question, answer = _best_wording(query, candidate), analyse(candidate.entry.answer)
    rival = max(others, key=lambda each: each.score, default=None)
    rival_shares = 0.0
    if rival is not None:
        theirs = {idea for wording in rival.entry.wordings for idea in analyse(wording).ideas}
        own = set(question.ideas)
        rival_shares = float(len([idea for idea in set(query.ideas) if idea in theirs and idea not in own]))
    return [
        candidate.asked,
        candidate.whole,
        candidate.asked - max((each.asked for each in others), default=0.0),
        candidate.whole - max((each.whole for each in others), default=0.0),
        candidate.score - (rival.score if rival else 0.0),
        *_words(query, question, answer, weights),
        *_shape(query, question),
        *_ideas(query, question, answer),
        rival_shares,
        *_uncovered(asked, query, question, answer, candidate.entry),
        candidate.meaning,
        candidate.whole_meaning,
        (by_meaning := candidate.meaning - max((each.meaning for each in others), default=0.75)),
        (by_whole := candidate.whole_meaning - max((each.whole_meaning for each in others), default=0.75)),
        min(by_meaning, by_whole),
        *near[at],
        near[at][0] - candidate.meaning,
        near[at][0] - max((each[0] for i, each in enumerate(near) if i != at), default=0.75),
    ]


def judged_rows(
    query: str,
    found: Sequence[Candidate],
    rarity: Rarity,
    nearness: Callable[[Entry], Sequence[float]] | None = None,
    echoed: Callable[[Sequence[Candidate]], NDArray[np.float64]] | None = None,
) -> NDArray[np.float64]:
    """Return the rows of the first candidates, all features, in order.

    `nearness` is missing where words alone count; `echoed` gives the rows of `ECHO_FEATURES`, zeros where it is missing.
    """
    judged = found[:_JUDGED]
    near = [nearness(each.entry) if nearness else (0.0, 0.0, 0.0) for each in judged]
    weights = Weights(rarity)
    echoes = echoed(judged) if echoed and judged else np.zeros((len(judged), len(ECHO_FEATURES)))
    rows = [[*features(query, found, at, weights, near), *echoes[at]] for at in range(len(judged))]
    return np.array(rows, np.float64).reshape(-1, len(WORD_FEATURES) + len(MEANING_FEATURES))
