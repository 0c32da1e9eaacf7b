"""Buttons that open a second row of choices: category, department, colleague; and the one that closes it."""

from bot.handler_chat.cards import cards
from bot.handler_chat.cards.cards import Rows
from bot.handler_chat.incoming.pressed import Pressed, Reaction, case_in_sight, number
from cases.register import people
from cases.register.desk import Desk
from cases.register.errors import Invalid, Stale
from cases.register.rows import id_of
from cases.sending import announce, chat, outbox
from cases.steps import assign
from cases.steps.allowed import Action, demand
from sla.deadline import due_words

# Choices offered at once: a card of 企业微信 has six buttons, two of which turn pages.
MANY, FEW = 10, 4


def category(desk: Desk, pressed: Pressed, words: list[str]) -> Reaction:
    case = case_in_sight(desk, pressed.staff, words)
    if len(words) == 1:
        demand(desk, pressed.staff, case, Action.RECLASSIFY)
        return _menu(desk, pressed, f"{case.no}　请选择类别", cards.category_choices(id_of(case)))
    before = due_words(case.due_on, case.provisional)
    assign.reclassify(desk, pressed.staff, case, words[1])
    due = due_words(case.due_on, case.provisional)
    moved = f"时限由 {before} 改为 {due}" if before != due else f"时限 {due} 不变"
    return Reaction(f"{case.no} 已改类，{moved}。")


def transfer(desk: Desk, pressed: Pressed, words: list[str]) -> Reaction:
    case = case_in_sight(desk, pressed.staff, words)
    choice = words[1] if len(words) > 1 else "p0"
    if choice.startswith("p"):
        demand(desk, pressed.staff, case, Action.TRANSFER)
        others = [d for d in desk.departments if d.id != case.department_id]
        if not others:
            raise Invalid("没有可转办的部门，请管理员先添加部门。")
        listed = [(id_of(d), d.name) for d in others]
        size = FEW if pressed.typed else MANY
        buttons = cards.department_choices(id_of(case), listed, number(choice[1:]), size)
        return _menu(desk, pressed, f"{case.no}　请选择部门", buttons)
    department = people.department_by_id(desk, number(choice))
    if department is None:
        raise Stale("这个部门已不存在。")
    assign.transfer(desk, pressed.staff, case, department.name)
    return Reaction(f"{case.no} 已转至{department.name}。")


def assign_to(desk: Desk, pressed: Pressed, words: list[str]) -> Reaction:
    """「指派」 offers the colleagues, then gives the case to one."""
    case = case_in_sight(desk, pressed.staff, words)
    choice = words[1] if len(words) > 1 else "p0"
    if choice.startswith("p"):
        demand(desk, pressed.staff, case, Action.ASSIGN)
        listed = [(id_of(s), s.name) for s in assign.candidates(desk, case)]
        if not listed:
            raise Invalid("没有可指派的同事。")
        size = FEW if pressed.typed else MANY
        buttons = cards.department_choices(id_of(case), listed, number(choice[1:]), size, "asg")
        return _menu(desk, pressed, f"{case.no}　请选择承办人", buttons)
    to = people.staff_by_id(desk, number(choice))
    assign.assign(desk, pressed.staff, case, to)
    return Reaction(f"{case.no} 已指派给{to.name}。")


def back_to_card(desk: Desk, pressed: Pressed, words: list[str]) -> Reaction:
    """Close a second row of choices."""
    case = case_in_sight(desk, pressed.staff, words)
    _forget_shown(desk, pressed)
    announce.card(desk, case, priority=outbox.PEOPLE)
    return Reaction("")


def _menu(desk: Desk, pressed: Pressed, text: str, buttons: Rows) -> Reaction:
    _forget_shown(desk, pressed)
    return Reaction(text, buttons=buttons)


def _forget_shown(desk: Desk, pressed: Pressed) -> None:
    """The post shows other buttons for a while: the next edit must not be taken for needless."""
    if not pressed.typed:
        chat.showing(desk, pressed.post, "")
