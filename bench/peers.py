"""Our search beside libraries, words and vectors apart: `python -m bench.peers PEERS [COUNT …] [ENGINE …]`.

PEERS is the `site-packages` of an environment of their own, into which `pip install bm25s tantivy usearch` put them: the project
needs none of them. The base holds the corpus' own entries and, beyond them, the same moved to invented townships: a question
names no township, so the entry that answers it is the one without. Their vectors are invented (`bench.neighbours`). Each
engine has a process of its own, so that the memory shown is its own too. A figure: share of right entries at the first
place and among five, milliseconds a question, seconds until a saved index answers, megabytes.
"""

import json
import pickle
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from bench.neighbours import Stored, neighbours
from bench.search import material, memory
from knowledge_base.base.entries import Entry
from knowledge_base.base.meaning import load
from knowledge_base.base.terms import analyse
from knowledge_base.index.search import _MEANING_RANK, Index
from knowledge_base.index.vectors import VectorRows
from knowledge_base.verifier import corpus
from knowledge_base.verifier.corpus_vectors import KeptMeaning
from text.normalise import normalise
from text.words import words

COUNTS = (500, 10_000, 100_000)
_ASKED = 200  # questions
_TOP = 5
Search = Callable[[int], Sequence[str]]  # the number of a question → ids, best first


def terms(text: str) -> list[str]:
    """Return what peers are given: jieba's words and all pairs of characters, which serve them best."""
    clean = "".join(char for char in normalise(text) if char.isalnum())
    return [*words(normalise(text)), *(a + b for a, b in pairwise(clean))]


def prepare(count: int, folder: Path) -> None:
    """Write entries, questions with what is expected, terms and vectors to `folder`."""
    families = corpus.materials()[:3]
    own = [entry for part in families for entry in part.entries][:count]
    ids = {entry.id for entry in own}
    queries = [q for part in families for q in part.queries if q.expected in ids]
    queries = queries[:: max(1, len(queries) // _ASKED)][:_ASKED]
    entries = [*own, *material(count)[0][: count - len(own)]]
    meaning = KeptMeaning(load("auto"))
    neighbours(count, families, meaning, folder / "vectors.npy")
    np.save(folder / "asked.npy", meaning.vectors([query.text for query in queries]))
    rows = [(entry.id, terms(entry.question), terms(entry.answer)) for entry in entries]
    asked = [(q.text, q.expected, [*dict.fromkeys(terms(q.text))]) for q in queries]
    (folder / "base.pickle").write_bytes(pickle.dumps((entries, asked, rows)))


def ours(folder: Path, entries: Sequence[Entry], asked: Sequence[tuple[Any, ...]], vectors: bool) -> Search:
    if not (folder / "index.npz").exists():
        index = Index()
        for at in range(0, len(entries), 5_000):
            index.upsert_many((entry, None) for entry in entries[at : at + 5_000])
        index.save(folder / "index.npz")
    stored = Stored(entries, folder / "vectors.npy") if vectors else [(entry, None) for entry in entries]
    start = perf_counter()
    index = Index.load(folder / "index.npz", stored)
    print(f"load {perf_counter() - start:.2f}", file=sys.stderr)
    near = np.load(folder / "asked.npy")
    return lambda n: [
        each.entry.id for each in index.candidates(asked[n][0], near[n] if vectors else None)[:_TOP]
    ]


def own_terms(text: str) -> list[str]:
    """Return the terms that we look at ourselves, ideas as much heavier as a library can be told."""
    taken = analyse(text)
    ideas = [f"k{idea}" for idea in taken.ideas] * 3
    return [
        *(f"w{word}" for word in taken.words),
        *taken.pairs,
        *ideas,
        *(f"u{char}" for char in taken.clean),
    ]


def by_bm25s_with_ours(folder: Path, entries: Sequence[Entry], asked: Sequence[tuple[Any, ...]]) -> Search:
    rows = [(entry.id, own_terms(entry.question), own_terms(entry.answer)) for entry in entries]
    questions = [(text, expected, own_terms(text)) for text, expected, _ in asked]
    return by_bm25s(folder, questions, rows, "bm25s-ours", k1=1.2, b=0.3)


def by_bm25s(
    folder: Path,
    asked: Sequence[tuple[Any, ...]],
    rows: Sequence[tuple[Any, ...]],
    name: str = "bm25s",
    **how: float,
) -> Search:
    import bm25s

    if not (folder / name).exists():
        built = bm25s.BM25(**how)
        built.index([[*question * 3, *answer] for _, question, answer in rows], show_progress=False)
        built.save(folder / name)
    start = perf_counter()
    engine = bm25s.BM25.load(folder / name)
    print(f"load {perf_counter() - start:.2f}", file=sys.stderr)
    known = engine.vocab_dict
    return lambda n: [
        rows[place][0]
        for place in engine.retrieve(
            [[t for t in asked[n][2] if t in known]], k=_TOP, show_progress=False, n_threads=0
        )[0][0]
    ]


def by_tantivy(folder: Path, asked: Sequence[tuple[Any, ...]], rows: Sequence[tuple[Any, ...]]) -> Search:
    import tantivy

    schema = tantivy.SchemaBuilder()
    schema.add_text_field("id", stored=True, tokenizer_name="raw")
    for name in ("question", "answer"):
        schema.add_text_field(name, tokenizer_name="whitespace")
    built, kept = schema.build(), folder / "tantivy"
    fresh = not kept.exists()
    kept.mkdir(exist_ok=True)
    start = perf_counter()
    index = tantivy.Index(built, path=str(kept))
    if fresh:
        writer = index.writer()
        for entry, question, answer in rows:
            document = {"id": entry, "question": " ".join(question), "answer": " ".join(answer)}
            writer.add_document(tantivy.Document(**document))
        writer.commit()
        writer.wait_merging_threads()
        start = perf_counter()
        index = tantivy.Index(built, path=str(kept))
    index.reload()
    searcher = index.searcher()
    print(f"load {perf_counter() - start:.2f}", file=sys.stderr)
    every = tantivy.Query.boolean_query
    should = tantivy.Occur.Should

    def search(n: int) -> list[str]:
        parts = [
            (should, tantivy.Query.boost_query(tantivy.Query.term_query(built, field, term), boost))
            for term in asked[n][2]
            for field, boost in (("question", 3.0), ("answer", 1.0))
        ]
        hits = searcher.search(every(parts), _TOP).hits
        return [searcher.doc(place)["id"][0] for _, place in hits]

    return search


def by_fts5(folder: Path, asked: Sequence[tuple[Any, ...]], rows: Sequence[tuple[Any, ...]]) -> Search:
    kept = folder / "fts5.db"
    fresh = not kept.exists()
    start = perf_counter()
    db = sqlite3.connect(kept)
    if fresh:
        db.execute("CREATE VIRTUAL TABLE kb USING fts5(id UNINDEXED, question, answer)")
        made = ((entry, " ".join(question), " ".join(answer)) for entry, question, answer in rows)
        db.executemany("INSERT INTO kb VALUES (?, ?, ?)", made)
        db.commit()
        start = perf_counter()
    db.execute("SELECT count(*) FROM kb_config").fetchall()
    print(f"load {perf_counter() - start:.2f}", file=sys.stderr)
    order = "SELECT id FROM kb WHERE kb MATCH ? ORDER BY bm25(kb, 0, 3, 1) LIMIT ?"
    return lambda n: [
        found for (found,) in db.execute(order, (" OR ".join(f'"{t}"' for t in asked[n][2]), _TOP))
    ]


def summed(folder: Path) -> np.ndarray:
    """Return one row an entry: both vectors weighed as the order of hits weighs them."""
    both = np.load(folder / "vectors.npy", mmap_mode="r")
    return np.asarray(both[:, 0] * _MEANING_RANK[2] + both[:, 1] * _MEANING_RANK[3], np.float32)


def by_numpy(folder: Path, rows: Sequence[tuple[Any, ...]]) -> Search:
    start = perf_counter()
    base, near = summed(folder), np.load(folder / "asked.npy")
    print(f"load {perf_counter() - start:.2f}", file=sys.stderr)

    def search(n: int) -> list[str]:
        scores = np.vecdot(base, near[n])
        best = np.argpartition(scores, -_TOP)[-_TOP:]
        return [rows[place][0] for place in best[np.argsort(-scores[best])]]

    return search


def by_usearch(folder: Path, rows: Sequence[tuple[Any, ...]]) -> Search:
    from usearch.index import Index as Graph

    kept, near = folder / "usearch", np.load(folder / "asked.npy")
    if not kept.exists():
        base = summed(folder)
        graph = Graph(ndim=base.shape[1], metric="ip", dtype="f16")
        graph.add(np.arange(len(base)), base / np.linalg.norm(base, axis=1).max(), threads=2)
        graph.save(str(kept))
    start = perf_counter()
    loaded = Graph.restore(str(kept))
    print(f"load {perf_counter() - start:.2f}", file=sys.stderr)
    return lambda n: [rows[int(place)][0] for place in loaded.search(near[n], _TOP).keys]


def our_vectors(folder: Path, entries: Sequence[Entry]) -> Search:
    both, near = np.load(folder / "vectors.npy", mmap_mode="r"), np.load(folder / "asked.npy")
    start = perf_counter()
    rows = VectorRows(near.shape[1], _MEANING_RANK[2:])
    for slot in range(len(entries)):
        rows.add(slot, both[slot].astype(np.float32), 1)
    print(f"load {perf_counter() - start:.2f}", file=sys.stderr)
    none = np.zeros(len(entries), np.float32)

    def search(n: int) -> list[str]:
        asked, whole, _ = rows.closeness(near[n], none, 800)
        scores = asked * _MEANING_RANK[2] + whole * _MEANING_RANK[3]
        best = np.argpartition(scores, -_TOP)[-_TOP:]
        return [entries[place].id for place in best[np.argsort(-scores[best])]]

    return search


ENGINES: dict[str, Callable[[Path, list[Any], list[Any], list[Any]], Search]] = {
    "ours, words": lambda f, e, a, _r: ours(f, e, a, False),
    "bm25s": lambda f, _e, a, r: by_bm25s(f, a, r),
    "bm25s, ours": lambda f, e, a, _r: by_bm25s_with_ours(f, e, a),
    "tantivy": lambda f, _e, a, r: by_tantivy(f, a, r),
    "FTS5": lambda f, _e, a, r: by_fts5(f, a, r),
    "ours, vectors": lambda f, e, _a, _r: our_vectors(f, e),
    "NumPy": lambda f, _e, _a, r: by_numpy(f, r),
    "usearch": lambda f, _e, _a, r: by_usearch(f, r),
    "ours, both": lambda f, e, a, _r: ours(f, e, a, True),
}


def measure(name: str, folder: Path) -> None:
    """Print one line of figures for an engine whose index is there already or is made first."""
    entries, asked, rows = pickle.loads((folder / "base.pickle").read_bytes())  # noqa: S301 - written a moment ago
    held = memory()
    search = ENGINES[name](folder, entries, asked, rows)
    grown = memory() - held
    search(0)
    spent, firsts, fives = [], 0, 0
    for n, (_, expected, _) in enumerate(asked):
        start = perf_counter()
        found = list(search(n))
        spent.append((perf_counter() - start) * 1_000)
        firsts += found[:1] == [expected]
        fives += expected in found
    spent.sort()
    figures = {"recall@1": firsts / len(asked), "recall@5": fives / len(asked), "median": spent[len(spent) // 2],
               "p99": spent[int(len(spent) * 0.99)], "MB": grown}  # fmt: skip
    print(
        f"{len(entries):7} {name:14} " + json.dumps({key: round(value, 3) for key, value in figures.items()})
    )


def main(peers: str, counts: Sequence[int], engines: Sequence[str]) -> None:
    for count in counts:
        with tempfile.TemporaryDirectory() as place:
            prepare(count, Path(place))
            for name in engines:
                for _made_then_loaded in range(2):
                    told = subprocess.run(
                        [sys.executable, "-m", "bench.peers", peers, "--one", name, place],
                        capture_output=True, text=True, check=False,
                    )  # fmt: skip
                    if told.returncode:
                        sys.exit(told.stderr)
                loads = [line for line in told.stderr.splitlines() if line.startswith("load ")]
                print(told.stdout.strip(), loads[-1] if loads else "", flush=True)


if __name__ == "__main__":
    sys.path.append(sys.argv[1])
    if sys.argv[2:3] == ["--one"]:
        measure(sys.argv[3], Path(sys.argv[4]))
    else:
        named = [each for each in sys.argv[2:] if each in ENGINES]
        main(
            sys.argv[1],
            [int(each) for each in sys.argv[2:] if each.isdigit()] or COUNTS,
            named or list(ENGINES),
        )
