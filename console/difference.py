"""What changed between two texts, for the eye: what went is struck out, what came is marked."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from markupsafe import Markup, escape

from text.words import words

_SENTENCES = re.compile(r"[^。！？；\n]*[。！？；\n]?")
_LONGEST = 2400  # words: beyond it whole sentences are compared, so that a page never waits for it


@dataclass(frozen=True, slots=True)
class Difference:
    """The two texts side by side, with `<del>` in the older and `<ins>` in the newer one."""

    before: Markup
    after: Markup
    together: Markup  # both in one text
    same: bool


def difference(before: str, after: str) -> Difference:
    old, new = _parts(before), _parts(after)
    if len(old) + len(new) > _LONGEST:
        old, new = _SENTENCES.findall(before), _SENTENCES.findall(after)
    left, right, both = [], [], []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        went, came = "".join(old[a:b]), "".join(new[c:d])
        if kind == "equal":
            left.append(escape(went))
            right.append(escape(came))
            both.append(escape(came))
            continue
        if went:
            left.append(Markup("<del>{}</del>").format(went))
            both.append(left[-1])
        if came:
            right.append(Markup("<ins>{}</ins>").format(came))
            both.append(right[-1])
    empty = Markup("")
    return Difference(empty.join(left), empty.join(right), empty.join(both), before == after)


def _parts(text: str) -> list[str]:
    """Cut a text into words and what stands between them; nothing of it is lost."""
    parts, place = [], 0
    for word in words(text):
        at = text.find(word, place)
        if at < 0:
            continue
        parts += [*text[place:at], word]
        place = at + len(word)
    return [*parts, *text[place:]]
