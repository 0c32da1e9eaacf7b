"""Once a working day the supervisors read what presses, as one message; once a quarter what became of advice."""

from datetime import timedelta

from cases.register.desk import Desk
from cases.sending import announce, outbox
from cases.watch import digest
from duties.accounts import register
from duties.matters import suggestions
from duties.month.agenda import pressing

SHOWN = 20  # lines of one message


def tell(desk: Desk) -> bool:
    """Put up today's reminder, grouped in one message, in the digest's hours; True if there was one.

    Closings whose notice is over are closed on the way. Call it by timer: once a day it says something.
    """
    register.finish_closings(desk)
    key = f"duties:{desk.today}"
    if not digest.is_time(desk):
        return False
    _quarterly(desk)
    if outbox.holds(desk, key):
        return False
    items = pressing(desk)
    if not items:
        return False
    late = sum(item.overdue(desk.today) for item in items)
    lines = [
        f"【本月要办】{desk.today}：{len(items)} 项临近或已过期限" + (f"，其中逾期 {late} 项" if late else "")
    ]
    lines += [f"{'（逾期）' if item.overdue(desk.today) else ''}{item}" for item in items[:SHOWN]]
    if len(items) > SHOWN:
        lines.append(f"……等 {len(items)} 项，见控制台「本月要办」。")
    announce.supervisors(desk, "\n".join(lines), key=key, priority=outbox.NORMAL)
    return True


def _quarterly(desk: Desk) -> None:
    """On the first working day of a quarter."""
    first = desk.today.replace(month=(desk.today.month - 1) // 3 * 3 + 1, day=1)
    if desk.calendar.count(first - timedelta(days=1), desk.today) != 1:
        return
    words = suggestions.quarter_words(desk)
    if words:
        announce.supervisors(desk, words, key=f"suggestions:{first}", priority=outbox.NORMAL)
