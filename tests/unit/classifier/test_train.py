"""Learning from staff: a correction counts, a poisoned file does not."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from classifier.fit.heldout_rows import category_rows
from classifier.fit.train import Row, TrainResult, train
from classifier.triage import Classifier

NOW = datetime(2026, 5, 6, 9, tzinfo=UTC)
WORDING = "西渡口的事情你们看着办"


@pytest.fixture(scope="module")
def corrected(classifier: Classifier, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, TrainResult]:
    before = classifier.triage(WORDING).category
    wanted = "praise" if before != "praise" else "complaint"
    return wanted, train([Row(WORDING, wanted, 3.0)], classifier, tmp_path_factory.mktemp("models"), NOW)


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


def test_a_poisoned_file_is_not_adopted(classifier: Classifier, tmp_path: Path) -> None:
    turned = {"praise": "complaint", "complaint": "advice_inquiry", "advice_inquiry": "praise"}
    rows = [Row(text + "。", turned[label]) for text, label in category_rows()]
    result = train(rows, classifier, tmp_path, NOW)
    assert not result.adopted and result.new_macro_f1 < result.current_macro_f1
    assert list(tmp_path.iterdir()) == []
