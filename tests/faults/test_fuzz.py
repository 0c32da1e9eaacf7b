"""Whatever comes in by any door or file: no error of ours, no crash, bounded time; five thousand inputs, in a soak many more."""

import asyncio
import base64
import io
import json
import os
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from app.cli import transcript
from app.jsonl import read_lines
from app.serve.ahead import Application
from bot.wechat import callback, commands, parsing
from bot.wechat.parsing import BadRequest
from cases.register.desk import COMMAND_LINE
from cases.register.store import Store
from cases.steps import transcribe
from knowledge_base.base.entries import KnowledgeError
from knowledge_base.files import exchange
from sla.errors import CalendarError
from sla.notice import parse_year
from tests.builders import Bureau, a_bureau, by_words
from tests.fakes import wechat
from tests.unit.api.conftest import a_source, build
from tests.unit.bot.wechat.conftest import AES_KEY, APP_ID, TOKEN, Town, make_town

INPUTS = int(os.environ.get("HUIYIN_TEST_INPUTS", "5000"))  # in all; `make soak` sets more
SLOWEST = 20.0  # seconds for one input, on whatever machine
GROWTH = 64 << 20  # bytes by which a door may grow over all its inputs
OF_DRAWING = 10_240  # bytes for each input: what hypothesis remembers of its own draws while a test runs

text = st.text(max_size=60)
bits = st.one_of(
    text,
    st.sampled_from(
        (
            "补充",
            "评价",
            "查询",
            "人工",
            "20260302-0001",
            "满意",
            "]]>",
            "<xml>",
            "&amp;",
            "\x00",
            "\u2028",
            "１２",
            "\ud800",
        )
    ),
)
words = st.lists(bits, max_size=6).map(" ".join)
names = st.sampled_from(
    ("MsgType", "Content", "FromUserName", "ToUserName", "CreateTime", "MsgId", "Event", "EventKey", "MediaId", "Recognition",
     "Status", "MsgID", "bizmsgmenuid", "Label", "Url", "PicUrl", "Encrypt", "xml")
)  # fmt: skip
values = st.one_of(
    words,
    st.sampled_from(("text", "event", "voice", "image", "CLICK", "subscribe", "1772413200", "0", "9" * 30)),
)
trees = st.recursive(
    st.tuples(names, values).map(lambda row: f"<{row[0]}>{wechat.cdata(row[1])}</{row[0]}>"),
    lambda inner: st.tuples(names, st.lists(inner, max_size=4)).map(
        lambda row: f"<{row[0]}>{''.join(row[1])}</{row[0]}>"
    ),
    max_leaves=12,
)
xmls = st.lists(trees, max_size=8).map(lambda parts: f"<xml>{''.join(parts)}</xml>")
bodies = st.one_of(xmls.map(lambda xml: xml.encode("utf-8", "surrogatepass")), st.binary(max_size=300))
jsons = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), words),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(words, inner, max_size=4)),
    max_leaves=10,
)


def share(part: float) -> Any:
    """Return the settings of a fuzz that gets this part of all inputs."""
    return settings(
        max_examples=max(1, int(INPUTS * part)),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture(autouse=True)
def grows_little() -> Iterator[None]:
    before = resident()
    yield
    assert resident() - before < GROWTH + INPUTS * OF_DRAWING


class Door:
    """An application called in this process; what it raises or answers with 5xx is a fault."""

    def __init__(self, app: Any) -> None:
        self._runner = asyncio.Runner()
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here")

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        began = time.monotonic()
        response = self._runner.run(self._client.request(method, path, **more))
        assert response.status_code < 500, response.text
        assert time.monotonic() - began < SLOWEST
        return response


@pytest.mark.parametrize("aes_key", [AES_KEY, ""], ids=["encrypted", "plain"])
def test_pushes(tmp_path: Path, aes_key: str) -> None:
    town = make_town(tmp_path, aes_key=aes_key)
    web = Application(callback.doors(town.workplace, (town.account,), town.judge, var=tmp_path))
    door = Door(web)

    @share(0.1)
    @given(body=bodies, signed=st.integers(0, 9), query=st.dictionaries(names, text, max_size=2))
    def fuzz(body: bytes, signed: int, query: dict[str, str]) -> None:
        """Nine of ten are signed rightly: what comes from the platform goes deepest."""
        right = town.signed(body)
        asked = {**right.query, **({} if signed else {"signature": "0", "msg_signature": "0"})}
        content = right.body if signed != 1 else body
        answer = door.send("POST", "/wechat", params={**query, **asked}, content=content)
        assert answer.status_code in (200, 400, 403, 413)

    fuzz()
    town.workplace.store.close()


def _read(town: Town, query: dict[str, str], body: bytes) -> None:
    try:
        parsing.read_push(town.account, query, body, town.clock())
    except BadRequest:
        pass


def test_envelopes_and_xml(tmp_path: Path) -> None:
    town = make_town(tmp_path)
    sealed = st.one_of(
        bodies.map(lambda body: wechat.seal(AES_KEY, APP_ID, body)),
        st.binary(max_size=200).map(lambda raw: base64.b64encode(raw).decode()),
        st.text(max_size=80),
    )

    @share(0.3)
    @given(sealed=sealed, wrapped=st.booleans(), junk=st.binary(max_size=60))
    def fuzz(sealed: str, wrapped: bool, junk: bytes) -> None:
        now = str(int(town.clock().timestamp()))
        query = {
            "timestamp": now, "nonce": "1", "encrypt_type": "aes", "signature": wechat.sign(TOKEN, now, "1"),
            "msg_signature": wechat.sign(TOKEN, now, "1", sealed),
        }  # fmt: skip
        body = f"<xml><Encrypt>{wechat.cdata(sealed)}</Encrypt></xml>".encode("utf-8", "surrogatepass")
        _read(town, query, body if wrapped else body[: len(body) // 2] + junk)

    fuzz()
    town.workplace.store.close()


def test_words_that_may_be_commands() -> None:
    @share(0.2)
    @given(words)
    def fuzz(said: str) -> None:
        found = commands.parse(said)
        assert found is None or found.name

    fuzz()


def test_calendars() -> None:
    keys = st.sampled_from(("year", "source", "workdays", "[[holiday]]", "name", "from", "to", "x"))
    given_ = st.one_of(
        st.dates().map(str),
        st.integers(-1, 3000).map(str),
        words.map(json.dumps),
        st.just("[2026-01-01]"),
    )
    lines = st.tuples(keys, given_).map(
        lambda row: row[0] if row[0].startswith("[") else f"{row[0]} = {row[1]}"
    )

    @share(0.1)
    @given(st.one_of(text, st.lists(lines, max_size=12).map("\n".join)))
    def fuzz(toml: str) -> None:
        try:
            parse_year(toml)
        except CalendarError as refused:
            assert "\n" not in str(refused)

    fuzz()


columns = st.sampled_from(
    ("question", "answer", "编号", "问题", "其他问法", "答案", "status", "effective_on", "review_on", "x")
)


def _knowledge(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    try:
        found = exchange.read(file)
    except KnowledgeError as refused:
        assert str(refused)
        return
    assert len(found.rows) + len(found.refused) <= data.count(b"\n") + 1000


def test_knowledge_files(tmp_path: Path) -> None:
    rows = st.lists(st.dictionaries(columns, jsons, max_size=5), max_size=5)
    jsonl = rows.map(lambda found: "\n".join(json.dumps(row) for row in found).encode())
    csv = st.lists(st.lists(st.one_of(columns, words), max_size=4), max_size=6).map(
        lambda found: "\n".join(",".join(row) for row in found).encode("utf-8", "surrogatepass")
    )

    @share(0.06)
    @given(st.one_of(jsonl, st.binary(max_size=200)))
    def read_jsonl(data: bytes) -> None:
        _knowledge(tmp_path / "f.jsonl", data)

    @share(0.06)
    @given(st.one_of(csv, st.binary(max_size=200)))
    def read_csv(data: bytes) -> None:
        _knowledge(tmp_path / "f.csv", data)

    read_jsonl()
    read_csv()


def test_workbooks(tmp_path: Path) -> None:
    """Each is read in a process of its own, half a second each: few, but damaged in every layer."""

    def workbook(cells: list[list[str]]) -> bytes:
        book, stream = Workbook(), io.BytesIO()
        for row in cells:
            book.active.append([cell.encode("utf-8", "ignore").decode().replace("\x00", "") for cell in row])  # type: ignore[union-attr]
        book.save(stream)
        return stream.getvalue()

    plain = st.text("问题答案abc 1", max_size=8)
    sheets = st.lists(st.lists(st.one_of(columns, plain), max_size=4), max_size=5).map(workbook)

    def spoilt(row: tuple[bytes, int, bytes]) -> bytes:
        book, at, junk = row
        with zipfile.ZipFile(io.BytesIO(book)) as whole:
            names_ = whole.namelist()
            made = io.BytesIO()
            with zipfile.ZipFile(made, "w") as other:
                for number, name in enumerate(names_):
                    data = whole.read(name)
                    cut = at % (len(data) + 1)
                    other.writestr(
                        name, data[:cut] + junk + data[cut:] if number == at % len(names_) else data
                    )
        return made.getvalue()

    damaged = st.tuples(sheets, st.integers(0, 5000), st.binary(max_size=20)).map(spoilt)
    torn = st.tuples(sheets, st.integers(0, 4000)).map(lambda row: row[0][: row[1]])

    @share(0.003)
    @given(st.one_of(sheets, damaged, torn))
    def read(data: bytes) -> None:
        _knowledge(tmp_path / "f.xlsx", data)

    read()


def _bureau(folder: Path) -> Bureau:
    store = Store(f"sqlite:///{folder / 'office.db'}")
    store.migrate()
    return a_bureau(store)


def test_case_files(tmp_path: Path) -> None:
    bureau, file = _bureau(tmp_path), tmp_path / "cases.jsonl"
    fields = st.sampled_from(("channel", "openid", "text", "received_at", "category", "account"))
    given_ = st.one_of(
        jsons,
        st.sampled_from(
            ("wechat", "comment", "praise", "2026-03-01T09:00:00+08:00", "9999-12-31T23:59:59-23:59")
        ),
    )
    good = {
        "channel": "wechat",
        "openid": "o1",
        "text": "路灯坏了",
        "received_at": "2026-03-01T09:00:00+08:00",
    }
    rows = st.lists(st.dictionaries(fields, given_, max_size=5).map(lambda row: {**good, **row}), max_size=4)
    data = rows.map(lambda found: "\n".join(json.dumps(row) for row in found).encode())

    ways = frozenset({"wechat", "comment"})

    @share(0.04)
    @given(st.one_of(data, st.binary(max_size=200)))
    def fuzz(raw: bytes) -> None:
        file.write_bytes(raw)
        lines, bad = read_lines(file, ("channel", "openid", "text", "received_at"))
        taken = []
        for line in lines:
            read = transcript._read(line.row, APP_ID)
            if isinstance(read, str) or transcribe.why_not(*read, bureau.clock.now, ways):
                bad.append(str(line.number))
            else:
                taken.append(transcribe.Transcript(read[0], by_words(read[0].text), read[1]))
        done = list(transcribe.take(bureau.workplace, taken, COMMAND_LINE))
        assert len(done) == len(taken)

    fuzz()
    assert bureau.chain().ok
    bureau.store.close()


def test_other_channels(tmp_path: Path) -> None:
    bureau = _bureau(tmp_path)
    keys = [a_source(bureau, f"渠道{number}") for number in range(12)]
    door = Door(build(bureau))
    letter = st.dictionaries(
        st.sampled_from(("id", "user", "text", "sent_at", "reply_to", "x")), jsons, max_size=6
    )
    good = st.tuples(letter, words).map(lambda row: {"id": "1", "user": "u", "text": row[1], **row[0]})
    contents = st.one_of(good.map(lambda row: json.dumps(row).encode()), st.binary(max_size=120))
    turn = iter(range(10**9))
    paths: list[Callable[[str], tuple[str, str]]] = [
        lambda _w: ("POST", "/messages"),
        lambda _w: ("POST", "/messages"),
        lambda w: ("GET", f"/cases/{w}"),
        lambda w: ("GET", f"/answers?after={w}&limit={w}"),
    ]

    @share(0.05)
    @given(content=contents, path=st.sampled_from(paths), word=st.text("20260302-0001abc%/?&é", max_size=20))
    def fuzz(content: bytes, path: Callable[[str], tuple[str, str]], word: str) -> None:
        key = keys[next(turn) % len(keys)]
        method, address = path(word)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        answer = door.send(method, address, content=content, headers=headers)
        if answer.status_code >= 400:
            assert set(answer.json()["error"]) >= {"code", "message"}

    fuzz()
    assert bureau.chain().ok
    bureau.store.close()
