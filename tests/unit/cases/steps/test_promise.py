"""Promised dates are watched: a reminder before, an alert after, until somebody closes them."""

import pytest

from cases.register.errors import Invalid, NotAllowed
from cases.register.states import Purpose
from cases.register.tables import Outbox, Promise
from cases.steps import promise
from tests.builders import Bureau

ANSWER = "我们将在5个工作日内修好水管。"  # answered on Monday, 2 March: by Monday, 9 March


def watch(bureau: Bureau) -> None:
    bureau.workplace.act(promise.watch)


def keys(bureau: Bureau) -> list[str]:
    return [row.key for row in bureau.rows(Outbox) if row.key.startswith("promise:")]


def test_a_promise_is_reminded_of_before_and_alerted_after(bureau: Bureau) -> None:
    no = bureau.answered(answer=ANSWER)
    watch(bureau)
    assert keys(bureau) == []
    bureau.clock.set(2026, 3, 6, 8)  # Friday, the working day before
    watch(bureau)
    assert any("【承诺提醒】" in text and no in text for text in bureau.told())
    bureau.clock.set(2026, 3, 9, 8)
    watch(bureau)
    bureau.clock.set(2026, 3, 10, 8)
    watch(bureau)
    assert any("【承诺逾期】" in text and no in text for text in bureau.told("supervisor"))


def test_each_word_is_told_once_however_often_the_sweep_runs(bureau: Bureau) -> None:
    bureau.answered(answer=ANSWER)
    bureau.clock.set(2026, 3, 11, 8)
    for _ in range(3):
        watch(bureau)
        bureau.clock.advance(minutes=1)
    assert len(keys(bureau)) == 2  # the supervisors and the handler
    bureau.clock.set(2026, 3, 14, 8)  # Saturday: the next word comes on the next working day
    watch(bureau)
    bureau.clock.set(2026, 3, 16, 8)
    watch(bureau)
    assert len({key.split(":")[3] for key in keys(bureau)}) == 2


def test_a_closed_promise_is_silent(bureau: Bureau) -> None:
    no = bureau.answered(answer=ANSWER)
    bureau.on("张工", no, lambda desk, staff, case: promise.close(desk, staff, case, "已修好"))
    bureau.clock.set(2026, 3, 20, 8)
    watch(bureau)
    assert keys(bureau) == []
    assert [row.state for row in bureau.rows(Promise)] == ["kept"]
    with pytest.raises(Invalid):
        bureau.on("张工", no, promise.close)
    assert bureau.chain().ok


def test_another_department_closes_nothing(bureau: Bureau) -> None:
    no = bureau.answered(answer=ANSWER)
    with pytest.raises(NotAllowed):
        bureau.on("陈师傅", no, promise.close)


def test_a_correction_takes_the_place_of_the_promise(bureau: Bureau) -> None:
    no = bureau.answered(answer=ANSWER)
    correction = bureau.draft("张工", no, "更正：我们将在10个工作日内修好水管。", Purpose.CORRECTION)
    bureau.approve("李科长", correction)
    assert [(row.words, row.state) for row in bureau.rows(Promise)] == [
        ("5个工作日内", "replaced"),
        ("10个工作日内", "open"),
    ]
    mine = bureau.act("张工", lambda desk, staff: [row.words for _, row in promise.mine(desk, staff)])
    assert mine == ["10个工作日内"]


def test_a_question_to_the_citizen_promises_nothing(bureau: Bureau) -> None:
    no = bureau.a_case("水管坏了")
    bureau.claim("张工", no)
    asked = bureau.draft("张工", no, "请说明地址，我们将在3个工作日内上门。", Purpose.QUESTION)
    bureau.approve("李科长", asked)
    assert bureau.rows(Promise) == []
