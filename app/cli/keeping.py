"""`huiyin audit`, `huiyin backup`, `huiyin restore`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.frame import REFUSED, fail, print_json, progress, read_settings

app = typer.Typer()
audit = typer.Typer(no_args_is_help=True, help="操作记录")
app.add_typer(audit, name="audit")

Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]


@audit.command("verify", help="核验操作记录链")
def verify(
    anchor: Annotated[
        str, typer.Option("--anchor", help="审计锚：文件，或聊天里的「条数:指纹」；缺省为 var/audit.anchor")
    ] = "",
    json: Json = False,
) -> None:
    from app import secret_key
    from app.keep import anchors
    from app.wiring import VAR, check_key, open_store
    from cases.register import audit as trail

    settings = read_settings()
    vault = secret_key.vault(settings)
    store = open_store(settings)
    check_key(store, vault)
    file = Path(anchor) if anchor else VAR / anchors.FILE
    noted = anchors.read(file) if file.is_file() or not anchor else [anchors.written(anchor)]
    with progress("核验") as advance, store.read() as session:
        verdict = trail.verify(session, vault, noted, advance)
    if json:
        print_json({"entries": verdict.entries, "ok": verdict.ok, "first_bad": verdict.first_bad})
    elif verdict.ok:
        typer.echo(f"{verdict.entries} 条记录，链完整；与 {len(noted)} 个审计锚相符。")
    if not verdict.ok:
        fail(
            f"操作记录链在第 {verdict.first_bad} 条断开：有记录被改动、删除、插入，或整体退回了过去。",
            REFUSED,
        )


@audit.command("list", help="最近的操作记录")
def list_(
    last: Annotated[int, typer.Option("--last", min=1, max=1_000_000, help="最近多少条")] = 50,
    json: Json = False,
) -> None:
    from sqlmodel import col, select

    from app.cli.frame import look, print_table
    from cases.register.tables import Audit

    rows = look(
        lambda desk: desk.session.exec(select(Audit).order_by(col(Audit.seq).desc()).limit(last)).all()
    )
    names = {"seq": "序号", "at": "时间", "actor": "人", "action": "事", "subject": "对象", "detail": "详情"}
    found = [{name: getattr(row, name) for name in names} for row in rows]
    if json:
        print_json(found)
    else:
        print_table([_in_chinese(row) for row in found], names)


def _in_chinese(row: dict[str, Any]) -> dict[str, Any]:
    import json

    from app.cli.frame import local
    from console.wording import NAMES, subject, told

    return row | {
        "at": local(row["at"]),
        "action": NAMES["action"].get(row["action"], row["action"]),
        "subject": subject(row["subject"]),
        "detail": told(json.loads(row["detail"] or "{}")),
    }


@app.command("backup", help="备份（服务运行时也可以）；不含密钥")
def backup(
    file: Path,
    verify: Annotated[
        bool, typer.Option("--verify", help="随即演练恢复：另开一个登记簿，逐条打开、核对，再丢弃")
    ] = False,
    json: Json = False,
) -> None:
    from app.keep import backups, drills

    settings = read_settings()
    with progress("备份") as advance:
        result = backups.backup(settings, file, progress=advance)
    if verify:
        with progress("演练恢复") as advance:
            result["verified"] = drills.drill(settings, file, progress=advance)
    if json:
        print_json(result)
        return
    typer.echo(
        f"已备份 {result['rows']} 行到 {file}。备份不含密钥：请另行妥善保存 var/secret.key 或 HUIYIN_SECRET_KEY。"
    )
    if verify:
        found = result["verified"]
        typer.echo(
            f"已演练恢复：{found['rows']} 行、{found['texts']} 份封存文字、{found['files']} 个文件、{found['evidence']} 份证据、"
            f"{found['trail']} 条操作记录，全部完好。"
        )


@app.command("restore", help="恢复到空的数据库，须用同一把密钥")
def restore(file: Path, json: Json = False) -> None:
    from app.keep import backups

    with progress("恢复") as advance:
        result = backups.restore(read_settings(), file, progress=advance)
    if json:
        print_json(result)
        return
    typer.echo(f"已恢复 {result['rows']} 行。")
