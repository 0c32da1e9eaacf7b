"""What an index holds, and how it is kept on disk so that starting does not take the words apart again."""

import hashlib
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge_base.base.entries import Entry
from knowledge_base.index.postings import Postings, Segment
from knowledge_base.index.vectors import Numbers

_ROOM = Path(__file__).parent.parent
_POSTINGS = ("asks", "wholes")


@dataclass(slots=True)
class Shelf:
    """Everything readers look at. Lists only grow; postings are replaced as a whole, and last."""

    entries: list[Entry | None] = field(default_factory=list)
    slots: dict[str, int] = field(default_factory=dict)
    alive: Numbers = field(default_factory=Numbers)  # 1 for each entry, 0 once it is gone
    units: Numbers = field(default_factory=Numbers)  # the slot of each wording
    asks: Postings = field(default_factory=Postings)
    wholes: Postings = field(default_factory=Postings)


def fingerprint(entry: Entry) -> int:
    """Return 63 bits that change with anything of the entry that is searched."""
    text = "\x00".join((entry.id, *entry.wordings, "\x01", entry.answer))
    return (
        int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big") >> 1
    )


def _form() -> str:
    digest = hashlib.sha256()
    for name in ("rules/lexicon.txt", "base/lexicon.py", "base/terms.py", "index/postings.py"):
        digest.update((_ROOM / name).read_bytes())
    return digest.hexdigest()


def _renumbered(each: Segment, numbers: NDArray[np.int32]) -> Segment:
    """Return the segment with documents renumbered; those that get -1 are left out."""
    docs = numbers[each.docs]
    kept = docs >= 0
    keys = np.repeat(each.keys, np.diff(each.starts))[kept]
    unique, first = np.unique(keys, return_index=True)
    starts = np.append(first, len(keys)).astype(np.int64)
    return Segment(unique, starts, docs[kept], each.weights[kept], int((numbers >= 0).sum()))


def write(shelf: Shelf, path: Path) -> None:
    """Write the shelf without what is gone, in one step."""
    alive = shelf.alive.array() > 0
    slot_numbers = np.where(alive, np.cumsum(alive) - 1, -1).astype(np.int32)
    units = shelf.units.array()
    unit_alive = alive[units]
    unit_numbers = np.where(unit_alive, np.cumsum(unit_alive) - 1, -1).astype(np.int32)
    arrays: dict[str, Any] = {
        "form": np.array(_form()),
        "units": slot_numbers[units[unit_alive]],
        "marks": np.array([fingerprint(e) for e in shelf.entries if e is not None], np.int64),
    }
    for name, numbers in zip(_POSTINGS, (unit_numbers, slot_numbers), strict=True):
        segments = getattr(shelf, name).compacted().segments
        if segments:
            each = _renumbered(segments[0], numbers)
            arrays |= {
                f"{name}.{part}": getattr(each, part) for part in ("keys", "starts", "docs", "weights")
            }
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        np.savez(file, **arrays)
    Path(temporary).replace(path)


def read(path: Path, entries: list[Entry]) -> Shelf | None:
    """Return the shelf written to `path`, holding those of `entries` that are still as they were.

    None if the file is missing, damaged or of another version: everything must then be indexed anew.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            kept = {name: arrays[name] for name in arrays.files}
        if str(kept["form"]) != _form():
            return None
        return _shelf(kept, {fingerprint(entry): entry for entry in entries})
    except Exception:  # a damaged file shows itself in many ways; indexing anew mends them all
        return None


def _shelf(kept: dict[str, Any], by_mark: dict[int, Entry]) -> Shelf:
    shelf = Shelf(units=Numbers(kept["units"].astype(np.int32)))
    shelf.entries = [by_mark.get(int(mark)) for mark in kept["marks"]]
    shelf.alive = Numbers(np.array([entry is not None for entry in shelf.entries], np.int32))
    shelf.slots = {entry.id: slot for slot, entry in enumerate(shelf.entries) if entry is not None}
    sizes = (len(shelf.units), len(shelf.entries))
    units = shelf.units.array()
    if len(units) and (units.max() >= len(shelf.entries) or units.min() < 0):
        raise ValueError("units")
    for name, size in zip(_POSTINGS, sizes, strict=True):
        if f"{name}.keys" in kept:
            keys, starts, docs, weights = (
                kept[f"{name}.{part}"] for part in ("keys", "starts", "docs", "weights")
            )
            if len(docs) and (docs.max() >= size or docs.min() < 0):
                raise ValueError(name)
            if len(starts) != len(keys) + 1 or not starts[-1] == len(docs) == len(weights):
                raise ValueError(name)
            setattr(shelf, name, Postings((Segment(keys, starts, docs, weights, size),)))
    return shelf
