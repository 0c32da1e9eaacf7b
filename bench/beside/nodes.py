"""Several nodes on one PostgreSQL, each held to a share of a core by the operating system: does a second one add its share?

`python -m bench.beside.nodes [SHARE] [SECONDS]` (as root: a control group of the kernel holds each node to its share).
"""

import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.beside import load, servers
from bench.places import durable_postgresql

GROUPS = Path("/sys/fs/cgroup/cpu")
PERIOD = 20_000  # microseconds
MOST, ROUNDS = 3, 3


@contextmanager
def held(server: servers.BenchServer, share: float) -> Iterator[None]:
    """Hold a server to a share of a core."""
    group = GROUPS / f"huiyin-node-{server.process.pid}"
    group.mkdir()
    (group / "cpu.cfs_period_us").write_text(str(PERIOD))
    (group / "cpu.cfs_quota_us").write_text(str(round(PERIOD * share)))
    (group / "cgroup.procs").write_text(str(server.process.pid))
    try:
        yield
    finally:
        (GROUPS / "cgroup.procs").write_text(str(server.process.pid))
        group.rmdir()


async def pressed(nodes: list[servers.BenchServer], seconds: float) -> list[load.Answered]:
    return list(await asyncio.gather(*(load.press(node.port, seconds) for node in nodes)))


def main(share: float = 0.2, seconds: float = 8.0) -> int:
    found: dict[int, list[tuple[float, float, float]]] = {count: [] for count in range(1, MOST + 1)}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nodes-")))
        url = stack.enter_context(durable_postgresql()).new_database()
        env = servers.office(url) | {"HUIYIN_SECRET_KEY": "one key for all the nodes of a bench"}
        nodes = [stack.enter_context(servers.alone(f"node-{n}", folder, env)) for n in range(MOST)]
        asyncio.run(pressed(nodes, 3))  # what is loaded at the first push
        for node in nodes:
            stack.enter_context(held(node, share))
        for _ in range(ROUNDS):
            for count, rows in found.items():
                before = sum(node.cpu() for node in nodes[:count])
                answers = asyncio.run(pressed(nodes[:count], seconds))
                spent = sum(node.cpu() for node in nodes[:count]) - before
                pushes = sum(answer.count for answer in answers)
                failed = sum(answer.failed for answer in answers)
                rows.append((pushes / seconds, 1000 * spent / max(pushes, 1), failed))
    one = statistics.median(rate for rate, _, _ in found[1])
    for count, rows in found.items():
        rate, cpu = (statistics.median(row[which] for row in rows) for which in (0, 1))
        failed = round(sum(row[2] for row in rows))
        sys.stdout.write(
            f"| {count} × {share:.0%} of a core | {rate:.0f} | {rate / one:.2f} | {cpu:.1f} ms | {failed} |\n"
        )
    sys.stdout.write(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*(float(word) for word in sys.argv[1:3])))
