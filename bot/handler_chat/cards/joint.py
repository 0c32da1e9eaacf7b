"""Orders for what several share: co-handling, opinions, splitting, linking, and promises kept.

Typed as commands (`/split 0007 2`) or in words (「拆分 0007 2」); the rules stand in cases/.
"""

from collections.abc import Callable

from bot.handler_chat.cards.fitting import clip
from cases.lists import find
from cases.register.desk import Desk
from cases.register.errors import Invalid
from cases.register.readonly import Case, Staff
from cases.register.rows import id_of
from cases.steps import cohandle, link, promise, split
from sla.deadline import due_words

CO, CO_END, OPINION, SPLIT, LINK, UNLINK, DONE = (
    "协办",
    "撤销协办",
    "协办意见",
    "拆分",
    "并案",
    "撤销并案",
    "兑现",
)
COMMANDS = {
    "cohandle": CO, "uncohandle": CO_END, "opinion": OPINION, "split": SPLIT, "link": LINK, "unlink": UNLINK,
    "done": DONE,
}  # fmt: skip
HELP = """/cohandle 编号 部门 说明　请部门协办
/opinion 编号 内容　协办意见
/split 编号 第几条　拆分误并的来信
/link 编号 牵头编号　并案统一答复
/unlink 编号　撤销并案
/done 编号　承诺已兑现"""
HELP_IN_WORDS = """协办 0007 部门 说明
协办意见 0007 内容
撤销协办 0007 部门
拆分 0007 第几条
并案 0007 牵头编号
撤销并案 0007
兑现 0007（答复中的承诺）"""


def command(desk: Desk, staff: Staff, name: str, words: str) -> str:
    """Do a typed command: its words are a number and what follows it. Raises: Refusal."""
    order = COMMANDS[name]
    number, _, text = words.strip().partition(" ")
    if not number:
        raise Invalid(f"请写编号，例如 /{name} 0007。")
    return obey(desk, staff, order, find.case(desk, staff, number), text.strip())


def obey(desk: Desk, staff: Staff, order: str, case: Case, text: str) -> str:
    """Do an order on a case; returns the line to say. Raises: Refusal."""
    return _DEEDS[order](desk, staff, case, text.strip())


def _co_handle(desk: Desk, staff: Staff, case: Case, text: str) -> str:
    department, _, note = text.partition(" ")
    if not department:
        raise Invalid(f"请写成「协办 {case.no} 部门 说明」。")
    cohandle.ask(desk, staff, case, department, note)
    return f"{case.no} 已请{department}协办，时限和答复仍由主办部门负责。"


def _end_co_handling(desk: Desk, staff: Staff, case: Case, text: str) -> str:
    if not text:
        raise Invalid(f"请写成「撤销协办 {case.no} 部门」。")
    cohandle.end(desk, staff, case, text)
    return f"{case.no} 已撤销{text}的协办。"


def _opinion(desk: Desk, staff: Staff, case: Case, text: str) -> str:
    cohandle.give(desk, staff, case, text)
    return f"{case.no} 的协办意见已交主办部门。"


def _split(desk: Desk, staff: Staff, case: Case, text: str) -> str:
    """With two messages the second is meant; with more the person says which."""
    joined = split.messages(desk, case)
    if len(joined) < 2:
        raise Invalid(f"{case.no} 只有一条来信，无需拆分。")
    place = int(text) if text.isdecimal() and len(text) < 4 else (2 if len(joined) == 2 and not text else 0)
    if not 1 <= place <= len(joined):
        listed = "\n".join(f"{n}. {clip(m.masked or '（没有文字）', 60)}" for n, m in enumerate(joined, 1))
        raise Invalid(f"请写明拆出第几条，例如「拆分 {case.no} 2」：\n{listed}")
    opened = split.split(desk, staff, case, id_of(joined[place - 1]))
    due = due_words(opened.due_on, opened.provisional)
    return f"已拆分：第 {place} 条来信单独立件，编号 {opened.no}，时限 {due}，已告知来信人。"


def _link(desk: Desk, staff: Staff, case: Case, text: str) -> str:
    if not text:
        raise Invalid(f"请写成「并案 {case.no} 牵头件编号」。")
    lead = find.case(desk, staff, text)
    link.link(desk, staff, case, lead)
    return f"{case.no} 已并入 {lead.no}，由其统一答复，各自时限不变。"


def _unlink(desk: Desk, staff: Staff, case: Case, _text: str) -> str:
    link.unlink(desk, staff, case)
    return f"{case.no} 已撤销并案，恢复单独办理。"


def _done(desk: Desk, staff: Staff, case: Case, text: str) -> str:
    kept = promise.close(desk, staff, case, text)
    return f"{case.no} 的承诺已兑现：{'、'.join(row.words for row in kept)}。"


_DEEDS: dict[str, Callable[[Desk, Staff, Case, str], str]] = {
    CO: _co_handle,
    CO_END: _end_co_handling,
    OPINION: _opinion,
    SPLIT: _split,
    LINK: _link,
    UNLINK: _unlink,
    DONE: _done,
}
NAMES = tuple(sorted(_DEEDS, key=len, reverse=True))  # longer ones first: a pattern tries them in this order
