"""`huiyin source …`: the office's other channels and their keys."""

from typing import Annotated

import typer

from app.cli.frame import act, look, print_json, print_table

app = typer.Typer()
source = typer.Typer(no_args_is_help=True, help="其他渠道（App、网站、热线、微博采集）及其密钥")
app.add_typer(source, name="source")

Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]


@source.command("add", help="登记一个渠道；密钥只显示这一次。已停用的渠道可以再次登记，得到新密钥")
def add(
    name: str,
    callback: Annotated[str, typer.Option("--callback", help="答复签发后向这个地址推送")] = "",
    address: Annotated[
        list[str] | None, typer.Option("--address", help="回调域名指向的内网 IP（可多次；直接写 IP 的不必）")
    ] = None,
    public: Annotated[bool, typer.Option("--public", help="答复在该渠道公开显示（如微博评论）")] = False,
    json: Json = False,
) -> None:
    from cases.register import sources

    new = sources.NewSource(name.strip(), callback.strip(), tuple(address or ()), public)
    added, key = act(lambda desk: sources.add(desk, new))
    if json:
        print_json({"name": added.name, "key": key})
        return
    typer.echo(f"已登记渠道「{added.name}」。密钥（只显示这一次，请立即保存）：\n{key}")


@source.command("list", help="列出渠道")
def list_(json: Json = False) -> None:
    from cases.register import sources

    found = [
        {
            "name": row.name,
            "callback": row.callback,
            "public": row.public,
            "active": row.active,
            "created_at": row.created_at,
            "released": row.last_seq,
        }
        for row in look(sources.all_of)
    ]
    if json:
        print_json(found)
        return
    columns = {
        "name": "渠道",
        "callback": "回调地址",
        "public": "公开",
        "active": "在用",
        "released": "已签发",
    }
    print_table(found, columns)


@source.command("disable", help="停用一个渠道：密钥立即失效，已登记的事项照常办理")
def disable(name: str, json: Json = False) -> None:
    from cases.register import sources

    row = act(lambda desk: sources.disable(desk, name.strip()))
    if json:
        print_json({"name": row.name, "active": row.active})
        return
    typer.echo(f"已停用渠道「{row.name}」。")
