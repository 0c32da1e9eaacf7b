"""What the doctor says of the duties: what is missing, in one line."""

from datetime import timedelta

from sqlmodel import Session, col, select

from cases.register.desk import Desk
from cases.register.duty_kinds import AccountState
from cases.register.tables import Staff
from cases.register.tables.duties import Watch
from duties.accounts import register
from duties.month.agenda import agenda
from duties.people import roster

AHEAD = timedelta(days=7)


def missing(desk: Desk) -> tuple[bool, str]:
    """Return whether something is amiss, and the line that says what."""
    accounts = register.listed(desk)
    if not accounts and not roster.in_use(desk):
        return (
            False,
            "未启用：用 huiyin account add 登记账号、huiyin duty plan 排班后，备案、自查和值班会按期提醒",
        )
    said = []
    late = [item for item in agenda(desk) if item.overdue(desk.today)]
    if late:
        said.append(
            f"逾期 {len(late)} 项（{'；'.join(str(item) for item in late[:3])}{'……' if len(late) > 3 else ''}）"
        )
    if incomplete := [
        account.name
        for account in accounts
        if account.state != AccountState.CLOSED and register.missing(account)
    ]:
        said.append(f"备案表未填齐：{'、'.join(incomplete)}")
    if not roster.in_use(desk):
        said.append("没有值班表：夜间和节假日的「紧急」只发督办群")
    if unreachable := _unreachable(desk.session, desk):
        said.append(f"值班人没有绑定聊天账号，收不到「紧急」：{'、'.join(unreachable)}")
    if said:
        return True, "；".join(said)
    return False, f"{len(accounts)} 个账号，备案、自查、值班没有缺项"


def _unreachable(session: Session, desk: Desk) -> list[str]:
    query = (
        select(Staff)
        .join(Watch, col(Watch.staff_id) == col(Staff.id))
        .where(
            col(Watch.day) >= desk.today, col(Watch.day) <= desk.today + AHEAD, col(Staff.active).is_(True)
        )
    )
    rows = session.exec(query.order_by(col(Staff.id))).all()
    return list(dict.fromkeys(s.name for s in rows if not s.telegram_id and not s.wecom_id))
