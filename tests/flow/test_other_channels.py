"""Another channel's whole way through the outside face: clients killed and started again lose and double nothing."""

import importlib.util
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.settings import Settings
from app.wiring import build
from cases.register import people, register
from cases.register.tables import Staff
from cases.steps import assign, draft, review
from tests.flow.program import Program, until

LETTERS, PROCESSES = 80, 4
SCRIPT = Path(__file__).with_name("sending_client.py")
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
    program = Program(folder, {"DATABASE_URL": database_url, "SECRET_KEY": "k" * 43, "SWEEP_SECONDS": "3600"})
    try:
        yield program
    finally:
        program.stop()


def send_from_four_killed_processes(program: Program, key: str, folder: Path) -> None:
    each = LETTERS // PROCESSES
    chance = random.Random(7)

    def begin(number: int) -> "subprocess.Popen[bytes]":
        words = [program.address, key, str(number * each), str((number + 1) * each), str(folder)]
        return subprocess.Popen([sys.executable, SCRIPT, *words])

    running = [begin(number) for number in range(PROCESSES)]
    for number in range(PROCESSES):
        wanted = chance.randrange(1, each // 2)
        sent = folder / f"sent-{number * each}"
        until(
            lambda sent=sent, wanted=wanted: sent.exists() and len(sent.read_text().splitlines()) >= wanted,
            60,
        )
        running[number].send_signal(signal.SIGKILL)
        running[number].wait()
        running[number] = begin(number)
    for process in running:
        assert process.wait(120) == 0


def answer_all(program: Program) -> None:
    """What staff do meanwhile, in a process of their own as on the command line."""
    values = {name.lower(): value for name, value in program.settings.items()}
    services = build(Settings.model_validate(values), var=program.folder / "var")
    services.live.warm_up()  # what a step needs is loaded before its transaction, as in a server
    numbers = [case["no"] for case in program.cases("open")]
    handler, reviewer = [
        services.workplace.look(lambda desk, name=name: people.staff_called(desk.session, name))  # type: ignore[misc]
        for name in ("王芳", "李强")
    ]
    for no in numbers:

        def step(desk: Any, no: str = no) -> None:
            case, me = register.by_number(desk.session, no), desk.session.get_one(Staff, handler.id)
            assign.claim(desk, me, case)
            text = draft.submit(desk, me, case, f"水管已经修好，编号 {no}。")
            review.approve(desk, desk.session.get_one(Staff, reviewer.id), text, text.round)

        services.workplace.act(step)
    services.store.close()


def test_four_killed_clients_file_each_letter_once_and_fetch_each_answer_once(
    program: Program, tmp_path: Path
) -> None:
    for name, role in (("王芳", "handler"), ("李强", "reviewer")):
        program.run("staff", "add", "--name", name, "--role", role)
    key = program.run("source", "add", "app")["key"]
    program.start()
    send_from_four_killed_processes(program, key, tmp_path)
    told = [line.split() for file in tmp_path.glob("sent-*") for line in file.read_text().splitlines()]
    numbers = dict(told)
    assert len(numbers) == LETTERS and len(set(numbers.values())) == LETTERS
    cases = program.cases()
    assert {case["no"] for case in cases} == set(numbers.values()) and {c["channel"] for c in cases} == {
        "api:app"
    }

    answer_all(program)
    client = example("huiyin_client").Client(program.address, key)
    got: Counter[str] = Counter()
    cursor = tmp_path / "cursor"
    with pytest.raises(KeyboardInterrupt):  # cut off in the middle of a page: the page comes again
        client.collect(cursor, lambda answer: (_ for _ in ()).throw(KeyboardInterrupt))
    client.collect(cursor, lambda answer: got.update([answer["no"]]))
    assert got == Counter(dict.fromkeys(numbers.values(), 1))
    assert client.collect(cursor, lambda answer: got.update([answer["no"]])) == 0
    delivered = program.show(next(iter(numbers.values())))["deliveries"]
    assert [(row["state"], row["channel"]) for row in delivered] == [("handed_over", "api")]

    program.run("source", "disable", "app")
    refused = httpx.get(f"{program.address}/api/v1/answers", headers={"Authorization": f"Bearer {key}"})
    assert refused.status_code == 401
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
