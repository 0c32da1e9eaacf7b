"""What few words say: an answer to a question of ours raises no flag, a plain cry always does."""

import time
import tomllib
from pathlib import Path

import pytest

from classifier.danger import bare
from classifier.fit.corpus import read_accusations, read_danger, read_supplements
from classifier.fit.near_duplicates import squeezed
from classifier.triage import Classifier
from text.normalise import normalise

TOLD = tomllib.loads((Path(__file__).parent / "short_messages.toml").read_text(encoding="utf-8"))
ANSWERS, CRIES, NAMES = (TOLD[side].replace("\n", "").split("|") for side in ("answers", "cries", "names"))
DOUBTED = {"炸了", "漏电电死狗了", "涨大水了"}  # beside a letter of something else
LETTER = "公园门口的路灯坏了一周，晚上看不见，请派人来修。"


def test_they_are_many_and_were_not_learnt() -> None:
    assert len(set(ANSWERS)) >= 60 and len(set(CRIES)) >= 60
    assert {squeezed(m.text) for m in read_supplements()}.isdisjoint(map(squeezed, ANSWERS))


def test_an_answer_raises_no_flag(classifier: Classifier) -> None:
    found = classifier.triage_many(ANSWERS)
    raised = [
        text
        for text, one in zip(ANSWERS, found, strict=True)
        if one.urgent or one.accusation or one.sensitive
    ]
    assert raised == []


@pytest.mark.parametrize("beside", ["{}", "{}，谢谢", "{}，在北门旁边", "{}，怎么办", "听邻居说，{}"])
def test_a_plain_cry_always_does(classifier: Classifier, beside: str) -> None:
    told = [beside.format(text) for text in CRIES]
    found = classifier.triage_many(told)
    assert [text for text, one in zip(told, found, strict=True) if not one.urgent] == []


@pytest.mark.parametrize("beside", ["{}", "{}，谢谢", "{}，在北门旁边", "{}，怎么办"])
def test_the_bare_name_of_a_danger_is_one(classifier: Classifier, beside: str) -> None:
    told = [beside.format(text) for text in NAMES]
    found = classifier.triage_many(told)
    assert len(set(NAMES)) >= 150
    assert [text for text, one in zip(told, found, strict=True) if not one.urgent] == []


def test_the_bare_name_of_a_danger_is_one_beside_a_calm_letter(classifier: Classifier) -> None:
    judged = zip(NAMES, classifier.triage_many(NAMES), strict=True)
    calmed = [name for name, one in judged if not classifier.further(one, name, LETTER).urgent]
    assert set(calmed) <= DOUBTED  # of these the supervisors are told that there may be a danger


def test_no_danger_and_no_accusation_of_the_corpora_is_bare() -> None:
    messages = [
        m for m in (*read_danger(), *read_accusations()) if m.flags & {"urgent", "accusation", "sensitive"}
    ]
    assert [m.place for m in messages if bare(normalise(m.text))] == []
    assert not any(map(bare, map(normalise, CRIES)))


def test_what_is_bare_is_found_in_time_that_grows_with_the_text_alone() -> None:
    started = time.process_time()
    assert not bare("上下" * 11 + "人") and not bare("上下" * 100_000 + "人")
    assert time.process_time() - started < 0.1
