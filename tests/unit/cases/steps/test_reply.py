"""A released text goes to its citizen, its standing frozen at the last approval."""

import pytest

from cases.register.desk import Desk
from cases.register.states import DeliveryState, Purpose
from cases.register.tables import Delivery, Outbox, Outcome
from cases.steps import reply
from tests.builders import Bureau


def delivered(bureau: Bureau, state: DeliveryState, error: str = "") -> Delivery:
    """Let the worker record how the first answer's sending ended."""

    def step(desk: Desk) -> Delivery:
        row = bureau.rows(Delivery, kind="answer")[0]
        again = desk.session.get_one(Delivery, row.id)
        reply.delivered(desk, again, state, "customer_message", error)
        return again

    return bureau.workplace.act(step)


def test_the_answer_is_written_to_the_outbox_in_the_same_transaction(bureau: Bureau) -> None:
    no = bureau.answered()
    (delivery,) = bureau.rows(Delivery)
    (row,) = bureau.rows(Outbox, lane="citizen")
    assert row.payload == {"delivery_id": delivery.id} and delivery.state == "pending"
    text = bureau.workplace.office.vault.open(delivery.text_sealed)
    assert no in text and "水管将在本周内修好。" in text and f"评价 {no} 满意" in text


def test_an_article_comment_is_answered_by_the_approved_words_alone(bureau: Bureau) -> None:
    bureau.answered("水管坏了", "水管将在本周内修好。", channel="comment", kind="comment")
    (delivery,) = bureau.rows(Delivery)
    assert bureau.workplace.office.vault.open(delivery.text_sealed) == "水管将在本周内修好。"
    assert [row.lane for row in bureau.rows(Outbox) if row.kind == "delivery"] == ["comment"]


@pytest.mark.parametrize(
    ("day", "hour", "on_time"), [(16, 9, True), (16, 23, True), (17, 0, False), (30, 9, False)]
)
def test_on_time_is_judged_at_the_last_approval(bureau: Bureau, day: int, hour: int, on_time: bool) -> None:
    no = bureau.a_case()  # due on the sixteenth
    bureau.claim("张工", no)
    draft_id = bureau.draft("张工", no, "水管将在本周内修好。")
    bureau.clock.set(2026, 3, day, hour)
    bureau.approve("李科长", draft_id)
    case = bureau.case(no)
    assert case.on_time is on_time and (case.overdue_since is None) is on_time
    (outcome,) = bureau.rows(Outcome)
    assert (outcome.on_time, str(outcome.due_on), outcome.kind) == (on_time, "2026-03-16", "answer")


def test_a_late_delivery_alters_no_standing(bureau: Bureau) -> None:
    no = bureau.answered()
    bureau.clock.set(2026, 6, 1)
    delivered(bureau, DeliveryState.WAITING)
    delivered(bureau, DeliveryState.HANDED_OVER)
    assert bureau.case(no).on_time is True
    assert bureau.rows(Delivery)[0].finished_at == bureau.clock.now


def test_a_refused_delivery_is_said_to_its_handler_and_never_called_sent(bureau: Bureau) -> None:
    no = bureau.answered()
    row = delivered(bureau, DeliveryState.FAILED, "43004 require subscribe")
    assert row.state == "failed" and "43004" in row.error
    assert any(no in text and "未能送达" in text for text in bureau.told("department:1"))


def test_a_question_leaves_the_case_open_and_its_clock_running(bureau: Bureau) -> None:
    no = bureau.a_case()
    bureau.claim("张工", no)
    due = bureau.case(no).due_at
    bureau.approve("李科长", bureau.draft("张工", no, "请问是哪栋楼的水管？", Purpose.QUESTION))
    case = bureau.case(no)
    assert (case.status, case.due_at, case.on_time, bureau.rows(Outcome)) == ("claimed", due, None, [])
    text = bureau.workplace.office.vault.open(bureau.rows(Delivery)[0].text_sealed)
    assert f"补充 {no}" in text
