"""An administrator hands an account over: a list is worked off, an undertaking signed, access ends at once.

Source: MLGK 004—2018 §7.1, §7.2; Anning 2021 art. 37, 38; Baoding art. 14.
"""

from pathlib import Path
from typing import Any

from sqlmodel import col, select

from cases.register import people, readonly
from cases.register.desk import Desk
from cases.register.errors import Invalid, Malformed, NotAllowed, NotFound, Stale
from cases.register.permissions import ADMIN, HANDLER, SUPERVISOR, holds
from cases.register.rows import id_of
from cases.register.states import PromiseState
from cases.register.tables import Case, Promise, Staff
from cases.register.tables.duties import Handover, HandoverItem, MediaAccount
from cases.steps import assign
from duties.accounts import register
from duties.papers import filling
from duties.papers.facts import day as day_words
from duties.rules import days, doer, policy, rights
from duties.rules.doer import Doer
from text.normalise import storable

ITEMS = {
    "password": "账号密码和各类保密信息已更改",
    "rights": "管理权限、验证手机和密保邮箱已转移",
    "devices": "专用设备已交还，自动登录已清除",
    "papers": "账号资料、台账和在办事项已移交",
    "access": "移交人在本系统的权限已收回",
    "undertaking": "《移交保密承诺书》已由双方签署",
}


def start(
    desk: Desk,
    who: Doer,
    giving: str,
    taking: str,
    account: MediaAccount | None = None,
    *,
    leaving: bool = True,
) -> Handover:
    """Begin a hand-over. A colleague who leaves loses access in the same transaction; open cases go to the other.

    Raises: NotAllowed; Invalid for the same person twice; Stale if one is under way.
    """
    rights.require_manager(who, "交接")
    giver, taker = people.staff_called(desk, giving), doer.colleague(desk, taking)
    if giver.id == taker.id:
        raise Invalid("移交人和接收人不能是同一人。", field="to")
    # of two who begin it at once the second sees the first
    desk.session.refresh(giver, with_for_update={"key_share": True})
    if [row for row in open_ones(desk) if row.from_id == giver.id and row.account_id == _id(account)]:
        raise Stale(f"{giver.name}已有一项交接在办。")
    due = days.after(desk.today, policy.load().handover_days, desk.calendar)
    row = Handover(
        from_id=id_of(giver), to_id=id_of(taker), account_id=_id(account), leaving=leaving, started_at=desk.now,
        started_by=doer.name_of(desk, who), due_on=due.on, provisional=due.provisional,
    )  # fmt: skip
    desk.session.add(row)
    desk.session.flush()
    desk.session.add_all(HandoverItem(handover_id=id_of(row), code=code) for code in ITEMS)
    desk.session.flush()
    facts = {"due_on": due.on, "provisional": due.provisional}
    desk.audit("handover.start", _subject(row), name=giver.name, to=taker.name, **facts)
    if leaving:
        _leave(desk, giver, taker)
        tick(desk, who, row, "access", "停用即收回")
    return row


def _leave(desk: Desk, giver: readonly.Staff, taker: readonly.Staff) -> None:
    for earlier in open_ones(desk):  # what was being handed to who leaves now goes on to the next
        if earlier.to_id == giver.id and earlier.from_id != taker.id:
            _pass(desk, earlier, taker)
    if giver.active and holds(giver, HANDLER) and _has_work(desk, id_of(giver)):
        assign.hand_over(desk, giver, taker)
    if giver.active:
        people.disable_staff(desk, id_of(giver))


def pass_on(desk: Desk, who: Doer, row: Handover, taking: str) -> Handover:
    """Let another take over, as when the one who should has left. Raises: Invalid for the same or the giver; Stale if closed."""
    rights.require_manager(who, "更换接收人")
    taker = doer.colleague(desk, taking)
    desk.session.refresh(row, with_for_update=True)
    if row.closed_at is not None:
        raise Stale("这项交接已经办结。")
    if taker.id in (row.from_id, row.to_id):
        raise Invalid("请另选一位接收人。", field="to")
    _pass(desk, row, taker)
    return row


def _pass(desk: Desk, row: Handover, taker: readonly.Staff) -> None:
    """What is done stays done; the taker signs anew."""
    before = desk.session.get_one(Staff, row.to_id)
    row.to_id, row.received_at = id_of(taker), None
    if row.witnessed_by == taker.name:  # nobody witnesses what they take over
        row.witnessed_at, row.witnessed_by = None, ""
    desk.session.add(row)
    desk.audit("handover.pass", _subject(row), name=before.name, to=taker.name)


def tick(desk: Desk, who: Doer, row: Handover, code: str, note: str = "") -> HandoverItem:
    """Note that one item of the list is done: by the one who takes over, or who manages.

    Raises: NotAllowed; Invalid for an unknown one; Stale when all is closed.
    """
    if who is None or who.id != row.to_id:
        rights.require_manager(who, "非本人接收的清单")
    desk.session.refresh(row, with_for_update=True)
    if row.closed_at is not None:
        raise Stale("这项交接已经办结。")
    item = next((item for item in items(desk, row) if item.code == code.strip()), None)
    if item is None:
        raise Malformed(f"没有「{code[:20]}」这一项，应为 {'、'.join(ITEMS)} 之一。", field="code")
    item.done_at, item.done_by, item.note = desk.now, doer.name_of(desk, who), storable(note).strip()[:1000]
    desk.session.add(item)
    desk.audit("handover.tick", _subject(row), what=ITEMS[item.code], note=item.note)
    return item


def sign(desk: Desk, who: Doer, row: Handover) -> bool:
    """Sign as the one who takes over, or as a witness (a supervisor or administrator); True when that closes it.

    Raises: Invalid naming what is not done yet; NotAllowed for anybody else.
    """
    staff = doer.person(who, "交接签字")
    desk.session.refresh(row, with_for_update=True)
    if row.closed_at is not None:
        raise Stale("这项交接已经办结。")
    if left := [ITEMS[item.code] for item in items(desk, row) if item.done_at is None]:
        raise Invalid(f"还有 {len(left)} 项没有办：{'、'.join(left)}。")
    if staff.id == row.to_id:
        row.received_at = desk.now
    elif staff.id != row.from_id and (holds(staff, SUPERVISOR) or holds(staff, ADMIN)):
        row.witnessed_at, row.witnessed_by = desk.now, staff.name
    else:
        raise NotAllowed("须由接收人本人，或督办人、管理员作为监交人签字。")
    if row.received_at and row.witnessed_at:
        row.closed_at = desk.now
    desk.session.add(row)
    desk.audit("handover.sign", _subject(row), name=staff.name)
    return row.closed_at is not None


def undertaking(desk: Desk, row: Handover, own: Path | None = None) -> bytes:
    """Return the secrecy undertaking, filled for both to sign on paper."""
    shown_ = shown(desk, row)
    account = register.by_id(desk, row.account_id) if row.account_id else None
    accounts = [account] if account else register.standing(desk)
    done = [f"{item['what']}（{'已办' if item['done_at'] else '未办'}）" for item in shown_["items"]]
    values = {
        "移交人": shown_["from"], "接收人": shown_["to"], "监交人": row.witnessed_by or "　　　　",
        "移交日期": day_words(desk.office.today(row.started_at)),
        "单位": "、".join(dict.fromkeys(a.unit for a in accounts)) or "本单位",
        "账号": "、".join(a.name for a in accounts) or "全部账号", "清单": "；".join(done) + "。",
    }  # fmt: skip
    return filling.fill("secrecy", values, own)


def shown(desk: Desk, row: Handover) -> dict[str, Any]:
    session = desk.session
    giver, taker = session.get_one(Staff, row.from_id), session.get_one(Staff, row.to_id)
    return {
        "id": row.id,
        "from": giver.name,
        "to": taker.name,
        "to_id": taker.id,
        "to_active": taker.active,
        "account": register.by_id(desk, row.account_id).name if row.account_id else None,
        "started_at": row.started_at,
        "due_on": row.due_on,
        "provisional": row.provisional,
        "overdue": row.closed_at is None and desk.today > row.due_on,
        "items": [
            {
                "code": i.code,
                "what": ITEMS[i.code],
                "done_at": i.done_at,
                "done_by": i.done_by,
                "note": i.note,
            }
            for i in items(desk, row)
        ],
        "received_at": row.received_at,
        "witnessed_by": row.witnessed_by,
        "closed_at": row.closed_at,
    }


def items(desk: Desk, row: Handover) -> list[HandoverItem]:
    rows = desk.session.exec(select(HandoverItem).where(HandoverItem.handover_id == row.id)).all()
    order = list(ITEMS)
    return sorted(rows, key=lambda item: order.index(item.code))


def listed(desk: Desk) -> list[Handover]:
    return list(desk.session.exec(select(Handover).order_by(col(Handover.id).desc())).all())


def open_ones(desk: Desk) -> list[Handover]:
    return [row for row in listed(desk) if row.closed_at is None]


def by_id(desk: Desk, handover_id: int) -> Handover:
    row = desk.session.get(Handover, handover_id) if 0 < handover_id < 1 << 31 else None
    if row is None:
        raise NotFound(f"没有编号为 {handover_id} 的交接。")
    return row


def _has_work(desk: Desk, staff_id: int) -> bool:
    """Tell whether somebody has cases in hand, or answered ones whose promise is still to be kept."""
    promised = (
        select(Promise.id)
        .join(Case, col(Case.id) == col(Promise.case_id))
        .where(Case.handler_id == staff_id, Promise.state == PromiseState.OPEN)
    )
    return bool(people.load(desk, staff_id) or desk.session.exec(promised.limit(1)).first())


def _id(account: MediaAccount | None) -> int | None:
    return account.id if account is not None else None


def _subject(row: Handover) -> str:
    return f"handover:{row.id}"
