"""The stage keeps what the platforms show, tells who watches, and forgets nothing over a restart."""

import asyncio
from pathlib import Path

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
