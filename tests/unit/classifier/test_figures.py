"""Figures and pictures by hand, of many rows, of one, of none; lines of chance; and training on a small corpus."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.fit.corpus import read_corpus, read_danger
from classifier.fit.fitter import Fitter, examples, fit
from classifier.fit.train import LabelledText, anonymous
from classifier.labels import CATEGORIES, TOPICS
from classifier.measure.danger import UnseenJudgement, left_out, lines
from classifier.measure.evaluate import evaluate, figures, report
from classifier.model import storage
from classifier.model.chances import shares
from classifier.model.linear import Floats, SecondStage
from classifier.model.second_opinion import SecondOpinion, blended, blended_yes
from classifier.reading.read import read
from classifier.triage import NAMES, Classifier, Triage, wording

CATEGORY = st.sampled_from(CATEGORIES)
NOW = datetime(2026, 5, 6, 9, tzinfo=UTC)


def triage(category: str, confidence: float = 0.9) -> Triage:
    return Triage(category, confidence, confidence < 0.5, "城乡建设", *[False] * 5, "", ())


@given(st.lists(st.tuples(CATEGORY, CATEGORY, st.floats(0, 1)), max_size=30))
def test_figures_are_shares_that_add_up(rows: list[tuple[str, str, float]]) -> None:
    gold, found = [one for one, _, _ in rows], [triage(other, sure) for _, other, sure in rows]
    result = figures(gold, found)
    right = sum(one == other.category for one, other in zip(gold, found, strict=True))
    assert result["n"] == len(rows) and result["accuracy"] == (round(right / len(rows), 4) if rows else 0)
    assert all(0 <= result[name] <= 1 for name in ("accuracy", "macro_f1", "review_rate", "accuracy_kept"))
    assert sum(one["support"] for one in result["per_class"].values()) == len(rows)
    assert set(result["per_class"]) == {*gold, *(one.category for one in found)}
    if rows and right == len(rows):
        assert result["macro_f1"] == result["accuracy_kept"] == 1 or result["review_rate"] == 1


@given(st.permutations(list(range(6))))
def test_the_order_of_rows_changes_no_figure(order: list[int]) -> None:
    gold = ["praise", "praise", "complaint", "complaint", "advice_inquiry", "praise"]
    found = [
        triage(*each)
        for each in (
            ("praise", 0.9),
            ("complaint", 0.4),
            ("complaint", 0.8),
            ("praise", 0.3),
            ("praise", 0.6),
            ("praise", 0.2),
        )
    ]
    assert figures([gold[i] for i in order], [found[i] for i in order]) == figures(gold, found)


@pytest.mark.parametrize(
    "rows", [[], [LabelledText("路灯坏了没人修", "complaint")], [LabelledText("你好", "chitchat")]]
)
def test_a_report_of_none_or_of_one_row_is_drawn(
    classifier: Classifier, tmp_path: Path, rows: list[LabelledText]
) -> None:
    for path in report(rows, classifier, tmp_path / "deep" / "er"):
        assert path.read_bytes()[:4] == b"\x89PNG"
    assert evaluate(rows, classifier)["n"] == len(rows)


def test_lines_of_chance_are_in_order_and_nothing_raised_is_nothing_right() -> None:
    found = lines([UnseenJudgement(0.1, True, False)])
    assert [line.chance for line in found] == sorted(line.chance for line in found)
    assert all(line.precision == line.recall == 0 for line in found)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30))
def test_a_higher_line_never_recalls_more(rows: list[tuple[float, bool]]) -> None:
    recalls = [
        line.recall for line in lines([UnseenJudgement(chance, present, False) for chance, present in rows])
    ]
    assert recalls == sorted(recalls, reverse=True) and all(0 <= one <= 1 for one in recalls)


def small() -> list:  # type: ignore[type-arg]
    return examples([*read_corpus()[::60], *read_danger()[::60]])


@pytest.fixture(scope="module")
def fitted() -> Fitter:
    return Fitter(small())


def test_a_writer_left_out_is_judged_by_the_others() -> None:
    messages = read_danger()[::60]
    writer = messages[0].writer
    found = left_out(messages, examples([*read_corpus()[::60], *messages]), (writer,))
    assert len(found) == sum(one.writer == writer for one in messages)
    assert all(0 <= one.chance <= 1 for one in found)
    assert sum(one.present for one in found) == sum(
        one.writer == writer and bool(one.danger) for one in messages
    )


def test_a_small_model_is_whole_and_what_is_kept_says_the_same(fitted: Fitter, tmp_path: Path) -> None:
    model = fitted.model("small", [row.weight for row in small()])
    names = [head.name for head in model.heads]
    assert names[:4] == ["category", "short", "long", "topic"] and len(set(names)) == len(names)
    assert [head.start for head in model.heads] == list(
        np.cumsum([0, *(head.width for head in model.heads)])[:-1]
    )
    assert (
        model.coef.shape == (len(model.scale), sum(head.width for head in model.heads))
        and np.isfinite(model.coef).all()
    )
    storage.save(model, tmp_path)
    one, other = Classifier(model), Classifier(storage.load(tmp_path))
    for text in ("路灯坏了没人修", "请问怎么办证", "感谢好心人", "着火了", ""):
        assert one.triage(text) == other.triage(text)


def test_weights_move_what_is_learnt_and_no_weight_is_no_row(fitted: Fitter) -> None:
    rows = small()
    plain = fitted.model("a", [row.weight for row in rows])
    heavy = fitted.model("b", [row.weight * (9 if row.category == "praise" else 1) for row in rows])
    share = [
        model.read_scores(model.scores(read("没见过的一句话")))["category"][0] for model in (plain, heavy)
    ]
    assert share[1] > share[0]


def test_rows_without_a_flag_make_no_head_of_it() -> None:
    rows = [row for row in small() if not row.flags and not row.danger]
    names = {head.name for head in fit(rows, "plain").heads}
    assert {"category", "topic"} <= names and not names & {"urgent", "ad", "chitchat"}


@pytest.mark.parametrize(
    ("told", "kept"),
    [("打13912345678", "打0"), ("我叫王秀英", "我叫0"), ("路灯坏了", "路灯坏了"),
    ("", ""), ("〔手机号〕坏了", "0坏了"), ("〔很长很长很长很长的〕", "〔很长很长很长很长的〕")],
)  # fmt: skip
def test_what_is_learnt_from_is_nobody_s(told: str, kept: str) -> None:
    assert anonymous(told) == kept


@given(st.text(max_size=30))
def test_a_wording_is_the_same_whatever_its_spaces(text: str) -> None:
    key = wording(read(text))
    assert len(key) == 32 and wording(read(f" {text}\t")) == key
    assert text not in key or not text.strip() or len(text) < 4


@given(
    st.lists(st.floats(0.01, 1), min_size=3, max_size=3), st.lists(st.floats(-5, 5), min_size=3, max_size=3)
)
def test_two_opinions_are_shares_between_both(first: list[float], scores: list[float]) -> None:
    one = [share / sum(first) for share in first]
    mixed = blended(one, shares(scores))
    assert sum(mixed) == pytest.approx(1) and all(share > 0 for share in mixed)
    assert blended(one, one) == pytest.approx(one, abs=1e-6)
    best = max(range(3), key=lambda i: one[i])
    if max(range(3), key=lambda i: scores[i]) == best:
        assert max(range(3), key=lambda i: mixed[i]) == best


@given(st.floats(0, 1), st.floats(-20, 20), st.floats(-20, 20))
def test_a_second_yes_moves_the_first_its_way(first: float, score: float, more: float) -> None:
    low, high = sorted((score, more))
    assert 0 <= blended_yes(first, low) <= blended_yes(first, high) <= 1


class Broken:
    """An embedder that fails as libraries do."""

    name = "broken"

    def __init__(self, error: Exception) -> None:
        self.error = error

    def vectors(self, _texts: object) -> Floats:
        raise self.error


@pytest.mark.parametrize("error", [RuntimeError("model"), OSError("file"), ValueError("text"), MemoryError()])
def test_an_embedder_that_fails_leaves_the_first_opinion(classifier: Classifier, error: Exception) -> None:
    stage = SecondStage("broken", np.zeros((4, 4), np.float32), np.zeros(4, np.float32))
    opinion = SecondOpinion(stage, Broken(error))
    assert [opinion.scores("停水了") for _ in range(5)] == [None] * 5  # and frees itself each time
    from dataclasses import replace

    failing = Classifier(replace(classifier.model, second=stage), Broken(error))
    alone = Classifier(classifier.model)
    for text in ("停水了", "有人吗", "谁来管管", "孩子溺水了"):
        assert failing.triage(text) == alone.triage(text)


@given(st.text(max_size=80))
def test_every_judgement_is_within_its_words(classifier: Classifier, text: str) -> None:
    found = Classifier(classifier.model).triage(text)
    assert found.category in NAMES and found.topic in TOPICS and 0 <= found.confidence <= 1 and found.reasons
    assert not (found.chitchat and (found.urgent or found.sensitive or found.accusation))
    assert not found.urgent or found.category != "praise"
    assert bool(found.danger_kind) <= found.urgent
