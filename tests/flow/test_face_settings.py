"""interface.md §2 from the outside: a wrong setting stops the start in one line, exit 1, and tells no secret."""

import json
import os
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.fakes import warm
from tests.flow.program import SUPERVISORS, office, until

WECHAT = {"WECHAT_APP_ID": "wx1", "WECHAT_APP_SECRET": "geheim-app-secret", "WECHAT_TOKEN": "geheim-token"}
WRONG: list[tuple[dict[str, str], str]] = [
    ({"NO_SUCH": "1"}, "HUIYIN_NO_SUCH"),
    ({"DATABASE_URL": "postgresql://u:geheim@127.0.0.1:port/d"}, "HUIYIN_DATABASE_URL"),
    ({"DATABASE_URL": "postgresql://u:geheim@127.0.0.1:1/d"}, "HUIYIN_DATABASE_URL"),
    ({"DATABASE_URL": "sqlite:///"}, "HUIYIN_DATABASE_URL"),
    ({"DATABASE_URL": "sqlite:///text.txt"}, "HUIYIN_DATABASE_URL"),
    ({"SECRET_KEY": "geheim"}, "HUIYIN_SECRET_KEY"),
    ({"WECHAT_APP_ID": "wx1", "WECHAT_TOKEN": "geheim"}, "HUIYIN_WECHAT_APP_SECRET"),
    ({"TELEGRAM_BOT_TOKEN": "1:geheim"}, "HUIYIN_HANDLER_CHAT_ID"),
    ({"WECOM_CORP_ID": "ww", "WECOM_SECRET": "geheim"}, "HUIYIN_WECOM_AGENT_ID"),
]


def huiyin(folder: Path, settings: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUIYIN_")}
    given = {f"HUIYIN_{name}": value for name, value in settings.items()}
    return warm.run(words, folder, {**kept, **given})


@pytest.mark.parametrize(("given", "named"), WRONG, ids=[named for _, named in WRONG])
def test_a_wrong_setting_stops_the_start(tmp_path: Path, given: dict[str, str], named: str) -> None:
    (tmp_path / "text.txt").write_text("no database " * 100)
    done = huiyin(tmp_path, given, "case", "list")
    assert done.returncode == 1
    assert done.stdout == ""
    assert named in done.stderr
    assert done.stderr.count("\n") == 1
    assert "geheim" not in done.stderr


def test_the_server_and_doctor_refuse_as_well(tmp_path: Path) -> None:
    for words in (("serve", "--port", "1"), ("doctor",)):
        done = huiyin(tmp_path, {"TELEGRAM_BOT_TOKEN": "1:geheim"}, *words)
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
        assert "HUIYIN_HANDLER_CHAT_ID" in done.stderr


def test_the_file_of_the_working_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfHUIYIN_TIMEZONE=Nowhere/Town\r\n")
    done = huiyin(tmp_path, {}, "case", "list")
    assert done.returncode == 1
    assert "HUIYIN_TIMEZONE" in done.stderr
    assert huiyin(tmp_path, {"TIMEZONE": "Asia/Shanghai"}, "case", "list").returncode == 0


def test_the_key_is_made_once_and_guarded(tmp_path: Path) -> None:
    assert huiyin(tmp_path, {}, "case", "list", "--json").stdout == "[]\n"
    key = tmp_path / "var" / "secret.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    made = key.read_text()
    assert huiyin(tmp_path, {}, "case", "list").returncode == 0
    assert key.read_text() == made
    key.unlink()
    for words in (("case", "list"), ("audit", "verify"), ("backup", "b.zip"), ("doctor",)):
        refused = huiyin(tmp_path, {}, *words)
        assert refused.returncode == 1, words
        assert "HUIYIN_SECRET_KEY" in refused.stderr
    assert not (tmp_path / "b.zip").exists()


def test_doctor_tells_no_secret(tmp_path: Path) -> None:
    settings = {
        **WECHAT,
        "WECHAT_API_BASE": "http://127.0.0.1:1",
        "TELEGRAM_BOT_TOKEN": "1:geheim",
        "HANDLER_CHAT_ID": "-100",
        "TELEGRAM_API_BASE": "http://127.0.0.1:1",
        "SECRET_KEY": "geheim-and-long-enough",
        "DATABASE_URL": "postgresql://u:geheim@127.0.0.1:1/d",
    }
    done = huiyin(tmp_path, settings, "doctor", "--json")
    assert done.returncode == 1
    assert "geheim" not in done.stdout + done.stderr
    assert "127.0.0.1:1" in done.stdout


def test_the_zone_and_the_closing_hour_count(tmp_path: Path) -> None:
    late = ("deadline", "--category", "praise", "--received", "2026-03-09T17:00:00+00:00", "--json")
    here, there = huiyin(tmp_path, {}, *late), huiyin(tmp_path, {"TIMEZONE": "Europe/London"}, *late)
    assert '"due_on": "2026-03-17"' in here.stdout
    assert '"due_on": "2026-03-16"' in there.stdout


def test_another_closing_hour_counts_from_the_next_start_for_every_open_case(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    letters = [
        {"channel": "wechat", "openid": f"o{age}", "text": "水管坏了", "category": "complaint",
         "received_at": (now - timedelta(days=age)).isoformat()}
        for age in (0, 100)
    ]  # fmt: skip
    file = tmp_path / "letters.jsonl"
    file.write_text("\n".join(json.dumps(letter, ensure_ascii=False) for letter in letters), "utf-8")
    with office(tmp_path) as here:
        program = here.program
        fresh, late = program.run("case", "import", str(file))["numbers"]
        before = program.show(fresh)
        program.start()
        until(lambda: here.telegram.in_chat(SUPERVISORS, f"【逾期】{late}"))  # a whole sweep was made
        program.stop()
        program.settings["OFFICE_CLOSE"] = "17:30"
        program.start()
        (summary,) = until(lambda: here.telegram.in_chat(SUPERVISORS, "【时限重算】"))
        after = program.show(fresh)
        assert _local(before["due_at"]).endswith("T00:00")
        assert _local(after["due_at"]) == f"{before['due_on']}T17:30"
        assert (after["due_on"], after["days"]) == (before["due_on"], before["days"])
        assert [(move["cause"], move["due_on"]) for move in after["due_history"]] == [
            ("received", before["due_on"]),
            ("office_close", before["due_on"]),
        ]
        assert "下班时刻已调整：重新计算未办结事项 2 件，没有时限日期变动" in summary.text
        assert [case["no"] for case in program.cases("overdue")] == [late]


def _local(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(ZoneInfo("Asia/Shanghai")).isoformat()[:16]
