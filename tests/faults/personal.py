"""What an office does with personal data while citizens write: the key changed and cut off, one person given out and
erased, old cases forgotten; all through the command line.

`python -m tests.faults.personal [sqlite] [postgresql]`: on both databases or on one, with a key in the settings and with
one in `var/secret.key`.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import psycopg

from tests.fakes import postgres as postgres_server
from tests.faults.clock_jump import Wall
from tests.faults.drill import ANSWERS, KEY
from tests.faults.rolling import told, writing
from tests.faults.test_kill_and_workers import number_in, under_review
from tests.flow.program import APP_ID, HANDLERS, HUIYIN, Office, office, until

NEW = "another key for tests only, long enough"
KILLED_AFTER = (2.5, 4.0, 5.0, 5.6, 6.2, 6.8, 7.4)  # seconds from the command's start
WORD = "紫藤花架"
LETTERS = 400


def main() -> None:
    postgres = postgres_server.start()
    try:
        for kind in sys.argv[1:] or ("sqlite", "postgresql"):
            for given in (True, False):
                folder = Path(tempfile.mkdtemp(prefix="personal-"))
                url = f"sqlite:///{folder / 'huiyin.db'}" if kind == "sqlite" else postgres.new_database()
                found = _drilled(folder, url, given)
                told(
                    kind,
                    "key in the settings" if given else "var/secret.key",
                    json.dumps(found, ensure_ascii=False),
                )
    finally:
        postgres.stop()


def _drilled(folder: Path, url: str, given: bool) -> dict[str, object]:
    key = {"SECRET_KEY": KEY} if given else {}
    with office(folder, AUTO_ANSWER="false", SEMANTIC="off", DATABASE_URL=url, **key) as here:
        here.register_staff()
        here.program.start()
        no = _answered(here)
        for letter in range(LETTERS):
            here.write(f"filler{letter % 80}", f"第{letter}盏路灯不亮，请派人来修")
        with writing(here, here.program) as writers:
            found = {"rotated": _rotated(here, folder, given), "person": _person(here, folder, url, no)}
        writers.come_to_rest()
        counts = writers.counts()
        refused = [said for said in writers.refused if "Connection refused" not in said]
        counts.update({"refused": refused, "while it was restarted": len(writers.refused) - len(refused)})
        return {**found, "retained": _retained(here, folder), "trail": _trail(here), **counts}


def _answered(here: Office) -> str:
    here.wechat.media["m1"] = (b"\xff\xd8\xff\xe0" + b"0" * 64, "image/jpeg")
    no = number_in(here.write("amy", f"小区的{WORD}坏了两个月没人修"))
    here.write("amy", "", kind="image", MediaId="m1", PicUrl="http://example.invalid/p")
    card = here.card(no, "认领")
    here.press(here.HANDLER, card, "认领")
    here.telegram.say(here.HANDLER, ANSWERS[0], chat=HANDLERS, reply_to=card.message_id)
    here.press(here.REVIEWER, under_review(here, no), "通过")
    until(lambda: any(ANSWERS[0] in text for text in here.wechat.texts("amy")), 60)
    return no


def _command(here: Office, *words: str, stdin: str = "", **more: str) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [HUIYIN, *words], cwd=here.program.folder, env={**here.program.environment, **more}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(stdin)
    process.stdin.close()
    process.stdin = None
    return process


def _done(process: "subprocess.Popen[str]") -> tuple[int, str]:
    out, err = process.communicate(timeout=300)
    return process.returncode, (out + err).strip()


def _trail(here: Office) -> str:
    said = here.program.plain("audit", "verify")
    return (said.stdout + said.stderr).strip()


def _rotated(here: Office, folder: Path, given: bool) -> dict[str, Any]:
    words = ("key", "rotate", "--json", *(("--new-key-stdin",) if given else ()))
    stdin, file = NEW if given else "", folder / "var" / "secret.key"
    earlier = KEY if given else file.read_text()
    seen: list[object] = []
    for seconds in KILLED_AFTER:
        process = _command(here, *words, stdin=stdin)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
        code, _ = _done(process)
        shown = here.program.plain("case", "list", "--json").returncode
        seen.append([code, shown, here.program.plain("audit", "verify").returncode])
        if code == 0:
            break
    else:
        seen.append(_done(_command(here, *words, stdin=stdin)))
    found: dict[str, Any] = {"killed, list, verify": seen}
    here.program.stop()
    if given:
        found["earlier key before the setting is changed"] = here.program.plain("case", "list").returncode
        here.program.settings["SECRET_KEY"] = NEW
    here.program.start()
    time.sleep(4)
    if given:
        here.program.settings["SECRET_KEY"] = earlier
    else:
        present = file.read_text()
        file.write_text(earlier)
    refused = here.program.plain("case", "list")
    found["earlier key afterwards"] = [refused.returncode, refused.stderr.strip()[:90]]
    if given:
        here.program.settings["SECRET_KEY"] = NEW
    else:
        file.write_text(present)
    return found


def _person(here: Office, folder: Path, url: str, no: str) -> dict[str, object]:
    who, out = ("--account", APP_ID, "--openid", "amy"), folder / "amy.zip"
    made = here.program.run("person", "export", *who, "--out", str(out))
    with zipfile.ZipFile(out) as archive:
        held = WORD in archive.read("资料.json").decode()
    before = _in_clear(folder, url)
    gone = here.program.run("person", "erase", *who)
    unknown = here.program.plain("person", "export", *who, "--out", str(folder / "b.zip")).returncode
    shown = here.program.show(no)
    return {
        "exported": made, "held its words": held, "mode": oct(out.stat().st_mode & 0o777), "erased": gone,
        "found in clear before, after": [before, _in_clear(folder, url)], "exported again": unknown,
        "shown": [shown["no"], shown["status"], shown["due_on"], WORD in json.dumps(shown, ensure_ascii=False)],
        "writes again": number_in(here.write("amy", "公交站牌歪了，风一吹就晃")) != no,
    }  # fmt: skip


def _in_clear(folder: Path, url: str) -> int:
    """Return how often the letter's word stands in the database in clear; on SQLite, in the bytes of its files."""
    if url.startswith("sqlite"):
        return sum(file.read_bytes().count(WORD.encode()) for file in folder.glob("huiyin.db*"))
    count = 0
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            rows = connection.execute(
                f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s',  # type: ignore[arg-type]  # noqa: S608
                (f"%{WORD}%",),
            ).fetchone()
            count += rows[0] if rows else 0
    return count


def _retained(here: Office, folder: Path) -> list[object]:
    """In fourteen months, by the machine's clock."""
    no = number_in(here.write("ben", f"河边的{WORD}坏了很久没有人修"))
    card = here.card(no, "认领")
    here.press(here.HANDLER, card, "认领")
    here.telegram.say(here.HANDLER, ANSWERS[1], chat=HANDLERS, reply_to=card.message_id)
    here.press(here.REVIEWER, under_review(here, no), "通过")
    until(lambda: here.program.show(no)["status"] == "answered", 60)
    wall = Wall(folder)
    preload = {name: os.environ.pop(name) for name in ("LD_PRELOAD", "CLOCK_AHEAD")}
    (folder / "ahead").write_text(str(430 * 86_400))
    assert wall.ahead is not None
    return [
        _done(_command(here, "retain", "--years", "1", *more, "--json", **preload))
        for more in (("--dry-run",), (), ())
    ] + [WORD in json.dumps(here.program.show(no), ensure_ascii=False)]


if __name__ == "__main__":
    sys.exit(main())
