"""Another channel's whole way through the outside face: clients killed and started again lose and double nothing."""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.flow.letters import SETTINGS, whole_way
from tests.flow.program import Program, until

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
        program.stop()


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


def test_the_examples_work_against_the_program(tmp_path: Path) -> None:
    program = Program(tmp_path, {"SECRET_KEY": "k" * 43})
    key = program.run("source", "add", "微博", "--public")["key"]
    program.start()
    try:
        weibo = example("weibo_collector")
        client = weibo.Client(program.address, key)
        fake = weibo.FakeWeibo(
            [weibo.Comment("c1", "u1", "投诉：幸福路的路灯坏了一个星期了", "2026-01-05T09:00:00+08:00")]
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
        program.stop()


def _answers(page: str) -> bool:
    try:
        return "给我们写信" in httpx.get(page, timeout=2).text
    except httpx.HTTPError:
        return False
