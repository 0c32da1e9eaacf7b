"""`huiyin case …` and `huiyin report`."""

import re
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.frame import REFUSED, WRONG_USAGE, fail, look, print_json, print_table, progress, services
from cases.register.desk import Desk

app = typer.Typer()
case = typer.Typer(no_args_is_help=True, help="事项")
app.add_typer(case, name="case")

Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]
_LISTED = ("no", "category", "status", "received_at", "due_on", "overdue", "department", "handler", "channel")
_KNOWN_SHOWN = 20  # lines of a file brought in again that are told one by one


@case.command("list", help="列出事项")
def list_(
    status: Annotated[
        str, typer.Option("--status", help="open（未办结）、overdue（超期）、closed（已办结）或 all（全部）")
    ] = "open",
    q: Annotated[str, typer.Option("--q", help="来信、草稿、答复或编号中的字词，以空格分开")] = "",
    json: Json = False,
) -> None:
    from cases.lists import browse, views
    from cases.register.states import CATEGORY_NAMES
    from sla.deadline import due_words

    if status not in ("open", "overdue", "closed", "all"):
        fail(f"--status「{status}」无效，应为 open、overdue、closed 或 all。", WRONG_USAGE)
    with progress("查找"):
        lines = look(lambda desk: browse.listed(desk, status, desk.now, words=q))
    if json:
        print_json([{key: value for key, value in asdict(line).items() if key in _LISTED} for line in lines])
        return
    rows = [
        {
            **asdict(line),
            "category": CATEGORY_NAMES[line.category],
            "status": views.status_name(line),
            "due_on": due_words(line.due_on, line.provisional),
            "marks": "　".join(views.marks(line)),
        }
        for line in lines
    ]
    columns = {
        "no": "编号", "category": "类别", "status": "状态", "due_on": "时限", "marks": "标记", "department": "部门",
        "handler": "承办",
    }  # fmt: skip
    print_table(rows, columns)


@case.command("show", help="显示一件事项")
def show(no: str, json: Json = False) -> None:
    zone, found, marks = look(lambda desk: (desk.office.zone, *_whole(desk, no)))
    if json:
        print_json(found)
        return
    from app.cli.case_sheet import print_sheet

    print_sheet(found, marks, zone)


def _whole(desk: Any, no: str) -> tuple[dict[str, Any], list[str]]:
    from cases.lists import history, views
    from cases.register import register

    found = register.by_number(desk, no)
    view = views.view(desk, found)
    result = asdict(view.line)
    result.update(
        confidence=view.confidence,
        needs_review=view.needs_review,
        due_at=view.due_at,
        first_answer_due_at=view.first_answer_due_at,
        first_answer_provisional=view.first_answer_provisional,
        extended=view.extended,
        rating=view.rating,
        on_time=view.on_time,
        reasons=view.reasons,
        procedure=view.procedure,
        reopened=view.reopened,
        messages=[asdict(said) for said in view.messages],
        drafts=[asdict(draft) for draft in view.drafts],
        deliveries=[asdict(delivery) for delivery in view.deliveries],
        timeline=[asdict(happening) for happening in history.timeline(desk, found)],
        due_history=[asdict(moved) for moved in history.moves(desk, found)],
        days=[asdict(day) for day in history.days(desk, found)],
    )
    return result, views.marks(view.line)


@case.command("import", help="导入其他登记簿的事项，按在办立件；渠道、来信人、时间和内容都相同的不再立件")
def import_(file: Path, json: Json = False) -> None:
    from app.cli import transcript

    done = transcript.take(services(), file)
    if json:
        known = [{"row": line, "no": no} for line, no in done.known]
        print_json(
            {"imported": len(done.numbers), "numbers": done.numbers, "known": known, "refused": done.refused}
        )
    else:
        typer.echo(
            f"已立件 {len(done.numbers)} 件，此前已登记 {len(done.known)} 行（不再立件），未收 {len(done.refused)} 行。"
        )
        for line, no in done.known[:_KNOWN_SHOWN]:
            typer.echo(f"第 {line} 行：已登记为 {no}")
        if (more := len(done.known) - _KNOWN_SHOWN) > 0:
            typer.echo(f"其余 {more} 行的编号见 --json。")
    for text in done.refused:
        typer.echo(text, err=True)
    if done.refused:
        raise typer.Exit(REFUSED)


@app.command("report", help="月度统计（.xlsx）")
def report(
    month: Annotated[str, typer.Option("--month", help="月份 YYYY-MM")],
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件（.xlsx）")],
    json: Json = False,
) -> None:
    from console.report_sheet import write_report

    _require_month(month, out)
    with progress("统计"):
        look(lambda desk: write_report(desk, month, out, patient=True))
    _written(month, out, json)


@app.command("ledger", help="审核发布台账：每条签发的文字、起草人、审核人、时间、渠道和送达情况（.xlsx）")
def ledger(
    month: Annotated[str, typer.Option("--month", help="月份 YYYY-MM")],
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件（.xlsx）")],
    json: Json = False,
) -> None:
    from cases.lists.ledger import monthly
    from console.ledger_sheet import write

    _require_month(month, out)

    def made(desk: Desk) -> None:
        write(monthly(desk, month), month, out, desk.office.zone)

    with progress("汇总"):
        look(made)
    _written(month, out, json)


def _require_month(month: str, out: Path) -> None:
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", month, re.ASCII):
        fail(f"月份「{month}」读不懂，请写成 2026-01。", WRONG_USAGE)
    if out.suffix.lower() != ".xlsx":
        fail(f"报表是 Excel 文件，文件名应以 .xlsx 结尾，例如 {out.stem}.xlsx。", WRONG_USAGE)


def _written(month: str, out: Path, json: bool) -> None:
    if json:
        print_json({"month": month, "file": str(out)})
        return
    typer.echo(f"已写入 {out}。")
