"""`huiyin incident …` and `huiyin suggestion …`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.acting import As, Json, act_as
from app.cli.frame import WRONG_USAGE, complain, fail, look, print_json, print_table, services
from sla.deadline import due_words

if TYPE_CHECKING:
    from cases.register.desk import Desk
    from duties.rules.doer import Doer

app = typer.Typer()
incident = typer.Typer(no_args_is_help=True, help="违法有害信息、假冒账号与谣言")
suggestion = typer.Typer(no_args_is_help=True, help="有参考价值的意见建议")
app.add_typer(incident, name="incident")
app.add_typer(suggestion, name="suggestion")

Note = Annotated[str, typer.Option("--note", help="说明")]


@incident.command("add", help="登记事件并封存证据")
def add(
    kind: Annotated[
        str, typer.Option("--kind", help="unlawful（违法有害信息）、impostor（假冒账号）或 rumour（谣言）")
    ],
    case: Annotated[str, typer.Option("--case", help="事项编号")] = "",
    text: Annotated[str, typer.Option("--text", help="内容")] = "",
    file: Annotated[list[Path] | None, typer.Option("--file", help="证据文件，可重复")] = None,
    as_: As = "",
    json: Json = False,
) -> None:
    from cases.register import register
    from duties.matters import incidents

    if bool(case.strip()) == bool(text.strip()):
        fail("请写明事项编号（--case）或内容（--text），二者取一。", WRONG_USAGE)

    media = services().media  # before the transaction: opening the office writes, too

    def step(desk: "Desk", who: "Doer") -> dict[str, Any]:
        of = register.by_number(desk, case) if case else None
        row = incidents.add(desk, who, kind, case=of, text=text, files=file or (), media=media)
        return incidents.shown(desk, row)

    _incident(act_as(as_, step), json)


@incident.command("report", help="记下向谁报告")
def report(
    id: int,
    to: Annotated[str, typer.Option("--to", help="报告给谁，如 市委网信办")],
    as_: As = "",
    json: Json = False,
) -> None:
    from duties.matters import incidents

    def step(desk: "Desk", who: "Doer") -> dict[str, Any]:
        row = incidents.by_id(desk, id)
        incidents.report(desk, who, row, to)
        desk.session.flush()
        return incidents.shown(desk, row)

    _incident(act_as(as_, step), json)


@incident.command("close", help="办结，写明处置结果")
def close(id: int, note: Note, as_: As = "", json: Json = False) -> None:
    from duties.matters import incidents

    def step(desk: "Desk", who: "Doer") -> dict[str, Any]:
        return incidents.shown(desk, incidents.close(desk, who, incidents.by_id(desk, id), note))

    _incident(act_as(as_, step), json)


@incident.command("list", help="列出事件")
def list_(json: Json = False) -> None:
    from duties.matters import incidents

    rows = look(lambda desk: [incidents.shown(desk, row) for row in incidents.listed(desk)])
    if json:
        print_json(rows)
        return
    shown = [
        {**row, "kind": incidents.KINDS[row["kind"]], "state": incidents.STATES[row["state"]]} for row in rows
    ]
    columns = {
        "id": "编号",
        "kind": "类别",
        "case": "事项",
        "at": "封存时间",
        "state": "状态",
        "excerpt": "内容",
    }
    print_table(shown, columns)


@suggestion.command("pass", help="转送部门研究")
def pass_(
    no: str,
    department: Annotated[str, typer.Option("--department", help="部门")],
    feedback_by: Annotated[str, typer.Option("--feedback-by", help="反馈日期 YYYY-MM-DD")],
    as_: As = "",
    json: Json = False,
) -> None:
    from duties.matters import suggestions
    from duties.rules.days import read_day

    day = read_day(feedback_by, "反馈日期")

    def step(desk: "Desk", who: "Doer") -> dict[str, Any]:
        return suggestions.shown(desk, suggestions.pass_on(desk, who, no, department, day))

    _suggestion(act_as(as_, step), json)


@suggestion.command(
    "adopt",
    help="采纳；告知来信人的文字以 --as 的名义先审后发；不写 --as 时由管理员登记，文字归承办人，没有承办人的待认领后拟写",
)
def adopt(
    no: str,
    note: Annotated[str, typer.Option("--note", help="采纳的情况，经审核后告知来信人")],
    as_: As = "",
    json: Json = False,
) -> None:
    from duties.matters import suggestions

    def step(desk: "Desk", who: "Doer") -> dict[str, Any]:
        return suggestions.shown(desk, suggestions.adopt(desk, who, no, note))

    done = act_as(as_, step)
    _suggestion(done, json)
    if done["writer"] is None:
        complain(
            f"{done['no']} 还没有承办人，告知来信人的文字还没有人拟写：已请承办人认领后拟写；"
            "也可用 --as 写明由谁拟写，再登记一次。"
        )


@suggestion.command("decline", help="不采纳，写明理由")
def decline(
    no: str,
    note: Annotated[str, typer.Option("--note", help="理由")],
    as_: As = "",
    json: Json = False,
) -> None:
    from duties.matters import suggestions

    def step(desk: "Desk", who: "Doer") -> dict[str, Any]:
        return suggestions.shown(desk, suggestions.decline(desk, who, no, note))

    _suggestion(act_as(as_, step), json)


@suggestion.command("list", help="列出转送的建议")
def list_suggestions(json: Json = False) -> None:
    from duties.matters import suggestions

    rows = look(lambda desk: [suggestions.shown(desk, row) for row in suggestions.listed(desk)])
    if json:
        print_json(rows)
        return
    shown = [
        {
            **row,
            "feedback_by": due_words(row["feedback_by"], row["provisional"]),
            "state": suggestions.STATES[row["state"]],
        }
        for row in rows
    ]
    columns = {"no": "编号", "department": "部门", "feedback_by": "反馈日期", "state": "状态", "note": "说明"}
    print_table(shown, columns)


def _incident(shown: dict[str, Any], json: bool) -> None:
    if json:
        print_json(shown)
        return
    from duties.matters.incidents import STATES

    typer.echo(f"第 {shown['id']} 号事件{STATES[shown['state']]}，证据指纹 {shown['sha256'][:16]}。")


def _suggestion(shown: dict[str, Any], json: bool) -> None:
    if json:
        print_json(shown)
        return
    from duties.matters.suggestions import STATES, TOLD

    by = f"由{shown['decided_by']}登记，" if shown["decided_by"] else ""
    writer = f"以{shown['writer']}的名义" if shown["writer"] else ""
    more = f"；告知来信人的文字{writer}{TOLD[shown['told']]}" if shown["told"] else ""
    typer.echo(f"{shown['no']} {by}{STATES[shown['state']]}（{shown['department']}）{more}。")
