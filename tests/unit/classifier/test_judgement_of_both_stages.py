"""What both stages say is put together by hand: who has the last word on a category, and where a person had better look."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from classifier.danger import has_aside
from classifier.labels import CATEGORIES
from classifier.model.linear import Floats
from classifier.model.second_opinion import FLAGS
from classifier.reading.read import read
from classifier.triage import NAMES, Classifier, Triage, built_in, wording

UNSURE = "这个事情到底归谁管啊"
WIDE = 8.0  # of a score that leaves no doubt


class Saying:
    """An embedder whose vector makes the second stage say what is wanted, whatever the text."""

    def __init__(self, like: Classifier, wanted: Sequence[float]) -> None:
        stage = like.model.second
        assert stage is not None
        self.name = stage.embedder
        # of least length: coefᵀ · v = wanted − intercept
        self._vector = np.linalg.lstsq(stage.coef.T, np.array(wanted) - stage.intercept, rcond=None)[0]

    def vectors(self, texts: Sequence[str]) -> Floats:
        return np.tile(self._vector.astype(np.float32), (len(texts), 1))


@pytest.fixture(scope="module")
def words() -> Classifier:
    return built_in(False)


def judged(words: Classifier, text: str, category: str, chat: float = -WIDE) -> Triage:
    """Return the judgement where the second stage is sure of `category`."""
    scores = [WIDE if each == category else -WIDE for each in CATEGORIES]
    both = Classifier(words.model, Saying(words, [*scores, chat, *[-WIDE] * len(FLAGS)]))
    (found,) = both.triage_many([text])
    return found


@pytest.mark.parametrize("category", CATEGORIES)
def test_where_words_are_unsure_the_second_stage_decides(words: Classifier, category: str) -> None:
    found = judged(words, UNSURE, category)
    assert found.category == category and found.confidence > 0.5
    assert found.reasons[0].startswith(NAMES[category])


def test_where_words_are_sure_nobody_is_asked_again(words: Classifier) -> None:
    text = "感谢热心的社区工作人员，帮我家解决了大难题，为你们点赞！"
    alone = words.triage(text)
    assert alone.category == "praise" and alone.confidence > 0.9
    assert judged(words, text, "complaint") == alone


def test_chit_chat_is_doubted_by_both(words: Classifier) -> None:
    text = "嗯嗯我知道了呀"
    assert not judged(words, UNSURE, "complaint", chat=WIDE).chitchat, "a matter is none, whoever says so"
    assert (
        judged(words, text, "advice_inquiry", chat=WIDE).chitchat
        >= judged(words, text, "advice_inquiry").chitchat
    )


@pytest.mark.parametrize("told", CATEGORIES)
def test_a_colleague_s_own_word_on_a_wording_is_the_last(words: Classifier, told: str) -> None:
    kept = {wording(read(UNSURE)): told}
    found = Classifier(replace(words.model, wordings=kept)).triage(f" {UNSURE}\n")
    assert (found.category, found.confidence, found.needs_review) == (told, 1.0, False)
    assert "工作人员曾对同样的文字改类" in found.reasons[0]
    assert Classifier(replace(words.model, wordings=kept)).triage(UNSURE + "呢") != found


def test_a_colleague_s_word_on_a_category_takes_no_danger_away(words: Classifier) -> None:
    text = "有人要跳楼了快来人啊"
    kept = {wording(read(text)): "praise"}
    found = Classifier(replace(words.model, wordings=kept)).triage(text)
    assert found.category == "praise" and found.urgent and found.danger_kind


@pytest.mark.parametrize("text", ["Please help, the water is off", "Спасибо", "ありがとう", "กรุณาช่วยด้วย"])
def test_what_is_in_no_chinese_is_for_a_person(words: Classifier, text: str) -> None:
    found = words.triage(text)
    assert found.needs_review or found.chitchat
    assert found.confidence <= 0.5 or not any("a" <= c <= "z" for c in text)


@pytest.mark.parametrize(
    "text",
    [
        "谢谢你们，可是我现在就要跳下去了",
        "感谢救助，屋里煤气味很大人都晕了",
        "辛苦了，孩子还困在电梯里出不来",
    ],
)
def test_danger_is_no_praise_and_a_person_looks(words: Classifier, text: str) -> None:
    found = words.triage(text)
    assert found.urgent and found.category != "praise"
    assert not found.chitchat and found.reasons[0].startswith(NAMES[found.category])


@pytest.mark.parametrize("flag", ["urgent", "sensitive", "accusation", "chitchat", "ad"])
def test_each_flag_that_is_up_says_so(words: Classifier, flag: str) -> None:
    texts = {
        "urgent": "着火了，楼里还有人",
        "sensitive": "活着没意思了，想吃安眠药一了百了",
        "accusation": "举报镇长收受贿赂，把低保指标卖给亲戚",
        "chitchat": "你好",
        "ad": "代办贷款，无抵押秒批，加微信领优惠",
    }
    found = words.triage(texts[flag])
    assert getattr(found, flag)
    assert (flag == "chitchat") or len(found.reasons) > 1


def test_a_flag_that_chat_forbids_and_danger_that_forbids_chat(words: Classifier) -> None:
    for one in words.triage_many([UNSURE, "你好", "着火了，楼里还有人", "谢谢", "在吗"]):
        assert not (one.chitchat and (one.urgent or one.sensitive or one.accusation or one.ad))


@pytest.mark.parametrize(
    "text",
    [
        "求你们派个人来", "求你们派个人来！", "求求你们来个人吧", "有个包一直滴答响", "车站有个箱子没人要 滴滴响",
        "他跟到家门口了",
        "孩子被狗咬了脸", "最后一次跟你们说话", "对不起 我走了",
    ],
)  # fmt: skip
def test_the_nearest_messages_call_no_plain_alarm_off(text: str) -> None:
    assert built_in(True).triage(text).urgent


def test_an_alarm_that_is_called_off_is_shown_to_a_person() -> None:
    by_words, by_both = built_in(False).triage("手机炸了"), built_in(True).triage("手机炸了")
    assert by_words.urgent and not by_both.urgent
    assert by_both.needs_review and "请看一眼" in by_both.reasons[-1]


def test_a_mark_at_the_end_is_nothing_beside_a_danger() -> None:
    assert not any(has_aside(f"求你们派个人来{mark}") for mark in ("", "!", "。", "~"))
    assert has_aside("孩子溺水了,急救电话是多少") and has_aside("您好,电梯里关着人")
