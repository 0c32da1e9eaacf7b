"""A question that the chat puts to a member of staff (a reason, a text), and what the reply does."""

from dataclasses import dataclass

from sqlmodel import col, select

from cases.register import drafts, readonly, register
from cases.register.desk import Desk
from cases.register.errors import NotAllowed, Stale
from cases.register.kinds import Asked
from cases.register.readonly import Case, Draft, Staff
from cases.register.rows import id_of, row_of
from cases.register.states import Purpose
from cases.register.tables import Ask
from cases.steps import cohandle, danger, draft, extend, review
from cases.steps.allowed import Action, demand, may_decide

WORDS: dict[str, str] = {
    Asked.RETURN: "退回",
    Asked.EXTEND: "延期",
    Asked.QUESTION: "追问",
    Asked.REFUSE: "不予受理",
    Asked.CORRECT: "更正",
    Asked.OPINION: "协办意见",
    Asked.CALM: "解除紧急",
}
_PURPOSES: dict[str, Purpose] = {
    Asked.QUESTION: Purpose.QUESTION,
    Asked.REFUSE: Purpose.REFUSAL,
    Asked.CORRECT: Purpose.CORRECTION,
}
_ACTIONS: dict[str, Action] = {
    Asked.EXTEND: Action.EXTEND,
    Asked.QUESTION: Action.ASK,
    Asked.REFUSE: Action.REFUSE,
    Asked.CORRECT: Action.CORRECT,
    Asked.OPINION: Action.OPINION,
    Asked.CALM: Action.CALM,
}
_WANTED: dict[str, str] = {
    Asked.RETURN: "请回复本条消息，写明退回理由。",
    Asked.EXTEND: "请回复本条消息，写明延期理由。",
    Asked.QUESTION: "请回复本条消息，写出要请来信人补充的内容（审核后发出，本件继续办理）。",
    Asked.REFUSE: "请回复本条消息，写明不予受理的原因（审核后告知来信人，本件办结）。",
    Asked.CORRECT: "请回复本条消息，写出更正后的答复全文（审核后发出）。",
    Asked.OPINION: "请回复本条消息，写出贵部门的意见（只供内部参考，不发给来信人）。",
    Asked.CALM: "请回复本条消息，写明如何核实无人处于危险（记录在案并告知督办人）。",
}


@dataclass(frozen=True, slots=True)
class StaffQuestion:
    """What is put to the person, and the row that waits for the reply."""

    ask_id: int
    text: str


def put(
    desk: Desk, staff: Staff, case: Case, action: str, under_review: Draft | None = None
) -> StaffQuestion:
    """Ask for the reason or text that `action` needs; an earlier open question of the same kind lapses.

    Raises: what the action itself would raise, so that nobody types in vain.
    """
    may(desk, staff, case, action, under_review)
    close(desk, staff, case, action)
    ask = Ask(
        staff_id=id_of(staff),
        action=action,
        case_id=case.id,
        draft_id=under_review.id if under_review else None,
        round=under_review.round if under_review else 0,
        asked_at=desk.now,
    )
    desk.session.add(ask)
    desk.session.flush()
    return StaffQuestion(id_of(ask), f"{staff.name}：【{WORDS[action]}】{case.no}　{_WANTED[action]}")


def may(desk: Desk, staff: Staff, case: Case, action: str, under_review: Draft | None = None) -> None:
    """Raises: NotAllowed, Stale or Invalid if this person cannot do `action` on this case now."""
    if action != Asked.RETURN:
        demand(desk, staff, case, _ACTIONS[action])
        return
    if under_review is None:
        raise Stale("本件没有等待审核的草稿。")
    may_decide(desk, staff, case, under_review, under_review.round)


def answer(desk: Desk, staff: Staff, ask: readonly.Ask, text: str) -> str:
    """Do what the reply to a question asks for; returns a line for the person, empty if a card says it.

    Raises: NotAllowed if somebody else was asked; Stale if the question was answered or has lapsed.
    """
    ask = row_of(Ask, ask)
    if ask.staff_id != staff.id:
        raise NotAllowed("这个问题是问另一位同事的。")
    if not ask.open:
        raise Stale("这个问题已经回答过或已作废，请重新操作。")
    case = register.by_id(desk, ask.case_id)
    under_review = drafts.by_id(desk, ask.draft_id) if ask.action == Asked.RETURN else None
    said = act(desk, staff, case, ask.action, text, under_review, ask.round)
    ask.open = False
    desk.session.add(ask)
    return said


def act(
    desk: Desk,
    staff: Staff,
    case: Case,
    action: str,
    text: str,
    under_review: Draft | None = None,
    round_: int = 0,
) -> str:
    """Do `action` with the text it needs; returns a line for the person, empty if a card says it."""
    if action == Asked.RETURN:
        if under_review is None:
            raise Stale("本件没有等待审核的草稿。")
        review.send_back(desk, staff, under_review, round_ or under_review.round, text)
        return ""
    if action == Asked.EXTEND:
        extend.ask(desk, staff, case, text)
        return f"{case.no} 的延期申请已提交，等待督办人同意。"
    if action == Asked.OPINION:
        cohandle.give(desk, staff, case, text)
        return f"{case.no} 的协办意见已交主办部门。"
    if action == Asked.CALM:
        danger.call_off(desk, staff, case, text)
        return f"{case.no} 已解除紧急，理由已记录并告知督办人。"
    draft.submit(desk, staff, case, text, _PURPOSES[action])
    return ""


def opened(desk: Desk, staff: Staff, case: Case | None = None) -> list[readonly.Ask]:
    """Return the questions that wait for this person's reply, newest first."""
    query = select(Ask).where(Ask.staff_id == staff.id, col(Ask.open).is_(True))
    if case is not None:
        query = query.where(Ask.case_id == case.id)
    return list(desk.session.exec(query.order_by(col(Ask.id).desc())).all())


def close(desk: Desk, staff: Staff, case: Case, action: str) -> None:
    """Have this person's open questions about `action` lapse: asked anew, or answered in another way."""
    for ask in opened(desk, staff, case):
        if ask.action == action:
            row_of(Ask, ask).open = False
            desk.session.add(ask)


def by_id(desk: Desk, ask_id: int | None) -> readonly.Ask:
    ask = desk.session.get(Ask, ask_id) if ask_id is not None else None
    if ask is None:
        raise Stale("这个问题已作废。")
    return ask
