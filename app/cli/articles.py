"""`huiyin article …` and `huiyin menu`."""

from typing import Annotated, Any

import typer

from app.cli.frame import act, look, print_json, print_table, progress, read_settings, services

app = typer.Typer()
article = typer.Typer(no_args_is_help=True, help="留言所在的文章")
app.add_typer(article, name="article")

Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]


@article.command("add", help="登记一篇文章，开始收取它的留言（新发文章当天就应登记）")
def add(
    msg_data_id: str,
    index: Annotated[int, typer.Option("--index", min=0, max=7, help="多图文中的第几篇，从 0 起")] = 0,
    account: Annotated[str, typer.Option("--account", help="公众号 AppID，缺省为设置中的那个")] = "",
    title: Annotated[str, typer.Option("--title", help="文章标题")] = "",
    json: Json = False,
) -> None:
    from cases.register import articles

    app_id = account or read_settings().wechat_app_id
    row = act(lambda desk: articles.add(desk, app_id, msg_data_id, index, title))
    if json:
        print_json({"msg_data_id": row.msg_data_id, "index": row.idx, "account": row.account})
        return
    typer.echo(f"已登记 {row.msg_data_id}（第 {row.idx} 篇）。")


@article.command("list", help="列出文章")
def list_(json: Json = False) -> None:
    from cases.register import articles

    found: list[dict[str, Any]] = [
        {
            "msg_data_id": row.msg_data_id,
            "index": row.idx,
            "account": row.account,
            "source": row.source,
            "title": row.title,
            "polled_at": row.polled_at,
        }
        for row in look(articles.listed)
    ]
    if json:
        print_json(found)
        return
    sources = {"added": "登记", "datacube": "平台统计"}
    said = [
        {
            **row,
            "source": sources.get(str(row["source"]), row["source"]),
        }
        for row in found
    ]
    columns = {
        "msg_data_id": "文章",
        "index": "第几篇",
        "title": "标题",
        "source": "来源",
        "polled_at": "上次收取",
    }
    print_table(said, columns)


@app.command("menu", help="把菜单推送到公众号")
def menu(json: Json = False) -> None:
    import asyncio

    from app.serve.doors import push_menu

    with progress("推送"):
        pushed = asyncio.run(push_menu(services()))
    if json:
        print_json({"pushed": pushed})
        return
    typer.echo("菜单已推送。")
