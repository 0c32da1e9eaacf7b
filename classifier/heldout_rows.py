"""The held-out messages: written for this project, never trained on."""

import json
from dataclasses import dataclass
from pathlib import Path

from classifier.corpus import CATEGORIES


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One held-out message. `label` is a category, `chitchat` or `ad`."""

    text: str
    label: str
    flags: frozenset[str]
    topic: str


def read_heldout(path: Path) -> list[HeldOut]:
    """Return the rows of `path`, none if it is absent."""
    if not path.is_file():
        return []
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    flags = ("urgent", "sensitive", "accusation", "ad")
    return [
        HeldOut(r["text"], r["label"], frozenset(f for f in flags if r.get(f)), r.get("topic", ""))
        for r in rows
    ]


def category_rows(path: Path) -> list[tuple[str, str]]:
    """Return text and category of the rows that have a category."""
    return [
        (row.text, row.label)
        for row in read_heldout(path)
        if row.label in CATEGORIES and "ad" not in row.flags
    ]
