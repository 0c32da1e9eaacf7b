"""A further line is judged beside the letter that it joins."""

import pytest

from classifier.danger import stands
from classifier.triage import Classifier

LAMP = "青云路和文昌路口的红绿灯右转灯坏了一周，早高峰天天堵一公里，请尽快来修！"
CALM = [
    "是由东向北那个，今天早上还是不亮。",
    "麻烦快一点",
    "今天早上又停水了",
    "男的，62岁",
    "打过了，没人接",
    "照片发了，上面那张就是",
]
OWN_DANGER = [
    "我不想活了",
    "救命",
    "楼下着火了",
    "我爸喝了农药",
    "他拿刀在砸我家门",
    "孩子掉河里了",
    "灯杆砸到人了，头在流血",
    "煤气味很大，老人叫不醒",
]


@pytest.mark.parametrize("line", CALM)
def test_an_answer_of_few_words_is_what_it_is_beside_the_letter(classifier: Classifier, line: str) -> None:
    found = classifier.further(classifier.triage(line), line, LAMP)
    assert not (found.urgent or found.danger_kind or found.chitchat)


@pytest.mark.parametrize("line", OWN_DANGER)
def test_an_emergency_of_its_own_stays_urgent_beside_any_letter(classifier: Classifier, line: str) -> None:
    judged = classifier.triage(line)
    assert judged.urgent and classifier.further(judged, line, LAMP) == judged


def test_what_keeps_an_alarm() -> None:
    assert not stands("今天早上还是不亮", 0.65, 0.05, 0.05, 0.4)
    assert stands("今天早上还是不亮", 0.71, 0.05, 0.05, 0.4)  # outright
    assert stands("今天早上还是不亮", 0.65, 0.02, 0.1, 0.4)  # the letter becomes likelier
    assert stands("今天早上还是不亮", 0.65, 0.3, 0.4, 0.4)  # both together tell of it
    assert stands("那边冒烟了", 0.41, 0.01, 0.01, 0.4)  # shown
    assert stands("一" * 21, 0.41, 0.01, 0.01, 0.4)  # it has words enough
