"""What is nearest says what is up: found by signs alone, never wholly believed."""

import math

import numpy as np
import pytest

from classifier.model.linear import Floats
from classifier.model.neighbours import Neighbours
from classifier.model.second_opinion import FLAGS, NEAR, blended_flag, looked_at
from classifier.rules.thresholds import number, thresholds
from classifier.triage import Classifier, built_in

MOST = math.log(99)  # thirty messages prove no more


def two_heaps(each: int = 40) -> tuple[Floats, Floats]:
    """Return vectors of two kinds, and what they are of; signs are all that is kept of them."""
    draw = np.random.default_rng(3)
    middles = draw.standard_normal((2, 64)).astype(np.float32)
    rows = np.repeat(middles, each, axis=0) + draw.standard_normal((2 * each, 64)).astype(np.float32) * 0.3
    return rows, middles


def test_a_flag_is_as_likely_as_it_is_among_the_nearest() -> None:
    rows, (here, there) = two_heaps()
    up = np.repeat(np.array([1, 0], np.uint8), 40)
    found = Neighbours.of(rows, np.ones(80, np.uint8), up)
    assert found.odds(here) == pytest.approx([MOST]) and found.odds(there) == pytest.approx([-MOST])
    mixed = Neighbours.of(rows, np.ones(80, np.uint8), np.tile(np.array([1, 0], np.uint8), 40))
    assert -MOST < mixed.odds(here)[0] < MOST


def test_only_those_that_tell_of_a_flag_are_asked_for_it() -> None:
    rows, (here, _) = two_heaps()
    told = np.repeat(np.array([1, 3], np.uint8), 40)  # of the second flag only the others tell
    up = np.repeat(np.array([1, 2], np.uint8), 40)
    assert Neighbours.of(rows, told, up).odds(here) == pytest.approx([MOST, MOST])


def test_few_messages_and_a_vector_of_nothing_are_borne() -> None:
    rows, (here, _) = two_heaps(2)
    found = Neighbours.of(rows, np.ones(4, np.uint8), np.array([1, 1, 0, 0], np.uint8))
    assert found.odds(here)[0] > 1
    assert all(map(math.isfinite, found.odds(found.mean)))


def test_the_shipped_model_finds_its_own_messages() -> None:
    stage = built_in().model.second
    assert stage is not None and stage.neighbours is not None
    near = stage.neighbours
    assert len(near.signs) > 10_000 and set(map(len, (near.signs, near.told, near.up))) == {len(near.signs)}
    bits = np.unpackbits(near.signs, axis=1).astype(np.float32) * 2 - 1
    for i in range(0, len(bits), 2_000):
        odds = near.odds(near.mean + bits[i])
        assert len(odds) == len(NEAR)
        for flag, one in enumerate(odds):
            if near.told[i] >> flag & 1 and near.up[i] >> flag & 1:
                assert one > -MOST


@pytest.mark.parametrize("flag", NEAR)
def test_what_is_nearest_moves_a_chance_its_way(flag: str) -> None:
    line = thresholds()[flag]
    assert blended_flag(flag, line, 0.0, -MOST) < line < blended_flag(flag, line, 0.0, MOST)


def test_only_what_words_leave_open_is_looked_at_again() -> None:
    for flag in NEAR:
        assert not looked_at(flag, number(f"doubted_{flag}"))
        assert looked_at(flag, number(f"doubted_{flag}") + 0.01)
    assert not looked_at("urgent", 0.9) and looked_at("sensitive", 0.9)
    # what is called off beside a letter is not raised again by the nearest
    assert not looked_at("urgent", thresholds()["no_danger"])


def test_a_second_look_may_call_an_alarm_off_and_never_the_doubt() -> None:
    classifier = built_in(False)
    score = [0.0] * (4 + len(FLAGS))
    called_off = classifier._blended("井盖没了", _words(classifier, 0.45), [*score, *[-MOST] * len(NEAR)])
    assert called_off["urgent"] == [thresholds()["no_danger"]]
    raised = classifier._blended("井盖没了", _words(classifier, 0.3), [*score, *[MOST] * len(NEAR)])
    assert raised["urgent"][0] > thresholds()["urgent"]
    beside = classifier._blended(
        "井盖没了，请问找谁", _words(classifier, 0.45), [*score, *[-MOST] * len(NEAR)]
    )
    assert "urgent" not in beside, "nor what has a question beside it"
    assert "urgent" not in classifier._blended(
        "井盖没了", _words(classifier, 0.9), [*score, *[-MOST] * len(NEAR)]
    )


def test_a_model_of_before_looks_at_no_flag_again() -> None:
    classifier = built_in(False)
    found = classifier._blended("井盖没了", _words(classifier, 0.45), [0.0] * (4 + len(FLAGS)))
    assert set(found) == {"category", "chitchat"}


def _words(classifier: Classifier, danger: float) -> dict[str, list[float]]:
    said = {name: [1 / len(labels)] * len(labels) for name, labels in classifier._labels.items() if labels}
    return said | {
        "urgent": [danger],
        "sensitive": [0.5],
        "accusation": [0.5],
        "ad": [0.1],
        "chitchat": [0.3],
    }
