"""Around the approved words stands what belongs there, by channel and purpose; the record of its way is true."""

import pytest

from cases.register import sources
from cases.register.errors import Stale
from cases.register.states import DeliveryState, Purpose
from cases.register.tables import Audit, Comment, Delivery, Draft, Outbox, Staff
from cases.steps import reply
from tests import stages
from tests.builders import Bureau

TEXT = "水管本周内修好。"
HEADS = {
    Purpose.ANSWER: "答复如下",
    Purpose.CORRECTION: "答复更正如下",
    Purpose.REFUSAL: "不予受理",
    Purpose.QUESTION: "请您补充说明",
    Purpose.ADOPTION: "已被采纳",
}


def channelled(office: Bureau, channel: str) -> str:
    if channel.startswith("api:"):
        new = sources.NewSource(channel.removeprefix("api:"))
        office.workplace.act(lambda desk: sources.add(desk, new))
    return office.a_case(stages.COMPLAINT, channel=channel)


@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize(
    ("channel", "framed", "commands"),
    [("wechat", True, True), ("api:app", True, False), ("comment", False, False)],
)
def test_what_stands_around_the_words(
    office: Bureau, purpose: Purpose, channel: str, framed: bool, commands: bool
) -> None:
    case = office.case(channelled(office, channel))
    said = reply.framed(case, purpose, TEXT)
    assert TEXT in said
    if not framed:
        assert said == TEXT  # everybody reads it there: no number, nothing of the case
        return
    assert case.no in said and HEADS[purpose] in said
    assert ("发送「" in said) == (commands and purpose in (Purpose.ANSWER, Purpose.QUESTION))
    others = [head for other, head in HEADS.items() if other != purpose]
    assert not any(head in said for head in others if head not in HEADS[purpose])


def test_every_purpose_says_what_it_is() -> None:
    assert set(HEADS) == set(Purpose)


@pytest.mark.parametrize("state", ["review", "returned", "replaced", "withdrawn"])
def test_what_was_not_approved_is_not_released(office: Bureau, state: str) -> None:
    """Whoever calls it by mistake: a text that is not approved leaves no row to be sent."""
    no = stages.in_review(office)
    before = office.everything()

    def step(desk, staff: Staff, case):  # type: ignore[no-untyped-def]
        draft = desk.session.get_one(Draft, 1)
        draft.state = state
        reply.release(desk, staff, case, draft, TEXT)

    with pytest.raises(Stale, match="尚未通过审核"):
        office.on("李科长", no, step)
    assert office.everything() == before and office.rows(Delivery) == []


def deliver(office: Bureau, state: DeliveryState, **how: str) -> Delivery:
    office.clock.advance(minutes=5)
    office.workplace.act(lambda desk: reply.delivered(desk, desk.session.get_one(Delivery, 1), state, **how))
    (found,) = office.rows(Delivery)
    return found


@pytest.mark.parametrize(
    ("state", "ended"),
    [(DeliveryState.PENDING, False), (DeliveryState.WAITING, False), (DeliveryState.SENT, True),
     (DeliveryState.NOTIFIED, True), (DeliveryState.HANDED_OVER, True), (DeliveryState.POSTED, True),
     (DeliveryState.FAILED, True)],
)  # fmt: skip
def test_an_end_has_its_time_and_what_goes_on_has_none(
    office: Bureau, state: DeliveryState, ended: bool
) -> None:
    stages.answered(office)
    found = deliver(office, state)
    assert (found.state, found.finished_at is not None) == (state, ended)
    if ended:
        assert found.finished_at == office.clock.now
    (row,) = office.rows(Audit, action="delivery")
    assert f'"{state}"' in row.detail


def test_a_failure_is_said_to_the_handler_with_its_reason_and_never_called_sent(office: Bureau) -> None:
    no = stages.answered(office)
    found = deliver(office, DeliveryState.FAILED, error="用户拒收")
    assert found.error == "用户拒收"
    (word,) = office.told(word="未能送达")
    assert no in word and "用户拒收" in word and word.startswith("张工：")


def test_of_a_notice_that_failed_nobody_is_troubled(office: Bureau) -> None:
    no = stages.claimed(office)
    from cases.steps import assign

    office.on("张工", no, lambda desk, staff, case: assign.transfer(desk, staff, case, "交通局"))
    deliver(office, DeliveryState.FAILED, error="用户拒收")
    assert office.told(word="未能送达") == []


def test_a_doubt_that_was_there_once_stays_whatever_comes_after(office: Bureau) -> None:
    from cases.register import deliveries

    stages.answered(office)
    office.workplace.act(lambda desk: deliveries.doubt(desk, 1))
    found = deliver(office, DeliveryState.SENT)
    assert found.state == "sent" and deliveries.MAY_BE_TWICE in found.error
    office.workplace.act(lambda desk: deliveries.tried(desk, 1, "超时", 3))
    (found,) = office.rows(Delivery)
    assert deliveries.MAY_BE_TWICE in found.error and "超时" in found.error and found.attempts == 3


def test_parts_that_are_out_are_remembered(office: Bureau) -> None:
    stages.answered(office)
    for parts in (1, 2):
        office.workplace.act(
            lambda desk, n=parts: reply.part_sent(desk, desk.session.get_one(Delivery, 1), n)
        )
        assert [row.parts_sent for row in office.rows(Delivery)] == [parts]
    assert office.rows(Delivery)[0].state == "pending"


def test_a_template_message_is_found_by_the_platform_s_own_name(office: Bureau) -> None:
    stages.answered(office)
    office.workplace.act(lambda desk: reply.notified(desk, desk.session.get_one(Delivery, 1), "msg-77"))
    (found,) = office.rows(Delivery)
    assert (found.state, found.channel, found.platform_id) == ("notified", "template", "msg-77")


def test_what_waited_goes_out_together_and_each_is_noted(office: Bureau) -> None:
    for _ in range(2):
        stages.answered(office)

    def step(desk) -> str:  # type: ignore[no-untyped-def]
        return reply.handed_over(desk, [desk.session.get_one(Delivery, one) for one in (1, 2)])

    said = office.workplace.act(step)
    assert said.count(stages.ANSWER) == 2
    assert [(row.state, row.channel) for row in office.rows(Delivery)] == [("handed_over", "passive")] * 2


def test_a_posted_reply_is_noted_at_its_comment(office: Bureau) -> None:
    from cases.register import articles
    from cases.steps import comments

    def take(desk) -> None:  # type: ignore[no-untyped-def]
        from tests.builders import by_words

        article = articles.add(desk, "wx", "1")
        written = comments.Written("7", "", stages.COMPLAINT, desk.now)
        comments.take(desk, article, [(written, by_words(written.text))])

    office.workplace.act(take)
    office.claim("张工", "20260302-0001")
    office.approve("李科长", office.draft("张工", "20260302-0001", TEXT))
    (row,) = office.rows(Outbox, kind="delivery")
    assert row.lane == "comment"
    deliver(office, DeliveryState.POSTED)
    assert [one.state for one in office.rows(Comment)] == ["replied"]
