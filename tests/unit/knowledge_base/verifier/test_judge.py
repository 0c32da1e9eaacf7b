"""The judge: trees, calibration and bar, and a file that is refused rather than half believed."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge_base.base.entries import KnowledgeError
from knowledge_base.verifier.fit import Examples, measured, real_firsts
from knowledge_base.verifier.judge import FILE, Forest, Judge, Verifier, calibrated, load, log_odds, save
from knowledge_base.verifier.pairs import MEANING_FEATURES, WORD_FEATURES

CHANCES = st.lists(st.floats(0, 1), min_size=1, max_size=40)
# x0 <= .5 → .1; else x1 <= .2 → .4, else .9; and a tree that is a leaf of .5. A row of which nothing is known has -1.
FOREST = Forest(
    roots=np.array([0, 5], np.int32),
    feature=np.array([0, -1, 1, -1, -1, -1], np.int16),
    threshold=np.array([0.5, 0.1, 0.2, 0.4, 0.9, 0.5], np.float32),
    right=np.array([2, 0, 4, 0, 0, 0], np.int32),
    base=-1.0,
)


@pytest.mark.parametrize(
    ("row", "added"),
    [((0.5, 0), 0.1), ((0.51, 0.2), 0.4), ((0.51, 0.21), 0.9), ((-1, 9), 0.1), ((9, 9), 0.9)],
)
def test_a_row_goes_left_where_it_is_no_more_than_the_cut(row: tuple[float, float], added: float) -> None:
    assert log_odds(FOREST.chances(np.array([row])))[0] == pytest.approx(added + 0.5 - 1, abs=1e-6)


def test_rows_are_judged_each_by_itself_and_none_is_borne() -> None:
    rows = np.random.default_rng(0).random((50, 2))
    together = FOREST.chances(rows)
    assert np.array_equal(together, np.concatenate([FOREST.chances(row[None]) for row in rows]))
    assert FOREST.chances(np.empty((0, 2))).shape == (0,)


@example([1.0], 5.0, 3.0)
@example([0.0], 5.0, -3.0)
@given(CHANCES, st.floats(0.1, 5), st.floats(-3, 3))
def test_calibration_keeps_the_order_and_stays_a_chance(
    chances: list[float], slope: float, offset: float
) -> None:
    found = calibrated(np.array(sorted(chances)), slope, offset)
    assert (np.diff(found) >= 0).all() and (found > 0).all() and (found < 1).all()
    assert np.isfinite(log_odds(np.array([0.0, 1.0]))).all()
    assert np.allclose(calibrated(np.array([0.2, 0.5, 0.9]), 1.0, 0.0), [0.2, 0.5, 0.9])


def some(**more: object) -> Examples:
    plain = {
        "rows": np.zeros((6, 2)), "right": np.array([1, 0, 0, 1, 0, 0], bool),
        "group": np.arange(6), "writer": np.array([0, 0, 0, 1, 1, 1]),
        "question": np.array([0, 0, 1, 2, 2, 3]), "office": np.array([1, 1, 1, 1, 1, 0], bool),
        "answerable": np.array([1, 1, 0, 1, 1, 0], bool), "real": np.array([1, 1, 0, 1, 1, 1], bool),
    }  # fmt: skip
    return Examples(**{**plain, **more})  # type: ignore[arg-type]


def test_a_question_is_answered_from_its_best_row_and_only_if_really_asked() -> None:
    assert real_firsts(np.array([0.2, 0.8, 0.9, 0.7, 0.1, 0.3]), some()).tolist() == [1, 3, 5]
    assert real_firsts(np.array([0.5, 0.5, 0.9, 0.7, 0.7, 0.3]), some()).tolist() == [0, 3, 5]


def test_shares_are_taken_of_office_matters() -> None:
    firsts = np.array([1, 3, 5])
    assert measured(some(), firsts).tolist() == [1, 3]
    assert measured(some(office=np.zeros(6, bool)), firsts).tolist() == []


def a_verifier() -> Verifier:
    judge = Judge(FOREST, 1.5, -0.2, 0.8)
    return Verifier("v1", judge, Judge(FOREST, 1.0, 0.0, 0.9))


def test_what_is_saved_is_loaded_number_for_number(tmp_path: Path) -> None:
    save(a_verifier(), tmp_path / "new")
    again = load(tmp_path / "new")
    rows = np.random.default_rng(1).random((9, len(WORD_FEATURES) + len(MEANING_FEATURES)))
    for meaning in (True, False):
        assert np.array_equal(a_verifier().chances(rows, meaning), again.chances(rows, meaning))
        assert again.judge(meaning).threshold == (0.8 if meaning else 0.9)
    assert [path.name for path in (tmp_path / "new").iterdir()] == [FILE]


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("with_meaning.names", np.array(["other"])),
        ("words_only.roots", np.empty(0, np.int32)), ("with_meaning.skips", np.array([99])),
        ("words_only.line", np.array([1.0])), ("version", None), ("with_meaning.feature", None),
    ],
)  # fmt: skip
def test_a_file_of_another_build_is_refused_in_one_line(tmp_path: Path, part: str, value: object) -> None:
    save(a_verifier(), tmp_path)
    with np.load(tmp_path / FILE) as arrays:
        kept = {name: arrays[name] for name in arrays.files if name != part}
    np.savez(tmp_path / FILE, **kept, **({} if value is None else {part: value}))
    with pytest.raises(KnowledgeError, match="huiyin models build") as told:
        load(tmp_path)
    assert "\n" not in str(told.value)
