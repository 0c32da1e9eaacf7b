"""Files of training text, each written by hand here: what is read of them, and what is refused with its place."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import ClassifierError, CorpusError, ModelError
from classifier.fit import corpus
from classifier.fit.corpus import (
    CorpusLine,
    parse_line,
    read_accusations,
    read_asides,
    read_corpus,
    read_danger,
    read_file,
    read_hard,
)
from classifier.fit.fitter import Example, examples, with_asides
from classifier.fit.heldout_rows import category_rows, read_heldout
from classifier.fit.second_fit import second_stage
from classifier.fit.sentence_vectors import kept, save, vector_of
from classifier.fit.source import source_hash
from classifier.labels import CATEGORIES, DANGERS, TOPICS
from classifier.model.linear import Floats

WORDS = st.text("路灯坏了没人修请问怎么办", min_size=1, max_size=12)
TAGS = st.sets(st.sampled_from(sorted(corpus.TAGS)))


def file(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


@given(WORDS, WORDS, TAGS, st.booleans())
def test_a_line_is_read_as_it_was_meant(first: str, second: str, tags: set[str], titled: bool) -> None:
    head = f"[{' '.join(sorted(tags))}] " if tags else ""
    mark = " ‖ " if titled else "⏎"
    found = parse_line(f"{head}{first}{mark}{second}", "complaint", "公共安全", "f:1")
    assert (found.text, found.flags) == (f"{first}\n{second}", tags)
    assert found.title == first and (found.category, found.topic) == ("complaint", "公共安全")
    apart = "".join(f"[{tag}] " for tag in sorted(tags))
    assert parse_line(f"{apart}{first}", "complaint", "公共安全", "f:1").flags == tags


@pytest.mark.parametrize(
    ("line", "word"),
    [("[loud] 太吵", "loud"), ("[urgent loud] 太吵", "loud"),
    ("[urgent]", "没有内容"), ("‖", "没有内容"), ("⏎", "没有内容"), ("", "没有内容")],
)  # fmt: skip
def test_a_line_that_breaks_the_format_is_refused_at_its_place(line: str, word: str) -> None:
    with pytest.raises(CorpusError, match=word) as told:
        parse_line(line, "complaint", "公共安全", "complaint/公共安全.txt:9")
    assert "公共安全.txt:9" in str(told.value) and isinstance(told.value, ClassifierError)


def test_what_is_neither_is_marked_by_its_file(tmp_path: Path) -> None:
    (found,) = read_file(file(tmp_path, "other/chitchat.txt", "# 注释\n\n你好\n"))
    assert (found.category, found.topic, found.flags, found.place) == (
        "",
        "",
        {"chitchat"},
        "other/chitchat.txt:3",
    )


@pytest.mark.parametrize(
    "name", ["complaint/天气.txt", "other/公共安全.txt", "nonsense/公共安全.txt", "complaint/chitchat.txt"]
)
def test_a_file_at_the_wrong_place_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CorpusError, match="类别"):
        list(read_file(file(tmp_path, name, "下雨了\n")))


def test_a_corpus_is_read_in_one_order_and_none_is_an_error(tmp_path: Path) -> None:
    for name in ("praise/公共安全.txt", "complaint/交通运输.txt", "complaint/公共安全.txt", "other/ad.txt"):
        file(tmp_path, name, f"{name}\n")
    found = [message.text for message in read_corpus(tmp_path)]
    order = [*CATEGORIES, "other"]
    assert found == sorted(found, key=lambda text: (order.index(text.split("/")[0]), text))
    with pytest.raises(CorpusError, match="安装"):
        read_corpus(tmp_path / "nothing")


def test_a_danger_says_only_what_its_corpus_says(tmp_path: Path) -> None:
    file(tmp_path, "danger/writer-1/present/fire.txt", "[喊] 着火了⏎快来\n\n")
    file(tmp_path, "danger/writer-1/present/suicide.txt", "[喊] 不想活了\n")
    file(tmp_path, "danger/writer-1/present/crowd.txt", "[喊] 在超市门口打起来了\n[喊] 打起来了\n")
    file(tmp_path, "danger/writer-1/calm/words.txt", "[话] 手机丢了\n")
    file(tmp_path, "danger/writer-1/calm/fire.txt", "[演习] 消防演习几点\n")
    told = [m for m in read_danger(tmp_path) if m.text not in {"打起来了", "手机丢了"}]
    by_kind = {(m.danger or "calm"): m for m in told}
    assert (
        by_kind["fire"].text == "着火了\n快来"
        and by_kind["fire"].flags == {"urgent"}
        and by_kind["fire"].category == "complaint"
    )
    assert by_kind["suicide"].flags == {"urgent", "sensitive"}
    assert by_kind["crowd"].known == {"urgent", "chitchat", "ad", "accusation"}  # sensitive or not: not said
    assert (
        by_kind["calm"].flags == frozenset()
        and by_kind["calm"].category == ""
        and "sensitive" in (by_kind["calm"].known or ())
    )
    assert {m.writer for m in by_kind.values()} == {"writer-1"} and {m.own for m in by_kind.values()} == {
        "danger"
    }
    few = [m for m in read_danger(tmp_path) if m.text in {"打起来了", "手机丢了"}]
    assert [m.known for m in few] == [{"urgent"}] * 2  # so few words deny nothing


@pytest.mark.parametrize(
    ("name", "content", "read"),
    [
        ("danger/w/present/fire.txt", "着火了\n", read_danger),
        ("danger/w/present/fire.txt", "[喊]着火了\n", read_danger), ("danger/w/present/fire.txt", "[喊] \n", read_danger),
        ("danger/w/present/rain.txt", "[喊] 下雨\n", read_danger),
        ("danger/w/perhaps/fire.txt", "[喊] 着火\n", read_danger), ("danger/asides.txt", "谢谢\n", read_asides),
    ],
)  # fmt: skip
def test_a_corpus_of_its_own_is_checked_line_by_line(
    tmp_path: Path, name: str, content: str, read: Callable[[Path], object]
) -> None:
    with pytest.raises(CorpusError):
        read(file(tmp_path, name, content) and tmp_path)


def test_asides_are_of_two_sorts(tmp_path: Path) -> None:
    file(tmp_path, "danger/asides.txt", "# 注释\n= 谢谢\n! 里面还有人\n= 麻烦了\n")
    assert read_asides(tmp_path) == (("谢谢", "麻烦了"), ("里面还有人",))


def test_accusations_and_hard_ones_know_what_they_know(tmp_path: Path) -> None:
    for side in ("open", "veiled", "sensitive", "ordinary"):
        file(tmp_path, f"accusation/{side}.txt", f"[甲] {side}\n")
    found = {m.text: m for m in read_accusations(tmp_path)}
    assert [found[side].flags for side in ("open", "veiled", "sensitive", "ordinary")] == [
        {"accusation"},
        {"accusation"},
        {"sensitive"},
        set(),
    ]
    assert all("accusation" in (m.known or ()) and m.own == "accusation" for m in found.values())
    for category in CATEGORIES:
        file(tmp_path, f"hard/{category}.txt", f"{category}一\n\n{category}二\n")
    hard = read_hard(tmp_path)
    assert [m.category for m in hard] == [category for category in CATEGORIES for _ in "12"] and {
        m.topic for m in hard
    } == {""}


def test_the_shipped_corpora_keep_their_own_rules() -> None:
    anywhere, beside = read_asides()
    assert anywhere and beside and not set(anywhere) & set(beside)
    assert {m.danger for m in read_danger()} - {""} == set(DANGERS)
    assert {m.topic for m in read_corpus()} - {""} == set(TOPICS)
    assert len(source_hash()) == 16 and source_hash() == source_hash()


def message(text: str, **more: object) -> CorpusLine:
    return CorpusLine(text, "complaint", "公共安全", frozenset(), "f:1", **more)  # type: ignore[arg-type]


def test_of_a_letter_title_and_body_are_learnt_too_but_tell_no_flag() -> None:
    rows = examples([message("题目\n正文一段"), message("没有题目"), message("题" * 61 + "\n正文")])
    assert [row.text for row in rows] == [
        "题目\n正文一段",
        "题目",
        "正文一段",
        "没有题目",
        "题" * 61 + "\n正文",
    ]
    assert [row.whole for row in rows] == [True, False, False, True, True]
    assert [row.tells("urgent") for row in rows] == [row.whole for row in rows]
    assert examples([message("甲", known=frozenset({"ad"}))])[0].tells("ad")
    assert not examples([message("甲", known=frozenset({"ad"}))])[0].tells("urgent")


def danger_row(text: str, urgent: bool = True) -> Example:
    return Example(
        text,
        "complaint",
        "",
        frozenset({"urgent"} if urgent else ()),
        1.0,
        danger="fire" if urgent else "",
        own="danger",
    )


@given(st.lists(WORDS, min_size=1, max_size=6, unique=True))
def test_a_danger_told_with_an_aside_stays_one_and_calm_stays_calm(texts: list[str]) -> None:
    rows = [danger_row(text, i % 2 == 0) for i, text in enumerate(texts)]
    told = with_asides(rows)
    anywhere, beside = read_asides()
    assert len(told) == len(rows) and with_asides(rows) == told
    for row, again in zip(rows, told, strict=True):
        assert row.text.rstrip("。.") in again.text and again.flags == row.flags and again.aside
        assert (again.category, again.topic, again.known) == (
            "",
            "",
            {"urgent"},
        ) and again.weight < row.weight + 1e-9
        rest = again.text.replace(row.text.rstrip("。."), "", 1).strip("，")
        assert rest in (anywhere + beside if "urgent" in row.flags else anywhere)


def test_long_texts_and_those_that_do_not_tell_of_danger_are_told_once() -> None:
    assert with_asides([danger_row("长" * 500)]) == []
    assert with_asides([Example("甲", "complaint", "", frozenset(), 1.0, whole=False)]) == []
    assert with_asides([Example("甲", "", "", frozenset({"chitchat"}), 1.0)]) == []


@given(st.integers(1, 20), st.integers(0, 1000))
def test_kept_vectors_come_back_with_their_texts(
    tmp_path_factory: pytest.TempPathFactory, count: int, seed: int
) -> None:
    folder = tmp_path_factory.mktemp("vectors")
    rows = np.random.default_rng(seed).standard_normal((count, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    save("fixed", [f"第{i}条" for i in range(count)], rows * 0.4, folder)
    name, found = kept(folder)
    assert name == "fixed" and len(found) == count
    for i in range(count):
        row = vector_of(f"第{i}条", found)
        assert row is not None and float(row @ rows[i]) > 0.999
    assert kept(folder / "nothing") == ("", {})


def vectors_of(texts: Sequence[str]) -> dict[str, Floats]:
    return {text: np.eye(4, dtype=np.float32)[i % 4] for i, text in enumerate(texts)}


@pytest.mark.parametrize(
    ("texts", "categories", "chat"),
    [([], [], []), (["没有向量的一句"] * 60, ["praise"] * 60, [True] * 60)],
)
def test_too_few_examples_make_no_second_stage(
    texts: list[str], categories: list[str], chat: list[bool]
) -> None:
    assert second_stage(texts, categories, chat, [True] * len(texts), {}) is None


def test_a_second_stage_is_fitted_to_what_is_kept() -> None:
    some = [m for m in read_corpus() if len(m.text) <= 30][::20]
    from classifier.reading.read import read

    stage = second_stage(
        [read(m.text).text for m in some],
        [m.category for m in some],
        ["chitchat" in m.flags for m in some],
        [True] * len(some),
        {"urgent": [("urgent" in m.flags, 1.0) for m in some]},
    )
    assert stage is not None and stage.coef.shape == (384, 5) and np.isfinite(stage.coef).all()
    assert stage.intercept.dtype == np.float32 and stage.embedder


def test_held_out_rows_have_labels_and_ads_are_no_category() -> None:
    rows = read_heldout()
    assert {row.label for row in rows} <= {*CATEGORIES, "chitchat", "ad"} and read_heldout("nothing") == []
    assert all(label in CATEGORIES and text for text, label in category_rows())
    assert len(category_rows()) < len(rows) and issubclass(ModelError, ClassifierError)


def test_a_comment_says_who_wrote_what_follows_and_the_kind_says_a_category(tmp_path: Path) -> None:
    for side in ("open", "veiled", "sensitive"):
        file(tmp_path, f"accusation/{side}.txt", f"[plain] {side}里的一句\n")
    file(
        tmp_path,
        "accusation/ordinary.txt",
        "[ask] 举报电话多少\n# writer-12\n[attitude] 窗口的人凶\n# 一句注释\n[group] 我们去跳舞\n",
    )
    found = {m.text: m for m in read_accusations(tmp_path)}
    assert found["举报电话多少"].category == "advice_inquiry" and found["窗口的人凶"].category == "complaint"
    assert found["veiled里的一句"].category == "complaint" and not found["sensitive里的一句"].category
    assert not found["我们去跳舞"].category
    assert [found[text].writer for text in ("举报电话多少", "窗口的人凶", "我们去跳舞")] == [
        "", "writer-12", "writer-12",
    ]  # fmt: skip
