"""`huiyin release …`: the ledger of outgoing articles."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.acting import As, Json, act_as
from app.cli.frame import look, print_json, print_table, progress

if TYPE_CHECKING:
    from cases.register.desk import Desk
    from duties.rules.doer import Doer

app = typer.Typer()
release = typer.Typer(no_args_is_help=True, help="信息审核发布台账")
app.add_typer(release, name="release")

Source = Annotated[str, typer.Option("--source", help="转载来源")]
Author = Annotated[str, typer.Option("--author", help="原作者")]
Published = Annotated[str, typer.Option("--published", help="原发时间 YYYY-MM-DD")]
OriginalTitle = Annotated[str, typer.Option("--original-title", help="原标题")]
Body = Annotated[Path | None, typer.Option("--text", help="正文文件（UTF-8）")]
Month = Annotated[str, typer.Option("--month", help="月份 YYYY-MM")]


@release.command("add", help="登记一篇拟发布的稿件并提交审核")
def add(
    title: str,
    account: Annotated[int, typer.Option("--account", help="账号编号")],
    weight: Annotated[
        str, typer.Option("--weight", help="ordinary（一般）、important（重要）或 grave（重大）")
    ],
    source: Source = "",
    author: Author = "",
    published: Published = "",
    original_title: OriginalTitle = "",
    text: Body = None,
    as_: As = "",
    json: Json = False,
) -> None:
    from duties.accounts import register
    from duties.releases import ledger

    new = ledger.NewRelease(title, weight, source, author, original_title, published, _read(text))
    row = act_as(as_, lambda desk, who: ledger.add(desk, who, register.by_id(desk, account), new))
    if json:
        print_json({"id": row.id, "levels": row.levels})
        return
    typer.echo(f"已登记《{row.title}》（编号 {row.id}），须经 {row.levels} 级审核。")


@release.command("approve", help="通过一级审核")
def approve(id: int, as_: As = "", json: Json = False) -> None:
    from duties.releases import ledger

    def step(desk: "Desk", who: "Doer") -> dict[str, Any]:
        row = ledger.by_id(desk, id)
        released = ledger.approve(desk, who, row)
        return {"id": id, "level": row.level, "levels": row.levels, "state": row.state, "released": released}

    done = act_as(as_, step)
    if json:
        print_json(done)
        return
    typer.echo("已签发。" if done["released"] else f"已通过第 {done['level']} 级，共 {done['levels']} 级。")


@release.command("return", help="退回")
def return_(
    id: int,
    reason: Annotated[str, typer.Option("--reason", help="退回理由")],
    as_: As = "",
    json: Json = False,
) -> None:
    from duties.releases import ledger

    act_as(as_, lambda desk, who: ledger.send_back(desk, who, ledger.by_id(desk, id), reason))
    print_json({"id": id, "state": "returned"}) if json else typer.echo("已退回。")


@release.command("resubmit", help="修改后重新提交；不写的栏目不变")
def resubmit(
    id: int,
    title: Annotated[str, typer.Option("--title", help="改后的标题")] = "",
    source: Source = "",
    author: Author = "",
    published: Published = "",
    original_title: OriginalTitle = "",
    text: Body = None,
    as_: As = "",
    json: Json = False,
) -> None:
    from duties.releases import ledger

    body = _read(text)

    def step(desk: "Desk", who: "Doer") -> int:
        row = ledger.by_id(desk, id)
        new = ledger.NewRelease(
            title or row.title, row.weight, source or row.source, author or row.original_author,
            original_title=original_title or row.original_title, published=published or row.original_published,
            body=body or row.body,
        )  # fmt: skip
        ledger.resubmit(desk, who, row, new)
        return row.round

    number = act_as(as_, step)
    print_json({"id": id, "state": "review", "round": number}) if json else typer.echo(
        f"已重新提交（第 {number} 轮）。"
    )


@release.command("list", help="列出台账")
def list_(
    month: Month = "",
    q: Annotated[str, typer.Option("--q", help="标题、来源或正文中的词")] = "",
    json: Json = False,
) -> None:
    from duties.releases import ledger, views

    rows = look(lambda desk: views.listed(desk, month, q))
    if json:
        print_json(rows)
        return
    shown = [
        {**row, "weight": ledger.WEIGHTS[row["weight"]], "state": ledger.STATES[row["state"]]} for row in rows
    ]
    columns = {
        "id": "编号",
        "account": "账号",
        "title": "标题",
        "weight": "级别",
        "state": "状态",
        "author": "起草人",
    }
    print_table(shown, columns)


@release.command("gaps", help="久未更新的账号，和平台上有、台账里没有的文章")
def gaps(json: Json = False) -> None:
    from duties.releases import gaps as rules

    def question(desk: "Desk") -> dict[str, list[Any]]:
        silent = [
            {
                "account": s.account.name,
                "last": s.last,
                "due_on": s.due_on,
                "original": s.original,
                "text": str(s),
            }
            for s in rules.silences(desk)
        ]
        articles = rules.unentered(desk)
        return {
            "silent": silent,
            "unentered": [{"msg_data_id": a.msg_data_id, "title": a.title} for a in articles],
        }

    found = look(question)
    if json:
        print_json(found)
        return
    if not found["silent"] and not found["unentered"]:
        typer.echo("账号都在按时更新，平台上的文章台账里都有。")
    for silence in found["silent"]:
        typer.echo(silence["text"])
    for article in found["unentered"]:
        typer.echo(f"台账中没有：{article['title']}（{article['msg_data_id']}）")


@release.command("export", help="导出一个月的台账（.xlsx）")
def export(
    month: Month,
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件")],
    json: Json = False,
) -> None:
    from duties.releases import views

    with progress("导出"):
        count = act_as("", lambda desk, _who: views.export(desk, month, out))
    print_json({"file": str(out), "month": month, "rows": count}) if json else typer.echo(
        f"{month} 共 {count} 篇，已写到 {out}。"
    )


def _read(file: Path | None) -> str:
    from app.cli.frame import fail

    if file is None:
        return ""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        fail(f"{file} 不是 UTF-8 文本。")
