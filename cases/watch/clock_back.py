"""The machine's clock was set back: what was planned by the time that was not is planned anew.

Nothing told is told again (a milestone is one row), but a case whose next look lay in that future, or a
message that was to be tried again then, would otherwise be forgotten until it comes.
"""

from datetime import timedelta

from sqlalchemy import and_, delete, or_, update
from sqlmodel import col

from cases.register import memo
from cases.register.desk import ALL_LANES, Desk, ring
from cases.register.states import OutboxState
from cases.register.tables import Case, Lapse, Outbox
from cases.sending import announce, outbox
from cases.steps import promise
from cases.watch import danger_watch

LEEWAY = timedelta(minutes=1)  # several machines never agree to the second


def notice(desk: Desk) -> bool:
    """Note that a sweep begins; True when the clock stands before the last one, after mending what that spoils."""
    last = memo.SWEPT_AT.of(desk.session) or desk.now
    memo.SWEPT_AT.put(desk.session, desk.now)
    if desk.now >= last - LEEWAY:
        return False
    _plan_anew(desk)
    desk.audit("clock.back", "office", before=last.isoformat(), after=desk.now.isoformat())
    minutes = int((last - desk.now).total_seconds() // 60)
    announce.supervisors(
        desk,
        f"【时钟】服务器时钟比上次检查时早了 {minutes} 分钟，已按现在的时间重新安排全部提醒。"
        "如此前收到过提前的「逾期」提示，请以事项的时限日期为准，并检查服务器校时。",
        key=f"clock-back:{last.isoformat()}",
        priority=outbox.NORMAL,
    )
    return True


def _plan_anew(desk: Desk) -> None:
    now = desk.now
    desk.session.execute(update(Case).where(col(Case.next_look_at) > now).values(next_look_at=now))
    desk.session.execute(update(Case).where(col(Case.overdue_since) > now).values(overdue_since=None))
    desk.session.execute(delete(Lapse).where(col(Lapse.since) > now))
    desk.session.execute(update(Lapse).where(col(Lapse.until) > now).values(until=None))
    ring(desk.session, ALL_LANES)
    put_off = and_(col(Outbox.attempts) > 0, col(Outbox.not_before) > now + outbox.LONGEST_RETRY)
    desk.session.execute(
        update(Outbox)
        .where(col(Outbox.state) == OutboxState.PENDING, or_(col(Outbox.created_at) > now, put_off))
        .values(not_before=now)
    )
    promise.plan_anew(desk)
    danger_watch.plan_anew(desk, now)
