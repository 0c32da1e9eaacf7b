"""`huiyin person …`, `huiyin retain`, `huiyin key rotate`."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.frame import fail, from_stdin, print_json, progress, services

app = typer.Typer()
person = typer.Typer(no_args_is_help=True, help="一位来信人的资料")
key = typer.Typer(no_args_is_help=True, help="密钥")
app.add_typer(person, name="person")
app.add_typer(key, name="key")

Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]
Account = Annotated[str, typer.Option("--account", help="公众号 AppID，或 accounts.toml 中的名称")]
Openid = Annotated[str, typer.Option("--openid", help="来信人的 openid")]


@person.command("export", help="把一位来信人的全部资料写成一个 .zip")
def export(
    account: Account,
    openid: Openid,
    out: Annotated[Path, typer.Option("--out", help="文件名")],
    json: Json = False,
) -> None:
    from app.keep import citizens

    with progress("整理资料"):
        made = citizens.export(services(), account, openid, out)
    if json:
        print_json(made)
        return
    typer.echo(
        f"已写入 {out}：事项 {made['cases']} 件，来信 {made['messages']} 条，附件 {made['files']} 个。"
    )


@person.command("erase", help="删除一位来信人的内容和地址；编号、日期和操作记录保留")
def erase(account: Account, openid: Openid, json: Json = False) -> None:
    from app.keep import citizens

    with progress("删除"):
        gone = citizens.erase(services(), account, openid)
    if json:
        print_json(gone)
        return
    typer.echo(
        f"已删除：事项 {gone['cases']} 件、来信 {gone['messages']} 条、候选条目 {gone['candidates']} 条、"
        f"附件 {gone['files_removed']} 个。此前的备份里仍有这些内容，请按保管制度处理。"
    )
    for kept in gone["evidence_kept"]:
        typer.echo(f"没有删除：{kept['why']}", err=True)


@app.command("retain", help="把办结已满年限的事项匿名化")
def retain(
    years: Annotated[
        int | None, typer.Option("--years", min=1, max=100, help="年数，缺省为 HUIYIN_RETENTION_YEARS")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只数一数，不改动")] = False,
    json: Json = False,
) -> None:
    from app.keep import citizens

    opened = services()
    kept = opened.settings.retention_years if years is None else years
    with progress("匿名化") as advance:
        done = citizens.retain(opened, kept, dry=dry_run, progress=advance)
    if json:
        print_json(done)
        return
    said = "可匿名化" if dry_run else "已匿名化"
    typer.echo(
        f"{said} {done['anonymised']} 件，删除附件 {done['files_removed']} 个；已满年限但尚未办结的 {done['kept_open']} 件保留。"
    )
    if done.get("evidence_removed"):
        typer.echo(f"保留期满的事件证据已删除 {done['evidence_removed']} 份。")


@key.command("rotate", help="更换密钥：服务运行时也可以；中断后再次运行即可继续")
def rotate(
    new_key_stdin: Annotated[bool, typer.Option("--new-key-stdin", help="从标准输入读新密钥")] = False,
    json: Json = False,
) -> None:
    from app.keep import rekey

    new = from_stdin().strip().encode() if new_key_stdin else b""
    if new_key_stdin and not new:
        fail("标准输入里没有新密钥。")
    with progress("重新封存") as advance:
        done = rekey.rotate(services(), new, advance)
    if json:
        print_json(done)
        return
    typer.echo(f"已重新封存 {done['resealed']} 行，新密钥的指纹是 {done['fingerprint']}。")
    if done["setting_to_change"]:
        typer.echo(
            "请把 HUIYIN_SECRET_KEY 改为新密钥；在此之前两把密钥都可启动，改好并重启之后旧密钥即告无用。"
        )
    else:
        typer.echo("var/secret.key 已换成新密钥，请另行妥善保存；旧密钥只能打开此前的备份。")
