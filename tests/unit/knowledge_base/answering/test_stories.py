"""A story that names circumstances and not the matter is understood by what like stories meant."""

import pytest

from knowledge_base.answering.answerer import Answerer
from knowledge_base.base.meaning import entry_vectors
from knowledge_base.index.search import Index
from knowledge_base.verifier import corpus
from knowledge_base.verifier.corpus_vectors import KeptMeaning
from knowledge_base.verifier.shipped import built_in_verifier

STORIES = {
    "太爷爷去年满的九十，村会计说会涨，每个月到手应该是几多": "families-0:k0-5-2",
    "住进来都快三年了纸上写的就到今年年底，我还想接着住下去要办啥手续": "families-0:k0-8-3",
}


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    meaning, entries = KeptMeaning(None), corpus.materials()[0].entries
    index = Index(meaning.size)
    index.upsert_many(zip(entries, entry_vectors(entries, meaning), strict=True))
    return Answerer(index, built_in_verifier(), meaning)


@pytest.mark.parametrize("story", STORIES)
def test_the_entry_comes_first_though_words_and_vector_are_far_from_it(
    answerer: Answerer, story: str
) -> None:
    assert answerer.meaning is not None
    vector = answerer.meaning.vectors([story])
    assert answerer.index.candidates(story, vector)[0].entry.id != STORIES[story]
    assert answerer.search(story)[0].entry.id == STORIES[story]
