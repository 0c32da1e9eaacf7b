"""`make soak`: plays, inputs, kills and a day, each as long as asked for; figures and a plot go into a folder.

KILLS=1000 INPUTS=100000 PLAYS=300 HOURS=24 RESULTS=var/soak are what it takes unless told otherwise; 0 leaves a part out.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.fakes import postgres
from tests.faults.storm import Raised, say

_PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "--timeout", "864000")


def main() -> None:
    kills, inputs, plays, hours = (int(os.environ[name]) for name in ("KILLS", "INPUTS", "PLAYS", "HOURS"))
    results = Path(os.environ["RESULTS"]).resolve()
    results.mkdir(parents=True, exist_ok=True)
    parts = [
        ("plays", plays, lambda: _tests("test_model.py", "HUIYIN_TEST_PLAYS", plays)),
        ("inputs", inputs, lambda: _tests("test_fuzz.py", "HUIYIN_TEST_INPUTS", inputs)),
        ("hours", hours, lambda: _run(sys.executable, "-m", "tests.faults.day", str(hours), str(results))),
        ("kills", kills, lambda: _kills(kills)),
    ]
    figures: dict[str, object] = {}
    for name, number, part in parts:
        if number:
            say(f"— {name}: {number} —")
            began = time.monotonic()
            held = part()
            figures[name] = {"number": number, "held": held, "seconds": round(time.monotonic() - began)}
            (results / "figures.json").write_text(json.dumps(figures, indent=1))
            say(f"{name}: {'held' if held else 'FAILED'}")
    sys.exit(not all(each["held"] for each in figures.values()))  # type: ignore[index]


def _run(*command: str, **more: str) -> bool:
    return subprocess.run(command, env={**os.environ, **more}, check=False).returncode == 0


def _tests(file: str, variable: str, number: int) -> bool:
    return _run(*_PYTEST, f"tests/faults/{file}", **{variable: str(number)})


def _kills(kills: int) -> bool:
    """Half of them on SQLite, half on PostgreSQL where it can run."""
    try:
        server: postgres.Postgres | None = postgres.start()
    except postgres.CannotRun as why:
        say(f"PostgreSQL: {why}")
        server = None
    held = True
    for url, number in [("", kills - kills // 2), (server.new_database() if server else "", kills // 2)]:
        with tempfile.TemporaryDirectory() as folder:
            with Raised(
                Path(folder), url or f"sqlite:///{folder}/huiyin.db", seed=int(time.time())
            ) as raised:
                raised.rage(number, say)
                faults = raised.came_to()
            say("\n".join(faults) or f"{number} kills, {len(raised.oracle.heard)} acknowledged, nothing lost")
            held = held and not faults
    if server:
        server.stop()
    return held


if __name__ == "__main__":
    main()
