"""The demo's clock, the bell between threads and loop, the log's stream and the shelf of trained models."""

import asyncio
import io
import json
import logging
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog

from app import log, model_shelf
from app.clock import OffsetClock, now
from app.wake import Wake
from cases.register.desk import ALL_LANES
from tests.builders import a_store

DAY = timedelta(days=1)


def test_a_jump_outlives_a_restart_and_never_goes_back(tmp_path: Path) -> None:
    file = tmp_path / "var" / "clock"
    clock = OffsetClock(file)
    assert abs(clock() - now()) < DAY
    clock.jump(3 * DAY)
    with pytest.raises(ValueError):
        clock.jump(-DAY)
    again = OffsetClock(file)
    assert again.offset == 3 * DAY and again() - now() > 2 * DAY


@pytest.mark.parametrize("kept", ["", "three days", "-86400", "nan-"])
def test_a_spoilt_offset_is_none(tmp_path: Path, kept: str) -> None:
    (tmp_path / "clock").write_text(kept)
    assert OffsetClock(tmp_path / "clock").offset == timedelta()


@pytest.mark.parametrize(
    ("rung", "heard"),
    [
        (["citizen"], ["citizen"]),
        (["chat", "media"], ["chat"]),
        ([ALL_LANES], ["chat", "citizen"]),
        ([], []),
        (["push"], []),
    ],
)
async def test_a_worker_hears_its_own_lane(rung: list[str], heard: list[str]) -> None:
    wake = Wake()
    bells = {lane: wake.listen(lane) for lane in ("chat", "citizen")}
    ringing = threading.Thread(target=wake.ring, args=(rung,))
    ringing.start()
    ringing.join()
    await asyncio.sleep(0)
    assert [lane for lane, bell in bells.items() if bell.is_set()] == heard


def test_a_bell_of_a_loop_that_ended_is_no_error() -> None:
    wake = Wake()

    async def listen() -> None:
        wake.listen("chat")

    asyncio.run(listen())
    wake.ring(["chat"])


class Full(io.StringIO):
    def write(self, _words: str) -> int:
        raise OSError("disk full")

    def flush(self) -> None:
        raise OSError("disk full")


def test_a_log_that_cannot_be_written_stops_nothing() -> None:
    stream = log.Unfailing(Full())
    assert stream.write("a line") == 6
    stream.flush()
    shut = io.StringIO()
    shut.close()
    assert log.Unfailing(shut).write("a line") == 6
    log.Unfailing(shut).flush()


@pytest.mark.parametrize("form", ["json", "text"])
def test_secrets_never_enter_the_log(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    try:
        log.set_up(["geheim-token", "geheim-token-longer", "kurz"], form)
        structlog.get_logger().info("push", token="geheim-token-longer", text="kurz", n=1)
        logging.getLogger("other").warning("with geheim-token in it")
        said = capsys.readouterr().err
    finally:
        structlog.configure(**before)
        root.handlers, root.level = handlers, level
    assert "geheim" not in said and said.count("***") == 2 and "kurz" in said
    assert len(said.splitlines()) == 2
    if form == "json":
        assert [json.loads(line)["level"] for line in said.splitlines()] == ["info", "warning"]


def test_a_model_is_kept_once_and_comes_back_whole(tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.mkdir()
    for name in model_shelf._FILES:
        (made / name).write_bytes(name.encode() * 100)
    store, at = a_store(tmp_path / "register.db"), datetime(2026, 3, 2, tzinfo=UTC)
    for _ in range(2):
        with store.write() as session:
            model_shelf.put(session, "v1", made, at)
    with store.read() as session:
        assert model_shelf.versions(session) == {"v1"}
        assert not model_shelf.fetch(session, "v2", tmp_path / "v2")
        for _ in range(2):  # also where it stands already
            assert model_shelf.fetch(session, "v1", tmp_path / "v1")
    assert {file.name: file.read_bytes() for file in (tmp_path / "v1").iterdir()} == {
        file.name: file.read_bytes() for file in made.iterdir()
    }
    assert not list(tmp_path.glob(".v*"))
    store.close()
