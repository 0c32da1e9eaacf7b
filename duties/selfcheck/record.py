"""One month's self-check: begun, answered item by item, its faults mended, signed and kept.

Source: Qingdao West Coast 2020 no. 88, art. 15, 17 and annex 2 (monthly, results kept, faults mended in a week).
"""

import hashlib
import json

from sqlmodel import col, select

from cases.register.desk import Desk
from cases.register.duty_kinds import TaskState, Verdict
from cases.register.errors import Invalid, Malformed, NotFound, Stale
from cases.register.rows import id_of
from cases.register.tables.duties import MediaAccount, SelfCheck, SelfCheckItem, SelfCheckTask
from duties.rules import days, doer, policy, rights
from duties.rules.doer import Doer
from duties.selfcheck import judge
from duties.selfcheck.indicators import BY_CODE, INDICATORS
from text.normalise import storable

VERDICTS: dict[str, str] = {Verdict.OK: "合格", Verdict.FAULT: "不合格", Verdict.NONE: "未答"}


def start(desk: Desk, who: Doer, month: str, account: MediaAccount | None = None) -> SelfCheck:
    """Begin a month's self-check; what the register can judge is filled in. Raises: Invalid, Stale if there is one."""
    first, _ = days.read_month(month)
    month = days.month_of(first)
    if first > desk.today:
        raise Invalid(f"{month} 还没有开始，不能自查。", field="month")
    scope = f"account:{account.id}" if account is not None else "office"
    query = select(SelfCheck).where(SelfCheck.month == month, SelfCheck.scope == scope)
    if (found := desk.session.exec(query).first()) is not None:
        raise Stale(f"{month} 的自查已经开始（编号 {found.id}）。")
    check = SelfCheck(
        month=month, scope=scope, account_id=account.id if account else None, started_at=desk.now,
        started_by=doer.name_of(desk, who),
    )  # fmt: skip
    desk.session.add(check)
    desk.session.flush()
    judged = judge.judge(desk, judge.month_of(desk, month, account))
    for indicator in INDICATORS:
        found_ = judged.get(indicator.code, judge.Judgement(Verdict.NONE, ""))
        desk.session.add(
            SelfCheckItem(
                check_id=id_of(check), code=indicator.code, automatic=found_.verdict, verdict=found_.verdict,
                value=found_.value,
            )
        )  # fmt: skip
        if found_.verdict == Verdict.FAULT:
            _task(desk, check, indicator.code)
    desk.session.flush()
    desk.audit("selfcheck.start", _subject(check), month=month, name=account.name if account else "")
    return check


def answer(
    desk: Desk, who: Doer, check: SelfCheck, code: str, verdict: str, note: str = "", seen: str = ""
) -> SelfCheckItem:
    """Answer an item, also one that the register judged: both stand in the record. A fault becomes a task.

    Raises: Invalid for an unknown code or verdict; Stale once the record is signed, or if another
    answered otherwise what was `seen` (its `version`).
    """
    desk.session.refresh(check, with_for_update=True)
    if check.signed_at is not None:
        raise Stale(f"{check.month} 的自查已由{check.signed_by}签署，不能再改。")
    code = code.strip().upper()
    if code not in BY_CODE:
        raise Malformed(f"没有「{code[:20]}」这个指标，应为 {'、'.join(BY_CODE)} 之一。", field="code")
    if verdict not in (Verdict.OK, Verdict.FAULT):
        raise Malformed(f"结论「{verdict[:20]}」应为 ok 或 fault。", field="verdict")
    item = next(item for item in items(desk, check) if item.code == code)
    note = storable(note).strip()[:2000]
    if seen and seen != version(item) and (item.verdict, item.note) != (verdict, note):
        raise Stale(_otherwise(desk, item, verdict, note), "text")
    again = item.verdict != Verdict.FAULT  # a fault that was found mended and is there once more
    item.verdict, item.note = verdict, note
    item.answered_by, item.answered_at = doer.name_of(desk, who), desk.now
    desk.session.add(item)
    if verdict == Verdict.FAULT:
        _task(desk, check, code, again=again)
    else:
        _withdraw(desk, check, code)
    facts = {"code": code, "verdict": verdict, "automatic": item.automatic, "note": item.note}
    desk.audit("selfcheck.answer", _subject(check), month=check.month, **facts)
    return item


def version(item: SelfCheckItem) -> str:
    """Return what tells one answer to an item from another."""
    stands = (item.verdict, item.note, item.answered_by, item.answered_at)
    return hashlib.sha256(repr(stands).encode()).hexdigest()[:16]


def _otherwise(desk: Desk, item: SelfCheckItem, verdict: str, note: str) -> str:
    """Say who answered what and when, beside what was to be written over it."""
    at = f"{item.answered_at.astimezone(desk.office.zone):%m-%d %H:%M} " if item.answered_at else ""
    said = [
        f"{item.answered_by or '同事'}已于 {at}把 {item.code} 记为{VERDICTS[item.verdict]}，您的改动没有保存"
    ]
    if item.verdict != verdict:
        said.append(f"您记的是{VERDICTS[verdict]}")
    if item.note != note:
        said.append(f"说明现为「{item.note[:200]}」，您写的是「{note[:200]}」")
    return "；".join(said) + "。请核对后再存。"


def sign(desk: Desk, who: Doer, check: SelfCheck) -> SelfCheck:
    """Sign the record; its answers are fixed by a hash.

    Raises: NotAllowed for a handler; Invalid naming what is unanswered; Stale if signed.
    """
    rights.require_signer(who)
    desk.session.refresh(check, with_for_update=True)
    if check.signed_at is not None:
        raise Stale(f"{check.month} 的自查已由{check.signed_by}签署。")
    if left := [item.code for item in items(desk, check) if not item.verdict]:
        raise Invalid(f"还有 {len(left)} 项没有回答，不能签署：{'、'.join(left)}。")
    check.signed_at, check.signed_by = desk.now, doer.name_of(desk, who)
    check.record_hash = record_hash(desk, check)
    desk.session.add(check)
    desk.audit("selfcheck.sign", _subject(check), month=check.month, sha256=check.record_hash)
    return check


def mend(desk: Desk, who: Doer, check: SelfCheck, code: str, note: str = "") -> SelfCheckTask:
    """Note that a fault is mended; this may be said after the signing, too. Raises: NotFound."""
    found = [t for t in tasks(desk, check) if t.code == code.strip().upper() and t.state == TaskState.OPEN]
    if not found:
        done = [t for t in tasks(desk, check) if t.code == code.strip().upper() and t.done_on]
        if done:
            raise Stale(
                f"{done[-1].code} 已由{done[-1].done_by}于 {done[-1].done_on} 记为整改完毕：{done[-1].note}"
            )
        raise NotFound(f"{check.month} 的自查没有待整改的 {code[:20]}。")
    task = found[0]
    task.state, task.done_on, task.done_by = TaskState.DONE, desk.today, doer.name_of(desk, who)
    task.note = storable(note).strip()[:2000]
    desk.session.add(task)
    facts = {"due_on": task.due_on, "provisional": task.provisional}
    desk.audit("selfcheck.mend", _subject(check), code=task.code, note=task.note, **facts)
    return task


def items(desk: Desk, check: SelfCheck) -> list[SelfCheckItem]:
    """Return the answers in the standard's order."""
    rows = desk.session.exec(select(SelfCheckItem).where(SelfCheckItem.check_id == check.id)).all()
    order = list(BY_CODE)
    return sorted(rows, key=lambda row: order.index(row.code))


def tasks(desk: Desk, check: SelfCheck) -> list[SelfCheckTask]:
    query = select(SelfCheckTask).where(
        SelfCheckTask.check_id == check.id, SelfCheckTask.state != TaskState.WITHDRAWN
    )
    return list(desk.session.exec(query.order_by(col(SelfCheckTask.due_on), col(SelfCheckTask.code))).all())


def open_tasks(desk: Desk) -> list[tuple[SelfCheck, SelfCheckTask]]:
    query = (
        select(SelfCheck, SelfCheckTask)
        .join(SelfCheckTask, col(SelfCheckTask.check_id) == col(SelfCheck.id))
        .where(SelfCheckTask.state == TaskState.OPEN)
    )
    return list(desk.session.exec(query.order_by(col(SelfCheckTask.due_on), col(SelfCheckTask.id))).all())


def by_id(desk: Desk, check_id: int) -> SelfCheck:
    check = desk.session.get(SelfCheck, check_id) if 0 < check_id < 1 << 31 else None
    if check is None:
        raise NotFound(f"没有编号为 {check_id} 的自查。")
    return check


def of_year(desk: Desk, year: int) -> list[SelfCheck]:
    query = select(SelfCheck).where(col(SelfCheck.month).like(f"{year:04d}-%"))
    return list(desk.session.exec(query.order_by(col(SelfCheck.month), col(SelfCheck.id))).all())


def record_hash(desk: Desk, check: SelfCheck) -> str:
    """Return the fingerprint of a record's answers: a signed one is compared with the hash that it carries."""
    rows = [
        [item.code, item.automatic, item.verdict, item.value, item.note, item.answered_by]
        for item in items(desk, check)
    ]
    body = json.dumps([check.month, check.scope, rows], ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()


def _task(desk: Desk, check: SelfCheck, code: str, *, again: bool = False) -> None:
    """A fault is to be mended within the policy's days from today; one that is open keeps its date.

    `again`: also one that was mended before, for it is there once more.
    """
    query = select(SelfCheckTask).where(SelfCheckTask.check_id == check.id, SelfCheckTask.code == code)
    task = desk.session.exec(query).first()
    if task is not None and (task.state == TaskState.OPEN or (task.state == TaskState.DONE and not again)):
        return
    due = days.after(desk.today, policy.load().mend_days, desk.calendar)
    task = task or SelfCheckTask(check_id=id_of(check), code=code, due_on=due.on, at=desk.now)
    task.state, task.due_on, task.provisional, task.at = TaskState.OPEN, due.on, due.provisional, desk.now
    task.done_on = None
    desk.session.add(task)
    desk.audit("selfcheck.task", _subject(check), code=code, due_on=due.on, provisional=due.provisional)


def _withdraw(desk: Desk, check: SelfCheck, code: str) -> None:
    for task in tasks(desk, check):
        if task.code == code and task.state == TaskState.OPEN:
            task.state = TaskState.WITHDRAWN
            desk.session.add(task)


def _subject(check: SelfCheck) -> str:
    return f"selfcheck:{check.id}"
