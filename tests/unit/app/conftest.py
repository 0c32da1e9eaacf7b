"""Commands in this very process, in a folder of their own, against the register of an office at work."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.cli import main
from tests.builders import TEST_KEY, Bureau, a_bureau, a_store


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


Huiyin = Callable[..., Said]


@pytest.fixture
def huiyin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Huiyin:
    """Run a command; it ends as a program does."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "250")

    def run(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["huiyin", *words])
        with pytest.raises(SystemExit) as left:
            main.run()
        assert isinstance(left.value.code, int)
        said = capsys.readouterr()
        return Said(left.value.code, said.out, said.err)

    return run


@pytest.fixture
def at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bureau]:
    """The office whose register the commands open."""
    store = a_store(tmp_path / "register.db")
    monkeypatch.setenv("HUIYIN_DATABASE_URL", f"sqlite:///{tmp_path / 'register.db'}")
    monkeypatch.setenv("HUIYIN_SECRET_KEY", TEST_KEY.decode())
    yield a_bureau(store)
    store.close()
