"""The training text: well formed, varied, ours alone."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from classifier.errors import CorpusError
from classifier.fit.corpus import CORPUS, CorpusLine, parse_line, read_corpus, read_file
from classifier.fit.heldout_rows import read_heldout
from classifier.fit.near_duplicates import near_duplicates, squeezed
from classifier.labels import CATEGORIES, TOPICS

FOREIGN = Path(__file__).parents[4] / "shared" / "data"
RUN = 12


@pytest.fixture(scope="module")
def corpus() -> list[CorpusLine]:
    return read_corpus()


def test_line_with_title_tags_and_breaks() -> None:
    message = parse_line("[urgent sensitive] 标题 ‖ 第一段⏎第二段", "complaint", "公共安全", "f:1")
    assert message.text == "标题\n第一段\n第二段"
    assert message.title == "标题"
    assert message.flags == {"urgent", "sensitive"}


@pytest.mark.parametrize("line", ["[loud] 太吵", "[urgent]", "‖"])
def test_broken_line_is_refused_with_its_place(line: str) -> None:
    with pytest.raises(CorpusError, match="f:7"):
        parse_line(line, "complaint", "公共安全", "f:7")


def test_file_of_unknown_topic_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "complaint" / "天气.txt"
    path.parent.mkdir()
    path.write_text("下雨了\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="主题"):
        list(read_file(path))


def test_corpus_is_large_and_covers_every_category_and_topic(corpus: list[CorpusLine]) -> None:
    assert len(corpus) >= 3000
    counts = Counter((m.category, m.topic) for m in corpus if m.category)
    assert min(counts[category, topic] for category in CATEGORIES for topic in TOPICS) >= 30
    flags = Counter(flag for m in corpus for flag in m.flags)
    assert min(flags[f] for f in ("urgent", "sensitive", "accusation", "procedure", "chitchat", "ad")) >= 40


def test_every_file_reads_alone() -> None:
    for path in (path for name in (*CATEGORIES, "other") for path in CORPUS.glob(f"{name}/*.txt")):
        assert list(read_file(path)), path


def test_near_duplicate_is_found() -> None:
    pairs = near_duplicates(["南门的路灯坏了一个月没人修", "北门的路灯坏了一个月没人修", "驾驶证怎么换"])
    assert pairs == [(0, 1)]


def test_no_near_duplicates(corpus: list[CorpusLine]) -> None:
    found = near_duplicates([m.text for m in corpus])
    assert [(corpus[a].place, corpus[b].place) for a, b in found] == []


def test_held_out_messages_are_not_in_the_corpus(corpus: list[CorpusLine]) -> None:
    heldout = [row.text for row in read_heldout()]
    texts = [m.text for m in corpus] + heldout
    leaked = [(a, b) for a, b in near_duplicates(texts) if a < len(corpus) <= b]
    assert [(texts[a], texts[b]) for a, b in leaked] == []


def _foreign_texts() -> Iterator[str]:
    for path in sorted(FOREIGN.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield from (
                value for key, value in json.loads(line).items() if isinstance(value, str) and key != "id"
            )


@pytest.mark.skipif(not FOREIGN.is_dir(), reason="shared/data is not beside this checkout")
def test_nothing_is_copied_from_the_real_messages(corpus: list[CorpusLine]) -> None:
    runs: dict[str, list[str]] = defaultdict(list)
    for message in corpus:
        text = squeezed(message.text)
        for start in range(len(text) - RUN + 1):
            runs[text[start : start + RUN]].append(message.place)
    copied = set()
    for text in map(squeezed, _foreign_texts()):
        copied |= {run for start in range(len(text) - RUN + 1) if (run := text[start : start + RUN]) in runs}
    assert {run: runs[run] for run in copied} == {}
