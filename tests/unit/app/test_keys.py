"""The secret key on disk, the clock of the demo, the log."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from app import secret_key
from app.clock import OffsetClock
from app.log import _blotted
from app.settings import BadSetting, read

SETTINGS = read({}, Path("/nonexistent"))


def test_many_first_starts_keep_one_key(tmp_path: Path) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(secret_key.vault(SETTINGS, tmp_path).fingerprint))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_a_damaged_key_is_refused_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("")
    with pytest.raises(BadSetting, match="不完整"):
        secret_key.vault(SETTINGS, tmp_path)
    assert (tmp_path / "secret.key").read_text() == ""


def test_the_demo_clock_keeps_its_offset_and_never_goes_back(tmp_path: Path) -> None:
    clock = OffsetClock(tmp_path / "clock")
    clock.jump(timedelta(days=3))
    assert OffsetClock(tmp_path / "clock").offset == timedelta(days=3)
    with pytest.raises(ValueError, match="往回"):
        clock.jump(timedelta(seconds=-1))


def test_secrets_are_blotted_out_of_what_is_logged() -> None:
    assert _blotted("token=abc123secret&x", ["abc123secret"]) == "token=***&x"
