"""Search and publishing at scale, beside bm25s in the same run: `python -m bench.search [ENTRIES]`.

The entries are those of the shipped corpus moved to invented townships, so that there are many near twins.
"""

import random
import sys
from collections.abc import Callable, Sequence
from time import perf_counter

import bm25s

from knowledge_base import corpus
from knowledge_base.entries import Entry
from knowledge_base.search import Index
from text.normalise import normalise
from text.words import words

PUBLISHED_MS, SEARCH_MS = 50.0, 10.0  # targets at 100,000 entries, words alone


def material(count: int) -> tuple[list[Entry], list[str]]:
    """Return `count` entries and the questions that citizens ask about such matters."""
    families = corpus.materials()[:3]
    base = [entry for part in families for entry in part.entries]
    asked = [query.text for part in families for query in part.queries]
    draw = random.Random(1)
    names = ["".join(draw.choices("松柏桃李江河湖海山川云雨", k=3)) + "镇" for _ in range(count)]
    made = [
        Entry(f"e{n}", name + base[n % len(base)].question, f"{name}：{base[n % len(base)].answer}")
        for n, name in enumerate(names)
    ]
    return made, asked


def milliseconds(deed: Callable[[int], object], times: int) -> tuple[float, float]:
    """Return median and 99th percentile of `times` deeds."""
    spent = []
    for n in range(times):
        start = perf_counter()
        deed(n)
        spent.append((perf_counter() - start) * 1000)
    spent.sort()
    return spent[times // 2], spent[int(times * 0.99)]


def peer(entries: Sequence[Entry], asked: Sequence[str]) -> tuple[float, float]:
    """Return bm25s's times for the same questions, cut into the same words."""
    retriever = bm25s.BM25()
    retriever.index(
        [words(normalise(entry.question + entry.answer)) for entry in entries], show_progress=False
    )
    return milliseconds(
        lambda n: retriever.retrieve([words(normalise(asked[n * 7 % len(asked)]))], k=5, show_progress=False),
        200,
    )


def main(count: int) -> None:
    entries, asked = material(count)
    index = Index()
    start = perf_counter()
    for at in range(0, count, 5000):
        index.upsert_many((entry, None) for entry in entries[at : at + 5000])
    print(f"{count} entries indexed in {perf_counter() - start:.1f} s")
    mine = milliseconds(lambda n: index.search(asked[n * 7 % len(asked)]), 200)
    print(f"search   median {mine[0]:.1f} ms, p99 {mine[1]:.1f} ms (target p99 {SEARCH_MS:.0f} ms)")
    other = peer(entries, asked)
    print(
        f"bm25s    median {other[0]:.1f} ms, p99 {other[1]:.1f} ms; ours takes {mine[0] / other[0]:.2f} of its median"
    )
    new, _ = material(count + 200)
    publish = milliseconds(lambda n: index.upsert(new[count + n]), 200)
    print(f"publish  median {publish[0]:.1f} ms, p99 {publish[1]:.1f} ms (target {PUBLISHED_MS:.0f} ms)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
