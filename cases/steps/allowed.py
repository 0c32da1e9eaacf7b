"""What may be done with a case now, and by whom: said once. Steps raise from these rules, doors render them.

Two questions stand beside each other: does the case admit the action now, and may this person do it? A card in a
shared chat is read by many: it offers what the case admits. A page is one person's: it offers what they may do.

Source: MLGK 004—2018 §6.2, §6.3.1 (sign-off by rank; nobody reviews their own text), §6.3.3.4 (one extension).
"""

from collections.abc import Callable
from enum import StrEnum
from functools import partial

from cases.register import drafts
from cases.register.desk import Desk
from cases.register.errors import Refusal, Stale
from cases.register.readonly import Case, Draft, Staff
from cases.steps import admits, rights


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


Who = Callable[[Desk, Staff, Case], None]
When = Callable[[Desk, Case], None]

_RULES: dict[Action, tuple[Who, When]] = {
    Action.TAKE: (rights.saviour, admits.in_danger),
    Action.CALM: (rights.assurer, admits.alarming),
    Action.ASSIGN: (rights.chief, admits.assignable),
    Action.NUDGE: (rights.urger, admits.nudgeable),
    Action.CLAIM: (rights.worker, admits.unclaimed),
    Action.DRAFT: (rights.handler, admits.draftable),
    Action.PROPOSE: (rights.handler, admits.proposable),
    Action.APPROVE: (rights.reviewer, admits.under_review),
    Action.RETURN: (rights.reviewer, admits.under_review),
    Action.RECLASSIFY: (rights.worker, admits.is_open),
    Action.TRANSFER: (rights.holder, admits.transferable),
    Action.EXTEND: (rights.handler, admits.extendable),
    Action.DECIDE: (rights.consenter, admits.wished),
    Action.ASK: (rights.handler, admits.draftable),
    Action.REFUSE: (rights.handler, admits.refusable),
    Action.CORRECT: (rights.handler, admits.answered),
    Action.COHANDLE: (rights.holder, admits.co_handleable),
    Action.OPINION: (rights.co_handler, admits.opinion_wanted),
    Action.SPLIT: (rights.holder, admits.of_several_messages),
    Action.LINK: (rights.holder, admits.linkable),
    Action.UNLINK: (rights.holder, admits.linked),
    Action.KEEP: (rights.worker, admits.promised),
}


def may_decide(desk: Desk, staff: Staff, case: Case, draft: Draft, round_: int) -> None:
    """As `demand` of 「通过」 or 「退回」, for the text and round that the person saw. Raises: Stale, NotAllowed."""
    newest = drafts.under_review(desk, case)
    if newest is None or newest.id != draft.id or draft.round != round_:
        raise Stale("这一稿的审核已失效。")
    demand(desk, staff, case, Action.APPROVE)
