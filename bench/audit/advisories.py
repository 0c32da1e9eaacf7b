"""Advisories by package, as the Python Packaging Advisory Database publishes them, cut to what the locks pin.

Only identifiers and version ranges are kept: what an advisory says is read where it is published.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

FILE = Path(__file__).with_name("advisories.json")
LOCKS = ("requirements.lock", "requirements-test.lock")
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class AdvisoryHit:
    package: str
    version: str
    advisory: str
    fixed: str


def pins(folder: Path) -> dict[str, set[str]]:
    """Return the versions that the lock files pin, by package."""
    found: dict[str, set[str]] = {}
    for lock in LOCKS:
        for name, version in _PIN.findall((folder / lock).read_text(encoding="utf-8")):
            found.setdefault(canonical(name), set()).add(version)
    return found


def read(file: Path = FILE) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return kept


def age(kept: dict[str, Any], today: date) -> int:
    """Return how many days ago the database was published that the file was cut from."""
    return (today - date.fromisoformat(kept["published"])).days


def hits(kept: dict[str, Any], pinned: dict[str, set[str]]) -> Iterator[AdvisoryHit]:
    for package, versions in sorted(pinned.items()):
        for advisory in kept["packages"].get(package, ()):
            for version in sorted(versions):
                if _concerns(advisory, version):
                    yield AdvisoryHit(package, version, advisory["id"], "、".join(advisory["fixed"]) or "—")


def specified(listed: dict[str, list[str]], pinned: dict[str, set[str]]) -> Iterator[tuple[str, str, str]]:
    """Yield package, version and specifier of each pin that a list of specifiers names."""
    for name, specs in sorted(listed.items()):
        package = canonical(name)
        for version in sorted(pinned.get(package, ())):
            yield from ((package, version, spec) for spec in specs if _matches(version, spec))


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _matches(version: str, spec: str) -> bool:
    try:
        return SpecifierSet(spec).contains(version, prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return True  # what cannot be read is told rather than passed over


def _concerns(advisory: dict[str, Any], version: str) -> bool:
    if version in advisory["versions"]:
        return True
    return any(_within(Version(version), span) for span in advisory["ranges"])


def _within(version: Version, span: dict[str, str]) -> bool:
    try:
        return (
            version >= Version(span.get("introduced", "0"))
            and not ("fixed" in span and version >= Version(span["fixed"]))
            and not ("last_affected" in span and version > Version(span["last_affected"]))
        )
    except InvalidVersion:
        return True  # what cannot be compared is told rather than passed over


def cut(clone: Path, names: set[str]) -> dict[str, Any]:
    """Return the file's content, read from a clone of the database; withdrawn advisories are left out."""
    import yaml

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", "-C", str(clone), *words], check=True, capture_output=True, text=True
        ).stdout

    listed = [line for line in git("ls-tree", "-r", "--name-only", "HEAD", "vulns/").splitlines() if line]
    packages: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(listed):
        name = path.split("/")[1].lower()
        if name not in names:
            continue
        told = yaml.safe_load(git("show", f"HEAD:{path}"))
        if told.get("withdrawn"):
            continue
        packages.setdefault(name, []).append(_kept(told, name))
    commit, published = git("log", "-1", "--format=%H %cs").split()
    return {
        "source": "https://github.com/pypa/advisory-database", "commit": commit, "published": published,
        "packages": packages,
    }  # fmt: skip


def _kept(told: dict[str, Any], name: str) -> dict[str, Any]:
    mine = [part for part in told["affected"] if part["package"]["name"].lower() == name]
    events = [r["events"] for part in mine for r in part.get("ranges", ()) if r["type"] == "ECOSYSTEM"]
    ranges = [span for each in events for span in _spans(each)]
    return {
        "id": told["id"],
        "aliases": sorted(told.get("aliases", ())),
        "versions": [] if ranges else sorted({str(v) for part in mine for v in part.get("versions", ())}),
        "ranges": ranges,
        "fixed": sorted({span["fixed"] for span in ranges if "fixed" in span}),
    }


def _spans(events: list[dict[str, Any]]) -> Iterator[dict[str, str]]:
    span: dict[str, str] = {}
    for event in events:
        if "introduced" in event and span:
            yield span
            span = {}
        span |= {key: str(value) for key, value in event.items()}
    if span:
        yield span
