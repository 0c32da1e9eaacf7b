"""`huiyin demo`: the server with the simulator of both platforms and sample data under `var/demo`."""

import os
import shutil
import socket
import sys
import threading
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from app import log
from app import settings as settings_
from app.clock import OffsetClock
from app.serve import server, timers
from app.serve.doors import build_doors
from app.settings import PREFIX
from app.wiring import Services, build
from demo import simulator
from demo.sample_data import loading


def run(port: int, var: Path) -> None:
    """Serve the demo until interrupted. The office's own settings and `.env` play no part in it."""
    listening = server.listen("127.0.0.1", port)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    settings = settings_.read({**kept, **simulator.settings(port, var)}, var / "no-env-file")
    log.set_up(server.secrets_of(settings), settings.log_format)
    clock = OffsetClock(var / "clock")
    services = build(settings, clock=clock, var=var)
    services.live.warm_up()
    _load(services)
    app = server.assemble(services, build_doors(services))
    anew = threading.Event()

    def begin_anew() -> None:
        anew.set()
        app.state.stop()

    end = simulator.mount(
        app, services.workplace, clock, lambda: timers.sweep(services), port, var, begin_anew
    )
    sys.stderr.write(f"演示已启动：http://127.0.0.1:{port}/（按 Ctrl+C 结束）\n")
    server.run(app, listening, before_stop=end)
    if anew.is_set():
        _again(listening, var)


def _again(listening: socket.socket, var: Path) -> None:
    """Become the same program once more, without what visitors did: nothing in memory is left over."""
    listening.close()
    shutil.rmtree(var, ignore_errors=True)
    os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - the very command that started this process


def _load(services: Services) -> None:
    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), transient=True) as bar:
        task = bar.add_task("样例数据", total=None)

        def tell(what: str, done: int, of: int) -> None:
            bar.update(task, description=what, completed=done, total=of)

        loading.load(services.workplace, simulator.APP_ID, services.live.follow, tell)
