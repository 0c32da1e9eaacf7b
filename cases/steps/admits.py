"""What a case admits now, whoever asks."""

from sqlmodel import select

from cases.register import cohandlings, drafts, extensions, nudges, people, proposals, register
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotAllowed, Stale
from cases.register.readonly import Case
from cases.register.states import STATE_NAMES, Event, ExtensionState, PromiseState, State, after
from cases.register.tables import Danger, Message, Promise


def unclaimed(desk: Desk, case: Case) -> None:
    stands_alone(desk, case)
    if case.status != State.NEW and case.handler_id is not None and register.is_open(case):
        raise Stale(f"本件已由{people.staff_name(desk, case.handler_id)}认领。")
    after(case.status, Event.CLAIM)


def assignable(desk: Desk, case: Case) -> None:
    is_open(desk, case)
    stands_alone(desk, case)
    after(case.status, Event.ASSIGN)


def nudgeable(desk: Desk, case: Case) -> None:
    """Once a day: who is told the same thing twice listens less."""
    is_open(desk, case)
    stands_alone(desk, case)
    last = nudges.latest(desk, [case.no]).get(case.no)
    if last is not None and desk.office.today(last.at) == desk.today:
        raise Stale(f"{last.by}今天 {last.at.astimezone(desk.office.zone):%H:%M} 已催办过本件。")


def in_danger(desk: Desk, case: Case) -> None:
    danger = desk.session.get(Danger, case.id)
    if danger is None:
        raise Stale("本件没有紧急提醒。")
    is_open(desk, case)
    if danger.taken_by is not None and danger.taken_at is not None:
        at = danger.taken_at.astimezone(desk.office.zone)
        name = people.staff_name(desk, danger.taken_by)
        raise Stale(f"{name}已于 {at:%m-%d %H:%M} 接手处置。")


def alarming(desk: Desk, case: Case) -> None:
    is_open(desk, case)
    if not case.urgent:
        raise Stale("本件没有紧急标记。")


def draftable(desk: Desk, case: Case) -> None:
    """Claiming comes first, but who has claimed it is a question of the person."""
    is_open(desk, case)
    stands_alone(desk, case)


def under_review(desk: Desk, case: Case) -> None:
    if drafts.under_review(desk, case) is None:
        raise Stale("本件没有等待审核的草稿。")


def is_open(_desk: Desk, case: Case) -> None:
    if not register.is_open(case):
        raise Stale(f"本件{STATE_NAMES[State(case.status)]}，不能这样操作。")


def of_several_messages(desk: Desk, case: Case) -> None:
    is_open(desk, case)
    query = select(Message.id).where(Message.case_id == case.id).limit(2)
    if len(desk.session.exec(query).all()) < 2:
        raise Invalid("本件只有一条来信，无从拆分。")


def refusable(desk: Desk, case: Case) -> None:
    draftable(desk, case)
    if case.urgent:
        raise Invalid("紧急事项不能不予受理，请处置后答复。")


def transferable(desk: Desk, case: Case) -> None:
    if case.accusation:
        raise NotAllowed("检举类事项不转部门，由督办人处理。")
    is_open(desk, case)


def extendable(desk: Desk, case: Case) -> None:
    if not register.is_open(case):
        raise Stale("本件已办结，不能延期。")
    if case.urgent:
        raise Invalid("紧急事项不能延期，请立即处置。")
    if register.is_overdue(case, desk.now):
        raise Invalid("本件已过截止时间，不能再延期。")
    earlier = extensions.latest(desk, case)
    if case.extended or (earlier is not None and earlier.state == ExtensionState.GRANTED):
        raise Invalid("每件只能延期一次，本件已延期。")
    if earlier is not None and earlier.state == ExtensionState.ASKED:
        raise Invalid("延期申请正在等待同意。")


def wished(desk: Desk, case: Case) -> None:
    wish = extensions.latest(desk, case)
    if wish is None or wish.state != ExtensionState.ASKED:
        raise Stale("这份延期申请已经处理过了。")


def answered(desk: Desk, case: Case) -> None:
    if case.status != State.ANSWERED:
        raise Invalid("只有已答复的事项可以更正。")
    stands_alone(desk, case)


def co_handleable(_desk: Desk, case: Case) -> None:
    if not register.is_open(case):
        raise Stale("本件已办结，不再协办。")
    if case.accusation:
        raise NotAllowed("检举类事项不请其他部门协办，由督办人处理。")


def opinion_wanted(desk: Desk, case: Case) -> None:
    if not register.is_open(case):
        raise Stale("本件已办结，不再需要协办意见。")
    if not cohandlings.all_of(desk, case):
        raise Stale("协办已结束。")


def proposable(desk: Desk, case: Case) -> None:
    """A model that fails, or none, hides the button and keeps nobody from writing."""
    if not desk.office.model_on:
        raise Invalid("没有接入拟稿服务。")
    if proposals.trouble(desk):
        raise Stale("拟稿服务暂不可用，请自行起草。")
    draftable(desk, case)


def linkable(desk: Desk, case: Case) -> None:
    if case.parent_id is not None:
        raise Invalid("本件已并案；要改并请先撤销并案。")
    if register.linked(desk, case):
        raise Invalid("本件是牵头件，不能再并入其他事项。")
    if case.accusation:
        raise NotAllowed("检举类事项不并案。")
    if not register.is_open(case):
        raise Stale("本件已办结，不能并案。")


def linked(_desk: Desk, case: Case) -> None:
    if case.parent_id is None:
        raise Invalid("本件没有并案。")
    if not register.is_open(case):
        raise Stale("本件已随牵头件答复，不能撤销并案。")


def promised(desk: Desk, case: Case) -> None:
    query = select(Promise.id).where(Promise.case_id == case.id, Promise.state == PromiseState.OPEN)
    if desk.session.exec(query).first() is None:
        raise Invalid("本件没有待兑现的承诺。")


def stands_alone(desk: Desk, case: Case) -> None:
    """A linked case is answered by its lead."""
    if (lead := register.lead(desk, case)) is not None:
        raise Invalid(f"本件已并入 {lead.no}，由其统一答复；要单独答复请先撤销并案。")
