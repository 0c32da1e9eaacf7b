"""The figures that must not fall, on messages that were never trained on."""

import json
import time
from collections.abc import Callable
from statistics import median

import pytest

from classifier.fit.heldout_rows import HELDOUT, HeldOut, read_heldout
from classifier.labels import CATEGORIES
from classifier.measure.evaluate import evaluate
from classifier.triage import Classifier, Triage
from text.words import warm_up


@pytest.fixture(scope="module")
def heldout() -> list[HeldOut]:
    return read_heldout("short_chat_*")


@pytest.fixture(scope="module")
def triaged(classifier: Classifier, heldout: list[HeldOut]) -> list[Triage]:
    return classifier.triage_many([row.text for row in heldout])


def test_short_messages(classifier: Classifier, heldout: list[HeldOut]) -> None:
    rows = [row for row in heldout if row.label in CATEGORIES and "ad" not in row.flags]
    assert len(rows) > 300
    found = evaluate(rows, classifier)
    assert found["macro_f1"] >= 0.91
    assert found["review_rate"] <= 0.15
    assert found["accuracy_kept"] >= 0.95


def test_letters(classifier: Classifier) -> None:
    rows = [row for row in read_heldout("letters") if row.label in CATEGORIES]
    found = evaluate(rows, classifier)
    assert found["macro_f1"] >= 0.95
    assert found["accuracy_kept"] >= 0.97


@pytest.mark.parametrize(
    ("flag", "precision", "recall"),
    [
        ("urgent", 0.8, 0.98),
        ("sensitive", 0.75, 0.9),
        ("chitchat", 0.95, 0.6),
        ("ad", 0.9, 0.85),
        ("accusation", 0.85, 0.8),
    ],
)
def test_flags(
    triaged: list[Triage], heldout: list[HeldOut], flag: str, precision: float, recall: float
) -> None:
    gold = [flag in row.flags or row.label == flag for row in heldout]
    found = [getattr(triage, flag) for triage in triaged]
    right = sum(one and other for one, other in zip(gold, found, strict=True))
    assert right / sum(found) >= precision
    assert right / sum(gold) >= recall


@pytest.mark.parametrize(
    ("name", "flag", "precision", "recall"),
    [
        ("danger", "urgent", 0.88, 0.98),
        ("danger_2", "urgent", 0.92, 0.98),
        ("accusation", "accusation", 0.85, 0.94),
        ("short_chat_5", "urgent", 0.70, 1.0),
        ("short_chat_5", "accusation", 0.85, 0.95),
    ],
)
def test_writers_never_seen(
    classifier: Classifier, name: str, flag: str, precision: float, recall: float
) -> None:
    lines = (HELDOUT / "flags" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    found = classifier.triage_many([row["text"] for row in rows])
    right = sum(row[flag] and getattr(one, flag) for row, one in zip(rows, found, strict=True))
    assert right / sum(getattr(one, flag) for one in found) >= precision
    assert right / sum(row[flag] for row in rows) >= recall
    overlooked = [
        row["text"]
        for row, one in zip(rows, found, strict=True)
        if row.get("urgent") and (one.chitchat or (one.category == "praise" and not one.needs_review))
    ]
    assert overlooked == []


def _dearer(work: Callable[[], object], peer: Callable[[], object]) -> float:
    """Return how many times as long `work` takes as `peer`: both in turn, so that what the machine does slows both."""

    def seconds(done: Callable[[], object]) -> float:
        started = time.process_time()
        done()
        return time.process_time() - started

    return median(seconds(work) / seconds(peer) for _ in range(9))


def test_one_message_costs_a_few_times_a_cut_by_jieba(classifier: Classifier, heldout: list[HeldOut]) -> None:
    import jieba

    jieba.initialize()
    warm_up()
    texts = [row.text for row in heldout[:200]]
    first_stage = Classifier(classifier.model)

    def cut() -> object:
        return [jieba.lcut(text) for text in texts]

    # 3.6 to 4.4 alone, 2.1 to 2.7 in company: the goal of 3 is reached in company only
    assert _dearer(lambda: [first_stage.triage(text) for text in texts], cut) <= 5
    assert _dearer(lambda: first_stage.triage_many(texts), cut) <= 4
