"""`huiyin doctor`."""

from typing import Annotated

import typer

from app.cli.frame import REFUSED, fail, print_json, print_table, progress, read_settings

app = typer.Typer()


@app.command("doctor", help="检查设置与环境")
def doctor(json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False) -> None:
    from app.keep.beats import BAD
    from app.keep.checkup import checks

    with progress("检查"):
        found = checks(read_settings())
    if json:
        print_json([{"name": c.name, "state": c.state, "detail": c.detail} for c in found])
    else:
        marks = {"ok": "✓", "off": "–", "warn": "!", "bad": "✗"}
        print_table(
            [{"mark": marks[c.state], "name": c.name, "detail": c.detail} for c in found],
            {"mark": "结果", "name": "项目", "detail": "情况"},
        )
    bad = [check for check in found if check.state == BAD]
    if bad:
        fail("；".join(f"{check.name}：{check.detail}" for check in bad), REFUSED)
