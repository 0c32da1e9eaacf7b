"""Staff and departments: seen by supervisors, managed by the administrator."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Response

from cases.register import meanwhile, people, permissions, second_factor
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotAllowed, NotFound, Refusal
from cases.register.readonly import Department, Staff
from cases.register.rows import id_of
from cases.steps import assign, leave
from classifier.labels import TOPICS
from console.door import Visit, refusal_status, whole

_TYPED = (
    "staff", "name", "role", "department", "username", "telegram_id", "wecom_id", "chat_id", "phone", "to",
)  # fmt: skip
_BESIDE = {  # the fields of each form that a message stands beside; any other stands above the page
    "add": ("name", "role", "department", "username", "password", "telegram_id", "wecom_id"),
    "department": ("name",),
    "disable": ("to",),
    "password": ("username", "password"),
}


@dataclass(frozen=True, slots=True)
class Colleague:
    row: Staff
    department: str
    load: int


def staff(visit: Visit, refused: Refusal | None = None, form: str = "") -> Response:
    """The people and departments; after a refusal what was typed is still there, with the message beside its field."""

    def question(desk: Desk, me: Staff) -> tuple[list[Colleague], Sequence[Department], str]:
        if not (permissions.holds(me, permissions.SUPERVISOR) or permissions.holds(me, permissions.ADMIN)):
            raise NotAllowed("人员与部门页面供督办人查看、管理员管理。")
        departments = desk.departments
        names: dict[int | None, str] = {d.id: d.name for d in departments}
        return (
            [
                Colleague(row, names.get(row.department_id, ""), people.load(desk, id_of(row)))
                for row in people.everybody(desk)
            ],
            departments,
            meanwhile.mark(desk),
        )

    colleagues, departments, mark = visit.look(question)
    field = refused.field if refused else ""
    return visit.page(
        "staff.html",
        refusal_status(refused) if refused else 200,
        said=str(refused or ""),
        field=field if field in _BESIDE.get(form, ()) else "",
        form=form,
        typed={name: visit.field(name) for name in _TYPED} if refused else dict.fromkeys(_TYPED, ""),
        ticked=visit.fields("topics") if refused else [],
        colleagues=colleagues,
        departments=departments,
        mark=mark,
        roles=permissions.ROLE_NAMES,
        topics=TOPICS,
    )


def act(visit: Visit) -> Response:
    """Do what the path names; all of it needs the administrator."""
    step = {
        "add": _add,
        "disable": _disable,
        "factor": _factor,
        "join-code": _join_code,
        "password": _password,
        "department": _department,
    }.get(visit.part("action"))
    if step is None:
        raise NotFound("没有这个操作。")

    def managed(desk: Desk, me: Staff) -> str:
        permissions.require(me, permissions.ADMIN)
        if (number := whole(visit.field("staff"))) and visit.field("seen"):
            person = people.staff_by_id(desk, number)
            meanwhile.require_person_as_seen(desk, person, visit.field("seen"))
        return step(visit, desk, me)

    try:
        word = visit.act(managed)
    except NotAllowed:
        raise
    except Refusal as refused:
        return staff(visit, refused, visit.part("action"))
    return visit.go("/console/staff", word)


def _add(visit: Visit, desk: Desk, _me: Staff) -> str:
    new = people.NewStaff(
        name=visit.field("name"),
        role=visit.field("role"),
        department=visit.field("department"),
        telegram_id=visit.field("telegram_id").strip(),
        wecom_id=visit.field("wecom_id").strip(),
        username=visit.field("username").strip(),
        password=visit.field("password"),
    )
    added = people.add_staff(desk, new)
    return f"已登记 {added.name}（编号 {added.id}）。"


def _disable(visit: Visit, desk: Desk, me: Staff) -> str:
    leaving = people.staff_by_id(desk, whole(visit.field("staff")))
    if leaving.id == me.id:
        raise Invalid("不能停用自己的账号，请由另一位管理员办理。")
    taker, moved = whole(visit.field("to")), []
    if taker:
        to = people.staff_by_id(desk, taker)
        if to.id == leaving.id:
            raise Invalid("不能移交给本人。", field="to")
        moved = assign.hand_over(desk, leaving, to)
    _, freed = leave.disable(desk, id_of(leaving))
    said = f"；移交 {len(moved)} 件。" if moved else f"；退回待认领 {len(freed)} 件。" if freed else "。"
    return f"已停用 {leaving.name}，立即生效{said}"


def _factor(visit: Visit, desk: Desk, me: Staff) -> str:
    """The telephone is lost: the person sets up a new second factor; whoever has the old one gets nowhere."""
    person = people.staff_by_id(desk, whole(visit.field("staff")))
    if person.id == me.id:
        raise Invalid(
            "不能重置自己的两步验证，请由另一位管理员办理，或在服务器上用 huiyin staff factor-reset。"
        )
    second_factor.reset(desk, person)
    return f"已重置 {person.name} 的两步验证，原有登录已退出；下次登录时重新设置。"


def _join_code(visit: Visit, desk: Desk, _me: Staff) -> str:
    person = people.staff_by_id(desk, whole(visit.field("staff")))
    if not person.active:
        raise Invalid("该账号已停用。")
    code = people.join_code(desk, id_of(person))
    return f"{person.name} 的绑定码：{code}，24 小时内由本人发给机器人，只能用一次。"


def _password(visit: Visit, desk: Desk, _me: Staff) -> str:
    person = people.set_password(
        desk, whole(visit.field("staff")), visit.field("password"), visit.field("username")
    )
    return f"已为 {person.name}（用户名 {person.username}）设置密码，原有登录已退出。"


def _department(visit: Visit, desk: Desk, _me: Staff) -> str:
    department = people.add_department(
        desk,
        visit.field("name"),
        ",".join(visit.fields("topics")),
        visit.field("chat_id").strip(),
        visit.field("phone").strip(),
        visit.field("seen"),
    )
    return f"部门「{department.name}」已保存。"
