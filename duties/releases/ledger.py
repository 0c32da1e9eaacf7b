"""Articles on their way out: submitted, passed level by level by different people, released (先审后发).

Source: MLGK 004—2018 §6.2, §6.3.1 (legality and secrecy review; sign-off by rank; reprints name source, time, author
and title); Qingdao 2020-88 art. 8, 11; Anning 2021 art. 24, 27; Hengnan 2023-2 §4(2); Baoding art. 13 (three reviews).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from cases.register import readonly
from cases.register.desk import Desk
from cases.register.duty_kinds import AccountState, ReleaseDeed, ReleaseState, Weight
from cases.register.errors import Invalid, Malformed, NotAllowed, NotFound, Stale
from cases.register.permissions import REVIEWER, SUPERVISOR, holds, require
from cases.register.rows import hits, id_of
from cases.register.tables import Staff
from cases.register.tables.duties import MediaAccount, Release, ReleaseStep
from cases.sending import announce
from duties.accounts import register
from duties.rules import days, doer, policy
from duties.rules.doer import Doer
from text import masking
from text.normalise import storable
from text.placeholders import hole

WEIGHTS: dict[str, str] = {Weight.ORDINARY: "一般", Weight.IMPORTANT: "重要", Weight.GRAVE: "重大"}
STATES: dict[str, str] = {
    ReleaseState.REVIEW: "审核中",
    ReleaseState.RETURNED: "已退回",
    ReleaseState.RELEASED: "已签发",
}
# What an approver looks at. Source: Hengnan 2023-2 §4(2), Baoding art. 13: 「严把政治关、法律关、政策关、保密关、文字关」.
CHECKS = ("政治", "法律", "政策", "保密", "文字")
# What makes an article a reprint, and what each is called. Source: MLGK 004—2018 §6.3.1.4.
REPRINT = {"source": "来源", "author": "原作者", "original_title": "原标题", "published": "原发时间"}


@dataclass(frozen=True, slots=True)
class NewRelease:
    title: str
    weight: str
    source: str = ""
    author: str = ""
    original_title: str = ""
    published: str = ""
    body: str = ""


def add(desk: Desk, who: Doer, account: MediaAccount, new: NewRelease) -> Release:
    """Enter an article and put it up for review. Raises: Invalid with everything that is missing, named together.

    Any of source, author, original title and time makes it a reprint, which needs all four.
    """
    _require_running(account)
    if new.weight not in WEIGHTS:
        raise Malformed(f"没有「{new.weight}」这个级别，应为 {'、'.join(WEIGHTS)} 之一。", field="weight")
    row = Release(
        account_id=id_of(account), weight=new.weight, levels=policy.load().levels[new.weight],
        created_at=desk.now, **_words(desk, new),
    )  # fmt: skip
    desk.session.add(row)
    desk.session.flush()
    _step(desk, row, ReleaseDeed.SUBMIT, who)
    desk.audit("release.add", _subject(row), title=row.title, weight=row.weight, levels=row.levels)
    return row


def approve(desk: Desk, who: Doer, row: Release, checks: Sequence[str] = CHECKS) -> bool:
    """Pass one level; True when that was the last and the article is released.

    Raises: NotAllowed for an author, for somebody who passed an earlier level of this round, for lack of rank;
    Invalid where something of the check list was not looked at; Stale where the account has stopped meanwhile.
    """
    staff = doer.person(who, "审核")
    _lock(desk, row)
    may_decide(desk, staff, row)
    _require_running(register.by_id(desk, row.account_id))
    if left := [name for name in CHECKS if name not in checks]:
        raise Invalid(f"请逐项核对后再通过，还没有核对：{'、'.join(left)}。", field="checks")
    level = row.level + 1
    last = level == row.levels
    if last and _needs_leader(desk, row) and not holds(staff, SUPERVISOR):
        raise NotAllowed("重大信息须由督办人（单位领导）签发。")
    values: dict[str, object] = {"level": level}
    if last:
        values |= {"state": ReleaseState.RELEASED, "released_at": desk.now}
    _take(desk, row, **values)
    _step(desk, row, ReleaseDeed.APPROVE, staff, checks=",".join(checks))
    desk.audit("release.approve", _subject(row), title=row.title, level=level, round=row.round)
    return last


def send_back(desk: Desk, who: Doer, row: Release, reason: str) -> None:
    """「退回」 with a reason; the author hears of it. Raises as `approve` does."""
    staff = doer.person(who, "退回")
    _lock(desk, row)
    may_decide(desk, staff, row)
    reason = storable(reason).strip()[:500]
    if not reason:
        raise Malformed("请写明退回理由。", field="reason")
    _take(desk, row, state=ReleaseState.RETURNED)
    _step(desk, row, ReleaseDeed.RETURN, staff, reason)
    desk.audit("release.return", _subject(row), title=row.title, reason=reason, round=row.round)
    author = _submitted(desk, row)[-1]
    if author.staff_id is not None:
        text = f"【发布审核】《{row.title}》被{staff.name}退回：{reason}"
        announce.tell(desk, f"staff:{author.staff_id}", text, key=f"release-returned:{row.id}:{row.round}")


def resubmit(desk: Desk, who: Doer, row: Release, new: NewRelease | None = None) -> None:
    """Put a returned article up again: a new round, in which everybody reviews anew. Raises: NotAllowed for others."""
    _lock(desk, row)
    if row.state != ReleaseState.RETURNED:
        raise Stale(f"《{row.title}》现在是「{STATES[row.state]}」，没有被退回。")
    _require_running(register.by_id(desk, row.account_id))
    submitted = _submitted(desk, row)
    own = {step.staff_id for step in submitted}
    if (who.id if who else None) not in own and not _all_gone(desk, own):
        raise NotAllowed(f"只有起草人（{'、'.join(dict.fromkeys(s.by for s in submitted))}）可以重新提交。")
    words = _words(desk, new) if new is not None else {}
    _take(desk, row, state=ReleaseState.REVIEW, round=row.round + 1, level=0, **words)
    _step(desk, row, ReleaseDeed.SUBMIT, who)
    desk.audit("release.resubmit", _subject(row), title=row.title, round=row.round)


def may_decide(desk: Desk, staff: readonly.Staff, row: Release) -> None:
    """Raises: Stale, NotAllowed if this person cannot pass or return the article now."""
    if row.state != ReleaseState.REVIEW:
        raise Stale(f"《{row.title}》现在是「{STATES[row.state]}」，不在审核中。")
    require(staff, REVIEWER)
    if staff.id in {step.staff_id for step in _submitted(desk, row)}:
        raise NotAllowed("不能审核自己起草的稿件，请由其他审核人办理。")
    earlier = [s for s in steps(desk, row) if s.action == ReleaseDeed.APPROVE and s.round == row.round]
    if staff.id in {step.staff_id for step in earlier}:
        raise NotAllowed("同一人不能通过两级审核，请由其他审核人办理。")


def may(desk: Desk, staff: readonly.Staff, row: Release) -> bool:
    try:
        may_decide(desk, staff, row)
    except (Stale, NotAllowed):
        return False
    return True


def steps(desk: Desk, row: Release) -> list[ReleaseStep]:
    query = select(ReleaseStep).where(ReleaseStep.release_id == row.id)
    return list(desk.session.exec(query.order_by(col(ReleaseStep.id))).all())


def by_id(desk: Desk, release_id: int) -> Release:
    row = desk.session.get(Release, release_id) if 0 < release_id < 1 << 31 else None
    if row is None:
        raise NotFound(f"没有编号为 {release_id} 的稿件。")
    return row


def listed(desk: Desk, month: str = "", words: str = "") -> list[Release]:
    """Return the ledger, oldest first; of a month: what was released in it, and what was entered and still is not."""
    rows = desk.session.exec(select(Release).order_by(col(Release.id))).all()
    if month:
        first, last = days.read_month(month)
        rows = [row for row in rows if first <= day_of(desk, row) <= last]
    words = words.strip().lower()
    return [row for row in rows if not words or words in f"{row.title}\n{row.source}\n{row.body}".lower()]


def day_of(desk: Desk, row: Release) -> date:
    """Return the day to which the ledger counts an article: its release, before that its entry."""
    return desk.office.today(row.released_at or row.created_at)


def is_reprint(row: Release) -> bool:
    return bool(row.source)


def findings(row: Release) -> list[str]:
    """Return what an approver should know of an article: what is unfilled, and what is private in it."""
    text = f"{row.title}\n{row.body}"
    found = [f"有未填写的占位内容：{unfilled}"] if (unfilled := hole(text)) else []
    kinds = dict.fromkeys(item.kind for item in masking.findings(text))
    return [*found, *(f"含有个人信息（{kind}），请核对是否应当公开" for kind in kinds)]


def _require_running(account: MediaAccount) -> None:
    if account.state in (AccountState.SUSPENDED, AccountState.CLOSED):
        raise Stale(f"账号「{account.name}」{register.STATES[account.state]}，不能发布。")


def _words(desk: Desk, new: NewRelease) -> dict[str, Any]:
    given = {name: storable(getattr(new, name)).strip()[:1000] for name in ("title", *REPRINT)}
    missing, options = ([] if given["title"] else ["标题"]), []
    if any(given[name] for name in REPRINT):
        missing += [what for name, what in REPRINT.items() if not given[name]]
        options = [f"--{name.replace('_', '-')}" for name in REPRINT if not given[name]]
    if missing:
        raise Invalid(
            f"还缺：{'、'.join(missing)}。{'转载须写明来源、原作者、原标题和原发时间。' if given['title'] else ''}",
            field=next(name for name in ("title", *REPRINT) if not given[name]),
            options="、".join(options),
        )
    if given["published"] and days.read_day(given["published"], "原发时间") > desk.today:
        raise Invalid(f"原发时间 {given['published']} 晚于今天。", field="published")
    return {
        "title": given["title"], "source": given["source"], "original_author": given["author"],
        "original_title": given["original_title"], "original_published": given["published"],
        "body": storable(new.body)[:100_000],
    }  # fmt: skip


def _submitted(desk: Desk, row: Release) -> list[ReleaseStep]:
    return [step for step in steps(desk, row) if step.action == ReleaseDeed.SUBMIT]


def _all_gone(desk: Desk, authors: set[int | None]) -> bool:
    """Authors who left cannot put their article up again: then any colleague may, and becomes an author."""
    people = [desk.session.get(Staff, author) for author in authors if author is not None]
    return bool(people) and None not in authors and not any(staff and staff.active for staff in people)


def _needs_leader(desk: Desk, row: Release) -> bool:
    """A grave article is signed by the leadership: one of its levels by a supervisor, where the office has one."""
    if row.weight != Weight.GRAVE:
        return False
    supervisors = select(Staff).where(Staff.role == SUPERVISOR, col(Staff.active).is_(True))
    leaders = {staff.id for staff in desk.session.exec(supervisors)}
    taken = {s.staff_id for s in steps(desk, row) if s.action == ReleaseDeed.APPROVE and s.round == row.round}
    authors = {s.staff_id for s in _submitted(desk, row)}
    return bool(leaders - authors) and not leaders & taken


def _step(desk: Desk, row: Release, action: str, who: Doer, note: str = "", checks: str = "") -> None:
    desk.session.add(
        ReleaseStep(
            release_id=id_of(row), round=row.round, level=row.level, action=action, checks=checks, note=note,
            staff_id=who.id if who else None, by=doer.name_of(desk, who), at=desk.now,
        )
    )  # fmt: skip
    desk.session.flush()


def _lock(desk: Desk, row: Release) -> None:
    desk.session.refresh(row, with_for_update=True)


def _take(desk: Desk, row: Release, **values: object) -> None:
    """Change an article only if nobody changed it since it was read."""
    found = hits(
        desk.session,
        update(Release)
        .where(
            col(Release.id) == row.id,
            col(Release.state) == row.state,
            col(Release.round) == row.round,
            col(Release.level) == row.level,
        )
        .values(**values),
    )
    if found != 1:
        raise Stale("这篇稿件刚刚已被处理。")
    desk.session.refresh(row)


def _subject(row: Release) -> str:
    return f"release:{row.id}"
