"""Search and publishing at scale, beside bm25s in the same run: `python -m bench.search [ENTRIES] [words|vectors]`.

The entries are those of the shipped corpus moved to invented townships, so that there are many near twins. Their vectors
are invented (`bench.neighbours`): to embed so many texts takes hours. Each part runs in a process of its own, so that
the memory shown is its own too.
"""

import multiprocessing
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

import bm25s
import numpy as np

from bench.neighbours import Stored, neighbours
from knowledge_base.base.entries import Entry
from knowledge_base.base.meaning import load
from knowledge_base.index.search import Index
from knowledge_base.verifier import corpus
from knowledge_base.verifier.corpus_vectors import KeptMeaning
from knowledge_base.verifier.echoes import Echo, echoes_of, joined
from text.normalise import normalise
from text.words import words

PUBLISHED_MS, WORDS_MS, VECTORS_MS, MEMORY_MB = 50.0, 10.0, 40.0, 600  # targets at 100,000 entries
_TIMES, _COMPARED, _TOP = 200, 40, 24


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
    return made, asked[::7] * (1 + _TIMES // (len(asked) // 7))


def milliseconds(deed: Callable[[int], object], times: int = _TIMES) -> tuple[float, float]:
    """Return median and 99th percentile of `times` deeds."""
    spent = []
    for n in range(times):
        start = perf_counter()
        deed(n)
        spent.append((perf_counter() - start) * 1000)
    spent.sort()
    return spent[times // 2], spent[int(times * 0.99)]


def line(name: str, spent: tuple[float, float], more: str) -> None:
    print(f"{name:8} median {spent[0]:.1f} ms, p99 {spent[1]:.1f} ms ({more})", flush=True)


def memory() -> int:
    """Return what this process holds now, in MB."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    return int(status.read_text().partition("VmRSS:")[2].split()[0]) // 1024


def build(count: int, folder: Path) -> None:
    entries, _ = material(count)
    index = Index()
    start = perf_counter()
    for at in range(0, count, 5000):
        index.upsert_many((entry, None) for entry in entries[at : at + 5000])
    print(f"{count} entries indexed in {perf_counter() - start:.1f} s", flush=True)
    index.save(folder / "index.npz")


def by_words(count: int, folder: Path) -> None:
    entries, asked = material(count + _TIMES)
    start = perf_counter()
    index = Index.load(folder / "index.npz", [(entry, None) for entry in entries[:count]])
    print(f"— words alone: loaded in {perf_counter() - start:.1f} s, {memory()} MB")
    line("search", milliseconds(lambda n: index.search(asked[n])), f"target p99 {WORDS_MS:.0f} ms")
    spent = milliseconds(lambda n: index.upsert(entries[count + n]))
    line("publish", spent, f"target {PUBLISHED_MS:.0f} ms")


def by_vectors(count: int, folder: Path) -> None:
    entries, asked = material(count + _TIMES)
    model = load("auto")
    meaning = KeptMeaning(model)
    neighbours(count + _TIMES, corpus.materials()[:3], meaning, folder / "vectors.npy")
    queries = meaning.vectors(asked[:_TIMES])
    vectors = Stored(entries, folder / "vectors.npy")
    start = perf_counter()
    index = Index.load(folder / "index.npz", vectors[:count])
    spent = perf_counter() - start
    new = list(vectors[count:])
    del vectors
    print(f"— with vectors: loaded in {spent:.1f} s, {memory()} MB (target {MEMORY_MB} MB)")
    echoes = joined([echoes_of(each, meaning) for each in corpus.materials()[:3]])

    def sought(n: int) -> None:
        echo = Echo(echoes, queries[n], index)
        echo.rows(index.candidates(asked[n], queries[n : n + 1], _TOP, echo.recalled)[:5])

    found = milliseconds(sought)
    line("search", found, f"with its echoes; target {VECTORS_MS:.0f} ms with the query's own vector")
    if model is not None:
        line("vector", milliseconds(lambda n: model.vectors([asked[n]])), "the query's own")
    line("publish", milliseconds(lambda n: index.upsert(*new[n])), f"target {PUBLISHED_MS:.0f} ms")
    print(f"recall   {recall(index, asked, queries):.4f} of the best {_TOP} by all vectors (target .995)")


def recall(index: Index, asked: Sequence[str], queries: np.ndarray) -> float:
    """Return the share of the best hits by all vectors that the shorter way finds too."""
    same = 0
    for n in range(_COMPARED):
        quick = {hit.entry.id for hit in index.candidates(asked[n], queries[n], _TOP)}
        whole = index.candidates(asked[n], queries[n], len(index))[:_TOP]  # asked for all, it compares all
        same += sum(hit.entry.id in quick for hit in whole)
    return same / (_COMPARED * _TOP)


def peer(count: int, folder: Path) -> None:
    """Time bm25s on the same entries and questions, cut into the same words."""
    entries, asked = material(count)
    retriever = bm25s.BM25()
    texts = [words(normalise(entry.question + entry.answer)) for entry in entries]
    retriever.index(texts, show_progress=False)
    del texts
    print(f"— bm25s: {memory()} MB")
    line(
        "search",
        milliseconds(lambda n: retriever.retrieve([words(normalise(asked[n]))], k=5, show_progress=False)),
        "words alone",
    )


def main(count: int, kinds: Sequence[str] = ("words", "vectors")) -> None:
    parts = [
        build,
        *([by_words] if "words" in kinds else []),
        *([by_vectors] if "vectors" in kinds else []),
        peer,
    ]
    with tempfile.TemporaryDirectory() as folder:
        for part in parts:
            process = multiprocessing.get_context("spawn").Process(target=part, args=(count, Path(folder)))
            process.start()
            process.join()
            if process.exitcode:
                raise SystemExit(f"{part.__name__}: {process.exitcode}")


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    main(
        numbers[0] if numbers else 100_000,
        [w for w in sys.argv[1:] if not w.isdecimal()] or ("words", "vectors"),
    )
