"""The stage keeps what the platforms show, tells who watches, and forgets nothing over a restart."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.stage import Stage


def test_since_gives_only_what_changed_in_the_order_of_change() -> None:
    stage = Stage()
    stage.put("chat", "a", {"n": 1})
    seen = stage.put("chat", "b", {"n": 2}).seq
    stage.put("chat", "a", {"n": 3})
    assert [(item.key, item.body["n"]) for item in stage.since(seen)] == [("a", 3)]
    assert [item.key for item in stage.since(0)] == ["b", "a"]


def test_a_restart_finds_everything_again(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "new" / "stage.db")
    stage.add("phone", {"text": "您好 👍"})
    stage.put("chat", "1:2", {"text": "before"})
    last = stage.put("chat", "1:2", {"text": "after"}).seq
    again = Stage(tmp_path / "new" / "stage.db")
    assert again.get("chat", "1:2") == {"text": "after"}
    assert [item.body["text"] for item in again.of("phone")] == ["您好 👍"]
    assert again.put("chat", "1:3", {}).seq == last + 1


async def test_a_watcher_wakes_on_the_change_and_on_the_end() -> None:
    stage = Stage()
    watching = asyncio.create_task(stage.changed(0, 5))
    await asyncio.sleep(0)
    stage.put("clock", "now", {"now": 1})
    assert [item.stream for item in await watching] == ["clock"]
    assert [item.stream for item in await stage.changed(0, 5)] == ["clock"], "news that is already there"
    waiting = asyncio.create_task(stage.changed(stage.seq, 5))
    await asyncio.sleep(0)
    stage.end()
    assert await waiting == []
    assert stage.ended


async def test_nothing_new_ends_the_wait() -> None:
    stage = Stage()
    stage.put("clock", "now", {})
    assert await stage.changed(stage.seq, 0.01) == []


@given(
    st.lists(
        st.tuples(st.sampled_from(["phone", "chat"]), st.sampled_from("abc"), st.integers()), max_size=30
    ),
    st.integers(0, 30),
)
def test_whatever_is_put_the_newest_of_each_is_kept_in_the_order_of_its_last_change(
    puts: list[tuple[str, str, int]], seen: int
) -> None:
    stage = Stage()
    last: dict[tuple[str, str], tuple[int, int]] = {}
    for seq, (stream, key, n) in enumerate(puts, 1):
        assert stage.put(stream, key, {"n": n}).seq == seq == stage.seq
        last[stream, key] = (seq, n)
    due = sorted((seq, stream, key, n) for (stream, key), (seq, n) in last.items() if seq > seen)
    assert [(i.seq, i.stream, i.key, i.body["n"]) for i in stage.since(seen)] == due
    for stream in ("phone", "chat"):
        kept = sorted((seq, key) for (of, key), (seq, _) in last.items() if of == stream)
        assert [(item.seq, item.key) for item in stage.of(stream)] == kept


@pytest.mark.parametrize("odd", ["", "</script>", "'; DROP TABLE item; --", "两\u2028行", "\x00"])
def test_what_people_write_is_kept_as_it_is(tmp_path: Path, odd: str) -> None:
    file = tmp_path / "stage.db"
    Stage(file).put("chat", odd or "empty", {"text": odd})
    assert Stage(file).get("chat", odd or "empty") == {"text": odd}


def test_a_stage_that_keeps_nothing_begins_empty() -> None:
    Stage().add("phone", {"text": "x"})
    assert Stage().since(0) == [] and Stage().get("phone", "1") is None


async def test_many_watchers_wake_together_and_none_is_kept(tmp_path: Path) -> None:
    stage = Stage()
    watching = [asyncio.create_task(stage.changed(0, 5)) for _ in range(20)]
    await asyncio.sleep(0)
    leaving = watching.pop()
    leaving.cancel()
    stage.put("clock", "now", {"now": 1})
    assert [len(news) for news in await asyncio.gather(*watching)] == [1] * 19
    await asyncio.gather(leaving, return_exceptions=True)
    assert stage._watchers == set(), "a page that was shut is told nothing more"
