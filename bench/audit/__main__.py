"""`make audit`; `python -m bench.audit renew CLONE` cuts the file anew from a clone of the advisory database.

`python -m bench.audit beside FILE` holds the pins against another list besides, of packages and version specifiers; such a
list may be newer, and its licence may forbid us to ship it.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench.audit import advisories

OLD = 90  # days
_WARNING = """
!!! THE ADVISORIES ARE {days} DAYS OLD: whatever was published since is not known here, and no hit means nothing about it.
!!! Renew them on a machine with a network, then commit bench/audit/advisories.json:
!!!   git clone {source}
!!!   .venv/bin/python -m bench.audit renew advisory-database
"""


def main(words: list[str]) -> int:
    here = Path()
    pinned = advisories.pins(here)
    if words[:1] == ["renew"]:
        kept = advisories.cut(Path(words[1]), set(pinned))
        advisories.FILE.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        print(f"{sum(map(len, kept['packages'].values()))} advisories, published {kept['published']}")
        return 0
    if words[:1] == ["beside"]:
        return _beside(Path(words[1]), pinned)
    kept = advisories.read()
    days = advisories.age(kept, datetime.now(UTC).date())
    print(
        f"{sum(map(len, pinned.values()))} pins against {sum(map(len, kept['packages'].values()))} advisories about them"
    )
    print(f"published {kept['published']}, {days} days ago ({kept['source']}, {kept['commit'][:12]})")
    found = list(advisories.hits(kept, pinned))
    for hit in found:
        print(f"{hit.package} {hit.version}: {hit.advisory}, fixed in {hit.fixed}")
    print(f"{len(found)} of the pins are concerned by what was known {days} days ago")
    if days > OLD:
        sys.stderr.write(_WARNING.format(days=days, source=kept["source"]))
    return 1 if found else 0


def _beside(file: Path, pinned: dict[str, set[str]]) -> int:
    listed = json.loads(file.read_text(encoding="utf-8"))
    made = listed.pop("$meta", {}).get("timestamp")
    print(f"{file.name}, made {datetime.fromtimestamp(made, UTC).date() if made else 'nobody says when'}")
    found = list(advisories.specified(listed, pinned))
    for package, version, spec in found:
        print(f"{package} {version}: {spec}")
    print(f"{len(found)} of the pins are concerned")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
