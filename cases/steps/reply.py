"""Sixth step: the released text goes to its citizen; what happened on the way is recorded as it was."""

from collections.abc import Sequence

from sqlmodel import select

from cases.knowledge import learn
from cases.register import channels, deliveries, lapse, outcomes, readonly, register, tables
from cases.register.desk import Desk
from cases.register.errors import Stale
from cases.register.kinds import Sent
from cases.register.readonly import Delivery, Draft, Staff
from cases.register.rows import row_of
from cases.register.states import RELEASE_EVENTS, CommentState, DeliveryState, DraftState, Purpose
from cases.register.tables import Case, Comment
from cases.sending import announce, outbox
from cases.steps import extend, joint_answer, promise


def release(desk: Desk, staff: Staff, case: Case, draft: Draft, text: str) -> Delivery:
    """The last approval: freeze the standing, write the outbox row, and grow the knowledge base.

    On time is judged here, so that no later edit improves a figure.
    """
    purpose = Purpose(draft.purpose)
    if draft.state != DraftState.APPROVED:
        raise Stale("草稿尚未通过审核。")
    if purpose in (Purpose.ANSWER, Purpose.REFUSAL):
        _end(desk, case, draft, purpose)
    elif purpose is Purpose.CORRECTION or (purpose is Purpose.ADOPTION and not register.is_open(case)):
        case.review_since = None
        desk.session.add(case)
    elif purpose is Purpose.QUESTION:
        register.move(
            desk,
            case,
            RELEASE_EVENTS[purpose],
            review_since=None,
            first_answered_at=case.first_answered_at or desk.now,
        )
    delivery = announce.citizen(desk, case, framed(case, purpose, text), kind=purpose.value, draft=draft)
    desk.audit("reply.release", f"case:{case.no}", draft=draft.id, delivery=delivery.id, on_time=case.on_time)
    announce.card(desk, case, priority=outbox.NORMAL)
    if purpose in (Purpose.ANSWER, Purpose.CORRECTION):
        learn.from_answer(desk, case, draft, text)
        promise.keep(desk, case, draft, text)
    for other in joint_answer.release(desk, case, purpose):
        sent = announce.citizen(desk, other, framed(other, purpose, text), kind=purpose.value)
        facts = {"draft": draft.id, "delivery": sent.id, "on_time": other.on_time}
        desk.audit("reply.release", f"case:{other.no}", lead=case.no, **facts)
        announce.card(desk, other, priority=outbox.NORMAL)
    return delivery


def _end(desk: Desk, case: Case, draft: Draft, purpose: Purpose) -> None:
    late = lapse.note(desk, case)
    values = {
        "released_at": desk.now,
        "closed_at": desk.now,
        "on_time": not late,
        "first_answered_at": case.first_answered_at or desk.now,
        "review_since": None,
    }
    if purpose is Purpose.REFUSAL:
        values["close_note"] = draft.masked
    register.move(desk, case, RELEASE_EVENTS[purpose], **values)
    outcomes.freeze(desk, case, purpose.value, on_time=not late)
    extend.lapse(desk, case)


def framed(case: readonly.Case, purpose: Purpose, text: str) -> str:
    """Return what the citizen reads around the approved words. Under an article: the words alone."""
    can = channels.channel(case.channel)
    if not can.private:
        return text
    head = {
        Purpose.ANSWER: f"您反映的事项（编号 {case.no}）答复如下：",
        Purpose.CORRECTION: f"您反映的事项（编号 {case.no}）答复更正如下：",
        Purpose.REFUSAL: f"您反映的事项（编号 {case.no}）经审核不予受理，原因如下：",
        Purpose.QUESTION: f"为办理您反映的事项（编号 {case.no}），请您补充说明：",
        Purpose.ADOPTION: f"您提出的意见建议（编号 {case.no}）已被采纳，情况如下：",
    }[purpose]
    tail = {
        Purpose.QUESTION: f"\n\n请直接回复，或发送「补充 {case.no} 内容」。",
        Purpose.ANSWER: f"\n\n请评价：发送「评价 {case.no} 满意」（或 基本满意、不满意）。",
    }.get(purpose, "")
    tail = tail if can.commands else ""
    return f"{head}\n{text}{tail}"


def delivered(
    desk: Desk, delivery: Delivery, state: DeliveryState, channel: str = "", error: str = ""
) -> None:
    """Record the end of a sending, as the platform told it."""
    delivery = row_of(tables.Delivery, delivery)
    delivery.state = state.value
    delivery.channel = channel or delivery.channel
    delivery.error = deliveries.said_of(delivery, error)
    if state not in (DeliveryState.PENDING, DeliveryState.WAITING):
        delivery.finished_at = desk.now
    desk.session.add(delivery)
    case = register.by_id(desk, delivery.case_id)
    if state is DeliveryState.POSTED:
        comment = desk.session.exec(select(Comment).where(Comment.case_id == case.id)).first()
        if comment is not None:
            comment.state = CommentState.REPLIED
            desk.session.add(comment)
    desk.audit(
        "delivery",
        f"case:{case.no}",
        delivery=delivery.id,
        kind=delivery.kind,
        state=delivery.state,
        error=delivery.error,
    )
    if delivery.kind != Sent.NOTICE:
        announce.card(desk, case)
        if state is DeliveryState.FAILED:
            announce.handler(
                desk,
                case,
                f"{case.no} 的答复未能送达：{error or '平台拒绝'}。",
                key=f"undelivered:{delivery.id}",
            )


def part_sent(desk: Desk, delivery: Delivery, parts: int) -> None:
    """Record that the first `parts` parts are out, so that a cut-off sending goes on where it stopped."""
    row_of(tables.Delivery, delivery).parts_sent = parts
    desk.session.add(delivery)


def notified(desk: Desk, delivery: Delivery, platform_id: str) -> None:
    """Record that a template message stands for the text; the platform reports on it by this id."""
    row_of(tables.Delivery, delivery).platform_id = platform_id
    delivered(desk, delivery, DeliveryState.NOTIFIED, "template")


def handed_over(desk: Desk, deliveries: Sequence[Delivery]) -> str:
    """Return the waiting texts for a passive reply and record that they go out with it."""
    vault = desk.office.vault
    for delivery in deliveries:
        delivered(desk, delivery, DeliveryState.HANDED_OVER, "passive")
    return "\n\n".join(vault.open(delivery.text_sealed) for delivery in deliveries)
