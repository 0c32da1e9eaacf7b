from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from knowledge_base.base.entries import Entry, KnowledgeError
from knowledge_base.base.meaning import texts_of
from knowledge_base.verifier import corpus
from knowledge_base.verifier.corpus_vectors import KeptMeaning
from knowledge_base.verifier.fit import Unseen, _flat, bar_beside, examples, unopposed
from knowledge_base.verifier.promise import bar


def test_our_trees_say_what_scikit_learn_s_say() -> None:
    rng = np.random.default_rng(1)
    rows = rng.random((400, 6))
    model = HistGradientBoostingClassifier(max_iter=20, min_samples_leaf=3, max_leaf_nodes=9, random_state=0)
    model.fit(rows, rows[:, 0] + rows[:, 1] > 1)
    fresh = rng.random((100, 6))
    assert np.allclose(_flat(model).chances(fresh), model.predict_proba(fresh)[:, 1], atol=1e-6)


def test_the_bar_of_words_counts_what_meaning_sends_too() -> None:
    number = np.arange(900)
    answerable, writer = number % 3 != 2, number // 3 % 9
    chances = np.where(answerable, np.linspace(0.99, 0.5, 900), 0.1)
    right = answerable & ((number < 600) | (number >= 660))  # forty in a row are wrong
    words = Unseen(number, chances, right, answerable, writer)
    alone = bar(words.chances, words.right, words.answerable, words.writer)
    sure = np.where((number >= 600) & answerable, 0.9, 0.1)  # meaning sends the last two hundred
    meaning = replace(words, chances=sure, right=answerable)
    assert bar_beside(words, meaning, 0.8) < alone  # what meaning sends right, words no longer send wrong
    assert bar_beside(words, replace(meaning, right=number < 0), 0.8) > 1


def test_the_promise_is_counted_without_what_an_objection_stops() -> None:
    entry = Entry("a", "首套住房契税税率是多少？", "唯一住房按1%。", department="税务局")
    asked = [corpus.Query(text, None, text) for text in ("二套住房契税税率是多少", "首套住房契税税率是几")]
    some = examples([corpus.Corpus((entry,), tuple(asked))], None)
    assert list(unopposed(np.array([0.9, 0.8]), some)) == [0.0, 0.8]


def test_every_query_is_seen_with_and_without_its_entry() -> None:
    material = corpus.materials()[0]
    few = corpus.Corpus(material.entries, material.queries[:10])
    some = examples([few], None)
    assert some.rows.shape[0] == len(some.right) == len(some.real)
    expected = sum(query.expected is not None for query in few.queries)
    assert len(np.unique(some.question[~some.real])) == expected
    assert not some.right[~some.real].any()
    assert some.right[some.real].sum() <= expected


def test_the_corpus_is_large_and_half_of_it_near_misses() -> None:
    queries = [query for material in corpus.materials() for query in material.queries]
    views = len(queries) + sum(query.expected is not None for query in queries)
    misses = views - sum(query.expected is not None for query in queries)
    assert len(queries) >= 3_000
    assert misses / views >= 0.4


@pytest.mark.parametrize("place", range(len(corpus.materials())))
def test_the_corpus_is_whole(place: int) -> None:
    material = corpus.materials()[place]
    ids = [entry.id for entry in material.entries]
    assert len(ids) == len(set(ids))
    assert {query.expected for query in material.queries} - {None} <= set(ids)


def test_vectors_are_kept_for_the_whole_corpus_and_nothing_else() -> None:
    kept = KeptMeaning(None)
    for material in corpus.materials():
        texts = [text for entry in material.entries for text in texts_of(entry)]
        rows = kept.vectors([*texts, *(query.text for query in material.queries)])
        assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)
    with pytest.raises(KnowledgeError):
        kept.vectors(["语料里没有的一句话"])
