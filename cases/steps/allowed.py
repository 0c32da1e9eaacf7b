"""What may be done with a case now, and by whom: said once. Steps raise from these rules, doors render them.

Two questions stand beside each other: does the case admit the action now, and may this person do it? A card in a
shared chat is read by many: it offers what the case admits. A page is one person's: it offers what they may do.

Source: MLGK 004—2018 §6.2, §6.3.1 (sign-off by rank; nobody reviews their own text), §6.3.3.4 (one extension).
"""

from collections.abc import Callable
from enum import StrEnum
from functools import partial

from sqlmodel import col, select

from cases.register import cohandlings, drafts, extensions, nudges, people, proposals, register
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotAllowed, Refusal, Stale
from cases.register.permissions import (
    HANDLER,
    REVIEWER,
    SUPERVISOR,
    co_handles,
    holds,
    may_work,
    require,
    require_handler,
    require_hold,
    require_reviewer,
    require_sight,
    require_work,
)
from cases.register.states import STATE_NAMES, Event, ExtensionState, PromiseState, State, after
from cases.register.tables import Case, Danger, Draft, Message, Promise, Staff

NAMED = 5  # colleagues named to somebody who may not review: an alert of the chat holds 200 characters


class Action(StrEnum):
    TAKE = "take"  # 「我来处置」
    CALM = "calm"  # 「解除紧急」
    ASSIGN = "assign"  # 「指派」
    NUDGE = "nudge"  # 「催办」
    CLAIM = "claim"
    DRAFT = "draft"
    PROPOSE = "propose"  # 「拟稿」
    APPROVE = "approve"
    RETURN = "return"
    RECLASSIFY = "reclassify"
    TRANSFER = "transfer"
    EXTEND = "extend"
    DECIDE = "decide"  # 「同意延期」「不同意」
    ASK = "ask"  # 「追问」
    REFUSE = "refuse"  # 「不予受理」
    CORRECT = "correct"  # 「更正」
    COHANDLE = "cohandle"
    OPINION = "opinion"
    SPLIT = "split"
    LINK = "link"
    UNLINK = "unlink"
    KEEP = "kept"  # 「兑现」


def allowed(desk: Desk, staff: Staff, case: Case) -> frozenset[Action]:
    """Return what this person may do with this case now."""
    return frozenset(action for action in Action if refusal(desk, staff, case, action) is None)


def offered(desk: Desk, case: Case) -> frozenset[Action]:
    """Return what the case admits now, whoever does it: the buttons of a card that many read."""
    return frozenset(
        action for action, (_, when) in _RULES.items() if _refused(partial(when, desk, case)) is None
    )


def refusal(desk: Desk, staff: Staff, case: Case, action: Action) -> Refusal | None:
    """Return why this person may not do it now; None if they may."""
    return _refused(partial(demand, desk, staff, case, action))


def demand(desk: Desk, staff: Staff, case: Case, action: Action) -> None:
    """Raises: NotAllowed if it is not this person's to do; Invalid or Stale if the case does not admit it now."""
    who, when = _RULES[action]
    who(desk, staff, case)
    when(desk, case)


def _refused(rule: Callable[[], None]) -> Refusal | None:
    try:
        rule()
    except Refusal as refused:
        return refused
    return None


# ── who ─────────────────────────────────────────────────────────────────────


def _worker(_desk: Desk, staff: Staff, case: Case) -> None:
    require(staff, HANDLER)
    require_work(staff, case)


def _holder(_desk: Desk, staff: Staff, case: Case) -> None:
    require_hold(staff, case)


def _handler(_desk: Desk, staff: Staff, case: Case) -> None:
    require_handler(staff, case)


def _reviewer(desk: Desk, staff: Staff, case: Case) -> None:
    draft = drafts.under_review(desk.session, case)
    if draft is None:
        require(staff, REVIEWER)
        require_work(staff, case)
        return
    authors, passed = drafts.authors(desk.session, case), drafts.passed(desk.session, draft)
    if staff.id in authors:
        others = reviewers(desk, case, draft)
        names = f"：{'、'.join(others[:NAMED])}" if others else "；目前没有这样的同事，请联系管理员"
        raise NotAllowed(f"不能审核自己起草的答复，请由其他审核人办理{names}。")
    require_reviewer(staff, case, authors, passed)
    if _needed(desk, case, draft) == SUPERVISOR and not holds(staff, SUPERVISOR):
        raise NotAllowed("本件带有紧急、敏感或检举标记，须由督办人审核。")


def reviewers(desk: Desk, case: Case, draft: Draft) -> list[str]:
    """Return the names of those who may pass the level that a draft waits for."""
    excluded = drafts.authors(desk.session, case) | drafts.passed(desk.session, draft)
    role = _needed(desk, case, draft)
    rows = desk.session.exec(select(Staff).where(col(Staff.active).is_(True)).order_by(col(Staff.id))).all()
    return [s.name for s in rows if s.id not in excluded and holds(s, role) and may_work(s, case)]


def _needed(desk: Desk, case: Case, draft: Draft) -> str:
    """Return the role that the next level needs."""
    last = draft.level + 1 == draft.levels
    return SUPERVISOR if last and drafts.supervisor_last(desk.session, case, draft) else REVIEWER


def _consenter(desk: Desk, staff: Staff, case: Case) -> None:
    require(staff, SUPERVISOR)
    require_work(staff, case)
    wish = extensions.latest(desk.session, case)
    if staff.id in (case.handler_id, wish.asked_by if wish else None):
        raise NotAllowed("不能同意自己的延期申请，请由其他督办人决定。")


def _chief(_desk: Desk, staff: Staff, case: Case) -> None:
    require(staff, SUPERVISOR)
    require_work(staff, case)


def _urger(desk: Desk, staff: Staff, case: Case) -> None:
    _chief(desk, staff, case)
    if case.status == State.CLAIMED and case.handler_id == staff.id:
        raise NotAllowed("本件在您自己手里，不必催办。")


def _saviour(_desk: Desk, staff: Staff, case: Case) -> None:
    """Whoever sees the alarm: those who work on the case, and every supervisor."""
    require(staff, HANDLER)
    if not holds(staff, SUPERVISOR):
        require_sight(staff, case)


def _assurer(_desk: Desk, staff: Staff, case: Case) -> None:
    """A false alarm is called off by somebody who answers for it, never by a handler alone."""
    require(staff, REVIEWER)
    if not holds(staff, SUPERVISOR):
        require_work(staff, case)


def _co_handler(_desk: Desk, staff: Staff, case: Case) -> None:
    require(staff, HANDLER)
    require_sight(staff, case)
    if not co_handles(staff, case):
        raise NotAllowed("只有协办部门可以提交协办意见。")


# ── when ────────────────────────────────────────────────────────────────────


def _unclaimed(desk: Desk, case: Case) -> None:
    _stands_alone(desk, case)
    if case.status != State.NEW and case.handler_id is not None and register.is_open(case):
        raise Stale(f"本件已由{people.staff_name(desk.session, case.handler_id)}认领。")
    after(case.status, Event.CLAIM)


def _assignable(desk: Desk, case: Case) -> None:
    _open(desk, case)
    _stands_alone(desk, case)
    after(case.status, Event.ASSIGN)


def _nudgeable(desk: Desk, case: Case) -> None:
    """Once a day: who is told the same thing twice listens less."""
    _open(desk, case)
    _stands_alone(desk, case)
    last = nudges.latest(desk.session, [case.no]).get(case.no)
    if last is not None and desk.office.today(last.at) == desk.today:
        raise Stale(f"{last.by}今天 {last.at.astimezone(desk.office.zone):%H:%M} 已催办过本件。")


def _in_danger(desk: Desk, case: Case) -> None:
    danger = desk.session.get(Danger, case.id)
    if danger is None:
        raise Stale("本件没有紧急提醒。")
    _open(desk, case)
    if danger.taken_by is not None and danger.taken_at is not None:
        at = danger.taken_at.astimezone(desk.office.zone)
        name = people.staff_name(desk.session, danger.taken_by)
        raise Stale(f"{name}已于 {at:%m-%d %H:%M} 接手处置。")


def _alarming(desk: Desk, case: Case) -> None:
    _open(desk, case)
    if not case.urgent:
        raise Stale("本件没有紧急标记。")


def _draftable(desk: Desk, case: Case) -> None:
    """Claiming comes first, but who has claimed it is a question of the person."""
    _open(desk, case)
    _stands_alone(desk, case)


def _under_review(desk: Desk, case: Case) -> None:
    if drafts.under_review(desk.session, case) is None:
        raise Stale("本件没有等待审核的草稿。")


def _open(_desk: Desk, case: Case) -> None:
    if not register.is_open(case):
        raise Stale(f"本件{STATE_NAMES[State(case.status)]}，不能这样操作。")


def _of_several_messages(desk: Desk, case: Case) -> None:
    _open(desk, case)
    query = select(Message.id).where(Message.case_id == case.id).limit(2)
    if len(desk.session.exec(query).all()) < 2:
        raise Invalid("本件只有一条来信，无从拆分。")


def _refusable(desk: Desk, case: Case) -> None:
    _draftable(desk, case)
    if case.urgent:
        raise Invalid("紧急事项不能不予受理，请处置后答复。")


def _transferable(desk: Desk, case: Case) -> None:
    if case.accusation:
        raise NotAllowed("检举类事项不转部门，由督办人处理。")
    _open(desk, case)


def _extendable(desk: Desk, case: Case) -> None:
    if not register.is_open(case):
        raise Stale("本件已办结，不能延期。")
    if case.urgent:
        raise Invalid("紧急事项不能延期，请立即处置。")
    if register.is_overdue(case, desk.now):
        raise Invalid("本件已过截止时间，不能再延期。")
    earlier = extensions.latest(desk.session, case)
    if case.extended or (earlier is not None and earlier.state == ExtensionState.GRANTED):
        raise Invalid("每件只能延期一次，本件已延期。")
    if earlier is not None and earlier.state == ExtensionState.ASKED:
        raise Invalid("延期申请正在等待同意。")


def _wished(desk: Desk, case: Case) -> None:
    wish = extensions.latest(desk.session, case)
    if wish is None or wish.state != ExtensionState.ASKED:
        raise Stale("这份延期申请已经处理过了。")


def _answered(desk: Desk, case: Case) -> None:
    if case.status != State.ANSWERED:
        raise Invalid("只有已答复的事项可以更正。")
    _stands_alone(desk, case)


def _co_handleable(_desk: Desk, case: Case) -> None:
    if not register.is_open(case):
        raise Stale("本件已办结，不再协办。")
    if case.accusation:
        raise NotAllowed("检举类事项不请其他部门协办，由督办人处理。")


def _opinion_wanted(desk: Desk, case: Case) -> None:
    if not register.is_open(case):
        raise Stale("本件已办结，不再需要协办意见。")
    if not cohandlings.all_of(desk.session, case):
        raise Stale("协办已结束。")


def _proposable(desk: Desk, case: Case) -> None:
    """A model that fails, or none, hides the button and keeps nobody from writing."""
    if not desk.office.model_on:
        raise Invalid("没有接入拟稿服务。")
    if proposals.trouble(desk.session):
        raise Stale("拟稿服务暂不可用，请自行起草。")
    _draftable(desk, case)


def _linkable(desk: Desk, case: Case) -> None:
    if case.parent_id is not None:
        raise Invalid("本件已并案；要改并请先撤销并案。")
    if register.linked(desk.session, case):
        raise Invalid("本件是牵头件，不能再并入其他事项。")
    if case.accusation:
        raise NotAllowed("检举类事项不并案。")
    if not register.is_open(case):
        raise Stale("本件已办结，不能并案。")


def _linked(_desk: Desk, case: Case) -> None:
    if case.parent_id is None:
        raise Invalid("本件没有并案。")
    if not register.is_open(case):
        raise Stale("本件已随牵头件答复，不能撤销并案。")


def _promised(desk: Desk, case: Case) -> None:
    query = select(Promise.id).where(Promise.case_id == case.id, Promise.state == PromiseState.OPEN)
    if desk.session.exec(query).first() is None:
        raise Invalid("本件没有待兑现的承诺。")


def _stands_alone(desk: Desk, case: Case) -> None:
    """A linked case is answered by its lead."""
    if (lead := register.lead(desk.session, case)) is not None:
        raise Invalid(f"本件已并入 {lead.no}，由其统一答复；要单独答复请先撤销并案。")


Who = Callable[[Desk, Staff, Case], None]
When = Callable[[Desk, Case], None]

_RULES: dict[Action, tuple[Who, When]] = {
    Action.TAKE: (_saviour, _in_danger),
    Action.CALM: (_assurer, _alarming),
    Action.ASSIGN: (_chief, _assignable),
    Action.NUDGE: (_urger, _nudgeable),
    Action.CLAIM: (_worker, _unclaimed),
    Action.DRAFT: (_handler, _draftable),
    Action.PROPOSE: (_handler, _proposable),
    Action.APPROVE: (_reviewer, _under_review),
    Action.RETURN: (_reviewer, _under_review),
    Action.RECLASSIFY: (_worker, _open),
    Action.TRANSFER: (_holder, _transferable),
    Action.EXTEND: (_handler, _extendable),
    Action.DECIDE: (_consenter, _wished),
    Action.ASK: (_handler, _draftable),
    Action.REFUSE: (_handler, _refusable),
    Action.CORRECT: (_handler, _answered),
    Action.COHANDLE: (_holder, _co_handleable),
    Action.OPINION: (_co_handler, _opinion_wanted),
    Action.SPLIT: (_holder, _of_several_messages),
    Action.LINK: (_holder, _linkable),
    Action.UNLINK: (_holder, _linked),
    Action.KEEP: (_worker, _promised),
}


def may_decide(desk: Desk, staff: Staff, case: Case, draft: Draft, round_: int) -> None:
    """As `demand` of 「通过」 or 「退回」, for the text and round that the person saw. Raises: Stale, NotAllowed."""
    newest = drafts.under_review(desk.session, case)
    if newest is None or newest.id != draft.id or draft.round != round_:
        raise Stale("这一稿的审核已失效。")
    demand(desk, staff, case, Action.APPROVE)
