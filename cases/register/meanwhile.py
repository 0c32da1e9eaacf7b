"""What a colleague did since a page was opened: whoever did not see it is told before they do the same, or the contrary."""

from collections.abc import Mapping

from sqlmodel import col, select

from cases.register import audit
from cases.register.desk import Desk
from cases.register.errors import Stale
from cases.register.readonly import Department, Staff
from cases.register.tables import Audit

_TO_STAFF = {
    "staff.add": "登记", "staff.disable": "停用", "staff.password": "重设密码", "staff.join_code": "发过绑定码",
    "signin.factor_off": "重置两步验证",
}  # fmt: skip


def mark(desk: Desk) -> str:
    """Return how far the trail reaches: what a page was opened with."""
    return str(audit.head(desk.session).seq)


def by_another(desk: Desk, subject: str, verbs: Mapping[str, str], seen: str) -> str:
    """Return who did one of `verbs` (action → word) to a subject after `seen`, when and what; "" if nobody did.

    A caller without a mark (the command line, a chat) has seen what there is.
    """
    if not (seen.isascii() and seen.isdigit()) or len(seen) > 15:
        return ""
    query = select(Audit).where(
        col(Audit.seq) > int(seen), Audit.subject == subject, col(Audit.action).in_(verbs),
        Audit.actor != desk.actor.name,
    )  # fmt: skip
    last = desk.session.exec(query.order_by(col(Audit.seq).desc()).limit(1)).first()
    if last is None:
        return ""
    return f"{last.actor}已于 {last.at.astimezone(desk.office.zone):%m-%d %H:%M} {verbs[last.action]}"


def require_person_as_seen(desk: Desk, person: Staff, seen: str) -> None:
    """Raises: Stale if another did something to a person's access after `seen`."""
    if done := by_another(desk, f"staff:{person.id}", _TO_STAFF, seen):
        raise Stale(f"{done}（{person.name}）：您的操作没有进行，请核对后再办。")


def require_department_as_seen(
    desk: Desk, department: Department, topics: list[str], chat_id: str, phone: str, seen: str
) -> None:
    """Raises: Stale, with the difference, if another changed a department otherwise after `seen`."""
    done = by_another(desk, f"department:{department.id}", {"department.add": "改过"}, seen)
    chat = f"{department.chat_id}/{department.thread_id}" if department.thread_id else department.chat_id
    pairs = (
        ("主题", "、".join(department.topics), "、".join(topics)), ("群", chat, chat_id),
        ("电话", department.phone, phone),
    )  # fmt: skip
    other = [f"{what}现为「{now}」，您写的是「{new}」" for what, now, new in pairs if new and new != now]
    if done and other:
        raise Stale(
            f"{done}「{department.name}」：您的改动没有保存，请核对后再存。{'；'.join(other)}。", "name"
        )
