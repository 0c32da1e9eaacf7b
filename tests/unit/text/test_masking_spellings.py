"""How people write numbers, measured: 413 invented texts in `data/`, personal data between ⟦kind:…⟧, written before the rules."""

import json
import re
from pathlib import Path

import pytest

from text.masking import findings, mask

_LINES = (Path(__file__).parent / "data" / "masking_spellings.jsonl").read_text(encoding="utf-8").split("\n")
_MARK = re.compile(r"⟦([^:⟧]+):([^⟧]*)⟧")
Span = tuple[str, int, int]


def marked(line: str) -> tuple[str, set[Span]]:
    """Return the text of a line and what is personal in it."""
    text, spans, last = "", set(), 0
    for found in _MARK.finditer(line):
        text += line[last : found.start()]
        spans.add((found[1], len(text), len(text) + len(found[2])))
        text, last = text + found[2], found.end()
    return text + line[last:], spans


CORPUS = [marked(json.loads(line)) for line in _LINES if line]


def measured() -> tuple[float, float, list[str]]:
    """Return recall and precision over spans of exact kind and place, and the lines that failed."""
    right = wanted = given = 0
    wrong = []
    for text, spans in CORPUS:
        found = {(item.kind, item.start, item.end) for item in findings(text)}
        right, wanted, given = right + len(found & spans), wanted + len(spans), given + len(found)
        if found != spans:
            wrong.append(f"{text!r}: {[(k, text[a:b]) for k, a, b in sorted(found ^ spans)]}")
    return right / wanted, right / given, wrong


def test_recall_and_precision() -> None:
    recall, precision, wrong = measured()
    assert len(CORPUS) >= 300
    assert recall >= 0.99, wrong
    assert precision >= 0.98, wrong


@pytest.mark.parametrize(("text", "spans"), CORPUS, ids=range(len(CORPUS)))
def test_masked_once_is_masked(text: str, spans: set[Span]) -> None:
    once = mask(text)
    assert mask(once) == once
