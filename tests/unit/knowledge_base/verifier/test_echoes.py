"""What like questions of the corpus meant, for finding and for judging."""

from collections.abc import Sequence

import numpy as np
import pytest

from knowledge_base.base.entries import Entry
from knowledge_base.base.meaning import Vectors, entry_vectors
from knowledge_base.index.scope import Scope
from knowledge_base.index.search import Index
from knowledge_base.verifier import corpus, corpus_vectors, echoes
from knowledge_base.verifier.corpus_vectors import KeptMeaning
from knowledge_base.verifier.echoes import ECHO_FEATURES, Echo, Echoes, echoes_of, joined, remembered

SIZE = 8
RENEW = Entry("renew", "甲证到期怎么续签？", "甲")
LOST = Entry("lost", "乙证丢了怎么补？", "乙")


def unit(*parts: float) -> Vectors:
    row = np.zeros(SIZE, np.float32)
    row[: len(parts)] = parts
    return row / np.linalg.norm(row)


class Toy:
    """Axis 0: renewing, axis 1: a loss, axis 2: the story of somebody who means renewing and says nothing like it."""

    name, size = "toy", SIZE

    def vectors(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> Vectors:
        if "纸上写的" in text:
            return unit(0.0, 0.1, 1.0)
        return unit(1.0) if "续" in text or text.endswith("甲") else unit(0.0, 1.0)


COUNTY = corpus.Corpus(
    (Entry("c:1", "丙证到期怎么续签", "甲"), Entry("c:2", "丁证丢了怎么补", "乙")),
    (
        corpus.Query("纸上写的就到年底，还想接着住", "c:1", "f"),
        corpus.Query("丁证丢了要罚款吗", None, "f"),
    ),
)


@pytest.fixture
def index() -> Index:
    some = Index(SIZE)
    some.upsert_many(zip([RENEW, LOST], entry_vectors([RENEW, LOST], Toy()), strict=True))
    return some


def test_a_story_finds_what_answered_the_like_story_elsewhere(index: Index) -> None:
    echoes, vector = echoes_of(COUNTY, Toy()), Toy().vectors(["纸上写的今年到头了"])[0]
    echo = Echo(echoes, vector, index)
    assert index.candidates("纸上写的今年到头了", vector)[0].entry is LOST
    assert index.candidates("纸上写的今年到头了", vector, recalled=echo.recalled)[0].entry is RENEW
    part = Scope(index, [""])
    found = part.candidates("纸上写的今年到头了", vector, recalled=echo.recalled)
    assert found[0].entry is RENEW
    rows = Echo(echoes, vector, part).rows(found)
    first, second = (dict(zip(ECHO_FEATURES, row, strict=True)) for row in rows)
    assert first["echo"] > second["echo"]
    assert first["echo_margin"] == pytest.approx(-second["echo_margin"])


def test_a_neighbour_without_an_answer_speaks_against_the_like_entry(index: Index) -> None:
    vector = Toy().vectors(["丁证丢了要罚款吗"])[0]
    echo = Echo(echoes_of(COUNTY, Toy()), vector, index)
    found = index.candidates("丁证丢了要罚款吗", vector)
    by_entry = {each.entry.id: row for each, row in zip(found, echo.rows(found), strict=True)}
    place = ECHO_FEATURES.index("echo_beyond_unanswered")
    assert by_entry["lost"][place] < by_entry["renew"][place]
    assert by_entry["lost"][ECHO_FEATURES.index("unanswered_share")] > 0.9


def test_several_files_are_heard_as_one() -> None:
    one = echoes_of(COUNTY, Toy())
    both = joined([one, one])
    assert len(both.asked) == 2 * len(one.asked)
    assert both.heard(unit(1.0)).weights.sum() == pytest.approx(1)


def test_an_entry_without_vectors_echoes_nothing() -> None:
    bare = Index(SIZE)
    bare.upsert(RENEW)
    echo = Echo(echoes_of(COUNTY, Toy()), unit(1.0), bare)
    assert echo.rows(bare.candidates("续签"))[0][ECHO_FEATURES.index("echo_mean")] == 0


def test_the_shipped_corpus_echoes_for_the_model_its_vectors_are_of() -> None:
    kept = KeptMeaning(None)
    some = remembered(kept)
    assert isinstance(some, Echoes) and len(some.asked) > 7_000
    assert remembered(Toy()) is None and remembered(None) is None


def test_the_vectors_they_were_made_of_are_not_kept_in_memory() -> None:
    name = corpus_vectors.KeptMeaning(None).name
    echoes._remembered.cache_clear()
    assert echoes._remembered(name) is not None
    assert corpus_vectors._kept.cache_info().currsize == 0
