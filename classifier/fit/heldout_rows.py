"""The held-out messages: written for this project, never trained on."""

import json
from dataclasses import dataclass
from pathlib import Path

from classifier.labels import CATEGORIES

HELDOUT = Path(__file__).parents[1] / "heldout"
_FLAGS = ("urgent", "sensitive", "accusation", "ad")


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One held-out message. `label` is a category, `chitchat`, `ad`, or empty where only flags are told."""

    text: str
    label: str
    flags: frozenset[str]
    topic: str


def read_heldout(name: str = "*") -> list[HeldOut]:
    """Return the rows of the files of that name (`short_chat_*`, `letters`), none where there is none."""
    files = sorted(HELDOUT.glob(f"{name}.jsonl"))
    rows = [
        json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines() if line
    ]
    return [
        HeldOut(
            _text(r),
            r.get("label") or r.get("category", ""),
            frozenset(f for f in _FLAGS if r.get(f)),
            r.get("topic", ""),
        )
        for r in rows
    ]


def _text(row: dict[str, str]) -> str:
    return f"{row['title']}\n{row['text']}" if row.get("title") else row["text"]


def category_rows(name: str = "*") -> list[tuple[str, str]]:
    """Return text and category of the rows that have a category."""
    return [
        (row.text, row.label)
        for row in read_heldout(name)
        if row.label in CATEGORIES and "ad" not in row.flags
    ]
