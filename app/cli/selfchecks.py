"""`huiyin selfcheck …`: the monthly self-check."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.acting import As, Json, act_as
from app.cli.frame import look, print_json, print_table, progress
from app.cli.media_accounts import OWN
from sla.deadline import due_words

if TYPE_CHECKING:
    from cases.register.desk import Desk
    from duties.rules.doer import Doer

app = typer.Typer()
selfcheck = typer.Typer(no_args_is_help=True, help="每月自查")
app.add_typer(selfcheck, name="selfcheck")

Note = Annotated[str, typer.Option("--note", help="情况说明")]


@selfcheck.command("start", help="开始一个月的自查；系统能判定的先填好")
def start(
    month: Annotated[str, typer.Option("--month", help="月份 YYYY-MM")],
    account: Annotated[int | None, typer.Option("--account", help="只查一个账号")] = None,
    as_: As = "",
    json: Json = False,
) -> None:
    from duties.accounts import register
    from duties.selfcheck import record, views

    def step(desk: "Desk", who: "Doer") -> dict[str, Any]:
        of = register.by_id(desk, account) if account is not None else None
        return views.sheet(desk, record.start(desk, who, month.strip(), of))

    with progress("逐项判定"):
        begun = act_as(as_, step)
    _show(begun, json)


@selfcheck.command("answer", help="回答一项：ok（合格）或 fault（不合格）")
def answer(id: int, code: str, verdict: str, note: Note = "", as_: As = "", json: Json = False) -> None:
    from duties.selfcheck import record, views

    def step(desk: "Desk", who: "Doer") -> dict[str, Any]:
        check = record.by_id(desk, id)
        record.answer(desk, who, check, code, verdict, note)
        return views.sheet(desk, check)

    _show(act_as(as_, step), json)


@selfcheck.command("mend", help="一项问题已整改")
def mend(id: int, code: str, note: Note = "", as_: As = "", json: Json = False) -> None:
    from duties.selfcheck import record

    task = act_as(as_, lambda desk, who: record.mend(desk, who, record.by_id(desk, id), code, note))
    if json:
        print_json({"code": task.code, "due_on": task.due_on, "done_on": task.done_on})
        return
    typer.echo(f"{task.code} 已于 {task.done_on} 整改。")


@selfcheck.command("sign", help="签署；还有未答的项目时不能签")
def sign(id: int, as_: As = "", json: Json = False) -> None:
    from duties.selfcheck import record, views

    def step(desk: "Desk", who: "Doer") -> dict[str, Any]:
        return views.sheet(desk, record.sign(desk, who, record.by_id(desk, id)))

    _show(act_as(as_, step), json)


@selfcheck.command("show", help="显示一次自查")
def show(id: int, json: Json = False) -> None:
    from duties.selfcheck import record, views

    _show(look(lambda desk: views.sheet(desk, record.by_id(desk, id))), json)


@selfcheck.command("list", help="一年的自查")
def list_(
    year: Annotated[int | None, typer.Option("--year", min=2000, max=2100, help="年份，缺省为今年")] = None,
    json: Json = False,
) -> None:
    from duties.selfcheck import views

    rows = look(lambda desk: views.year(desk, year or desk.today.year))
    if json:
        print_json(rows)
        return
    shown = [
        {**row, "faults": "、".join(row["faults"]), "unanswered": "、".join(row["unanswered"])}
        for row in rows
    ]
    columns = {
        "id": "编号",
        "month": "月份",
        "account": "账号",
        "faults": "不合格",
        "unanswered": "未答",
        "signed_by": "签署",
    }
    print_table(shown, columns)


@selfcheck.command("export", help="导出记录（.docx、.xlsx），或用 --year 导出一年（.xlsx）")
def export(
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件")],
    id: Annotated[int | None, typer.Argument(help="自查编号")] = None,
    year: Annotated[int, typer.Option("--year", help="导出一年的一览")] = 0,
    json: Json = False,
) -> None:
    from app.cli.frame import WRONG_USAGE, fail
    from duties.selfcheck import record, views

    if (id is None) == (year == 0):
        fail("请写自查编号，或写 --year。", WRONG_USAGE)

    def write(desk: "Desk") -> None:
        if id is not None:
            views.export(desk, record.by_id(desk, id), out, OWN)
        else:
            views.export_year(desk, year, out)

    with progress("导出"):
        look(write)
    print_json({"file": str(out)}) if json else typer.echo(f"已写到 {out}。")


def _show(sheet: dict[str, Any], json: bool) -> None:
    if json:
        print_json(sheet)
        return
    from duties.selfcheck.record import VERDICTS

    rows = [{**item, "verdict": VERDICTS[item["verdict"] or ""]} for item in sheet["items"]]
    print_table(
        rows, {"code": "序号", "indicator": "指标", "verdict": "结论", "value": "数据", "note": "说明"}
    )
    for task in sheet["tasks"]:
        typer.echo(f"整改 {task['code']}：{due_words(task['due_on'], task['provisional'])} 前")
    typer.echo(
        f"{sheet['month']}（编号 {sheet['id']}）{'已由' + sheet['signed_by'] + '签署' if sheet['signed_at'] else '尚未签署'}。"
    )
