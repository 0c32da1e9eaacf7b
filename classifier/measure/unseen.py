"""Rows that a model never saw: what of the corpora is of a writer, and what is left without it."""

from collections.abc import Collection, Iterator, Sequence

from classifier.fit.corpus import CorpusLine, read_accusations, read_corpus, read_danger, read_supplements
from classifier.fit.fitter import Example

# Each of these writes what comes in every day, dangers among it, and tells of every flag.
EVERYDAY = ("writer-11", "writer-12", "writer-14", "writer-15")
# Left out together: two at once, so that it is done in minutes. Plain cries, answers and bare names never are.
GROUPS = (
    ("writer-1", "writer-6"), ("writer-2", "writer-7"), ("writer-3", "writer-8"), ("writer-9", "writer-10"),
    *((writer,) for writer in EVERYDAY), ("writer-16",),
)  # fmt: skip


def written_by(writers: Collection[str]) -> list[CorpusLine]:
    """Return every line of the corpora that one of `writers` wrote, each text once."""
    told = [*read_danger(), *read_accusations(), *read_corpus(), *read_supplements()]
    return list({line.text: line for line in told if line.writer in writers}.values())


def without(rows: Sequence[Example], lines: Sequence[CorpusLine]) -> list[Example]:
    """Return `rows` less what `lines` say, alone or with something beside it."""
    theirs = {line.text.rstrip("。.") for line in lines}
    return [
        row
        for row in rows
        if row.text.rstrip("。.") not in theirs
        and not (row.aside and any(told in theirs for told in _told(row.text)))
    ]


def _told(text: str) -> Iterator[str]:
    """Yield what may have been told in `text` before an aside was put to it."""
    for place, mark in enumerate(text):
        if mark == "，":
            yield text[:place]
            yield text[place + 1 :]
