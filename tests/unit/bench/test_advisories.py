"""The audit finds a version that an advisory concerns, passes one that it does not, and says how old it is."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

from bench.audit import advisories

ROOT = Path(__file__).parents[3]


def test_a_version_known_to_be_at_fault_is_found() -> None:
    kept = advisories.read()
    found = list(
        advisories.hits(kept, {"jinja2": {"2.11.2", "3.1.6"}, "aiohttp": {"3.8.0"}, "unheard-of": {"1"}})
    )
    assert {(hit.package, hit.version) for hit in found} == {("jinja2", "2.11.2"), ("aiohttp", "3.8.0")}
    assert all(hit.advisory.startswith("PYSEC-") for hit in found)


def test_bounds_of_a_range() -> None:
    advisory = {
        "id": "X",
        "versions": ["0.9"],
        "fixed": ["2.0"],
        "ranges": [{"introduced": "1.0", "fixed": "2.0"}],
    }
    kept = {"packages": {"p": [advisory]}}
    tried = {"p": {"0.8", "0.9", "1.0", "1.9", "2.0", "2.1"}}
    assert {hit.version for hit in advisories.hits(kept, tried)} == {"0.9", "1.0", "1.9"}


def test_what_is_pinned_is_known_to_be_free_of_fault_and_the_age_is_said() -> None:
    kept = advisories.read()
    assert advisories.age(kept, date(2024, 10, 11)) == 1
    assert len(advisories.pins(ROOT)) > 100
    done = subprocess.run(
        [sys.executable, "-m", "bench.audit"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout
    assert "days ago" in done.stdout
    assert "DAYS OLD" in done.stderr and "bench.audit renew" in done.stderr


def test_another_list_may_be_held_beside_it(tmp_path: Path) -> None:
    listed = {
        "Jinja2": ["<3.0", ">=4"],
        "other_thing": ["<=2"],
        "odd": ["not a specifier"],
        "unpinned": [">=0"],
    }
    pinned = {"jinja2": {"2.11.2", "3.1.6"}, "other-thing": {"2"}, "odd": {"1"}}
    assert list(advisories.specified(listed, pinned)) == [
        ("jinja2", "2.11.2", "<3.0"), ("odd", "1", "not a specifier"), ("other-thing", "2", "<=2"),
    ]  # fmt: skip
    file = tmp_path / "list.json"
    file.write_text(json.dumps({"$meta": {"timestamp": 1775023247}, "unheard-of": [">=0"]}))
    words = [sys.executable, "-m", "bench.audit", "beside", str(file)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0 and "made 2026-04-01" in done.stdout
