"""Somebody replied to one of our posts with text: a draft, a reason, or a text that was asked for."""

from collections.abc import Collection

from cases.register import drafts, register
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotFound, Stale
from cases.register.kinds import Asked, Posted
from cases.register.permissions import require_work
from cases.register.readonly import Ask, Case, ChatPost, Staff
from cases.register.states import State
from cases.steps import asks, draft

MAYBE_CUT = 4096  # a message this long was perhaps cut in two by the person's own client


def reply(desk: Desk, staff: Staff, post: ChatPost | None, text: str, *, home: bool = True) -> str:
    """Do what a reply to `post` means; returns a line for the person, empty if a card says it.

    `home` tells whether the review card will appear in this very chat. Raises: Refusal.
    """
    if post is None:
        raise NotFound(
            "认不出您回复的是哪一件：请回复事项卡片（按一下卡片上的按钮再回复），或发送 /case 编号 调出卡片。"
        )
    if post.kind == Posted.ASK:
        return asks.answer(desk, staff, asks.by_id(desk, post.ask_id), text)
    if post.kind == Posted.CASE:
        return _to_case(desk, staff, post, text, home)
    if post.kind == Posted.CO:
        return asks.act(desk, staff, register.by_id(desk, post.case_id), Asked.OPINION, text)
    if post.kind in (Posted.REVIEW, Posted.PART):
        return _to_review(desk, staff, post, text)
    if post.kind == Posted.EXTENSION:
        raise Invalid("请按卡片上的「同意延期」或「不同意」。")
    if post.kind == Posted.CANDIDATE:
        raise Invalid("请按「发布」或「不收录」；需要修改请在控制台知识库中编辑。")
    no = register.by_id(desk, post.case_id).no if post.case_id else "编号"
    raise Invalid(f"这是一条通知。提交草稿请回复事项卡片（发送 /case {no} 可调出卡片）。")


def _to_case(desk: Desk, staff: Staff, post: ChatPost, text: str, home: bool) -> str:
    case = register.by_id(desk, post.case_id)
    reason = _awaited_reason(desk, staff, case)
    if reason is not None and case.handler_id != staff.id:
        return asks.answer(desk, staff, reason, text)
    require_work(staff, case)
    if case.status == State.ANSWERED:
        raise Stale("本件已答复；需要更正请按卡片上的「更正」。")
    if not register.is_open(case):
        raise Stale("本件已办结，不能再提交草稿。")
    draft.submit(desk, staff, case, text)
    return _noted(case, text, home)


def _noted(case: Case, text: str, home: bool) -> str:
    if len(text) >= MAYBE_CUT:
        return f"{case.no} 的草稿已提交，但长度到了单条消息的上限，可能被截断：请核对，过长的答复请在控制台提交。"
    return "" if home else f"{case.no} 的草稿已提交，待审核。"


def _to_review(desk: Desk, staff: Staff, post: ChatPost, text: str) -> str:
    case = register.by_id(desk, post.case_id)
    require_work(staff, case)
    reason = _awaited_reason(desk, staff, case, post.draft_id)
    if reason is not None:
        return asks.answer(desk, staff, reason, text)
    if case.handler_id == staff.id:
        raise Invalid(f"修改草稿请回复事项卡片（发送 /case {case.no} 可调出卡片）。")
    raise Invalid("退回请先按「退回」，再回复理由。")


def _awaited_reason(desk: Desk, staff: Staff, case: Case, draft_id: int | None = None) -> Ask | None:
    """Return the open question for a reason to return this case's draft, if this person was asked it."""
    under = drafts.under_review(desk, case)
    for ask in asks.opened(desk, staff, case):
        current = under is not None and ask.draft_id == under.id and draft_id in (None, under.id)
        if ask.action == Asked.RETURN and current:
            return ask
    return None


def unasked(desk: Desk, staff: Staff, text: str, asked_here: Collection[int | None]) -> str:
    """Words in a private chat that reply to nothing: the answer to the only question open in this very chat."""
    everywhere = asks.opened(desk, staff)
    waiting = [ask for ask in everywhere if ask.id in asked_here]
    if everywhere and not waiting:
        raise Invalid("群里有问题等您回答：请回复那条提问，私聊中写的话不作为回答。")
    if len(waiting) == 1:
        return asks.answer(desk, staff, waiting[0], text)
    if waiting:
        order = asks.WORDS[waiting[0].action]
        raise Invalid(f"有多个问题等您回答：请回复对应的那一条，或写明编号，例如「{order} 0007 内容」。")
    raise Invalid("请回复事项卡片提交草稿；发送 /help 查看用法。")
