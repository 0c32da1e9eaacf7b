"""「拆分」: a message that the merge window joined wrongly becomes a case of its own, with its original receipt."""

from sqlmodel import col, select

from cases.register import readonly, register
from cases.register.desk import Desk
from cases.register.errors import Invalid, Stale
from cases.register.readonly import Case, Staff
from cases.register.states import State
from cases.register.tables import Citizen, Message
from cases.sending import announce
from cases.steps import assign, receive, review, triage
from cases.steps.allowed import Action, demand
from sla.deadline import due_words


def messages(desk: Desk, case: Case) -> list[Message]:
    """Return a case's messages, oldest first: the first stays, each later one can be split off."""
    query = select(Message).where(Message.case_id == case.id).order_by(col(Message.id))
    return list(desk.session.exec(query).all())


def split(desk: Desk, staff: Staff, case: Case, message_id: int) -> Case:
    """Make a case of one message of `case`; the citizen is told of both numbers.

    Flags that the message raised stay on the old case, for flags only rise. What was approved there is voided.
    Raises: NotAllowed; Stale if the case is closed or the message is gone; Invalid for the first message.
    """
    citizen = desk.session.get(Citizen, case.citizen_id, with_for_update={"key_share": True})
    assert citizen is not None  # noqa: S101 - a foreign key
    register.lock(desk, case)
    demand(desk, staff, case, Action.SPLIT)
    joined = messages(desk, case)
    message = next((m for m in joined if m.id == message_id), None)
    if message is None:
        raise Stale("这条来信已不在本件。")
    if message is joined[0]:
        raise Invalid("第一条来信留在本件，请选择后面的来信。")
    opened = _open(desk, citizen, case, message)
    was = assign.Dated(case.due_on, due_words(case.due_on, case.provisional))
    if triage.is_the_models(case):
        triage.judge_anew(desk, case, "拆分后")
    if case.status == State.IN_REVIEW:
        review.withdraw_approval(desk, case, f"有来信拆分为 {opened.no}")
    desk.audit("case.split", f"case:{case.no}", message=message.id, to=opened.no)
    desk.audit("case.split_from", f"case:{opened.no}", message=message.id, case=case.no)
    announce.card(desk, case)
    local = message.received_at.astimezone(desk.office.zone)
    words = due_words(opened.due_on, opened.provisional)
    due = "" if receive.danger(opened) else f"，答复时限 {words}"
    announce.notice(
        desk,
        opened,
        f"您 {local:%m月%d日 %H:%M} 的留言原并入编号 {case.no}，现单独办理，编号 {opened.no}{due}。",
    )
    assign.tell_new_date(desk, case, was, "拆分后改类")
    return opened


def _open(desk: Desk, citizen: readonly.Citizen, case: Case, message: Message) -> Case:
    text = desk.office.vault.open(message.sealed)
    incoming = receive.Incoming(
        citizen.account, "", text, message.received_at, kind=message.kind, channel=case.channel
    )
    judged = triage.as_request(desk.office.triage(text), None)
    return receive.open_a_case(desk, citizen, message, incoming, judged, None).case
