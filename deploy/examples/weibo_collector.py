"""A collector for Weibo in front of 回音: files comments, posts released answers as replies, each once.

    HUIYIN_ADDRESS=… HUIYIN_SOURCE_KEY=… python weibo_collector.py state/

Put the platform's own interface behind `Weibo`; `FakeWeibo` stands in for it in tests and while trying things out.
"""

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from huiyin_client import Client, Refused

LONGEST = 140  # characters of one comment


@dataclass(frozen=True)
class WeiboComment:
    id: str
    user: str
    text: str
    at: str  # ISO 8601


class Weibo(Protocol):
    def new_comments(self) -> list[WeiboComment]: ...
    def reply(self, comment_id: str, text: str) -> None: ...


@dataclass
class FakeWeibo:
    """The platform for tests: what stands in `waiting` is new once, what was replied is in `replies`."""

    waiting: list[WeiboComment] = field(default_factory=list)
    replies: list[tuple[str, str]] = field(default_factory=list)

    def new_comments(self) -> list[WeiboComment]:
        return list(self.waiting)

    def reply(self, comment_id: str, text: str) -> None:
        self.replies.append((comment_id, text))


def parts(text: str) -> Iterator[str]:
    for start in range(0, len(text), LONGEST):
        yield text[start : start + LONGEST]


@dataclass
class Collector:
    weibo: Weibo
    client: Client
    folder: Path  # keeps the cursor, the comment behind each case, and the cursors dealt with

    def turn(self) -> None:
        """File what is new and post what was released."""
        self.folder.mkdir(exist_ok=True)
        for comment in self.weibo.new_comments():
            try:
                taken = self.client.send(comment.id, comment.user, comment.text, sent_at=comment.at)
            except Refused as refused:
                sys.stderr.write(f"{comment.id}: {refused}\n")
                continue
            if "no" in taken:
                (self.folder / taken["no"]).write_text(comment.id)
        self.client.collect(self.folder / "cursor", self._post)

    def _post(self, answer: dict[str, Any]) -> None:
        done, behind = self.folder / f"done-{answer['cursor']}", self.folder / answer["no"]
        if answer["kind"] == "notice" or done.exists() or not behind.exists():
            return
        done.touch()
        for part in parts(answer["text"]):
            self.weibo.reply(behind.read_text(), part)


if __name__ == "__main__":
    collector = Collector(
        FakeWeibo(), Client(os.environ["HUIYIN_ADDRESS"], os.environ["HUIYIN_SOURCE_KEY"]), Path(sys.argv[1])
    )
    while True:
        collector.turn()
        time.sleep(60)
