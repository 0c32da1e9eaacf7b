"""The training corpus: families of entries with the questions people ask, and pairs of like and unlike questions."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge_base.base.entries import Entry

FOLDER = Path(__file__).parent.parent / "corpus"


@dataclass(frozen=True, slots=True)
class Query:
    """A question and the id of the entry that answers it, None if none does. `family` never straddles a split."""

    text: str
    expected: str | None
    family: str
    style: str = "short"


@dataclass(frozen=True, slots=True)
class Corpus:
    """Entries with their queries. `office` is false for general matters, which no threshold is taken from."""

    entries: tuple[Entry, ...]
    queries: tuple[Query, ...]
    office: bool = True


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.strip():
            yield json.loads(line)


def _family(row: dict[str, Any], prefix: str) -> Corpus:
    entries = tuple(
        Entry(
            f"{prefix}:{item['id']}",
            item["question"],
            item["answer"],
            aliases=tuple(item.get("aliases", ())),
            department=row["department"],
            source=item.get("source", ""),
        )
        for item in row["entries"]
    )
    queries = tuple(
        Query(
            item["query"],
            item["expected"] and f"{prefix}:{item['expected']}",
            f"{prefix}/{row['family']}",
            item["style"],
        )
        for item in row["queries"]
    )
    return Corpus(entries, queries)


def families(path: Path) -> Corpus:
    """Return the office families of one file; different files may hold the same question twice."""
    found = [_family(row, path.stem) for row in _rows(path)]
    return Corpus(
        tuple(entry for each in found for entry in each.entries),
        tuple(query for each in found for query in each.queries),
    )


def pairs(path: Path) -> Corpus:
    """Return the general pairs of one file: each first question an entry, each second one a query."""
    entries: dict[str, Entry] = {}
    queries: list[Query] = []
    for row in _rows(path):
        first, second = str(row["a"]), str(row["b"])
        entry = entries.setdefault(first, Entry(f"{path.stem}:{len(entries)}", first, ""))
        queries.append(Query(second, entry.id if row["same"] else None, f"{path.stem}/{first}"))
    return Corpus(tuple(entries.values()), tuple(queries), office=False)


def materials(folder: Path = FOLDER) -> list[Corpus]:
    """Return every file of the corpus as a knowledge base of its own: the office families, then the pairs."""
    return [
        *(families(path) for path in sorted(folder.glob("families*.jsonl"))),
        *(pairs(path) for path in sorted(folder.glob("pairs*.jsonl"))),
    ]
