"""`huiyin staff` and `huiyin department`."""

from typing import Annotated, Any

import typer

from app.cli.frame import (
    WRONG_USAGE,
    act,
    complain,
    fail,
    from_stdin,
    look,
    print_json,
    print_table,
    progress,
)

app = typer.Typer()
staff = typer.Typer(no_args_is_help=True, help="工作人员")
department = typer.Typer(no_args_is_help=True, help="部门")
app.add_typer(staff, name="staff")
app.add_typer(department, name="department")

Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]


@staff.command("add", help="登记一位工作人员")
def add_staff(
    name: Annotated[str, typer.Option("--name", help="姓名")],
    role: Annotated[
        str,
        typer.Option(
            "--role", help="handler（承办人）、reviewer（审核人）、supervisor（督办人）或 admin（管理员）"
        ),
    ],
    department: Annotated[str, typer.Option("--department", help="部门")] = "",
    telegram_id: Annotated[str, typer.Option("--telegram-id", help="Telegram 数字编号")] = "",
    wecom_id: Annotated[str, typer.Option("--wecom-id", help="企业微信账号")] = "",
    username: Annotated[str, typer.Option("--username", help="控制台用户名")] = "",
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="从标准输入读密码")] = False,
    json: Json = False,
) -> None:
    from cases.register import people
    from cases.register.permissions import ROLES

    if role not in ROLES:
        fail(f"没有「{role}」这个角色，可用：{'、'.join(ROLES)}。", WRONG_USAGE)
    password = from_stdin() if password_stdin else ""
    if password_stdin and not password:
        fail("标准输入里没有密码。")
    new = people.NewStaff(name, role, department, telegram_id, wecom_id, username, password)
    added = act(lambda desk: people.add_staff(desk, new))
    if json:
        print_json({"id": added.id, "name": added.name, "role": added.role})
        return
    typer.echo(f"已登记 {added.name}（编号 {added.id}）。")


@staff.command("list", help="列出工作人员")
def list_staff(json: Json = False) -> None:
    from sqlmodel import col, select

    from cases.register.desk import Desk
    from cases.register.permissions import ROLE_NAMES
    from cases.register.tables import Department, Staff

    def rows(desk: Desk) -> list[dict[str, Any]]:
        names = {d.id: d.name for d in desk.session.exec(select(Department)).all()}
        return [
            {
                "id": s.id,
                "name": s.name,
                "role": s.role,
                "role_name": ROLE_NAMES[s.role],
                "department": names.get(s.department_id, ""),
                "telegram_id": s.telegram_id or "",
                "wecom_id": s.wecom_id or "",
                "username": s.username or "",
                "active": s.active,
            }
            for s in desk.session.exec(select(Staff).order_by(col(Staff.id))).all()
        ]

    found = look(rows)
    if json:
        print_json(found)
        return
    columns = {
        "id": "编号",
        "name": "姓名",
        "role_name": "角色",
        "department": "部门",
        "telegram_id": "Telegram",
        "username": "用户名",
        "active": "在用",
    }
    print_table([{**row, "active": "是" if row["active"] else "否"} for row in found], columns)


@staff.command("disable", help="停用一位工作人员（编号、姓名或用户名），立即生效")
def disable_staff(who: str, json: Json = False) -> None:
    from cases.register import people
    from cases.register.rows import id_of
    from cases.steps import leave

    person, freed = act(lambda desk: leave.disable(desk, id_of(people.staff_called(desk, who))))
    if json:
        print_json({"id": person.id, "name": person.name, "active": person.active, "released": freed})
        return
    typer.echo(
        f"已停用 {person.name}。" + (f"退回待认领 {len(freed)} 件：{'、'.join(freed)}" if freed else "")
    )


@staff.command("factor-reset", help="重置一位工作人员的两步验证（手机丢失时），并退出其全部登录")
def reset_factor(who: str, json: Json = False) -> None:
    from cases.register import people, second_factor
    from cases.register.desk import Desk

    def step(desk: Desk) -> str:
        person = people.staff_called(desk, who)
        second_factor.reset(desk, person)
        return person.name

    name = act(step)
    if json:
        print_json({"name": name, "reset": True})
        return
    typer.echo(f"已重置 {name} 的两步验证，下次登录时重新设置。")


@staff.command("code", help="给出一次性绑定码，在聊天里发送 /join 绑定码")
def code(who: str, json: Json = False) -> None:
    from cases.register import people
    from cases.register.rows import id_of

    made = act(lambda desk: people.join_code(desk, id_of(people.staff_called(desk, who))))
    if json:
        print_json({"code": made})
        return
    typer.echo(f"{made}（24 小时内有效，用一次）")


@staff.command("hand-over", help="把离任同事的未办结事项全部移交")
def hand_over(
    leaving: Annotated[str, typer.Option("--from", help="离任的同事（编号、姓名或用户名）")],
    to: Annotated[str, typer.Option("--to", help="接手的同事（编号、姓名或用户名）")],
    json: Json = False,
) -> None:
    from cases.register import people
    from cases.register.desk import Desk
    from cases.steps import assign

    def step(desk: Desk) -> list[str]:
        called = people.staff_called
        return assign.hand_over(desk, called(desk, leaving), called(desk, to))

    with progress("移交"):
        moved = act(step)
    if json:
        print_json({"moved": moved})
        return
    typer.echo(f"已移交 {len(moved)} 件：{'、'.join(moved)}")


@department.command("add", help="登记部门，或修改同名部门")
def add_department(
    name: str,
    topics: Annotated[str, typer.Option("--topics", help="负责的主题，逗号分隔")] = "",
    chat_id: Annotated[str, typer.Option("--chat-id", help="部门群编号；话题写成 群编号/话题编号")] = "",
    phone: Annotated[str, typer.Option("--phone", help="部门电话，答复中可用")] = "",
    json: Json = False,
) -> None:
    from cases.register import people
    from classifier.labels import TOPICS

    added = act(lambda desk: people.add_department(desk, name, topics, chat_id, phone))
    if unknown := [topic for topic in added.topics if topic not in TOPICS]:
        complain(f"没有「{'」「'.join(unknown)}」这个主题，来信不会按它分来；主题有：{'、'.join(TOPICS)}")
    if json:
        print_json({"id": added.id, "name": added.name, "topics": added.topics})
        return
    typer.echo(f"已登记{added.name}（编号 {added.id}）。")


@department.command("list", help="列出部门")
def list_departments(json: Json = False) -> None:

    found = [
        {
            "id": d.id,
            "name": d.name,
            "topics": list(d.topics),
            "chat_id": d.chat_id + (f"/{d.thread_id}" if d.thread_id else ""),
            "phone": d.phone,
        }
        for d in look(lambda desk: desk.departments)
    ]
    if json:
        print_json(found)
        return
    columns = {"id": "编号", "name": "部门", "topics": "主题", "chat_id": "群", "phone": "电话"}
    print_table(
        [
            {**d, "topics": "、".join(map(str, d["topics"] if isinstance(d["topics"], list) else []))}
            for d in found
        ],
        columns,
    )
