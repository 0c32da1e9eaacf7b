"""Every setting with values at and over its bounds, in groups and alone; no secret is ever shown."""

import itertools
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.settings import PREFIX, BadSetting, Settings, read

NOWHERE = Path("/nonexistent/.env")
WECHAT = {"WECHAT_APP_ID": "wx1", "WECHAT_APP_SECRET": "geheim-secret", "WECHAT_TOKEN": "geheim-token"}
TELEGRAM = {"TELEGRAM_BOT_TOKEN": "1:geheim-bot", "HANDLER_CHAT_ID": "-100"}
WECOM = {
    "WECOM_CORP_ID": "ww", "WECOM_AGENT_ID": "1", "WECOM_SECRET": "geheim-wecom", "WECOM_TOKEN": "geheim-tok",
    "WECOM_AES_KEY": "A" * 43,
}  # fmt: skip
LLM = {"LLM_BASE_URL": "http://127.0.0.1:1", "LLM_MODEL": "m"}
TEMPLATE = {**WECHAT, "WECHAT_TEMPLATE_ID": "t", "WECHAT_TEMPLATE_FIELDS": "no:a,title:b,date:c"}


def given_(values: dict[str, str]) -> Settings:
    return read({PREFIX + name: value for name, value in values.items()}, NOWHERE)


def why_not(values: dict[str, str]) -> str:
    """Return the line that refuses the settings, empty if they are taken."""
    try:
        given_(values)
    except BadSetting as refused:
        line = str(refused)
        assert "\n" not in line and "geheim" not in line
        return line
    return ""


BOUNDS = {
    "WECHAT_COMMENT_POLL_SECONDS": (0, 86400, -1, 86401), "TELEGRAM_GROUP_PER_MINUTE": (0, 1000, -1, 1001),
    "REVIEW_LEVELS": (1, 3, 0, 4), "SWEEP_SECONDS": (0.1, 3600, 0, 3601), "MERGE_WINDOW_SECONDS": (0, 86400, -1, 86401),
    "DANGER_REPEAT_MINUTES": (0, 1440, -1, 1441), "SESSION_IDLE_MINUTES": (0.5, 720, 0, 721),
    "RETENTION_YEARS": (0, 100, -1, 101),
}  # fmt: skip


@pytest.mark.parametrize("name", list(BOUNDS))
def test_a_number_has_bounds(name: str) -> None:
    least, most, below, above = BOUNDS[name]
    for value in (least, most):
        assert why_not({name: str(value)}) == ""
        assert getattr(given_({name: f"  {value} "}), name.lower()) == value
    assert why_not({name: str(below)}) == f"{PREFIX}{name} 无效：数值太小"
    assert why_not({name: str(above)}) == f"{PREFIX}{name} 无效：数值太大"
    for value in ("x", "五", "1,5", "--1", "0x10", "inf", "-inf", "nan", "1e999"):
        assert why_not({name: value}).startswith(f"{PREFIX}{name} 无效：")


WRONG = {
    "TIMEZONE": ["Mars/Olympus", "Asia", "../../etc/passwd", "UTC+8", "北京", "\udcff"],
    "OFFICE_CLOSE": ["25:00", "17", "17:60", "五点", "17:30:00", "-1:00"],
    "OFFICE_HOURS": ["8:30", "08:30-", "25:00-26:00", "17:30-08:30", "上班时间"],
    "QUIET_HOURS": ["20:00", "20-8", "20:00-20:00", "20:00-25:00", "夜里"],
    "AUTO_ANSWER": ["maybe", "2", "是", "tru"],
    "CONSOLE_TOTP": ["yes", "Required", "off"],
    "LOG_FORMAT": ["xml", "JSON"],
    "SEMANTIC": ["on", "/nonexistent/model"],
    "DATABASE_URL": [
        "mysql://h/d", "sqlite://x", "sqlite:///", "sqlite:///:memory:", "sqlite:///?x=1", "postgresql://h:port/d",
        "postgresql://h:0/d", "postgresql://h:70000/d", "postgresql://u:a@b@h/d", "postgresql://u:p#1@h/d", "var/huiyin.db",
    ],
    "WECHAT_API_BASE": [
        "ftp://x", "api.weixin.qq.com", "http://", "http:///x", "http://h:port", "http://h:70000", "http://[::1",
        "http://h:0", "http://a b", "https://:80", "javascript:1",
    ],
    "HANDLER_CHAT_ID": ["room", "-", "1 2", "-100/", "－100", "１２３", "@", "-100/a"],
    "TELEGRAM_BOT_TOKEN": ["geheim", "1:", ":geheim", "1:geheim geheim", "1：geheim", "１:geheim", "1:令牌"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in WRONG for value in WRONG[name]])
def test_a_value_that_is_none_is_named(name: str, value: str) -> None:
    values = {**TELEGRAM, name: value} if name in TELEGRAM else {name: value}
    assert why_not(values).startswith(f"{PREFIX}{name} 无效：")


RIGHT = {
    "TIMEZONE": ["UTC", "Asia/Urumqi"],
    "OFFICE_CLOSE": ["17:30", "24:00", "00:30"],
    "QUIET_HOURS": ["20:00-08:00", "12:00-13:30", " "],
    "DATABASE_URL": [
        "sqlite:////abs/x.db", "sqlite:///a b/x.db", "sqlite:///x.db?timeout=5", "postgresql://h/d",
        "postgresql+psycopg://u:p%40ss@h:5432/d", "postgres://u@h/d", "postgresql:///d?host=/run/pg",
    ],
    "WECHAT_API_BASE": ["http://127.0.0.1:1", "https://h/base/", "http://[::1]:8080/x"],
    "SUPERVISOR_CHAT_ID": ["-1001234567890", "5", "-100/7", "@group_1"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in RIGHT for value in RIGHT[name]])
def test_a_value_that_is_one_is_taken(name: str, value: str) -> None:
    assert why_not({name: value}) == ""


@pytest.mark.parametrize("group", [WECHAT, TELEGRAM, WECOM, LLM], ids=["wechat", "telegram", "wecom", "llm"])
def test_a_group_is_set_whole_or_not_at_all(group: dict[str, str]) -> None:
    """Every part of every group: what lacks is named, all of it, and beside it what was given."""
    assert why_not(group) == "" and why_not(dict.fromkeys(group, "")) == ""
    for size in range(1, len(group)):
        for names in itertools.combinations(group, size):
            line = why_not({name: group[name] for name in names})
            assert all(
                (f"{PREFIX}{name} " in line or f"{PREFIX}{name}、" in line)
                for name in group
                if name not in names
            )
            assert "未设置" in line and any(f"{PREFIX}{name}" in line for name in names)


DEPENDENT = [
    ({"LLM_API_KEY": "geheim-key"}, "LLM_BASE_URL"),
    ({"WECHAT_AES_KEY": "A" * 43}, "WECHAT_APP_ID"),
    ({**WECHAT, "WECHAT_AES_KEY_PREVIOUS": "A" * 43}, "WECHAT_AES_KEY"),
    ({"WECHAT_TEMPLATE_ID": "t", "WECHAT_TEMPLATE_FIELDS": "no:a"}, "WECHAT_APP_ID"),
    ({"TELEGRAM_WEBHOOK_URL": "https://h/t", "TELEGRAM_WEBHOOK_SECRET": "geheim"}, "TELEGRAM_BOT_TOKEN"),
    ({**TELEGRAM, "TELEGRAM_WEBHOOK_URL": "https://h/t"}, "TELEGRAM_WEBHOOK_SECRET"),
    ({**TELEGRAM, "TELEGRAM_WEBHOOK_SECRET": "geheim"}, "TELEGRAM_WEBHOOK_URL"),
]


@pytest.mark.parametrize(("values", "lacks"), DEPENDENT)
def test_what_hangs_on_another_setting_names_it(values: dict[str, str], lacks: str) -> None:
    assert f"{PREFIX}{lacks} 未设置" in why_not(values)


@pytest.mark.parametrize("fields", ["no", "no:", "number:a", "no:a,", "no:a;title:b", ":a", "no:a,x:b"])
def test_template_fields_are_written_in_one_way(fields: str) -> None:
    assert "no:character_string1" in why_not({**TEMPLATE, "WECHAT_TEMPLATE_FIELDS": fields})


SECRETS = {
    **TEMPLATE, **TELEGRAM, **WECOM, **LLM, "SECRET_KEY": "geheim-key-of-the-office", "LLM_API_KEY": "geheim-llm",
    "SECRET_KEY_PREVIOUS": "geheim-key-before", "WECHAT_AES_KEY": "geheim" + "A" * 37, "WECOM_AES_KEY": "geheim" + "B" * 37,
    "WECHAT_AES_KEY_PREVIOUS": "geheim" + "C" * 37, "TELEGRAM_WEBHOOK_URL": "https://h/t",
    "TELEGRAM_WEBHOOK_SECRET": "geheim-hook", "DATABASE_URL": "postgresql://u:geheim%40db@h/d",
}  # fmt: skip


def test_no_secret_is_shown_and_every_one_is_blotted_out() -> None:
    settings = given_(SECRETS)
    shown = "\n".join(f"{name}={value}" for name, value in settings.shown())
    assert "geheim" not in shown + repr(settings) + str(settings)
    assert len(settings.shown()) == len(Settings.model_fields)
    blotted = settings.secret_values()
    for name, value in SECRETS.items():
        if "geheim" in value and name != "DATABASE_URL":
            assert value in blotted, name
    assert {"geheim%40db", "geheim@db"} <= set(blotted)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:geheim@h/d", "postgresql://h/d?user=u&password=geheim", "postgresql:///d?password=geheim&host=/run",
        "postgresql://u@h/d?sslpassword=geheim", "postgresql://u:geheim@h:5432/d?sslmode=require",
    ],
)  # fmt: skip
def test_the_databases_password_is_hidden_wherever_it_stands(url: str) -> None:
    settings = given_({"DATABASE_URL": url})
    shown = dict(settings.shown())[f"{PREFIX}DATABASE_URL"]
    assert "geheim" not in shown and "…" in shown and shown.startswith("postgresql://")
    assert "geheim" in settings.secret_values()


@given(
    st.sampled_from(sorted(Settings.model_fields)),
    st.text(st.characters(exclude_characters="\x00"), max_size=30),
)
@example("wechat_token", "abc\udcff")
def test_any_text_is_taken_or_named(name: str, value: str) -> None:
    line = why_not({name.upper(): value})
    assert not line or PREFIX in line


@pytest.mark.parametrize(
    "raw", [b"HUIYIN_TIMEZONE=\xff\xfe\n", "HUIYIN_TIMEZONE=Asia/Shanghai\n".encode("utf-16")]
)
def test_a_file_in_another_encoding_is_named(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / ".env").write_bytes(raw)
    with pytest.raises(BadSetting, match=r"\.env 读不出来"):
        read({}, tmp_path / ".env")


def test_a_file_of_windows_is_read(tmp_path: Path) -> None:
    lines = [
        "\ufeff# 注释",
        'HUIYIN_OFFICE_CLOSE="17:30"',
        "export HUIYIN_REVIEW_LEVELS=2",
        "HUIYIN_QUIET_HOURS=",
        "OTHER=x",
    ]
    (tmp_path / ".env").write_bytes("\r\n".join(lines).encode())
    found = read({}, tmp_path / ".env")
    assert (found.office_close, found.review_levels, found.quiet_hours) == ("17:30", 2, "")
