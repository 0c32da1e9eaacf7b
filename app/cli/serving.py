"""`huiyin serve` and `huiyin demo`."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()

Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="端口")]


@app.command("serve", help="启动服务")
def serve(
    host: Annotated[str, typer.Option("--host", help="地址")] = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="进程数")] = 1,
) -> None:
    from app.serve import garbage

    garbage.rest()
    from app.cli.frame import read_settings
    from app.serve import server

    server.serve(read_settings(), host, port, workers)


@app.command("demo", help="启动演示：模拟器和样例数据，数据在 var/demo")
def demo(port: Port = 8000) -> None:
    from app.serve import demonstration

    demonstration.run(port, Path("var") / "demo")
