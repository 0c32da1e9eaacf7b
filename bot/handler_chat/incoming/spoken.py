"""Orders in words, for a chat without buttons: 「认领 0007」「通过 0007」「退回 0007 理由」 and the like."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.handler_chat.cards import joint
from bot.handler_chat.cards.cards import SuggestedEntry
from bot.handler_chat.incoming import commands, presses, suggesting
from bot.handler_chat.incoming.commands import Asker
from cases.knowledge import learn
from cases.lists import find
from cases.register import drafts, extensions, people
from cases.register.desk import Desk
from cases.register.errors import Invalid, Stale
from cases.register.kinds import Asked
from cases.register.permissions import REVIEWER, SUPERVISOR, require
from cases.register.readonly import Case, Staff
from cases.register.states import CATEGORY_NAMES
from cases.sending.chat import Chats, review_shown
from cases.steps import adopt, asks, assign, danger, draft, extend, propose, review
from sla.deadline import due_words

CLAIM, DRAFT, PASS, RETURN, CATEGORY, TRANSFER, ADOPT = (
    "认领",
    "草稿",
    "通过",
    "退回",
    "改类",
    "转办",
    "采用建议",
)
CONSENT, REFUSE_MORE, SHOW, PUBLISH, DROP = "同意延期", "不同意", "查看", "发布", "不收录"
TAKE, PROPOSE = "我来处置", "拟稿"
_ASKED = {
    "延期": Asked.EXTEND, "追问": Asked.QUESTION, "不予受理": Asked.REFUSE, "更正": Asked.CORRECT,
    "解除紧急": Asked.CALM,
}  # fmt: skip
_NAMES = (
    *joint.NAMES,
    CONSENT, REFUSE_MORE + "延期", REFUSE_MORE, CLAIM, DRAFT, PASS, RETURN, CATEGORY, TRANSFER, ADOPT, SHOW,
    "打开", "指派", PUBLISH, DROP, TAKE, PROPOSE, *_ASKED, "不受理",
)  # fmt: skip
_NUMBER = r"[0-9]{8}[-—–]?[0-9]{4,}|[0-9]{1,7}|[0-9a-z]{12}"  # a case, or the entry of a candidate
_ORDER = re.compile(rf"({'|'.join(_NAMES)})[\s:：]*#?({_NUMBER})(?![0-9])\s*[:：]?\s*(.*)", re.DOTALL)
_NARROW = {0xFF10 + digit: 0x30 + digit for digit in range(10)} | {0x3000: 0x20, 0xFF0D: 0x2D, 0xFF03: 0x23}
_WORDS = {"我的": "mine", "在办": "mine", "逾期": "overdue", "帮助": "help"}


@dataclass(frozen=True, slots=True)
class Order:
    name: str
    number: str
    text: str = ""


def parse(text: str) -> Order | None:
    """Return the order that a message is, or None. The text after the number is kept as it was written."""
    stripped = text.strip()
    found = _ORDER.fullmatch(stripped.translate(_NARROW))
    if found is None:
        return None
    name = found[1].replace("不同意延期", REFUSE_MORE)
    return Order("不予受理" if name == "不受理" else name, found[2], stripped[found.start(3) :])


def as_command(text: str) -> commands.StaffCommand | None:
    """Return the command that plain words stand for: 「我的」「逾期」「帮助」「知识库 问题」."""
    words = text.strip()
    if words in _WORDS:
        return commands.StaffCommand(_WORDS[words], "")
    for name, command in (("知识库", "kb"), ("绑定", "join")):
        if words.startswith(name):
            return commands.StaffCommand(command, words.removeprefix(name).strip(" :：　"))
    return None


def obey(
    desk: Desk,
    chats: Chats,
    staff: Staff,
    order: Order,
    asker: Asker,
    suggestions: Sequence[SuggestedEntry] = (),
) -> str:
    """Do an order; returns the line to say. `suggestions` are those of the case's card. Raises: Refusal."""
    if order.name in (PUBLISH, DROP):
        return _entry(desk, staff, order)
    case = find.case(desk, staff, order.number)
    if order.name in joint.NAMES:
        return joint.obey(desk, staff, order.name, case, order.text)
    if order.name in _ASKED:
        asks.may(desk, staff, case, _ASKED[order.name])
        if not order.text.strip():
            raise Invalid(f"请写成「{order.name} {case.no} 内容」。")
        said = asks.act(desk, staff, case, _ASKED[order.name], order.text)
        asks.close(desk, staff, case, _ASKED[order.name])
        return said or f"{case.no} 的{order.name}已提交，待审核。"
    if order.name in (SHOW, "打开"):
        commands.show(desk, chats, case, asker)
        return ""
    if order.name == "指派":
        to = people.staff_called(desk, order.text)
        assign.assign(desk, staff, case, to)
        return f"{case.no} 已指派给{to.name}。"
    if order.name == TAKE:
        danger.take(desk, staff, case)
        return f"{case.no} 由您处置，已告知督办群。"
    if order.name == ADOPT:
        return _adopt(desk, staff, case, order, suggestions)
    return _handle(desk, staff, case, order) or _decide(desk, chats, staff, case, order)


def _handle(desk: Desk, staff: Staff, case: Case, order: Order) -> str:
    """The orders of the one who handles a case; empty if it is none of them."""
    if order.name == CLAIM:
        presses.take(desk, staff, case)
        return f"已认领 {case.no}，请发送「草稿 {_short(case)} 内容」提交答复。"
    if order.name == DRAFT:
        if not order.text.strip():
            raise Invalid(f"请写成「草稿 {_short(case)} 内容」。")
        draft.submit(desk, staff, case, order.text)
        return f"{case.no} 的草稿已提交，待审核。"
    if order.name == PROPOSE:
        propose.ask(desk, staff, case, "")
        return f"{case.no} 正在拟稿，最多 20 秒；拟好后请改定，再发送「草稿 {_short(case)} 内容」提交。"
    if order.name == CATEGORY:
        assign.reclassify(desk, staff, case, category_named(order.text))
        return f"{case.no} 已改类，时限 {due_words(case.due_on, case.provisional)}。"
    if order.name == TRANSFER:
        name, _, reason = order.text.strip().partition(" ")
        if not name:
            raise Invalid(f"请写成「转办 {_short(case)} 部门」。")
        assign.transfer(desk, staff, case, name, reason)
        return f"{case.no} 已转至{name}。"
    return ""


def _adopt(desk: Desk, staff: Staff, case: Case, order: Order, suggestions: Sequence[SuggestedEntry]) -> str:
    """「采用建议 0007」, or 「采用建议 0007 2」 for the second; a case nobody has is claimed with it."""
    place = int(order.text) if order.text.strip() in ("1", "2", "3") else 1
    if len(suggestions) < place:
        raise Stale("本件没有这条建议，请自行拟写答复。")
    adopt.adopt(desk, staff, case, suggesting.named(desk, suggestions[place - 1].token))
    return f"已采用建议，{case.no} 的草稿待审核。"


def _decide(desk: Desk, chats: Chats, staff: Staff, case: Case, order: Order) -> str:
    """The orders of reviewers and supervisors."""
    if order.name in (PASS, RETURN):
        require(staff, REVIEWER)
        under = drafts.under_review(desk, case)
        if under is None:
            raise Stale("本件没有等待审核的草稿。")
        if order.name == RETURN:
            asks.act(desk, staff, case, Asked.RETURN, order.text, under)
            asks.close(desk, staff, case, Asked.RETURN)
            return f"{case.no} 已退回。"
        if not review_shown(desk, under):
            raise Stale("这一稿的审核卡还没有发到，请看过后再通过。")
        released = review.approve(desk, staff, under, under.round)
        return f"{case.no} 已通过，交付发送。" if released else f"{case.no} 本级已通过，待下一级审核。"
    if order.name in (CONSENT, REFUSE_MORE):
        require(staff, SUPERVISOR)
        wish = extensions.latest(desk, case)
        if wish is None:
            raise Stale("本件没有延期申请。")
        extend.decide(desk, staff, wish, order.name == CONSENT)
        due = due_words(case.due_on, case.provisional)
        return f"{case.no} 已延期至 {due}。" if order.name == CONSENT else f"{case.no} 不同意延期。"
    raise Invalid("请在卡片上操作，或发送 /help 查看用法。")


def category_named(word: str) -> str:
    """Return the category called 「投诉求助」 or the like; a part of the name will do. Raises: Invalid."""
    word = word.strip()
    found = [key for key, name in CATEGORY_NAMES.items() if word and word in name]
    if len(found) != 1:
        raise Invalid(f"类别请写：{'、'.join(CATEGORY_NAMES.values())}。")
    return found[0]


def _entry(desk: Desk, staff: Staff, order: Order) -> str:
    learn.decide(desk, order.number, staff, order.name == PUBLISH)
    return "已发布到知识库。" if order.name == PUBLISH else "已标记为不收录。"


def _short(case: Case) -> str:
    return case.no.rpartition("-")[2]
