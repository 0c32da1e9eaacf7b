"""Anchors, the doctor's pulse, the log and tables for people: small parts with much that can go wrong."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import settings as settings_
from app.cli import frame
from app.clock import OffsetClock
from app.keep import anchors, beats, checkup
from app.keep.beats import Check
from app.log import _blotted
from cases.lists import pulse as pulses
from cases.lists.pulse import Pulse
from cases.register.desk import Desk
from cases.register.errors import Invalid
from cases.register.register import by_number
from tests.builders import Bureau
from tests.unit.app.conftest import Huiyin

NOWHERE = Path("/nonexistent/.env")
DIGEST = "0123456789abcdef"


@pytest.mark.parametrize(
    "text",
    ["", ":", "5", "5:", f":{DIGEST}", "5:short", f"²:{DIGEST}", f"-5:{DIGEST}",
     f"5.0:{DIGEST}", f"{'9' * 99}:{DIGEST}", "no.txt"],
)  # fmt: skip
def test_an_anchor_that_is_none_is_named(at_work: Bureau, huiyin: Huiyin, text: str) -> None:
    with pytest.raises(Invalid, match="条数:指纹"):
        anchors.written(text)
    if text:
        said = huiyin("audit", "verify", "--anchor", text)
        assert said.code == 1 and "条数:指纹" in said.err and said.err.count("\n") == 1


@pytest.mark.parametrize(
    "content", ["[]", "3", '"x"', "{}", '{"seq": "x", "hash": "y"}', "{", '{"seq": null}', "\udcff"]
)
def test_an_anchor_file_that_is_none_is_named(at_work: Bureau, huiyin: Huiyin, content: str) -> None:
    Path("a.txt").write_text(content, encoding="utf-8", errors="surrogateescape")
    said = huiyin("audit", "verify", "--anchor", "a.txt")
    assert said.code == 1 and "不是审计锚文件" in said.err and said.err.count("\n") == 1


def test_the_trail_is_held_against_an_anchor(at_work: Bureau, huiyin: Huiyin) -> None:
    at_work.answered()
    head = at_work.workplace.look(lambda desk: anchors.audit.head(desk.session))
    for good in (f"{head.seq}:{head.hash}", f"{head.seq}:{head.hash[:16]}"):
        assert huiyin("audit", "verify", "--anchor", good).code == 0
    for bad in (f"{head.seq}:{'0' * 16}", f"{head.seq + 5}:{head.hash}"):
        said = huiyin("audit", "verify", "--anchor", bad, "--json")
        assert said.code == 1 and json.loads(said.out)["ok"] is False


def a_pulse(**more: Any) -> Pulse:
    plain: dict[str, Any] = {
        "unsent": {}, "sweep_lag": 0.0, "danger": 0.0, "comments_read": None, "chat_polled": None, "backed_up": 3600.0,
        "given_up": 0, "clock_off": 0.0,
    }  # fmt: skip
    return Pulse(**{**plain, **more})


def said(now: Pulse, led: float | None = 0.0, **given_: str) -> dict[str, Check]:
    found = settings_.read({f"HUIYIN_{name}": value for name, value in given_.items()}, NOWHERE)
    return {check.name: check for check in beats.beats(found, now, led)}


BEATS: list[tuple[dict[str, Any], float | None, str, str, str]] = [
    ({}, 0, "发送", "ok", "没有积压"),
    ({"unsent": {"citizen": 600}}, 0, "发送", "ok", ""),
    ({"unsent": {"citizen": 601}}, 0, "发送", "warn", "10 分钟"),
    ({"unsent": {"chat": 7200, "citizen": 90000}}, 0, "发送", "warn", "2 小时"),
    ({"given_up": 3}, 0, "送达失败", "warn", "3 份"),
    ({"danger": 601}, 0, "紧急", "bad", "无人接手"),
    ({"clock_off": 1260.0}, 0, "时钟", "bad", "慢 21 分钟"),
    ({"clock_off": -7200.0}, 0, "时钟", "bad", "快 2 小时"),
    ({}, 61, "服务", "warn", "1 分钟 前停止"),
    ({}, 60, "服务", "ok", "在运行"),
    ({"sweep_lag": 301}, 0, "巡查", "warn", "落后 5 分钟"),
    ({"sweep_lag": 300}, 0, "服务", "ok", ""),
    ({"backed_up": None}, 0, "备份", "warn", "从未备份"),
    ({"backed_up": 2 * 86400 + 1}, 0, "备份", "warn", "2 天"),
    ({"backed_up": 86400}, 0, "备份", "ok", "1 天"),
]


@pytest.mark.parametrize(("pulse", "led", "name", "state", "words"), BEATS)
def test_what_the_doctor_says_of_the_pulse(
    pulse: dict[str, Any], led: float | None, name: str, state: str, words: str
) -> None:
    check = said(a_pulse(**pulse), led)[name]
    assert (check.state, words in check.detail) == (state, True)


def test_a_server_that_never_ran_is_not_said_to_have_stopped() -> None:
    assert said(a_pulse(), None).keys() == {"发送", "备份"}


@pytest.mark.parametrize(
    ("more", "there"),
    [({}, True), ({"TELEGRAM_WEBHOOK_URL": "https://h", "TELEGRAM_WEBHOOK_SECRET": "s"}, False)],
)
def test_polling_is_looked_at_where_there_is_polling(more: dict[str, str], there: bool) -> None:
    telegram = {"TELEGRAM_BOT_TOKEN": "1:x", "HANDLER_CHAT_ID": "-1", **more}
    assert ("Telegram 收取" in said(a_pulse(chat_polled=601.0), 0.0, **telegram)) == there
    assert "Telegram 收取" not in said(a_pulse(chat_polled=601.0), 0.0)
    assert "Telegram 收取" not in said(a_pulse(chat_polled=600.0), 0.0, **telegram)


TELEGRAM = {"TELEGRAM_BOT_TOKEN": "1:x", "HANDLER_CHAT_ID": "-1", "TELEGRAM_API_BASE": "http://127.0.0.1:9"}
WECOM = {
    "WECOM_CORP_ID": "ww1", "WECOM_AGENT_ID": "1000002", "WECOM_SECRET": "s", "WECOM_TOKEN": "t",
    "WECOM_AES_KEY": "a" * 43, "WECOM_API_BASE": "http://127.0.0.1:9",
}  # fmt: skip
CHATS = [
    ({}, {"承办人聊天": "off 未接入"}),
    (TELEGRAM, {"承办人聊天（Telegram）": "ok 已接入", "Telegram 接口": "warn http"}),
    (WECOM, {"承办人聊天（企业微信）": "ok 已接入", "企业微信接口": "warn http"}),
    (
        TELEGRAM | WECOM,
        {
            "承办人聊天（Telegram）": "ok 已接入", "Telegram 接口": "warn http",
            "承办人聊天（企业微信）": "warn 已设置（企业 ww1，应用 1000002），没有接入",
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(("given_", "wanted"), CHATS)
def test_the_doctor_says_which_chats_are_set_and_which_is_opened(
    given_: dict[str, str], wanted: dict[str, str], tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    named = {f"HUIYIN_{name}": value for name, value in given_.items()} | {"HUIYIN_DATABASE_URL": url}
    found = {
        check.name: f"{check.state} {check.detail}" for check in checkup._chat(settings_.read(named, NOWHERE))
    }
    found.pop("督办群", None)
    assert found.keys() == wanted.keys()
    assert all(found[name].startswith(said_) for name, said_ in wanted.items()), found


@pytest.mark.parametrize(("beat", "lag"), [(60, 240.0), (300, 0.0), (1, 299.0)])
def test_the_sweep_lags_behind_its_own_beat_alone(bureau: Bureau, beat: int, lag: float) -> None:
    no = bureau.a_case()
    office = replace(bureau.workplace.office, sweep_every=timedelta(seconds=beat))

    def due(desk: Desk) -> None:
        case = by_number(desk, no)
        case.next_look_at = desk.now - timedelta(seconds=300)
        desk.session.add(case)

    bureau.workplace.act(due)
    assert replace(bureau.workplace, office=office).look(pulses.pulse).sweep_lag == lag


SECRET = "geheim-key"


@pytest.mark.parametrize(
    "value",
    [
        SECRET, f"x{SECRET}y{SECRET}", {"headers": {"Authorization": f"Bearer {SECRET}"}}, [SECRET, [SECRET]],
        (SECRET,), {"a": (f"{SECRET}!",)}, SECRET.encode(), ValueError(SECRET),
    ],
)  # fmt: skip
def test_a_secret_is_blotted_out_wherever_it_stands(value: object) -> None:
    assert SECRET not in str(_blotted(value, [SECRET])) and "***" in str(_blotted(value, [SECRET]))


PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=9)


@settings(max_examples=30, deadline=None)
@given(st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner)))
def test_what_holds_no_secret_is_logged_as_it_is(value: object) -> None:
    assert _blotted(value, ["a secret of ours that nothing holds"]) == value


@pytest.mark.parametrize("kept", ["inf", "1e300", "-inf", "9" * 400])
def test_a_clock_set_beyond_all_days_starts_at_now(tmp_path: Path, kept: str) -> None:
    (tmp_path / "clock").write_text(kept)
    assert OffsetClock(tmp_path / "clock").offset == timedelta()


HOSTILE = [
    "[/]",
    "[bold]重要[/bold]",
    "[red",
    ":smile:",
    "\x1b[31m红",
    "a\nb",
    "[link=file:///etc/passwd]x[/link]",
    "\\[x]",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_a_table_shows_words_as_they_were_written(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    frame.print_table([{"a": words}, {"a": None}], {"a": "标题"})
    frame.print_table([], {"a": "标题"}, words.replace("\x1b", ""))
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    for part in words.replace("\x1b", "\ufffd").split("\n"):
        assert shown.count(part) >= 1


@pytest.mark.parametrize("words", HOSTILE)
def test_what_people_wrote_breaks_no_list(at_work: Bureau, huiyin: Huiyin, words: str) -> None:
    assert huiyin("department", "add", f"{words}局", "--phone", words).code == 0
    assert (
        huiyin("account", "add", words, "--platform", words, "--unit", words, "--opened", "2026-03-02").code
        == 0
    )
    assert huiyin("release", "add", words, "--account", "1", "--weight", "ordinary", "--as", "张工").code == 0
    assert huiyin("incident", "add", "--kind", "rumour", "--text", words).code == 0
    no = at_work.a_case(f"投诉 {words}")
    for list_ in (
        "department list",
        "account list",
        "release list",
        "incident list",
        "audit list",
        "case list",
        f"case show {no}",
    ):
        shown = huiyin(*list_.split())
        assert (shown.code, shown.err) == (0, ""), list_
    found = json.loads(huiyin("release", "list", "--json").out)
    assert found[0]["title"] == words.strip()


@pytest.mark.parametrize("card", ["", "{", "[]", "3", "\udcff"])
def test_a_version_whose_card_is_damaged_is_listed(at_work: Bureau, huiyin: Huiyin, card: str) -> None:
    folder = Path("var/models/v1")
    folder.mkdir(parents=True)
    (folder / "card.json").write_text(card, encoding="utf-8", errors="surrogateescape")
    said_ = huiyin("models", "list", "--json")
    assert said_.code == 0 and [row["version"] for row in json.loads(said_.out)] == ["built-in", "v1"]
    used = huiyin("models", "use", "v1")
    assert used.code == 1 and "内部错误" not in used.err and used.err.count("\n") == 1
