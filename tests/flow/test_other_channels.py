"""Another channel's whole way through the outside face: clients killed and started again lose and double nothing."""

import importlib.util
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fakes.prompt import LOOKS
from tests.flow.letters import SETTINGS, Letters, whole_way
from tests.flow.program import Program, until
from tests.flow.sending_client import SENT, write_down

LETTERS, KILLS = 100, 2
EXAMPLES = Path(__file__).resolve().parents[2] / "deploy" / "examples"


def example(name: str) -> Any:
    sys.path.insert(0, str(EXAMPLES))
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def program(database_url: str, tmp_path: Path) -> Iterator[Program]:
    folder = tmp_path / "program"
    folder.mkdir()
    program = Program(folder, {**SETTINGS, "DATABASE_URL": database_url})
    try:
        yield program
    finally:
        program.end()


def test_four_killed_clients_file_each_letter_once_and_fetch_each_answer_once(
    program: Program, tmp_path: Path
) -> None:
    run = whole_way(program, tmp_path, LETTERS, KILLS, server_too=False)
    delivered = program.show(next(iter(run.numbers.values())))["deliveries"]
    assert [(row["state"], row["channel"]) for row in delivered] == [("handed_over", "api")]

    program.run("source", "disable", "app")
    key = {"Authorization": f"Bearer {run.key}"}
    assert httpx.get(f"{program.address}/api/v1/answers", headers=key).status_code == 401
    assert program.run("audit", "verify")["ok"]


@dataclass
class Receiver:
    """A source's own server, which answers as it is told."""

    status: int = 200
    got: list[str] = field(default_factory=list)
    port: int = 0


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    state = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            state.got.append(self.path)
            self.send_response(state.status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(LOOKS,), daemon=True).start()
    yield state
    server.shutdown()
    server.server_close()


def test_bad_input_has_a_documented_outcome(tmp_path: Path, receiver: Receiver) -> None:
    """Over HTTP, one after the other: what a source may send by mistake, and what its own server may answer."""
    url = f"sqlite:///{tmp_path / 'huiyin.db'}"
    program = Program(tmp_path, {**SETTINGS, "DATABASE_URL": url, "SWEEP_SECONDS": "1"})
    add = ("source", "add", "app", "--callback", f"http://127.0.0.1:{receiver.port}/hook")
    old = program.run(*add)["key"]
    program.run("source", "disable", "app")
    key = program.run(*add)["key"]
    for name, role in (("王芳", "handler"), ("李强", "reviewer")):
        program.run("staff", "add", "--name", name, "--role", role)
    program.start()
    try:
        client = httpx.Client(base_url=f"{program.address}/api/v1/", timeout=30)

        def post(by: str = key, **fields: str) -> tuple[int, Any]:
            body = {"id": "m1", "user": "u1", "text": "投诉：楼道的灯坏了没人修", **fields}
            answer = client.post("messages", json=body, headers={"Authorization": f"Bearer {by}"})
            return answer.status_code, answer.json()

        assert post(old)[0] == 401 and post("hy_nobody")[0] == 401
        headers = {"Authorization": f"Bearer {key}"}
        large = client.post("messages", content=b"x" * (2 << 20), headers=headers)
        assert (large.status_code, large.json()["error"]["code"]) == (413, "too_large")
        status, unknown = post(reply_to="20260101-0001")
        assert (status, unknown["error"]["code"]) == (404, "not_found")
        status, taken = post(text="投诉：楼道的灯坏了。" * 1000, sent_at="2099-01-01T00:00:00+08:00")
        assert status == 201 and post(text="别的话") == (200, taken)
        shown = program.show(taken["no"])
        assert len(shown["messages"][0]["text"]) == 10_000 and shown["received_at"][:4] != "2099"

        receiver.status = 302
        run = Letters(program, key, tmp_path, 1)
        write_down(tmp_path / SENT.format(0), "m1", taken["no"])
        run.answer()
        until(lambda: receiver.got, 30)
        until(lambda: "没有跟随" in str(program.show(taken["no"])["deliveries"]), 30)
        assert program.show(taken["no"])["deliveries"][0]["state"] == "pending"
        receiver.status = 500
        until(lambda: len(receiver.got) >= 2, 30)
        page = client.get("answers", headers=headers).json()
        assert [one["no"] for one in page["answers"]] == [taken["no"]]
        client.get("answers", params={"after": page["next"]}, headers=headers)
        assert program.show(taken["no"])["deliveries"][0]["state"] == "handed_over"
        assert (
            "/elsewhere" not in receiver.got
            and client.get("answers?after=999", headers=headers).status_code == 422
        )
    finally:
        program.end()


def test_the_examples_work_against_the_program(tmp_path: Path) -> None:
    program = Program(tmp_path, {"SECRET_KEY": "k" * 43})
    key = program.run("source", "add", "微博", "--public")["key"]
    program.start()
    try:
        weibo = example("weibo_collector")
        client = weibo.Client(program.address, key)
        fake = weibo.FakeWeibo(
            [weibo.WeiboComment("c1", "u1", "投诉：幸福路的路灯坏了一个星期了", "2026-01-05T09:00:00+08:00")]
        )
        collector = weibo.Collector(fake, client, tmp_path / "state")
        collector.turn()
        collector.turn()
        (case,) = program.cases()
        assert (tmp_path / "state" / case["no"]).read_text() == "c1" and case["channel"] == "api:微博"

        environment = {**program.environment, "HUIYIN_ADDRESS": program.address, "HUIYIN_SOURCE_KEY": key}
        port = str(program.port + 1)
        form = subprocess.Popen([sys.executable, EXAMPLES / "web_form.py", port], env=environment)
        try:
            page = f"http://127.0.0.1:{port}/"
            until(lambda: _answers(page), 20)
            said = httpx.post(
                page, data={"id": "f1", "text": "请问<b>居住证</b>在哪里办理，要带什么材料？"}, timeout=20
            )
            assert (
                said.status_code == 200 and "编号" in said.text and "visitor=" in said.headers["set-cookie"]
            )
            assert key not in said.text
            assert len(program.cases()) == 2
        finally:
            form.kill()
            form.wait()
    finally:
        program.end()


def _answers(page: str) -> bool:
    try:
        return "给我们写信" in httpx.get(page, timeout=2).text
    except httpx.HTTPError:
        return False
