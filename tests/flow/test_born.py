"""What the warm interpreter forks is a program of its own: its number, its variables, its streams, its death, its end."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.fakes import warm
from tests.flow.program import HTTP, HUIYIN, Program, until

KEPT = {name: value for name, value in os.environ.items() if not name.startswith("HUIYIN_")}


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path, {"SEMANTIC": "off", "SECRET_KEY": "k" * 43})


def test_a_command_that_is_born_answers_as_the_installed_one_does(tmp_path: Path) -> None:
    for words in (
        ("deadline", "--received", "2026-03-02", "--category", "complaint", "--json"),
        ("case", "show", "20260101-0001"),
        ("no-such-command",),
        ("staff", "add"),
    ):
        alone = subprocess.run(
            [HUIYIN, *words], cwd=tmp_path, env=KEPT, capture_output=True, text=True, check=False
        )
        born = warm.run(words, tmp_path, KEPT)
        assert (born.returncode, born.stdout, born.stderr) == (alone.returncode, alone.stdout, alone.stderr)


def test_the_installed_command_serves(program: Program) -> None:
    try:
        program.begin(cold=True).ready()
        assert isinstance(program.process, subprocess.Popen)
        assert HTTP.get(f"{program.address}/healthz").text == "ok"
    finally:
        program.stop()
    assert program.process.returncode in (0, -signal.SIGTERM)


def test_a_server_that_is_born_is_a_process_of_its_own(program: Program) -> None:
    other = Program(program.folder, program.settings)
    try:
        program.start()
        other.start()
        assert program.process is not None and other.process is not None
        mine, its = program.process.pid, other.process.pid
        assert len({mine, its, os.getpid()}) == 3
        assert [os.getsid(mine), os.getpgid(mine)] == [mine, mine]
        seen = Path(f"/proc/{mine}")
        assert (seen / "cwd").resolve() == program.folder.resolve()
        assert (seen / "fd" / "1").resolve() == (program.folder / "server.log").resolve()
        program.signal(signal.SIGKILL)
        assert program.process.wait(10) == -signal.SIGKILL
        assert not seen.exists()
        assert HTTP.get(f"{other.address}/readyz").status_code == 200
    finally:
        other.stop()
    assert other.process.returncode in (0, -signal.SIGTERM)


def test_nothing_of_one_start_is_seen_by_the_next(tmp_path: Path) -> None:
    """Each has its own folder and variables, also where both run at one moment, and none has what the tests have."""
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    streams = [(folder / "said").open("w+b") for folder in folders]
    born = [
        warm.born(["doctor", "--json"], folder, {**KEPT, "HUIYIN_SECRET_KEY": str(n) * 43}, said, said)
        for n, (folder, said) in enumerate(zip(folders, streams, strict=True))
    ]
    assert born[0].pid != born[1].pid
    for process, folder, said in zip(born, folders, streams, strict=True):
        assert process.wait(60) in (0, 1)
        said.close()
        assert (folder / "said").stat().st_size
        assert (folder / "var").is_dir()
    assert not (warm.ROOT / "said").exists()


def test_what_takes_too_long_is_killed(program: Program) -> None:
    words = ("serve", "--port", str(program.port))
    with pytest.raises(subprocess.TimeoutExpired):
        warm.run(words, program.folder, program.environment, timeout=0.5)
    until(lambda: program.plain("case", "list").returncode == 0)
