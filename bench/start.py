"""A start with a large knowledge base: how soon it is ready, and how large it is: `python -m bench.start [ENTRIES]`.

One worker on SQLite. The entries are those of `bench.search`, their vectors invented. The first start indexes them and
keeps the index; the figures are of the starts after it, the size after pushes were judged and answered.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from sqlmodel import Session, create_engine, select

from bench.beside import load, servers
from bench.search import material
from cases.knowledge import learn
from cases.register.tables import KnowledgeEntry
from knowledge_base.base.meaning import load as meaning
from knowledge_base.base.meaning import stored

READY, SIZE = 3.0, 350  # seconds and megabytes that are aimed at
STARTS = 4  # the first keeps what the others take up
PROGRAM = str(Path(sys.executable).with_name("huiyin"))


def filled(folder: Path, count: int) -> None:
    """Put published entries into the register of a folder, with vectors as if they had been computed."""
    entries, _ = material(count)
    file = folder / "entries.jsonl"
    rows = ({"id": e.id, "question": e.question, "answer": e.answer} for e in entries)
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    env = {**os.environ, "HUIYIN_SEMANTIC": "off"}
    subprocess.run(
        [PROGRAM, "kb", "import", file.name], cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL
    )
    model = meaning()
    if model is None:
        return
    draw = np.random.default_rng(1)
    with Session(create_engine(f"sqlite:///{folder / 'var' / 'huiyin.db'}")) as session:
        for row in session.exec(select(KnowledgeEntry)):
            made = draw.standard_normal((2, model.size), np.float32)
            row.vector = stored(made / np.linalg.norm(made, axis=1, keepdims=True))
            row.vector_of = f"{model.name}:{learn.wording_key(row)}"
        session.commit()


def megabytes(process: int) -> int:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) // 1024


def main(count: int = 10_000) -> int:
    with tempfile.TemporaryDirectory(prefix="huiyin-start-") as name:
        folder = Path(name)
        filled(folder, count)
        for start in range(STARTS):
            began = time.perf_counter()
            with servers.again("start", folder, servers.office("")) as server:
                took, cpu = time.perf_counter() - began, server.cpu()
                at_first = megabytes(server.process.pid)
                asyncio.run(load.press(server.port, 3.0))
                print(
                    f"{'first ' if not start else ''}start with {count:,} entries: ready in {took:.1f} s "
                    f"({cpu:.1f} s of processor time), {at_first} MB, {megabytes(server.process.pid)} MB after "
                    f"pushes; load {os.getloadavg()[0]:.1f}",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*(int(word) for word in sys.argv[1:2])))
