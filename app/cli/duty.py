"""`huiyin duty …` and `huiyin handover …`: who keeps watch, what is due, who takes over."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.acting import As, Json, act_as
from app.cli.frame import WRONG_USAGE, fail, look, print_json, print_table
from app.cli.media_accounts import OWN
from sla.deadline import due_words

if TYPE_CHECKING:
    from cases.register.desk import Desk
    from duties.rules.doer import Doer

app = typer.Typer()
duty = typer.Typer(no_args_is_help=True, help="值班")
handover = typer.Typer(no_args_is_help=True, help="管理人员交接")
app.add_typer(duty, name="duty")
app.add_typer(handover, name="handover")

Note = Annotated[str, typer.Option("--note", help="说明")]


@duty.command("plan", help="排班：工作日、周末、节假日各自轮流")
def plan(
    from_: Annotated[str, typer.Option("--from", help="开始日期")],
    to: Annotated[str, typer.Option("--to", help="结束日期")],
    staff: Annotated[str, typer.Option("--staff", help="参加值班的人，逗号分隔")],
    as_: As = "",
    json: Json = False,
) -> None:
    from duties.people import roster
    from duties.rules.days import read_day

    first, last = read_day(from_, "开始日期"), read_day(to, "结束日期")
    names = staff.replace("，", ",").replace("、", ",").split(",")
    _days(act_as(as_, lambda desk, who: roster.plan(desk, who, first, last, names)), json)


@duty.command("show", help="某天由谁值班")
def show(
    on: Annotated[str, typer.Option("--on", help="日期，缺省为今天")] = "",
    json: Json = False,
) -> None:
    from duties.people import roster
    from duties.rules.days import read_day

    day = read_day(on, "日期") if on else None
    shown = look(lambda desk: roster.shown(desk, day or desk.today))
    if json:
        print_json(shown)
        return
    _days([shown], json)
    for note in shown["notes"]:
        typer.echo(f"交接（{note['by']}）：{note['text']}")


@duty.command("swap", help="换班：由对方或管理员办理即生效，由本人提出则等对方同意")
def swap(
    day: str,
    from_: Annotated[str, typer.Option("--from", help="原来值班的人")],
    to: Annotated[str, typer.Option("--to", help="代班的人")],
    as_: As = "",
    json: Json = False,
) -> None:
    from duties.people import roster
    from duties.rules.days import read_day

    on = read_day(day, "日期")
    done = act_as(as_, lambda desk, who: roster.swap(desk, who, on, from_, to))
    if json:
        print_json(done)
        return
    typer.echo(
        f"{on} 由{'、'.join(done['staff'])}值班。"
        if done["agreed"]
        else f"已请{to}同意（编号 {done['swap']}）。"
    )


@duty.command("agree", help="同意（或用 --no 不同意）代班")
def agree(
    swap_id: int,
    no: Annotated[bool, typer.Option("--no", help="不同意")] = False,
    as_: As = "",
    json: Json = False,
) -> None:
    from cases.register.duty_kinds import SwapState
    from duties.people import roster

    def step(desk: "Desk", who: "Doer") -> dict[str, Any]:
        asked = roster.decide_swap(desk, who, swap_id, agree=not no)
        return {**roster.shown(desk, asked.day), "agreed": asked.state == SwapState.AGREED}

    done = act_as(as_, step)
    print_json(done) if json else typer.echo("已同意。" if done["agreed"] else "已回绝。")


@duty.command("note", help="写值班交接")
def note(
    text: Annotated[str, typer.Option("--text", help="交接内容")],
    on: Annotated[str, typer.Option("--on", help="日期，缺省为今天")] = "",
    as_: As = "",
    json: Json = False,
) -> None:
    from duties.people import roster
    from duties.rules.days import read_day

    def step(desk: "Desk", who: "Doer") -> dict[str, Any]:
        row = roster.note(desk, who, read_day(on, "日期") if on else desk.today, text)
        return {"date": row.day, "by": row.by, "text": row.text}

    done = act_as(as_, step)
    print_json(done) if json else typer.echo(f"{done['date']} 的交接已记下。")


@handover.command("start", help="开始交接；离任的人立即停用（用 --stays 表示仍在岗）")
def start(
    from_: Annotated[str, typer.Option("--from", help="移交人")],
    to: Annotated[str, typer.Option("--to", help="接收人")],
    account: Annotated[int | None, typer.Option("--account", help="账号编号，缺省为全部")] = None,
    stays: Annotated[bool, typer.Option("--stays", help="移交人仍在岗，不停用")] = False,
    as_: As = "",
    json: Json = False,
) -> None:
    from duties.accounts import register
    from duties.people import handover as steps

    def step(desk: "Desk", who: "Doer") -> dict[str, Any]:
        of = register.by_id(desk, account) if account is not None else None
        return steps.shown(desk, steps.start(desk, who, from_, to, of, leaving=not stays))

    _handover(act_as(as_, step), json)


@handover.command("pass", help="更换接收人，如接收人也已离任")
def pass_(
    id: int,
    to: Annotated[str, typer.Option("--to", help="新的接收人")],
    as_: As = "",
    json: Json = False,
) -> None:
    from duties.people import handover as steps

    def step(desk: "Desk", who: "Doer") -> dict[str, Any]:
        return steps.shown(desk, steps.pass_on(desk, who, steps.by_id(desk, id), to))

    _handover(act_as(as_, step), json)


@handover.command("tick", help="办妥清单中的一项")
def tick(id: int, code: str, note: Note = "", as_: As = "", json: Json = False) -> None:
    from duties.people import handover as steps

    def step(desk: "Desk", who: "Doer") -> dict[str, Any]:
        row = steps.by_id(desk, id)
        steps.tick(desk, who, row, code, note)
        return steps.shown(desk, row)

    _handover(act_as(as_, step), json)


@handover.command("form", help="填好移交保密承诺书（.docx）")
def form(
    id: int,
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件")],
    json: Json = False,
) -> None:
    from duties.people import handover as steps

    if out.suffix.lower() != ".docx":
        fail(f"{out.name} 应以 .docx 结尾。", WRONG_USAGE)
    content = look(lambda desk: steps.undertaking(desk, steps.by_id(desk, id), OWN))
    out.write_bytes(content)
    print_json({"id": id, "file": str(out)}) if json else typer.echo(f"已写到 {out}。")


@handover.command("sign", help="接收人、监交人各签一次，清单办齐才能签")
def sign(id: int, as_: As = "", json: Json = False) -> None:
    from duties.people import handover as steps

    def step(desk: "Desk", who: "Doer") -> dict[str, Any]:
        row = steps.by_id(desk, id)
        steps.sign(desk, who, row)
        return steps.shown(desk, row)

    _handover(act_as(as_, step), json)


@handover.command("list", help="列出交接")
def list_(json: Json = False) -> None:
    from duties.people import handover as steps

    rows = look(lambda desk: [steps.shown(desk, row) for row in steps.listed(desk)])
    if json:
        print_json(rows)
        return
    columns = {
        "id": "编号",
        "from": "移交人",
        "to": "接收人",
        "account": "账号",
        "due_on": "期限",
        "closed_at": "办结",
    }
    print_table([{**row, "due_on": due_words(row["due_on"], row["provisional"])} for row in rows], columns)


def _days(rows: list[dict[str, Any]], json: bool) -> None:
    if json:
        print_json(rows)
        return
    from duties.people.turns import KIND_NAMES

    shown = [
        {**row, "staff": "、".join(row["staff"]) or "无人", "kind": KIND_NAMES[row["kind"]]} for row in rows
    ]
    print_table(shown, {"date": "日期", "kind": "日子", "staff": "值班"})


def _handover(shown: dict[str, Any], json: bool) -> None:
    if json:
        print_json(shown)
        return
    for item in shown["items"]:
        typer.echo(f"{'✓' if item['done_at'] else '□'} {item['code']}　{item['what']}")
    due = due_words(shown["due_on"], shown["provisional"])
    typer.echo("已办结。" if shown["closed_at"] else f"编号 {shown['id']}，应于 {due} 前办结。")
