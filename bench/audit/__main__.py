"""`make audit`; `python -m bench.audit renew CLONE` cuts the file anew from a clone of the advisory database."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench.audit import advisories

OLD = 90  # days


def main(words: list[str]) -> int:
    here = Path()
    pinned = advisories.pins(here)
    if words[:1] == ["renew"]:
        kept = advisories.cut(Path(words[1]), set(pinned))
        advisories.FILE.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        print(f"{sum(map(len, kept['packages'].values()))} advisories, published {kept['published']}")
        return 0
    kept = advisories.read()
    days = advisories.age(kept, datetime.now(UTC).date())
    print(
        f"{sum(map(len, pinned.values()))} pins against {sum(map(len, kept['packages'].values()))} advisories about them"
    )
    print(f"published {kept['published']}, {days} days ago ({kept['source']}, {kept['commit'][:12]})")
    if days > OLD:
        print(
            "OLD: what was published since is not known here. Clone the database where there is a network, then:"
        )
        print("  .venv/bin/python -m bench.audit renew CLONE")
    found = list(advisories.hits(kept, pinned))
    for hit in found:
        print(f"{hit.package} {hit.version}: {hit.advisory}, fixed in {hit.fixed}")
    print(f"{len(found)} of the pins are concerned")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
