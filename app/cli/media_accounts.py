"""`huiyin account …`: the register of accounts, their filings and forms."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.acting import As, Fields, Json, act_as, pairs
from app.cli.frame import REFUSED, WRONG_USAGE, fail, look, print_json, print_table

if TYPE_CHECKING:
    from duties.accounts.forms import Form

app = typer.Typer()
account = typer.Typer(no_args_is_help=True, help="政务新媒体账号与备案")
app.add_typer(account, name="account")

OWN = Path("var") / "forms"  # the office's own Word files
Reason = Annotated[str, typer.Option("--reason", help="原因")]
Out = Annotated[Path, typer.Option("--out", help="写到哪个文件（.docx）")]


@account.command("add", help="登记账号，算出开设备案的时限")
def add(
    name: str,
    platform: Annotated[str, typer.Option("--platform", help="平台，如 微信公众号、微博")],
    unit: Annotated[str, typer.Option("--unit", help="开设单位")],
    opened: Annotated[str, typer.Option("--opened", help="开设日期 YYYY-MM-DD")],
    standard: Annotated[
        str,
        typer.Option(
            "--standard", help="所依标准：mlgk（弥勒）、qingdao（青岛）、anning（安宁）或 hengnan（衡南）"
        ),
    ] = "mlgk",
    field: Fields = None,
    reason: Annotated[str, typer.Option("--reason", help="同一单位在同一平台再开账号的理由")] = "",
    as_: As = "",
    json: Json = False,
) -> None:
    from duties.accounts import register
    from duties.rules.days import read_day
    from sla.deadline import due_words

    day = read_day(opened, "开设日期")
    new = register.NewAccount(name, platform, unit, day, standard, reason, pairs(field))
    row, event = act_as(as_, lambda desk, who: register.add(desk, who, new))
    missing = register.missing(row)
    if json:
        due = {"filing_due_on": event.filing_due_on, "provisional": event.provisional}
        print_json({"id": row.id, **due, "missing": missing})
        return
    typer.echo(
        f"已登记「{row.name}」（编号 {row.id}），备案时限 {due_words(event.filing_due_on, event.provisional)}。"
    )
    if missing:
        typer.echo(f"备案表还缺：{'、'.join(missing)}")


@account.command("set", help="补填备案表的栏目")
def set_(id: int, field: Fields = None, as_: As = "", json: Json = False) -> None:
    from duties.accounts import register

    given = pairs(field)
    missing = act_as(as_, lambda desk, who: register.fill(desk, who, register.by_id(desk, id), given))
    if json:
        print_json({"id": id, "missing": missing})
        return
    typer.echo(f"已保存。{'还缺：' + '、'.join(missing) if missing else '备案表栏目已齐全。'}")


@account.command("change", help="登记变更")
def change(
    id: int,
    on: Annotated[str, typer.Option("--on", help="变更日期")],
    what: Annotated[str, typer.Option("--what", help="变更了什么")],
    field: Fields = None,
    as_: As = "",
    json: Json = False,
) -> None:
    from duties.accounts import register
    from duties.rules.days import read_day

    day, given = read_day(on, "变更日期"), pairs(field)
    event = act_as(
        as_,
        lambda desk, who: register.change(desk, who, register.by_id(desk, id), day, what, given),
    )
    _say_filing(json, {"filing_due_on": event.filing_due_on, "provisional": event.provisional})


@account.command("suspend", help="暂停账号")
def suspend(
    id: int,
    on: Annotated[str, typer.Option("--on", help="日期")],
    reason: Reason,
    as_: As = "",
    json: Json = False,
) -> None:
    _rest(id, on, reason, as_, json, resume=False)


@account.command("resume", help="恢复暂停的账号")
def resume(
    id: int,
    on: Annotated[str, typer.Option("--on", help="日期")],
    reason: Reason,
    as_: As = "",
    json: Json = False,
) -> None:
    _rest(id, on, reason, as_, json, resume=True)


@account.command("close", help="关停账号：先公告，公告期满后备案")
def close(
    id: int,
    notice_from: Annotated[str, typer.Option("--notice-from", help="公告开始日期")],
    reason: Reason,
    notice_to: Annotated[str, typer.Option("--notice-to", help="公告结束日期，缺省为最短公告期")] = "",
    field: Fields = None,
    as_: As = "",
    json: Json = False,
) -> None:
    from cases.register.desk import Desk
    from cases.register.tables.duties import AccountEvent
    from duties.accounts import register
    from duties.rules.days import read_day
    from duties.rules.doer import Doer

    start = read_day(notice_from, "公告开始日期")
    end = read_day(notice_to, "公告结束日期") if notice_to else None
    given = pairs(field)

    def step(desk: Desk, who: Doer) -> AccountEvent:
        row = register.by_id(desk, id)
        if given:
            register.fill(desk, who, row, given)
        return register.close(desk, who, row, start, reason, end)

    event = act_as(as_, step)
    due = {"filing_due_on": event.filing_due_on, "provisional": event.provisional}
    _say_filing(json, {"notice_to": event.notice_to, **due})


@account.command("filed", help="登记已报备案")
def filed(
    id: int,
    kind: Annotated[
        str, typer.Option("--kind", help="open（开设）、change（变更）或 close（关停），缺省为最早的一件")
    ] = "",
    on: Annotated[str, typer.Option("--on", help="报送日期，缺省为今天")] = "",
    as_: As = "",
    json: Json = False,
) -> None:
    from duties.accounts import register
    from duties.rules.days import read_day

    day = read_day(on, "报送日期") if on else None
    event = act_as(as_, lambda desk, who: register.filed(desk, who, register.by_id(desk, id), kind, day))
    if json:
        print_json({"id": id, "kind": event.kind, "filed_on": event.filed_on})
        return
    typer.echo(f"{register.KINDS[event.kind]}备案已于 {event.filed_on} 报送。")


@account.command("form", help="填好备案表（.docx）；缺项写在标准错误里")
def form(
    id: int,
    out: Out,
    kind: Annotated[
        str, typer.Option("--kind", help="open（开设）、change（变更）或 close（关停）")
    ] = "open",
    field: Fields = None,
    as_: As = "",
    json: Json = False,
) -> None:
    from cases.register.desk import Desk
    from duties.accounts import forms, register
    from duties.rules.doer import Doer

    _require_word(out)
    given = pairs(field)

    def step(desk: Desk, who: Doer) -> "Form":
        row = register.by_id(desk, id)
        if given:
            register.fill(desk, who, row, given)
        made = forms.form(desk, row, kind, OWN)
        desk.audit("account.form", f"account:{row.id}", kind=kind, missing=made.missing)
        return made

    _hand_out(act_as(as_, step), out, json)


@account.command("survey", help="填好排查及清理整合情况表（衡南附件2）")
def survey(
    out: Out,
    phone: Annotated[str, typer.Option("--phone", help="填报人联系电话")] = "",
    as_: As = "",
    json: Json = False,
) -> None:
    from duties.accounts import forms
    from duties.rules.doer import name_of

    _require_word(out)
    made = act_as(as_, lambda desk, who: forms.survey(desk, name_of(desk, who) if who else "", phone, OWN))
    _hand_out(made, out, json)


@account.command("template", help="取出表样，改好后放到 var/forms/ 下同名即可替换")
def template(
    name: Annotated[str, typer.Argument(help="表样名，如 mlgk-a；list 列出全部")],
    out: Annotated[Path | None, typer.Option("--out", help="写到哪个文件")] = None,
    json: Json = False,
) -> None:
    from duties.papers import filling

    if name == "list" or out is None:
        rows = [{"name": key, "title": title} for key, title in filling.LAYOUTS.items()]
        if json:
            print_json(rows)
        else:
            print_table(rows, {"name": "表样", "title": "名称"})
        return
    _require_word(out)
    out.write_bytes(filling.template(name))
    if json:
        print_json({"name": name, "file": str(out)})
        return
    typer.echo(f"已写到 {out}；改好后放到 {OWN / (name + '.docx')}。")


@account.command("list", help="列出账号")
def list_(json: Json = False) -> None:
    from duties.accounts import views
    from duties.accounts.register import STATES
    from sla.deadline import due_words

    rows = look(views.listed)
    if json:
        print_json(rows)
        return
    shown: list[dict[str, Any]] = [
        {
            **row,
            "state": STATES[row["state"]],
            "due": due_words(row["filing_due_on"], row["provisional"]) if row["filing_due_on"] else "",
        }
        for row in rows
    ]
    columns = {
        "id": "编号",
        "name": "名称",
        "platform": "平台",
        "unit": "单位",
        "state": "状态",
        "due": "备案时限",
    }
    print_table(shown, columns)


def _require_word(out: Path) -> None:
    if out.suffix.lower() != ".docx":
        fail(f"{out.name} 应以 .docx 结尾。", WRONG_USAGE)


def _rest(id: int, on: str, reason: str, as_: str, json: bool, *, resume: bool) -> None:
    from duties.accounts import register
    from duties.rules.days import read_day

    day = read_day(on, "日期")
    event = act_as(
        as_,
        lambda desk, who: register.suspend(desk, who, register.by_id(desk, id), day, reason, resume=resume),
    )
    _say_filing(json, {"filing_due_on": event.filing_due_on, "provisional": event.provisional})


def _say_filing(json: bool, due: dict[str, Any]) -> None:
    from sla.deadline import due_words

    if json:
        print_json(due)
        return
    notice = f"公告至 {due['notice_to']}；" if "notice_to" in due else ""
    typer.echo(f"{notice}备案时限 {due_words(due['filing_due_on'], due['provisional'])}。")


def _hand_out(made: "Form", out: Path, json: bool) -> None:
    """Write the form, and name together what is still empty on it."""
    out.write_bytes(made.content)
    if json:
        print_json({"file": str(out), "form": made.name, "missing": made.missing})
    else:
        typer.echo(f"《{made.name}》已写到 {out}。")
    if made.missing:
        sys.stderr.write(f"表中还空着：{'、'.join(made.missing)}\n")
        raise typer.Exit(REFUSED)
