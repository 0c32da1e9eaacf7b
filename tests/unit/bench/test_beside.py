"""The comparison pushes what WeChat would push, counts truly, and makes the peers' environment of its list."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from bench.beside import environment, load
from bench.beside.__main__ import ServerRounds, table
from bot.wechat import parsing
from bot.wechat.accounts import Account
from bot.wechat.parsing import Push


async def test_the_load_is_what_wechat_sends() -> None:
    """Every second connection is shut after an answer, and one push in three is refused."""
    got: list[Push] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            for number in range(4):
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = int(head.lower().partition("content-length:")[2].split()[0])
                query = dict(parse_qsl(urlsplit(head.split()[1]).query))
                body = await reader.readexactly(length)
                got.append(
                    parsing.read_push(Account("a", "s", load.TOKEN, ""), query, body, datetime.now(UTC))
                )
                status = b"500 No" if number == 1 else b"200 OK"
                writer.write(b"HTTP/1.1 " + status + b"\r\ncontent-length: 2\r\n\r\nok")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    did = await load.press(port, 0.3)
    server.close()
    assert did.count > load.CONNECTIONS and did.failed > 0 and did.a_second > 0
    assert did.count + did.failed <= len(got)
    assert len({push.openid for push in got}) == len({push.identity for push in got}) == len(got)
    assert {push.kind for push in got} == {"text"}


def test_the_environment_is_made_of_its_list_once(tmp_path: Path) -> None:
    wanted, folder = tmp_path / "none.txt", tmp_path / "peers"
    wanted.write_text("# nothing\n")
    made = environment.python(wanted, folder)
    (folder / "kept").touch()
    assert environment.python(wanted, folder) == made and (folder / "kept").exists()
    wanted.write_text("# nothing else\n")
    assert environment.python(wanted, folder).exists() and not (folder / "kept").exists()


def test_the_table_shows_medians_and_ratios() -> None:
    lines = [
        ServerRounds("WeRoBot + SQLite session, 2 workers", [90, 100, 110], [50, 60, 70], [1, 1, 1]),
        ServerRounds("huiyin SQLite, 2 workers", [140, 150, 900], [40, 45, 50], [4, 4, 5], [20, 30, 700]),
    ]
    text = table(lines, {"bm25s": {"median_ms": 0.04, "cpu_ms": 0.04}}, (0.5, 1.5), quick=False)
    assert "| huiyin SQLite, 2 workers | 150 | 1.50 | 45 | 4.00 | 0 | 30 / 700 |" in text
