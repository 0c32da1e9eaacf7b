"""Accounts are opened, changed, suspended and closed; each event has a filing, and a filing a last day."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from sqlalchemy import or_, text
from sqlmodel import col, select

from cases.register.desk import Desk
from cases.register.duty_kinds import AccountState, AccountStep, StandardCode
from cases.register.errors import Invalid, Malformed, NotFound, Stale
from cases.register.rows import id_of
from cases.register.tables import Audit
from cases.register.tables.duties import AccountEvent, MediaAccount
from duties.papers import fields
from duties.rules import days, doer, policy, rights
from duties.rules.days import Due
from duties.rules.doer import Doer
from sla.deadline import due_words
from text.normalise import storable

CHANGES = (AccountStep.CHANGE, AccountStep.SUSPEND, AccountStep.RESUME)  # what is filed as a change
KINDS: dict[str, str] = {
    AccountStep.OPEN: "开设",
    AccountStep.CHANGE: "变更",
    AccountStep.SUSPEND: "暂停",
    AccountStep.RESUME: "恢复",
    AccountStep.CLOSE: "关停",
}
STATES: dict[str, str] = {
    AccountState.OPEN: "正常",
    AccountState.SUSPENDED: "暂停",
    AccountState.CLOSING: "公告中",
    AccountState.CLOSED: "已关停",
}
LONGEST = 4000


@dataclass(frozen=True, slots=True)
class NewAccount:
    name: str
    platform: str
    unit: str
    opened_on: date
    standard: str = StandardCode.MLGK
    reason: str = ""
    fields: Mapping[str, str] | None = None


def filing_words(event: AccountEvent) -> str:
    return f"备案时限 {due_words(event.filing_due_on, event.provisional)}"


def add(desk: Desk, who: Doer, new: NewAccount) -> tuple[MediaAccount, AccountEvent]:
    """Register an account with the filing of its opening. Raises: Invalid with all that is missing, named together.

    Source: MLGK 004—2018 §5.1.3 (5 working days); Qingdao 2020-88 art. 5 (one account for a unit and platform), art. 6
    (7); Anning 2021 art. 11, 16; Hengnan 2023-2 annex 1 note 2.
    """
    rights.require_manager(who)
    name, platform, unit = (_clean(word) for word in (new.name, new.platform, new.unit))
    wanted = (("账号名称", "name", name), ("平台", "platform", platform), ("单位", "unit", unit))
    empty = [(what, field) for what, field, text in wanted if not text]
    if empty:
        raise Malformed(f"缺少{'、'.join(what for what, _ in empty)}。", field=empty[0][1])
    standard = policy.load().standard(new.standard)
    given = readable(new.standard, new.fields or {})
    reason = _clean(new.reason) or given.get("开办理由", "")
    _alone(desk)
    other = _standing(desk, standard, name, unit, platform)
    if other is not None and not reason:
        rule = "，不能登记两次" if other.name == name else "：一个单位在同一平台只开设一个账号"
        raise Invalid(
            f"{unit}在{platform}已有账号「{other.name}」（编号 {other.id}）{rule}，确需再开的请写明理由。",
            field="reason",
            options="--reason",
        )
    account = MediaAccount(
        name=name, platform=platform, unit=unit, standard=new.standard, opened_on=new.opened_on, fields=given,
        reason=reason if other is not None else "", created_at=desk.now,
    )  # fmt: skip
    desk.session.add(account)
    desk.session.flush()
    due = days.after(new.opened_on, standard.filing_days, desk.calendar)
    event = _event(desk, who, account, AccountStep.OPEN, new.opened_on, "开设", due)
    return account, event


def change(
    desk: Desk, who: Doer, account: MediaAccount, on: date, what: str, given: Mapping[str, str] | None = None
) -> AccountEvent:
    """Note what changed, and take over the form's new values. Raises: Invalid for a date before the account's last.

    Source: MLGK 004—2018 §5.2; Qingdao 2020-88 annex 1 note (7 working days); Hengnan 2023-2 annex 1 note 2.
    """
    rights.require_manager(who)
    lock(desk, account)
    what = _clean(what)
    if not what:
        raise Malformed("请写明变更了什么。", field="text")
    _in_order(desk, account, on, "变更日期")
    if given:
        account.fields = {**account.fields, **readable(account.standard, given)}
        desk.session.add(account)
    due = days.after(on, policy.load().standard(account.standard).filing_days, desk.calendar)
    return _event(desk, who, account, AccountStep.CHANGE, on, what, due)


def suspend(
    desk: Desk, who: Doer, account: MediaAccount, on: date, reason: str, *, resume: bool
) -> AccountEvent:
    """Rest an account, or take it up again; either is a change that is filed."""
    rights.require_manager(who)
    lock(desk, account)
    before, after, kind = AccountState.OPEN, AccountState.SUSPENDED, AccountStep.SUSPEND
    if resume:
        before, after, kind = after, before, AccountStep.RESUME
    if account.state != before:
        raise Stale(f"账号「{account.name}」现在是「{STATES[account.state]}」，不能{KINDS[kind]}。")
    if not _clean(reason):
        raise Malformed(f"请写明{KINDS[kind]}的原因。", field="reason")
    _in_order(desk, account, on, f"{KINDS[kind]}日期")
    account.state = after
    desk.session.add(account)
    due = days.after(on, policy.load().standard(account.standard).filing_days, desk.calendar)
    return _event(desk, who, account, kind, on, _clean(reason), due)


def close(
    desk: Desk,
    who: Doer,
    account: MediaAccount,
    notice_from: date,
    reason: str,
    notice_to: date | None = None,
) -> AccountEvent:
    """Announce the closing; the account counts as closed when the notice is over, and is filed from that day.

    Raises: Invalid for a notice shorter than the standard's working days, naming the earliest end.
    Source: Qingdao 2020-88 art. 7, Anning 2021 art. 17 (「公告时间不少于15个工作日」); MLGK 004—2018 §5.2.
    """
    rights.require_manager(who)
    lock(desk, account)
    standard = policy.load().standard(account.standard)
    if not _clean(reason):
        raise Malformed("请写明关停原因。", field="reason")
    _in_order(desk, account, notice_from, "公告开始日期")
    earliest = days.after(notice_from, standard.notice_days, desk.calendar)
    end = notice_to or earliest.on
    if end < notice_from:
        raise Malformed(f"公告结束日期 {end} 早于开始日期 {notice_from}。", field="notice_to")
    if end < earliest.on:
        held = days.between(notice_from, end, desk.calendar)
        raise Invalid(
            f"公告期只有 {held} 个工作日，应不少于 {standard.notice_days} 个工作日：最早到 {earliest}。"
        )
    account.state = AccountState.CLOSING
    desk.session.add(account)
    due = days.after(end, standard.filing_days, desk.calendar)
    due = Due(due.on, due.provisional or earliest.provisional)
    return _event(desk, who, account, AccountStep.CLOSE, notice_from, _clean(reason), due, notice_from, end)


def filed(
    desk: Desk, who: Doer, account: MediaAccount, kind: str = "", on: date | None = None
) -> AccountEvent:
    """Note that the filing of an event, the oldest open one unless a kind is named, was handed in."""
    rights.require_manager(who)
    lock(desk, account)
    if kind and kind not in KINDS:
        raise Malformed(f"没有「{kind[:20]}」这种备案，应为 {'、'.join(KINDS)} 之一。")
    kinds = CHANGES if kind == AccountStep.CHANGE else (kind,)
    wanted = [e for e in events(desk, account) if e.filed_on is None and (not kind or e.kind in kinds)]
    if not wanted:
        raise Invalid(f"账号「{account.name}」没有待报的{KINDS.get(kind, '')}备案。")
    event, on = wanted[0], on or desk.today
    if on > desk.today:
        raise Invalid(f"备案日期 {on} 晚于今天。", field="on")
    if on < event.on:
        raise Invalid(
            f"备案日期 {on} 早于{KINDS[event.kind]}日期 {event.on}：事情发生后才能报备案。", field="on"
        )
    event.filed_on = on
    desk.session.add(event)
    due = {"due_on": event.filing_due_on, "provisional": event.provisional}
    desk.audit("account.filed", _subject(account), kind=event.kind, on=on, **due)
    return event


def fill(desk: Desk, who: Doer, account: MediaAccount, given: Mapping[str, str], seen: str = "") -> list[str]:
    """Complete the form's fields; returns what is still missing. What changed in fact belongs to `change`.

    Raises: Invalid; Stale if somebody filled in otherwise what was `seen` (its `version`) empty or different.
    """
    rights.require_manager(who)
    lock(desk, account)
    values = readable(account.standard, given)
    others = {name: now for name, now in account.fields.items() if values.get(name, now) != now}
    if seen and seen != version(account) and others:
        told = "；".join(
            f"{name}现为「{now[:60]}」，您写的是「{values[name][:60]}」" for name, now in others.items()
        )
        raise Stale(f"{_filled_by(desk, account)}改过备案表，您的改动没有保存。{told}。", next(iter(others)))
    account.fields = {**account.fields, **values}
    desk.session.add(account)
    desk.audit("account.fill", _subject(account), fields=sorted(values))
    return missing(account)


def version(account: MediaAccount) -> str:
    """Return what tells one state of the form's fields from another."""
    return sha256(repr(sorted(account.fields.items())).encode()).hexdigest()[:16]


def _filled_by(desk: Desk, account: MediaAccount) -> str:
    query = select(Audit).where(Audit.subject == _subject(account), Audit.action == "account.fill")
    last = desk.session.exec(query.order_by(col(Audit.seq).desc()).limit(1)).first()
    return f"{last.actor}已于 {last.at.astimezone(desk.office.zone):%m-%d %H:%M} " if last else "同事刚刚"


def finish_closings(desk: Desk) -> int:
    """Close the accounts whose notice is over; call it by timer."""
    rows = desk.session.exec(select(MediaAccount).where(MediaAccount.state == AccountState.CLOSING)).all()
    closed = 0
    for account in rows:
        last = next(e for e in reversed(events(desk, account)) if e.kind == AccountStep.CLOSE)
        if last.notice_to is not None and desk.today > last.notice_to:
            account.state = AccountState.CLOSED
            desk.session.add(account)
            desk.audit("account.closed", _subject(account), notice_to=last.notice_to)
            closed += 1
    return closed


def missing(account: MediaAccount) -> list[str]:
    return fields.missing(account.standard, account.fields)


def readable(standard: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return field values as they are kept. Raises: Invalid naming every name that no form of the standard has."""
    names = fields.known(standard)
    if strange := [name for name in given if name not in names]:
        hints = [near[0] for name in strange if (near := difflib.get_close_matches(name, names, 1, 0.4))]
        near_words = f"；是否想写：{'、'.join(dict.fromkeys(hints))}" if hints else ""
        raise Invalid(f"表中没有这些栏目：{'、'.join(strange)}{near_words}。")
    return {name: _clean(value) for name, value in given.items()}


def by_id(desk: Desk, account_id: int) -> MediaAccount:
    account = desk.session.get(MediaAccount, account_id) if 0 < account_id < 1 << 31 else None
    if account is None:
        raise NotFound(f"没有编号为 {account_id} 的账号。")
    return account


def listed(desk: Desk) -> list[MediaAccount]:
    return list(desk.session.exec(select(MediaAccount).order_by(col(MediaAccount.id))).all())


def standing(desk: Desk) -> list[MediaAccount]:
    """Return the accounts that are not closed: a suspended one still has a password, a form and an owner."""
    return [account for account in listed(desk) if account.state != AccountState.CLOSED]


def in_use(desk: Desk) -> list[MediaAccount]:
    return [account for account in listed(desk) if account.state in (AccountState.OPEN, AccountState.CLOSING)]


def events(desk: Desk, account: MediaAccount) -> list[AccountEvent]:
    """Return what happened to an account, oldest first."""
    query = select(AccountEvent).where(AccountEvent.account_id == account.id)
    return list(desk.session.exec(query.order_by(col(AccountEvent.on), col(AccountEvent.id))).all())


def rests(desk: Desk, account: MediaAccount) -> list[tuple[date, date | None]]:
    """Return the spans in which an account rested: from its suspension to its resumption, None where it rests still."""
    found: list[tuple[date, date | None]] = []
    for event in events(desk, account):
        if event.kind == AccountStep.SUSPEND:
            found.append((event.on, None))
        elif event.kind == AccountStep.RESUME and found:
            found[-1] = (found[-1][0], event.on)
    return found


def unfiled(desk: Desk) -> list[tuple[MediaAccount, AccountEvent]]:
    """Return the events whose filing is still to be handed in, the earliest due first."""
    query = (
        select(MediaAccount, AccountEvent)
        .join(AccountEvent, col(AccountEvent.account_id) == col(MediaAccount.id))
        .where(col(AccountEvent.filed_on).is_(None))
    )
    return list(
        desk.session.exec(query.order_by(col(AccountEvent.filing_due_on), col(AccountEvent.id))).all()
    )


def lock(desk: Desk, account: MediaAccount) -> None:
    """Hold the account until the transaction ends: of two changes at once the second sees the first."""
    desk.session.refresh(account, with_for_update=True)


def _alone(desk: Desk) -> None:
    """Of two who register the same account at once the second sees the first: there is no row yet to hold.

    On SQLite there is one writer at a time anyhow; readers wait on neither.
    """
    if desk.session.get_bind().dialect.name == "postgresql":
        desk.session.execute(text("LOCK TABLE media_account IN SHARE ROW EXCLUSIVE MODE"))


def _standing(
    desk: Desk, standard: policy.Standard, name: str, unit: str, platform: str
) -> MediaAccount | None:
    """Return the account that speaks against another: the same one, or any where the standard allows a unit but one."""
    query = select(MediaAccount).where(
        MediaAccount.unit == unit,
        MediaAccount.platform == platform,
        MediaAccount.state != AccountState.CLOSED,
    )
    if standard.one_account:
        query = query.where(or_(col(MediaAccount.name) == name, col(MediaAccount.standard) == standard.code))
    else:
        query = query.where(MediaAccount.name == name)
    return desk.session.exec(query.order_by(col(MediaAccount.id))).first()


def _in_order(desk: Desk, account: MediaAccount, on: date, what: str) -> None:
    if account.state in (AccountState.CLOSING, AccountState.CLOSED):
        raise Stale(f"账号「{account.name}」{STATES[account.state]}，不能再登记变更或关停。")
    last = max(event.on for event in events(desk, account))
    if on < last:
        said = "开设日期" if last == account.opened_on else "上一次登记的日期"
        raise Invalid(
            f"{what} {on} 早于{said} {last}。", field="notice_from" if what.startswith("公告") else "on"
        )


def _event(
    desk: Desk,
    who: Doer,
    account: MediaAccount,
    kind: str,
    on: date,
    what: str,
    due: Due,
    notice_from: date | None = None,
    notice_to: date | None = None,
) -> AccountEvent:
    event = AccountEvent(
        account_id=id_of(account), kind=kind, on=on, what=what, notice_from=notice_from, notice_to=notice_to,
        filing_due_on=due.on, provisional=due.provisional, at=desk.now, by=doer.name_of(desk, who),
    )  # fmt: skip
    desk.session.add(event)
    desk.session.flush()
    facts = {"name": account.name, "on": on, "what": what, "due_on": due.on, "provisional": due.provisional}
    desk.audit(f"account.{kind}", _subject(account), **facts, notice_to=notice_to)
    return event


def _subject(account: MediaAccount) -> str:
    return f"account:{account.id}"


def _clean(text: str) -> str:
    return storable(text).strip()[:LONGEST]
