"""What a message is taken for, whatever it holds."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.errors import ModelError
from classifier.fit.corpus import read_corpus
from classifier.fit.features import feature_union
from classifier.fit.fitter import examples, fit, logistic
from classifier.labels import CATEGORIES, TOPICS
from classifier.model import storage
from classifier.model.rounding import packed, unpacked
from classifier.reading.blocks import COUNTED
from classifier.reading.read import HEAD, TAIL, read
from classifier.triage import BUILT, Classifier, Triage, built_in


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("小区门口的路灯坏了半个月，报修三次没人来，请尽快处理，谢谢！", "complaint"),
        ("请问新生儿落户需要带哪些材料？", "advice_inquiry"),
        ("建议在体育馆旁边增设一个公交站", "advice_inquiry"),
        ("感谢窗口的同志耐心帮老人办好了手续，点赞", "praise"),
        ("給你們點讚，修了三年路還是坑坑窪窪，報修也沒人管", "complaint"),
        ("拖欠我们八个人的工资半年了，求帮忙讨回来", "complaint"),
    ],
)
def test_category(classifier: Classifier, text: str, category: str) -> None:
    assert classifier.triage(text).category == category


@pytest.mark.parametrize(
    "text",
    ["停水了", "停电了", "没暖气", "太吵了", "有人打我", "谢谢李警官", "The water is off in my street"],
)
def test_a_short_cry_or_thanks_to_somebody_is_not_chitchat(classifier: Classifier, text: str) -> None:
    assert not classifier.triage(text).chitchat


@pytest.mark.parametrize(
    "text",
    [
        "你好",
        "在吗",
        "哈哈哈哈",
        "😀😀",
        "嗯嗯",
        "早上好呀",
        "hello",
        "谢谢",
        "好的谢谢",
        "有人不",
        "你好" * 30,
    ],
)
def test_chitchat(classifier: Classifier, text: str) -> None:
    assert classifier.triage(text).chitchat


def test_danger_is_urgent_and_says_why(classifier: Classifier) -> None:
    found = classifier.triage("四楼着火了，里面还有两个孩子，快来人")
    assert found.urgent and not found.chitchat
    assert any("紧急" in reason and "火情" in reason for reason in found.reasons)


@pytest.mark.parametrize("text", ["停水三天了什么时候来水", "公司拖欠工资两个月", "电梯又坏了，天天爬楼"])
def test_arrears_and_outages_are_not_urgent(classifier: Classifier, text: str) -> None:
    assert not classifier.triage(text).urgent


def test_self_harm_and_threats_are_sensitive(classifier: Classifier) -> None:
    assert classifier.triage("我不想活了，活着没有意思").sensitive
    assert classifier.triage("再不解决我就带着汽油去你们大厅同归于尽").sensitive


def test_misconduct_is_an_accusation(classifier: Classifier) -> None:
    assert classifier.triage("举报村支书收红包，把低保名额给了自己亲戚").accusation
    assert not classifier.triage("路口红绿灯坏了").accusation


@pytest.mark.parametrize(
    ("text", "procedure"),
    [
        ("我要申请政府信息公开，公开征地批文", "政府信息公开"),
        ("对处罚决定不服，想申请行政复议", "行政复议"),
        ("已经打了12315，商家还是不退", "12315"),
        ("信访答复我不认可，要求复查", "信访"),
        ("路灯坏了", ""),
    ],
)
def test_procedure(classifier: Classifier, text: str, procedure: str) -> None:
    assert classifier.triage(text).procedure == procedure


@pytest.mark.parametrize(
    "text", ["", " \n", "\x00\x01", "\ud800", "مرحبا بالعالم", "good morning sir", "😀" * 3000, "12345"]
)
def test_what_cannot_be_judged_goes_to_a_person(classifier: Classifier, text: str) -> None:
    found = classifier.triage(text)
    assert found.needs_review and found.confidence <= 0.5


def test_an_empty_text_is_not_chitchat(classifier: Classifier) -> None:
    assert not classifier.triage("").chitchat


def test_a_very_long_text_costs_no_more_than_its_head_and_tail(classifier: Classifier) -> None:
    assert len(read("路面坑洼不平" * 20_000).text) <= HEAD + TAIL + 1
    assert classifier.triage("路面坑洼不平，请修。" * 10_000).category == "complaint"


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_never_raises(text: str) -> None:
    found = built_in().triage(text)
    assert found.category in CATEGORIES and found.topic in TOPICS and 0 <= found.confidence <= 1


def test_many_is_each(classifier: Classifier) -> None:
    texts = ["你好", "路灯坏了", ""]
    assert classifier.triage_many(texts) == [classifier.triage(text) for text in texts]
    assert isinstance(classifier.triage_many(texts)[0], Triage)


def test_serving_path_agrees_with_scikit_learn() -> None:
    """What is rounded when a model is made is rounded here too: the way from a text to its scores is the same."""
    rows = examples(read_corpus())[::12]
    model = fit(rows, "test")
    readings = [read(row.text) for row in rows]
    union = feature_union().fit(readings)
    chosen = [i for i, row in enumerate(rows) if row.category]
    regression = logistic("category", True).fit(
        union.transform([readings[i] for i in chosen]),
        [rows[i].category for i in chosen],
        sample_weight=[rows[i].weight for i in chosen],
    )
    order = [list(regression.classes_).index(label) for label in CATEGORIES]
    probe = [
        read(text) for text in ("路灯坏了没人修", "请问怎么办证？", "谢谢好心的司机", "", "abc")
    ] + readings[:50]
    plain = regression.decision_function(union.transform(probe))[:, order]
    for name, block in union.transformer_list:
        if name not in COUNTED:
            block.idf_ = block.idf_.astype(np.float16).astype(np.float64)
    sizes = [len(block.vocabulary_) for _, block in union.transformer_list]
    coef = regression.coef_[order].T.astype(np.float32)
    rounded = union.transform(probe) @ unpacked(*packed(coef, sizes), sizes) + regression.intercept_[order]
    served = np.array([model.scores(reading)[: len(CATEGORIES)] for reading in probe])
    np.testing.assert_allclose(served, rounded, atol=5e-4)  # four bytes against eight
    np.testing.assert_allclose(rounded, plain, atol=0.15)  # what a byte a coefficient costs
    assert np.abs(rounded - plain).mean() < 0.03


def test_fitting_twice_gives_the_same_numbers() -> None:
    rows = examples(read_corpus())[::15]
    one, other = fit(rows, "test"), fit(rows, "test")
    assert np.array_equal(one.coef, other.coef) and np.array_equal(one.intercept, other.intercept)


@pytest.fixture(scope="module")
def saved(classifier: Classifier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved") / "m"
    storage.save(classifier.model, folder)
    return folder


def test_saved_model_says_the_same(classifier: Classifier, saved: Path) -> None:
    text = "物业乱收费，请查处"
    assert Classifier.load(saved).triage(text) == classifier.triage(text)


@pytest.mark.parametrize("name", ["numbers.npz", "model.json", "card.json"])
def test_an_altered_model_is_refused(saved: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(saved, tmp_path, dirs_exist_ok=True)
    with (tmp_path / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(ModelError, match="改动"):
        Classifier.load(tmp_path)


def test_a_missing_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="models build"):
        Classifier.load(tmp_path / "nothing")


def test_no_file_of_a_model_can_run_code(classifier: Classifier) -> None:
    assert classifier.version
    assert {path.suffix for path in BUILT.iterdir()} <= {".npz", ".json"}
    np.load(BUILT / "numbers.npz", allow_pickle=False)
