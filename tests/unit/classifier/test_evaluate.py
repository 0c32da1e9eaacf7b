"""Figures and pictures."""

from pathlib import Path

import pytest

from classifier.fit.train import LabelledText
from classifier.measure.evaluate import evaluate, figures, report
from classifier.triage import Classifier, Triage


def _triage(category: str, confidence: float) -> Triage:
    return Triage(category, confidence, confidence < 0.5, "城乡建设", *[False] * 5, "", ())


def test_figures_by_hand() -> None:
    found = [
        _triage("complaint", 0.9),
        _triage("complaint", 0.4),
        _triage("praise", 0.8),
        _triage("praise", 0.7),
    ]
    result = figures(["complaint", "praise", "praise", "praise"], found)
    assert result["n"] == 4 and result["accuracy"] == 0.75
    assert result["review_rate"] == 0.25 and result["accuracy_kept"] == 1.0
    assert result["per_class"]["praise"] == {"precision": 1.0, "recall": 0.6667, "f1": 0.8, "support": 3}
    assert result["macro_f1"] == pytest.approx((0.6667 + 0.8) / 2, abs=1e-3)


def test_nothing_to_evaluate(classifier: Classifier) -> None:
    assert evaluate([], classifier)["n"] == 0


def test_report_draws_two_pictures(classifier: Classifier, tmp_path: Path) -> None:
    rows = [
        LabelledText("路灯坏了没人修", "complaint"),
        LabelledText("怎么办居住证", "advice_inquiry"),
        LabelledText("谢谢热心的司机师傅", "praise"),
    ]
    for path in report(rows, classifier, tmp_path / "new"):
        assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n" and path.stat().st_size > 5000
