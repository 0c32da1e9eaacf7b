"""Fifth step: another person passes the exact text, level by level, or sends it back (先审后发).

Source: MLGK 004—2018 §6.2, §6.3.1 (legality and secrecy review; sign-off by rank).
"""

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from cases.register import drafts as kept
from cases.register import readonly, register
from cases.register.desk import Desk
from cases.register.errors import Invalid, Stale
from cases.register.readonly import Staff
from cases.register.rows import hits, id_of, row_of
from cases.register.states import DraftState, Event, Purpose
from cases.register.tables import Approval, Case, Draft
from cases.sending import announce
from cases.steps import draft as drafts
from cases.steps import reply
from cases.steps.allowed import may_decide

LEVEL_NAMES = {1: ("审核",), 2: ("初审", "复审"), 3: ("初审", "复审", "终审")}


def approve(desk: Desk, staff: Staff, draft: readonly.Draft, round_: int) -> bool:
    """Pass one level; after the last one the text is released. Returns True when it was.

    Raises: Stale for an old card or a text that has changed; NotAllowed for an author, for somebody who passed an
    earlier level, or where the last level needs a supervisor.
    """
    case = _case(desk, draft)
    register.lock(desk, case)
    may_decide(desk, staff, case, draft, round_)
    level = draft.level + 1
    _take(desk, draft, round_, level=level)
    text = desk.office.vault.open(draft.text_sealed)
    if drafts.text_hash(text) != draft.text_hash:
        raise Stale("草稿内容已变，请重新提交。")
    try:
        with desk.session.begin_nested():
            desk.session.add(
                Approval(
                    draft_id=id_of(draft),
                    round=round_,
                    level=level,
                    reviewer_id=id_of(staff),
                    text_hash=draft.text_hash,
                    at=desk.now,
                )
            )
    except IntegrityError:
        raise Stale("这一级刚刚已被通过。") from None
    desk.audit("draft.approve", f"case:{case.no}", draft=draft.id, level=level, text=draft.text_hash)
    if level < draft.levels:
        case.review_since = desk.now
        register.look_again(desk, case)
        announce.review_card(desk, draft)
        return False
    passed = row_of(Draft, draft)
    passed.state, passed.decided_at = DraftState.APPROVED.value, desk.now
    desk.session.add(passed)
    reply.release(desk, staff, case, draft, text)
    return True


def send_back(desk: Desk, staff: Staff, draft: readonly.Draft, round_: int, reason: str) -> None:
    """「退回」 with a reason: the handler writes anew."""
    case = _case(desk, draft)
    register.lock(desk, case)
    may_decide(desk, staff, case, draft, round_)
    reason = desk.masked(reason)
    if not reason.strip():
        raise Invalid("请写明退回理由。")
    _take(
        desk, draft, round_, state=DraftState.RETURNED.value, decided_at=desk.now, reason=reason.strip()[:500]
    )
    if draft.purpose not in (Purpose.CORRECTION, Purpose.ADOPTION):
        register.move(desk, case, Event.RETURN, review_since=None)
    elif not register.is_open(case):
        case.review_since = None  # nothing waits for a review any more
        register.look_again(desk, case)
    desk.audit("draft.return", f"case:{case.no}", draft=draft.id, reason=reason.strip()[:500])
    announce.handler(
        desk,
        case,
        f"{case.no} 的{drafts.name(draft)}被{staff.name}退回：{reason.strip()[:500]}\n"
        "请修改后重新提交（回复本件卡片，或在控制台提交）。",
        key=f"returned:{draft.id}:{round_}",
        quiet=False,
    )
    announce.card(desk, case)


def withdraw_approval(desk: Desk, case: readonly.Case, why: str = "来信人有补充") -> None:
    """What is answered changed during the review: approvals fall, the old card dies, a new one is posted."""
    case = row_of(Case, case)
    draft = kept.under_review(desk, case)
    if draft is None:
        return
    draft = row_of(Draft, draft)
    void = "已通过的审核作废；" if draft.level else ""  # nobody is told that what never was is gone
    draft.round, draft.level = draft.round + 1, 0
    draft.supervisor_last = kept.supervisor_last(desk, case, draft)
    case.review_since = desk.now
    desk.session.add(draft)
    desk.session.flush()
    desk.audit("draft.approval_withdrawn", f"case:{case.no}", draft=draft.id, round=draft.round)
    announce.review_card(desk, draft)
    announce.handler(
        desk,
        case,
        f"{case.no} {why}，{void}请核对草稿：要改就重新提交，不改则由审核人对照新情况审核。",
        key=f"addition:{draft.id}:{draft.round}",
        quiet=False,
    )


def withdraw(desk: Desk, case: readonly.Case, why: str) -> None:
    """Take what is under review back because the case moves on."""
    draft = kept.under_review(desk, case)
    if draft is not None:
        draft = row_of(Draft, draft)
        draft.state, draft.reason, draft.decided_at = DraftState.WITHDRAWN.value, why, desk.now
        desk.session.add(draft)
        desk.session.flush()
        desk.audit("draft.withdraw", f"case:{case.no}", draft=draft.id, why=why)


def level_name(draft: readonly.Draft) -> str:
    """Return the name of the level that a draft waits for: 初审, 复审, 终审."""
    return LEVEL_NAMES[draft.levels][min(draft.level, draft.levels - 1)]


def _case(desk: Desk, draft: readonly.Draft) -> Case:
    return row_of(Case, register.by_id(desk, draft.case_id))


def _take(desk: Desk, draft: readonly.Draft, round_: int, **values: object) -> None:
    """Change a draft only if nobody changed it since it was read."""
    desk.session.flush()
    found = hits(
        desk.session,
        update(Draft)
        .where(
            col(Draft.id) == draft.id,
            col(Draft.state) == DraftState.REVIEW,
            col(Draft.round) == round_,
            col(Draft.level) == draft.level,
        )
        .values(**values),
    )
    if found != 1:
        raise Stale("这份草稿刚刚已被处理。")
    desk.session.refresh(draft)
