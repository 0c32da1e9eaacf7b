"""What fits: the shipped model again from its corpora, a correction that counts, a poisoned file that does not.

One file, as what takes longest is done once for all of them.
"""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from classifier.fit.corpus import read_corpus, read_danger
from classifier.fit.fitter import Example, Fitter, examples
from classifier.fit.heldout_rows import category_rows, read_heldout
from classifier.fit.train import LabelledText, TrainResult, anonymous, build, train
from classifier.model import storage
from classifier.triage import Classifier

NOW = datetime(2026, 5, 6, 9, tzinfo=UTC)
WORDING = "西渡口的事情你们看着办"


@pytest.fixture(scope="module")
def corrected(
    classifier: Classifier, corpora: Fitter, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, TrainResult]:
    before = classifier.triage(WORDING).category
    wanted = "praise" if before != "praise" else "complaint"
    folder = tmp_path_factory.mktemp("models")
    return wanted, train([LabelledText(WORDING, wanted, 3.0)], classifier, folder, NOW, corpora)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_rebuild_gives_the_same_judgements(classifier: Classifier, corpora: Fitter, tmp_path: Path) -> None:
    build(tmp_path, corpora=corpora)
    again = Classifier(storage.load(tmp_path))
    shipped = Classifier(classifier.model)
    texts = [row.text for row in read_heldout()]
    texts += [m.text for m in read_corpus()[::25]] + [m.text for m in read_danger()[::10]]
    for text, one, other in zip(texts, shipped.triage_many(texts), again.triage_many(texts), strict=True):
        assert (one.category, one.urgent, one.sensitive, one.accusation, one.chitchat, one.ad) == (
            other.category, other.urgent, other.sensitive, other.accusation, other.chitchat, other.ad,
        ), text  # fmt: skip
        assert one.confidence == pytest.approx(other.confidence, abs=0.02), text


def test_what_is_taken_over_is_what_would_be_fitted() -> None:
    """Rows that decide on no term and tell no flag make the same model, whether or not the rest was fitted before."""
    rows = examples(read_corpus()[::40])
    added = [Example(WORDING, "praise", "", frozenset(), 3.0, whole=False)]
    weights = [row.weight for row in [*rows, *added]]
    at_once = Fitter([*rows, *added], len(rows)).model("one", weights)
    taken_over = Fitter(rows).with_more(added).model("other", weights)
    assert np.array_equal(at_once.coef, taken_over.coef)
    assert np.array_equal(at_once.intercept, taken_over.intercept)


def test_a_correction_changes_the_next_prediction(corrected: tuple[str, TrainResult]) -> None:
    wanted, result = corrected
    assert result.adopted and result.new_macro_f1 >= result.current_macro_f1
    found = Classifier.load(result.folder).triage("  " + WORDING + "\n")
    assert found.category == wanted and not found.needs_review
    assert "改类" in found.reasons[0]


def test_a_correction_leans_on_similar_wordings(
    classifier: Classifier, corrected: tuple[str, TrainResult]
) -> None:
    wanted, result = corrected
    similar = "西渡口那件事情你们看着办吧"
    place = ("praise", "advice_inquiry", "complaint").index(wanted)
    before, after = (
        c.model.read_scores(c.model.scores(_read(similar)))["category"][place]
        for c in (classifier, Classifier.load(result.folder))
    )
    assert after > before


def _read(text: str) -> "object":
    from classifier.reading.read import read

    return read(text)


def test_the_card_says_what_the_model_is(corrected: tuple[str, TrainResult]) -> None:
    _, result = corrected
    loaded = Classifier.load(result.folder)
    assert loaded.version == result.version == result.folder.name
    assert loaded.model.card["made_at"] == NOW.isoformat()
    assert loaded.model.card["trained_on"]["staff_and_file_rows"] == 1
    assert WORDING not in (result.folder / "model.json").read_text(encoding="utf-8")


def test_nobody_is_learned_by_name() -> None:
    told = "我叫王秀英，住阳光小区3栋2单元501，电话13812345678，车牌苏E12345，投诉物业不修路灯"
    assert anonymous(told) == "我叫0，住阳光小区0，电话0，车牌0，投诉物业不修路灯"


def test_a_poisoned_file_is_not_adopted(classifier: Classifier, corpora: Fitter, tmp_path: Path) -> None:
    turned = {"praise": "complaint", "complaint": "advice_inquiry", "advice_inquiry": "praise"}
    known = category_rows()
    rows = [LabelledText(text + "。", turned[label]) for text, label in known[:: len(known) // 150]][:190]
    result = train(rows, classifier, tmp_path, NOW, corpora)
    assert not result.adopted and result.new_macro_f1 < result.current_macro_f1
    assert list(tmp_path.iterdir()) == []
