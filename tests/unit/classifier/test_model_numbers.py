"""A model as numbers: rounding, keeping, loading; and a folder that is refused rather than half believed."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from classifier.errors import ModelError
from classifier.fit.bayes import leaning
from classifier.model import storage
from classifier.model.linear import Block, Head, Model, SecondStage, probabilities
from classifier.model.neighbours import Neighbours
from classifier.model.rounding import Rounded, packed, unpacked
from classifier.reading.read import read

SHAPES = st.tuples(
    st.lists(st.integers(0, 5), min_size=1, max_size=4), st.integers(1, 4), st.integers(0, 10_000)
)
FOUND = st.lists(st.floats(-50, 50), min_size=2, max_size=6)


def coefficients(sizes: list[int], outputs: int, seed: int) -> np.ndarray:
    draw = np.random.default_rng(seed)
    return (draw.standard_normal((sum(sizes), outputs)) * draw.choice([1e-6, 1, 30])).astype(np.float32)


@given(SHAPES)
def test_rounding_moves_a_number_by_half_a_step_at_most(shape: tuple[list[int], int, int]) -> None:
    coef = coefficients(*shape)
    numbers, steps = packed(coef, shape[0])
    again = unpacked(numbers, steps, shape[0])
    start = 0
    for kind, size in enumerate(shape[0]):
        part = slice(start, start + size)
        assert (np.abs(again[part] - coef[part]) <= steps[kind] * 0.501).all()
        start += size
    assert numbers.dtype == np.int8 and (np.abs(numbers.astype(int)) <= 127).all()


@given(SHAPES)
def test_what_was_rounded_once_is_kept_as_it_is(shape: tuple[list[int], int, int]) -> None:
    once = unpacked(*packed(coefficients(*shape), shape[0]), shape[0])
    numbers, steps = packed(once, shape[0])
    assert np.allclose(unpacked(numbers, steps, shape[0]), once, rtol=1e-6, atol=0)


def test_zeros_and_one_giant_are_borne() -> None:
    coef = np.array([[0.0, 0.0], [1e6, 0.0], [1.0, 0.0]], np.float32)
    again = unpacked(*packed(coef, [1, 2]), [1, 2])
    assert again[1, 0] == pytest.approx(1e6) and not again[:, 1].any() and again[2, 0] == 0


@given(FOUND, st.floats(0.1, 5))
def test_shares_sum_to_one_and_keep_the_order_at_any_temperature(
    scores: list[float], temperature: float
) -> None:
    shares = probabilities(scores, Head("x", tuple(map(str, range(len(scores)))), 0, temperature))
    assert sum(shares) == pytest.approx(1) and all(0 <= share <= 1 for share in shares)
    assert shares[int(np.argmax(scores))] == max(shares)
    assert np.allclose(
        shares,
        probabilities([score + 7 for score in scores], Head("x", ("a",) * len(scores), 0, temperature)),
    )


@given(st.floats(-50, 50))
def test_a_yes_or_no_is_one_number(score: float) -> None:
    (yes,) = probabilities([score], Head("x", (), 0, 1.0))
    (no,) = probabilities([-score], Head("x", (), 0, 1.0))
    assert yes + no == pytest.approx(1)
    assert Head("x", (), 3, 1.0).width == 1 and Head("x", ("a", "b"), 3, 1.0).width == 2


def a_model(**more: object) -> Model:
    """Two words, a cue that is counted, one decision of two labels and one yes or no."""
    plain = {
        "version": "v1",
        "blocks": (Block("words", {"路灯": 0, "谢谢": 1}, True, 1.0), Block("cues", {"any": 2}, False, 0.5)),
        "heads": (Head("category", ("praise", "complaint"), 0, 1.0), Head("urgent", (), 2, 2.0)),
        "scale": np.array([1.0, 2.0, 0.5], np.float32),
        "coef": unpacked(*packed(np.array([[-2, 2, 0], [3, -3, 0], [0, 1, 4]], np.float32), [2, 1]), [2, 1]),
        "intercept": np.array([0.0, 0.25, -1.0], np.float32),
        "thresholds": {"review": 0.5},
        "wordings": {"abc": "praise"},
        "card": {"source_hash": "h"},
    }
    return Model(**{**plain, **more})  # type: ignore[arg-type]


def test_terms_are_weighed_by_hand() -> None:
    rows, values = a_model().vector(read("路灯谢谢谢谢"))
    weighed = dict(zip(rows.tolist(), values.tolist(), strict=True))
    twice = 2 * (1 + np.log(2))  # 谢谢 is there twice and rarer
    length = float(np.hypot(1, twice))
    assert weighed[0] == pytest.approx(1 / length) and weighed[1] == pytest.approx(twice / length)
    assert weighed[2] == pytest.approx(0.5)  # counted, not set to unit length
    scores = a_model().scores(read("路灯谢谢谢谢"))
    assert scores[0] == pytest.approx(-2 / length + 3 * twice / length, abs=0.05)


def test_a_message_scores_the_same_in_any_company() -> None:
    model = a_model()
    texts = ["路灯谢谢谢谢", "", "谢谢", "没见过的词", "路灯路灯", "路灯谢谢谢谢"]
    together = model.scores_many([read(text) for text in texts])
    assert together == [model.scores(read(text)) for text in texts]
    assert model.scores_many([]) == []


@pytest.mark.parametrize("text", ["", "没见过的词", "\ud800", "😀"])
def test_a_text_of_unknown_terms_is_judged_by_the_starts(text: str) -> None:
    model = a_model()
    said = model.read_scores(model.scores(read(text)))
    assert set(said) == {"category", "urgent"} and sum(said["category"]) == pytest.approx(1)


def test_rows_of_rounded_coefficients_are_those_of_the_whole(tmp_path: Path) -> None:
    storage.save(a_model(), tmp_path)
    coef = storage.load(tmp_path).coef
    assert isinstance(coef, Rounded)
    whole = np.asarray(coef)
    assert whole.dtype == np.float32 and coef.shape == whole.shape
    for rows in ([], [0], [len(whole) - 1, 0, 0], list(range(len(whole)))):
        at = np.array(rows, np.intp)
        assert np.array_equal(coef[at], whole[at])


def test_what_is_saved_is_loaded_and_saved_again_byte_for_byte(tmp_path: Path) -> None:
    second = SecondStage("fixed", np.ones((4, 4), np.float32), np.zeros(4, np.float32))
    near = Neighbours.of(
        np.eye(8, dtype=np.float32), np.full(8, 3, np.uint8), np.arange(8, dtype=np.uint8) % 4
    )
    for model in (a_model(), a_model(second=second), a_model(second=replace(second, neighbours=near))):
        storage.save(model, tmp_path / "one")
        loaded = storage.load(tmp_path / "one")
        assert (loaded.version, loaded.blocks, loaded.heads) == (model.version, model.blocks, model.heads)
        assert (loaded.thresholds, loaded.wordings, loaded.card) == (
            model.thresholds,
            model.wordings,
            model.card,
        )
        assert np.allclose(loaded.coef, model.coef, rtol=1e-6) and np.array_equal(
            loaded.intercept, model.intercept
        )
        assert (loaded.second is None) is (model.second is None)
        if model.second and loaded.second:
            assert (loaded.second.neighbours is None) is (model.second.neighbours is None)
        storage.save(loaded, tmp_path / "two")
        for name in ("numbers.npz", "model.json", "card.json", "manifest.json"):
            assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def resigned(folder: Path) -> None:
    """Write the manifest anew, as somebody would who altered a file and knows how."""
    sums = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in ("numbers.npz", "model.json", "card.json")
    }
    (folder / "manifest.json").write_text(
        json.dumps({"format": storage.FORMAT, "sha256": sums}), encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("numbers.npz", b""), ("numbers.npz", b"PK\x03\x04broken"), ("numbers.npz", b"\x93NUMPY"), ("model.json", b"{}"),
        ("model.json", b"[]"), ("model.json", b"\xff"), ("card.json", b"{"), ("model.json", b"null"),
    ],
)  # fmt: skip
def test_a_garbled_file_is_refused_even_where_its_sum_is_right(
    tmp_path: Path, name: str, content: bytes
) -> None:
    storage.save(a_model(), tmp_path)
    (tmp_path / name).write_bytes(content)
    resigned(tmp_path)
    with pytest.raises(ModelError, match="models build"):
        storage.load(tmp_path)


def test_terms_that_do_not_add_up_are_refused(tmp_path: Path) -> None:
    storage.save(a_model(), tmp_path)
    described = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    described["blocks"][0]["size"] = 3
    (tmp_path / "model.json").write_text(json.dumps(described), encoding="utf-8")
    resigned(tmp_path)
    with pytest.raises(ModelError):
        storage.load(tmp_path)


NO_SUMS = [f'{{"sha256": {sums}, "format": {form}}}' for sums, form in ((5, 3), ("{}", 1), ("{}", 3))]


@pytest.mark.parametrize("manifest", ["", "null", "[]", "{}", *NO_SUMS])
def test_a_manifest_that_says_nothing_is_refused(tmp_path: Path, manifest: str) -> None:
    storage.save(a_model(), tmp_path)
    (tmp_path / "manifest.json").write_text(manifest, encoding="utf-8")
    with pytest.raises(ModelError):
        storage.load(tmp_path)


@pytest.mark.parametrize("missing", ["numbers.npz", "model.json", "card.json", "manifest.json"])
def test_a_save_that_was_cut_off_is_never_loaded(tmp_path: Path, missing: str) -> None:
    storage.save(a_model(), tmp_path)
    (tmp_path / missing).unlink()
    with pytest.raises(ModelError):
        storage.verify(tmp_path)


def test_terms_lean_to_the_labels_that_hold_them() -> None:
    matrix = csr_matrix(np.array([[1, 0, 1], [1, 0, 1], [0, 1, 1], [0, 1, 1]], np.float32))
    labels, weights = np.array(["a", "a", "b", "b"], object), np.ones(4)
    lean = leaning(matrix, labels, weights, ("a", "b"))
    assert lean[0, 0] > 0 > lean[0, 1] and lean[1, 1] > 0 > lean[1, 0]
    assert lean[0, 2] == pytest.approx(lean[1, 2])  # both hold it: it speaks for neither
    assert np.allclose(lean.sum(axis=0), 0)
    doubled = leaning(matrix, labels, np.array([5.0, 5.0, 1.0, 1.0]), ("a", "b"))
    assert not np.allclose(doubled, lean)


@settings(max_examples=30)
@given(st.permutations(range(6)))
def test_the_order_of_rows_changes_no_leaning(order: list[int]) -> None:
    matrix = csr_matrix(np.random.default_rng(2).integers(0, 3, (6, 4)).astype(np.float32))
    labels, weights = np.array(list("aabbcc"), object), np.arange(1.0, 7.0)
    turned = leaning(matrix[order], labels[order], weights[order], tuple("abc"))
    assert np.allclose(turned, leaning(matrix, labels, weights, tuple("abc")))
