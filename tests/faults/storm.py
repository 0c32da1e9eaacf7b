"""The real program, killed again and again while citizens write and staff answer; then what became of it all.

`python -m tests.faults.storm KILLS` runs it alone: the program is a process like any other, killed with SIGKILL.
"""

import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from cases.register.store import Store
from cases.register.vault import Vault
from tests.faults.oracle import NUMBER, Oracle
from tests.flow.program import HANDLERS, Office, Program, office, until

MATTERS = (
    "路灯坏了两个月没人修",
    "小区门口的井盖破了",
    "请问居住证怎么办理",
    "公交站牌歪了",
    "垃圾没有人清运",
)
QUIET = 90.0  # seconds that everything may take to come to rest after the last kill


@dataclass
class Storm:
    """Citizens and staff at work on a program that dies at random moments."""

    here: Office
    seed: int
    oracle: Oracle = field(default_factory=Oracle)
    over: threading.Event = field(default_factory=threading.Event)
    kills: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def program(self) -> Program:
        return self.here.program

    def rage(
        self, kills: int, told: Callable[[str], None] = lambda _line: None, *, lasting: float = 0.0
    ) -> None:
        """Kill the program so many times, each at a moment drawn by chance, from its birth on; then go on a while."""
        chance = random.Random(self.seed)
        threads = [threading.Thread(target=self._citizen, args=(n,)) for n in range(4)]
        threads.append(threading.Thread(target=self._staff))
        for thread in threads:
            thread.start()
        try:
            for self.kills in range(1, kills + 1):
                if chance.random() < 0.85:  # else it dies while it starts
                    self.program.ready()
                time.sleep(chance.expovariate(1 / 0.7))
                self.program.kill()
                self.program.begin()
                if self.kills % 20 == 0:
                    told(
                        f"{self.kills} kills, {len(self.oracle.heard)} of {len(self.oracle.written)} letters heard"
                    )
            self.program.ready()
            time.sleep(lasting)
        finally:
            self.over.set()
            for thread in threads:
                thread.join(60)

    def _citizen(self, which: int) -> None:
        """Writes letter after letter; the platform pushes what was not answered again, as it does thrice at least."""
        chance, openid = random.Random(self.seed * 100 + which), f"citizen-{which}"
        while not self.over.is_set():
            with self._lock:
                letter = self.oracle.writes(openid)
            words = f"第{letter}封：{chance.choice(MATTERS)}"
            self.here.wechat.wrote(openid)
            for _ in range(3):
                if self._push(openid, letter, words):
                    break
                self.over.wait(0.5)
            self.over.wait(chance.expovariate(1 / 0.3))

    def _push(self, openid: str, letter: int, words: str) -> bool:
        try:
            reply = self.program.write(openid, words, msg_id=str(10**12 + letter))
        except (httpx.HTTPError, AssertionError):
            return False
        heard = bool(NUMBER.search(reply))
        if reply:
            with self._lock:
                self.oracle.hears(openid, reply, letter if heard else None)
        return heard

    def _staff(self) -> None:
        """Claims, answers and passes whatever stands in the chat."""
        done: set[tuple[int, str]] = set()
        chat = self.here.telegram
        while not self.over.is_set():
            for post in list(chat.in_chat(HANDLERS)):
                if "认领" in post.labels and (post.message_id, "认领") not in done:
                    done.add((post.message_id, "认领"))
                    chat.press(self.here.HANDLER, post, "认领")
                elif "办理中" in post.text and "改类" in post.labels and (post.message_id, "稿") not in done:
                    done.add((post.message_id, "稿"))
                    words = f"您好，所反映的事项已办理，文稿{post.message_id}号。"
                    chat.say(self.here.HANDLER, words, chat=HANDLERS, reply_to=post.message_id)
                elif "通过" in post.labels and (post.message_id, "通过") not in done:
                    done.add((post.message_id, "通过"))
                    chat.press(self.here.HANDLER, post, "通过")  # the author may not
                    chat.press(self.here.REVIEWER, post, "通过")
            self.over.wait(0.2)

    def came_to(self) -> list[str]:
        """Let everything come to rest; return what is not as it must be."""
        store = Store(self.program.settings["DATABASE_URL"])
        vault = Vault((self.program.folder / "var" / "secret.key").read_bytes().strip())
        found: list[str] = ["not looked yet"]

        def rest() -> bool:
            found[:] = self.oracle.faults(store, vault, self.here.wechat.texts)
            return not found

        try:
            until(rest, QUIET)
        except AssertionError:
            pass
        finally:
            store.close()
        return found


@dataclass
class Raised:
    """An office with a storm over it, to be used in a `with` block."""

    folder: Path
    url: str
    seed: int

    def __enter__(self) -> Storm:
        settings = {"AUTO_ANSWER": "false", "SEMANTIC": "off", "DATABASE_URL": self.url}
        self._office = office(self.folder, **settings)
        here = self._office.__enter__()
        here.register_staff()
        here.program.begin()
        return Storm(here, self.seed)

    def __exit__(self, *_: object) -> None:
        self._office.__exit__(None, None, None)


def main() -> None:
    """Arguments: how many kills, the seed, the database's URL (none: a new SQLite file)."""
    kills, seed, url = int(sys.argv[1]), int([*sys.argv, "1"][2]), sys.argv[3] if len(sys.argv) > 3 else ""
    with tempfile.TemporaryDirectory() as folder:
        with Raised(Path(folder), url or f"sqlite:///{folder}/huiyin.db", seed) as raised:
            raised.rage(kills, say)
            faults = raised.came_to()
        letters, heard = len(raised.oracle.written), len(raised.oracle.heard)
        say(f"{kills} kills, {letters} letters, {heard} acknowledged")
        say("\n".join(faults) or "nothing lost, nothing doubled in silence")
        sys.exit(bool(faults))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
