"""A second corpus, by a writer who had not seen the patterns: 207 spellings and 248 texts that only look alike.

Measured before anything was mended: recall 0.899, precision 0.989 (numbers alone: 0.948). It has been seen since,
so it holds the line and proves nothing new. An address counts as hidden when the part that leads to the door is:
the estate and the road are needed to deal with the matter. A building alone (〔楼栋〕) is masked by rule.

The part `closed` is a third corpus, odder on purpose, written before its writer had read the patterns and opened once
after the kinds were mended: recall 0.780 before, 0.946 then, precision 0.993 and 0.994.

`kinds` widens every kind by hand, before its patterns: 505 spellings, of which 0.567 were hidden then, and 309 look-alikes;
143 more after those, of which 0.79 were.
`third` was written by somebody who had seen neither patterns nor corpora, and opened once after that: 250 secrets, recall 0.888,
precision 0.991; its kinds were mended afterwards.
"""

import json
import re
from pathlib import Path

from text.masking import BUILDING, NAME, findings

_DATA = Path(__file__).parent / "data" / "masking_unseen.jsonl"
_MARK = re.compile(r"⟦([^:⟧]+):([^⟧]*)⟧")
_NUMBER = re.compile(
    r"[0-9０-９A-Za-z⓪①-⑳]+|[零〇一二三四五六七八九十百壹贰叁肆伍陆柒捌玖]{2,}|西屋|东屋|[东西]户|左手边|[零〇一二三四五六七八九十](?=号|室|户)"
)


def marked(line: str) -> tuple[str, list[tuple[str, int, int]]]:
    text, spans, last = "", [], 0
    for found in _MARK.finditer(line):
        text += line[last : found.start()]
        spans.append((found[1], len(text), len(text) + len(found[2])))
        text, last = text + found[2], found.end()
    return text + line[last:], spans


def to_hide(text: str, kind: str, start: int, end: int) -> range:
    if kind != "住址":
        return range(start, end)
    door = list(_NUMBER.finditer(text, start, end))[-1]
    return range(door.start(), door.end())


def measured(part: str) -> tuple[int, list[str], list[str]]:
    """Return how many spans are marked, which of them show, and what was hidden that is none."""
    wanted, shown, needless = 0, [], []
    for line in _DATA.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["part"] not in (part, "like"):
            continue
        text, spans = marked(row["text"])
        found = findings(text)
        hidden = {at for one in found for at in range(one.start, one.end)}
        wanted += len(spans)
        for kind, start, end in spans:
            if any(text[at].isalnum() and at not in hidden for at in to_hide(text, kind, start, end)):
                shown.append(f"{kind} {text[start:end]!r}")
        personal = {at for _, start, end in spans for at in range(start, end)}
        needless += [
            f"{one.kind} {one.text!r} in {text!r}"
            for one in found
            if one.kind not in (BUILDING, NAME) and personal.isdisjoint(range(one.start, one.end))
        ]
    return wanted, shown, needless


def test_mobile_identity_bank_and_home() -> None:
    wanted, shown, needless = measured("said")
    assert wanted >= 200
    assert (wanted - len(shown)) / wanted >= 0.99, shown
    assert not needless


def test_what_else_leads_to_a_person() -> None:
    wanted, shown, _ = measured("beyond")
    assert wanted == 30
    assert len(shown) <= 3, shown


def test_each_kind_in_many_more_spellings() -> None:
    wanted, shown, needless = measured("kinds")
    assert wanted >= 500
    assert (wanted - len(shown)) / wanted >= 0.99, shown
    assert not needless


def test_the_third_writer_s_spellings() -> None:
    wanted, shown, needless = measured("third")
    assert wanted == 250
    assert (wanted - len(shown)) / wanted >= 0.97, shown
    assert not needless


def test_the_odder_spellings_of_the_closed_corpus() -> None:
    wanted, shown, needless = measured("closed")
    assert wanted >= 180
    assert (wanted - len(shown)) / wanted >= 0.97, shown
    assert not needless
