"""`make big`: fill an empty register with a large office's year: `python -m bench.big [FOLDER] [--cases N] [--messages N]`.

FOLDER (default var/big) becomes the working directory of an office: `cd var/big && huiyin serve` shows it; HUIYIN_DATABASE_URL
says which database. `--postgresql` starts a server of its own beside it and says how it is reached.
"""

import argparse
import os
import sys
from pathlib import Path
from time import perf_counter

from bench.big.filling import PASSWORD, USERS, fill, postgresql


def main() -> int:
    asked = argparse.ArgumentParser(prog="bench.big")
    asked.add_argument("folder", nargs="?", type=Path, default=Path("var/big"))
    asked.add_argument("--cases", type=int, default=300_000)
    asked.add_argument("--messages", type=int, default=1_000_000)
    asked.add_argument("--postgresql", action="store_true")
    wanted = asked.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    os.chdir(wanted.folder)
    if wanted.postgresql:
        os.environ["HUIYIN_DATABASE_URL"] = postgresql(Path("postgresql"))
        print(f"HUIYIN_DATABASE_URL={os.environ['HUIYIN_DATABASE_URL']}")
    from app import settings
    from app.wiring import build

    began = perf_counter()
    services = build(settings.read())
    try:
        fill(services.workplace, wanted.cases, max(wanted.cases, wanted.messages))
    finally:
        services.store.close()
    print(
        f"{wanted.cases:,} cases, {max(wanted.cases, wanted.messages):,} messages in {perf_counter() - began:.0f} s"
    )
    print(f"in {Path.cwd()}; sign in as {'、'.join(USERS)} with {PASSWORD}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
