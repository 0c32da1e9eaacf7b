"""Wordings that tell what a writer wants, grouped by what they mean (rules/cues.txt).

A group is a feature of its own, so a wording never seen in training still speaks for its group.
"""

from pathlib import Path

_FILE = Path(__file__).parents[1] / "rules" / "cues.txt"


def _read(path: Path) -> dict[str, tuple[str, ...]]:
    """Return phrase → groups. A line that starts with a space goes on with the group above it."""
    phrases: dict[str, tuple[str, ...]] = {}
    group = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if not line.startswith(" "):
            group, _, line = line.partition(":")  # noqa: PLW2901 - the rest of the line is read the same way
        for phrase in line.split():
            phrases[phrase] = tuple(dict.fromkeys((*phrases.get(phrase, ()), group)))
    return phrases


PHRASES = _read(_FILE)
LENGTHS: dict[str, tuple[int, ...]] = {  # of the phrases that begin with a character
    first: tuple(sorted({len(phrase) for phrase in PHRASES if phrase[0] == first}))
    for first in {phrase[0] for phrase in PHRASES}
}
