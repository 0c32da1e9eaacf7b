"""Product and peers in one run: `python -m bench.beside [--quick]`. We judge, store, number, date and answer each message.

Five rounds, each server pressed in turn in each; medians and ratios to WeRoBot with its session store. `--quick`: one short
round without PostgreSQL, which shows that everything runs and nothing else. The result is a dated file in bench/results/.
"""

import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

from bench.beside import environment, load, servers

ROUNDS, SECONDS = 5, 6.0
RESULTS = Path(__file__).parents[1] / "results"
_RATIO_TO = "WeRoBot + SQLite session, 2 workers"


@dataclass
class ServerRounds:
    """What one server did in each round."""

    name: str
    a_second: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)  # milliseconds of the console's first page meanwhile
    failed: int = 0


def pressed(peers: Path, *, quick: bool) -> list[ServerRounds]:
    rounds, seconds = (1, 2.0) if quick else (ROUNDS, SECONDS)
    lines: dict[str, ServerRounds] = {}
    with (
        tempfile.TemporaryDirectory(prefix="huiyin-bench-") as folder,
        servers.started(peers, Path(folder), quick=quick) as running,
    ):
        for number in range(rounds + 1):  # the first warms up
            for server in running:
                before = server.cpu()
                did, pages = asyncio.run(_pressed_and_visited(server, 1.0 if number == 0 else seconds))
                line = lines.setdefault(server.name, ServerRounds(server.name))
                line.failed += did.failed
                if number:
                    line.page += pages
                    line.a_second.append(did.a_second)
                    line.p99.append(did.p99_ms)
                    line.cpu_ms.append((server.cpu() - before) * 1000 / max(1, did.count))
                    print(f"{server.name}: {did.a_second:.0f}/s, p99 {did.p99_ms:.0f} ms", flush=True)
    return list(lines.values())


async def _pressed_and_visited(
    server: servers.BenchServer, seconds: float
) -> tuple[load.Answered, list[float]]:
    """Press a server; of ours, ask for a page of the console beside it."""
    if not server.name.startswith("huiyin"):
        return await load.press(server.port, seconds), []
    pressing = load.press(server.port, seconds)
    return await asyncio.gather(pressing, load.visit(server.port, "/console/signin", seconds))


def asked(peers: Path, *, quick: bool) -> dict[str, dict[str, float]]:
    """Compare single questions: search with bm25s, judging with scikit-learn, on the same texts."""
    from bench.search import material
    from classifier.fit.corpus import read_corpus
    from classifier.triage import Classifier, built_in
    from knowledge_base.index.search import Index
    from text.normalise import normalise
    from text.words import words

    letters = [m for m in read_corpus() if m.category][:: 10 if quick else 1]
    texts, new = letters[::2], [m.text for m in letters[1::2]][: 50 if quick else 300]
    entries, questions = material(500 if quick else 10_000)
    questions = questions[: 50 if quick else 300]
    given = {
        "entries": [words(normalise(e.question + e.answer)) for e in entries],
        "asked": [words(normalise(q)) for q in questions],
        "texts": [m.text for m in texts], "labels": [m.category for m in texts], "new": new,
    }  # fmt: skip
    told = subprocess.run(
        [str(peers), "-m", "bench.beside.asked"], input=json.dumps(given), capture_output=True, text=True, check=True,
        cwd=servers.ROOT,
    )  # fmt: skip
    found: dict[str, dict[str, float]] = json.loads(told.stdout)
    index = Index()
    index.upsert_many((entry, None) for entry in entries)
    found["huiyin search, words"] = _timed(index.search, questions)
    judge = Classifier(built_in(second_opinion=False).model).triage
    found["huiyin judging, all flags"] = _timed(judge, new)
    return found


def _timed(deed: Any, given: list[str]) -> dict[str, float]:
    for each in given[:5]:
        deed(each)
    spent, cpu = [], process_time()
    for each in given:
        began = perf_counter()
        deed(each)
        spent.append((perf_counter() - began) * 1000)
    return {"median_ms": median(spent), "cpu_ms": (process_time() - cpu) / len(given) * 1000}


def table(
    lines: list[ServerRounds], single: dict[str, dict[str, float]], loads: tuple[float, float], *, quick: bool
) -> str:
    base = next(median(line.a_second) for line in lines if line.name == _RATIO_TO)
    rounds = (
        "one short round: a smoke test, no measure"
        if quick
        else f"{ROUNDS} rounds of {SECONDS:.0f} s, medians"
    )
    parts = [
        f"# Product and peers in one run, {datetime.now(UTC):%Y-%m-%d}\n",
        f"{os.cpu_count()} cores ({_processor()}), {platform.system()} {platform.release()}, Python "
        f"{platform.python_version()}; load {loads[0]:.1f} at the start, {loads[1]:.1f} at the end. {load.CONNECTIONS} "
        f"connections, each push from a new citizen; {rounds}. The machine's other work slows all alike: read the ratios "
        "and the processor time.\n",
        "| server | pushes/s | × WeRoBot | p99 ms | CPU ms a push | failed | console page meanwhile, "
        "median / slowest ms |\n| --- | --- | --- | --- | --- | --- | --- |",
    ]
    parts += [
        f"| {line.name} | {median(line.a_second):.0f} | {median(line.a_second) / base:.2f} | {median(line.p99):.0f} | "
        f"{median(line.cpu_ms):.2f} | {line.failed} | {_page(line)} |"
        for line in lines
    ]
    parts.append("\n| asked one by one | median ms | CPU ms |\n| --- | --- | --- |")
    parts += [f"| {name} | {one['median_ms']:.2f} | {one['cpu_ms']:.2f} |" for name, one in single.items()]
    return "\n".join(parts) + "\n"


def _page(line: ServerRounds) -> str:
    return f"{median(line.page):.0f} / {max(line.page):.0f}" if line.page else ""


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    names = (
        [line for line in info.read_text().splitlines() if line.startswith("model name")]
        if info.exists()
        else []
    )
    return names[0].partition(":")[2].strip() if names else platform.machine()


def picture(lines: list[ServerRounds], file: Path) -> None:
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot

    names = [line.name for line in lines][::-1]
    figure, axes = pyplot.subplots(figsize=(9, 0.6 * len(lines) + 1))
    middle = [median(line.a_second) for line in lines][::-1]
    spread = [[m - min(x.a_second), max(x.a_second) - m] for m, x in zip(middle, lines[::-1], strict=True)]
    ours = ["#1f6f8b" if name.startswith("huiyin") else "#b8b8b8" for name in names]
    axes.barh(names, middle, xerr=list(zip(*spread, strict=True)), color=ours)
    axes.set_xlabel("pushes a second (median, least and most of the rounds)")
    figure.tight_layout()
    figure.savefig(file)


def main() -> int:
    quick = "--quick" in sys.argv[1:]
    began = os.getloadavg()[0]
    peers = environment.python()
    lines = pressed(peers, quick=quick)
    text = table(lines, asked(peers, quick=quick), (began, os.getloadavg()[0]), quick=quick)
    print(text)
    if not quick:
        file = RESULTS / f"{datetime.now(UTC):%Y-%m-%d}.md"
        RESULTS.mkdir(exist_ok=True)
        picture(lines, file.with_suffix(".svg"))
        file.write_text(f"{text}\n![pushes a second]({file.stem}.svg)\n", encoding="utf-8")
    return 1 if any(line.failed or not all(line.a_second) for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
