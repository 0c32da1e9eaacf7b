"""Staff and departments."""

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import col, select

from cases.register import meanwhile, memo, permissions, readonly, weak
from cases.register.desk import Desk
from cases.register.errors import Invalid, Malformed, NotFound
from cases.register.rows import row_of
from cases.register.states import State
from cases.register.tables import Case, Department, DepartmentTopic, Staff

_HASHER = PasswordHasher()
SHORTEST_PASSWORD = 8
LONGEST_NUMBER = 9  # digits: above it no database has a row
_TELEGRAM_ID = re.compile(r"-?[0-9]{1,18}")
JOIN_CODE_LIFE = timedelta(hours=24)
WRONG_CODES = 5  # an hour; then a chat account may not try any more


@dataclass(frozen=True, slots=True)
class NewStaff:
    name: str
    role: str
    department: str = ""
    telegram_id: str = ""
    wecom_id: str = ""
    username: str = ""
    password: str = ""


def add_staff(desk: Desk, new: NewStaff) -> readonly.Staff:
    """Raises: Invalid when a role, id, user name or password cannot be used; NotFound for the department."""
    if not new.name.strip():
        raise Malformed("姓名不能为空。", "name")
    if new.role not in permissions.ROLES:
        raise Malformed(f"没有「{new.role}」这个角色，可用：{'、'.join(permissions.ROLES)}。", "role")
    if new.telegram_id and not _TELEGRAM_ID.fullmatch(new.telegram_id):
        raise Malformed("Telegram 编号应为数字。", "telegram_id")
    if new.password:
        _require_strong(new.password, new.username, new.name)
    if new.password and not new.username:
        raise Malformed("设置密码时请同时给出用户名。", "username", "--username")
    session = desk.session
    for column, value, what, field in (
        (Staff.telegram_id, new.telegram_id, "Telegram 编号", "telegram_id"),
        (Staff.wecom_id, new.wecom_id, "企业微信账号", "wecom_id"),
        (Staff.username, new.username, "用户名", "username"),
    ):
        if value and session.exec(select(Staff).where(column == value)).first():
            raise Invalid(f"{what} {value} 已属于另一位工作人员。", field)
    staff = Staff(
        name=new.name.strip(),
        role=new.role,
        department_id=department_named(desk, new.department).id if new.department else None,
        telegram_id=new.telegram_id or None,
        wecom_id=new.wecom_id or None,
        username=new.username or None,
        password_hash=_HASHER.hash(new.password) if new.password else "",
    )
    session.add(staff)
    session.flush()
    desk.audit("staff.add", f"staff:{staff.id}", name=staff.name, role=staff.role, department=new.department)
    return staff


def disable_staff(desk: Desk, staff_id: int) -> Staff:
    """Takes effect at once: every later press, reply and page of this person is refused."""
    staff = _row(desk, staff_id)
    staff.active = False
    staff.session_epoch += 1
    desk.session.add(staff)
    desk.audit("staff.disable", f"staff:{staff.id}", name=staff.name)
    return staff


def end_sessions(desk: Desk, staff_id: int) -> None:
    """Sign a person out of every console at once."""
    staff = _row(desk, staff_id)
    staff.session_epoch += 1
    desk.session.add(staff)
    desk.audit("staff.sign_out", f"staff:{staff.id}")


def set_password(desk: Desk, staff_id: int, password: str, username: str = "") -> readonly.Staff:
    """Give a person a password, and a user name where there is none; ends all sessions. Raises: Invalid."""
    staff = _row(desk, staff_id)
    _require_strong(password, staff.username or username, staff.name)
    if not staff.username:
        username = username.strip()
        if not username:
            raise Invalid("请同时填写用户名。", "username")
        if desk.session.exec(select(Staff).where(Staff.username == username)).first():
            raise Invalid(f"用户名 {username} 已属于另一位工作人员。", "username")
        staff.username = username
    staff.password_hash = _HASHER.hash(password)
    staff.session_epoch += 1
    desk.session.add(staff)
    desk.audit("staff.password", f"staff:{staff.id}")
    return staff


def _require_strong(password: str, *own: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(f"密码至少 {SHORTEST_PASSWORD} 个字符。", "password")
    if why := weak.why_weak(password, *own):
        raise Invalid(f"这个密码{why}，请换一个：例如几个不相干的词连在一起。", "password")


def join_code(desk: Desk, staff_id: int) -> str:
    """Return a one-time code that binds a chat account to this person for a day."""
    staff = _row(desk, staff_id)
    staff.join_code = f"{secrets.randbelow(10**8):08d}"
    staff.join_until = desk.now + JOIN_CODE_LIFE
    desk.session.add(staff)
    desk.audit("staff.join_code", f"staff:{staff.id}")
    return staff.join_code


def join(desk: Desk, code: str, *, telegram_id: str = "", wecom_id: str = "") -> readonly.Staff:
    """Bind a chat account by its one-time code. Raises: NotFound for a wrong, used or expired code."""
    staff = desk.session.exec(select(Staff).where(Staff.join_code == code.strip())).first()
    if staff is None or not staff.active or staff.join_until is None or staff.join_until < desk.now:
        raise NotFound("绑定码无效或已过期。")
    for column, value in ((Staff.telegram_id, telegram_id), (Staff.wecom_id, wecom_id)):
        other = desk.session.exec(select(Staff).where(column == value)).first() if value else None
        if other is not None and other.id != staff.id:
            raise Invalid("这个聊天账号已属于另一位工作人员。")
    if telegram_id:
        staff.telegram_id = telegram_id
    if wecom_id:
        staff.wecom_id = wecom_id
    staff.join_code, staff.join_until = None, None
    desk.session.add(staff)
    desk.audit("staff.join", f"staff:{staff.id}", name=staff.name)
    return staff


def may_try_code(desk: Desk, platform: str, account: str) -> bool:
    """Count a try with a code; after some wrong ones a chat account has to wait an hour."""
    hour, of = desk.now.strftime("%Y%m%d%H"), f"{platform}:{account}"
    before = memo.JOIN_TRIES.of(desk.session, of)
    tries = before.count + 1 if before.hour == hour else 1
    memo.JOIN_TRIES.put(desk.session, memo.Tries(hour, tries), of)
    return tries <= WRONG_CODES


def password_fits(staff: readonly.Staff | None, password: str) -> bool:
    """Takes the same time whether or not the person exists."""
    kept = row_of(Staff, staff).password_hash if staff is not None else ""
    try:
        return _HASHER.verify(kept or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """Return the hash of a password that nobody has; made at the first sign-in, as it costs what one costs."""
    return _HASHER.hash(secrets.token_hex(16))


def find(desk: Desk, staff_id: int | None) -> readonly.Staff | None:
    return desk.session.get(Staff, staff_id) if staff_id is not None else None


def everybody(desk: Desk) -> list[readonly.Staff]:
    """Return all colleagues, those who left last."""
    return list(desk.session.exec(select(Staff).order_by(col(Staff.active).desc(), col(Staff.id))).all())


def staff_by_id(desk: Desk, staff_id: int | None) -> readonly.Staff:
    return _row(desk, staff_id)


def _row(desk: Desk, staff_id: int | None) -> Staff:
    staff = desk.session.get(Staff, staff_id) if staff_id is not None else None
    if staff is None:
        raise NotFound("没有这位工作人员。")
    return staff


def staff_by_chat(desk: Desk, platform: str, user_id: str) -> readonly.Staff | None:
    """Return the active member of staff behind a chat account, if there is one."""
    column = Staff.telegram_id if platform == "telegram" else Staff.wecom_id
    staff = desk.session.exec(select(Staff).where(column == user_id)).first()
    return staff if staff is not None and staff.active else None


def staff_name(desk: Desk, staff_id: int | None) -> str:
    staff = desk.session.get(Staff, staff_id) if staff_id is not None else None
    return staff.name if staff else ""


def add_department(
    desk: Desk, name: str, topics: str = "", chat_id: str = "", phone: str = "", seen: str = ""
) -> readonly.Department:
    """Add a department, or change the one with this name. Open cases without one and with its topic go to it.

    Raises: Invalid; Stale if another changed it otherwise after `seen`.
    """
    if not name.strip():
        raise Malformed("部门名称不能为空。", "name")
    session = desk.session
    department = session.exec(select(Department).where(Department.name == name.strip())).first()
    department = department or Department(name=name.strip())
    named = [topic.strip() for topic in topics.replace("，", ",").split(",") if topic.strip()]
    if department.id is not None:
        meanwhile.require_department_as_seen(desk, department, named, chat_id, phone, seen)
    if named:
        department.answers_for = [
            DepartmentTopic(topic=topic, place=place) for place, topic in enumerate(dict.fromkeys(named))
        ]
    if chat_id:  # what is not named stays
        department.chat_id, _, department.thread_id = chat_id.partition("/")
    department.phone = phone or department.phone
    session.add(department)
    session.flush()
    desk.departments_changed()
    desk.audit(
        "department.add",
        f"department:{department.id}",
        name=department.name,
        topics=",".join(department.topics),
    )
    return department


def department_named(desk: Desk, name: str) -> readonly.Department:
    department = desk.session.exec(select(Department).where(Department.name == name.strip())).first()
    if department is None:
        known = "、".join(d.name for d in desk.departments) or "（还没有部门）"
        raise NotFound(f"没有「{name}」这个部门；已有：{known}。", "department")
    return department


def workers(desk: Desk) -> list[readonly.Staff]:
    """Return those who may have cases in hand."""
    query = select(Staff).where(Staff.role != permissions.ADMIN, col(Staff.active).is_(True))
    return list(desk.session.exec(query.order_by(col(Staff.name), col(Staff.id))).all())


def handlers(desk: Desk) -> list[str]:
    """Return the names of those who may have cases in hand, each once."""
    return sorted({one.name for one in workers(desk)})


def department_for(desk: Desk, topic: str, account: str = "") -> readonly.Department | None:
    """Return the department that answers for `topic`, if one does.

    An account that is limited to some departments gives its cases to the first of those with the topic.
    """
    among = desk.departments
    if names := desk.office.departments_of.get(account):
        by_name = {department.name: department for department in among}
        among = [by_name[name] for name in names if name in by_name]
    return next((d for d in among if topic and topic in d.topics), None)


def heads(desk: Desk, department_id: int | None) -> list[Staff]:
    """Return the active supervisors of a department; of none: the office's leaders."""
    rows = desk.session.exec(
        select(Staff).where(
            Staff.role == permissions.SUPERVISOR,
            col(Staff.active).is_(True),
            Staff.department_id == department_id,
        )
    )
    return list(rows.all())


def on_wecom(desk: Desk) -> list[readonly.Staff]:
    """Return the active colleagues with an account of 企业微信 who work on cases."""
    query = select(Staff).where(
        col(Staff.active).is_(True), col(Staff.wecom_id).is_not(None), Staff.role != permissions.ADMIN
    )
    return list(desk.session.exec(query.order_by(col(Staff.id))).all())


def department_by_id(desk: Desk, department_id: int) -> readonly.Department | None:
    return desk.session.get(Department, department_id)


def office_reviewers(desk: Desk) -> list[readonly.Staff]:
    """Return the active reviewers and supervisors of no department who are on 企业微信: they review for all."""
    roles = (permissions.REVIEWER, permissions.SUPERVISOR)
    query = select(Staff).where(
        col(Staff.active).is_(True),
        col(Staff.department_id).is_(None),
        col(Staff.role).in_(roles),
        col(Staff.wecom_id).is_not(None),
    )
    return list(desk.session.exec(query.order_by(col(Staff.id))).all())


def load(desk: Desk, staff_id: int) -> int:
    """Return how many open cases a colleague has in hand."""
    rows = desk.session.exec(
        select(Case.id).where(
            Case.handler_id == staff_id, col(Case.status).in_((State.CLAIMED, State.IN_REVIEW))
        )
    )
    return len(rows.all())


def staff_called(desk: Desk, who: str) -> readonly.Staff:
    """Return the person with this number, user name, or name if only one has it. Raises: NotFound, Invalid.

    Who has left does not stand in the way of a namesake who is here.
    """
    who = who.strip()
    number = int(who) if who.isdecimal() and len(who) <= LONGEST_NUMBER else 0
    if number and (by_number := desk.session.get(Staff, number)) is not None:
        return by_number
    called = desk.session.exec(select(Staff).where((Staff.username == who) | (Staff.name == who))).all()
    found = [one for one in called if one.active] or called
    if len(found) > 1:
        raise Invalid(f"叫「{who}」的不止一位，请用编号：{'、'.join(str(s.id) for s in found)}。")
    if not found:
        raise NotFound(f"没有「{who}」这位工作人员。")
    return found[0]
