"""Settings: one clear line that names the variable, for everything that can be wrong with one."""

from pathlib import Path

import pytest

from app.settings import BadSetting, Settings, read

NOWHERE = Path("/nonexistent/.env")
WECHAT = {
    "HUIYIN_WECHAT_APP_ID": "wx1",
    "HUIYIN_WECHAT_APP_SECRET": "s3cret-value",
    "HUIYIN_WECHAT_TOKEN": "tok",
}

WRONG = [
    ({"HUIYIN_DATABSE_URL": "x"}, "HUIYIN_DATABSE_URL", "HUIYIN_DATABASE_URL"),
    ({"HUIYIN_NONSENSE_AT_ALL": "1"}, "HUIYIN_NONSENSE_AT_ALL", "不是已知的设置"),
    ({"HUIYIN_DATABASE_URL": "mysql://x"}, "HUIYIN_DATABASE_URL", "sqlite:///"),
    ({"HUIYIN_REVIEW_LEVELS": "4"}, "HUIYIN_REVIEW_LEVELS", "太大"),
    ({"HUIYIN_REVIEW_LEVELS": "two"}, "HUIYIN_REVIEW_LEVELS", "整数"),
    ({"HUIYIN_SWEEP_SECONDS": "0"}, "HUIYIN_SWEEP_SECONDS", "太小"),
    ({"HUIYIN_TIMEZONE": "Mars/Olympus"}, "HUIYIN_TIMEZONE", "时区"),
    ({"HUIYIN_OFFICE_CLOSE": "25:00"}, "HUIYIN_OFFICE_CLOSE", "17:30"),
    ({"HUIYIN_QUIET_HOURS": "8pm"}, "HUIYIN_QUIET_HOURS", "20:00-08:00"),
    ({"HUIYIN_AUTO_ANSWER": "maybe"}, "HUIYIN_AUTO_ANSWER", "true 或 false"),
    ({"HUIYIN_WECHAT_APP_ID": "wx1"}, "HUIYIN_WECHAT_APP_SECRET", "HUIYIN_WECHAT_TOKEN"),
    ({**WECHAT, "HUIYIN_WECHAT_AES_KEY": "short"}, "HUIYIN_WECHAT_AES_KEY", "43"),
    ({"HUIYIN_WECHAT_AES_KEY": "A" * 43}, "HUIYIN_WECHAT_APP_ID", "未设置"),
    ({**WECHAT, "HUIYIN_WECHAT_TEMPLATE_ID": "t"}, "HUIYIN_WECHAT_TEMPLATE_FIELDS", "未设置"),
    (
        {**WECHAT, "HUIYIN_WECHAT_TEMPLATE_ID": "t", "HUIYIN_WECHAT_TEMPLATE_FIELDS": "nothing"},
        "HUIYIN_WECHAT_TEMPLATE_FIELDS",
        "no:",
    ),
    ({"HUIYIN_HANDLER_CHAT_ID": "-100"}, "HUIYIN_TELEGRAM_BOT_TOKEN", "未设置"),
    (
        {"HUIYIN_TELEGRAM_BOT_TOKEN": "1:a", "HUIYIN_HANDLER_CHAT_ID": "room"},
        "HUIYIN_HANDLER_CHAT_ID",
        "数字",
    ),
    ({"HUIYIN_WECHAT_API_BASE": "ftp://x"}, "HUIYIN_WECHAT_API_BASE", "http"),
    ({"HUIYIN_WECOM_CORP_ID": "ww"}, "HUIYIN_WECOM_AGENT_ID", "未设置"),
    ({"HUIYIN_DATABASE_URL": "postgresql://u:s3cret-value@h:port/d"}, "HUIYIN_DATABASE_URL", "%40"),
    ({"HUIYIN_DATABASE_URL": "postgresql://u:s3cret-value@x@h/d"}, "HUIYIN_DATABASE_URL", "%40"),
    ({"HUIYIN_DATABASE_URL": "sqlite:///"}, "HUIYIN_DATABASE_URL", "文件"),
    ({"HUIYIN_DATABASE_URL": "sqlite:///:memory:"}, "HUIYIN_DATABASE_URL", "文件"),
    ({"HUIYIN_SEMANTIC": "bogus"}, "HUIYIN_SEMANTIC", "auto"),
    ({"HUIYIN_SWEEP_SECONDS": "nan"}, "HUIYIN_SWEEP_SECONDS", "太大"),
    ({"HUIYIN_MERGE_WINDOW_SECONDS": "-5"}, "HUIYIN_MERGE_WINDOW_SECONDS", "太小"),
    ({"HUIYIN_WECHAT_CUSTOMER_MESSAGES": "perhaps"}, "HUIYIN_WECHAT_CUSTOMER_MESSAGES", "true 或 false"),
]


@pytest.mark.parametrize(("environ", "named", "said"), WRONG)
def test_a_wrong_setting_is_named_in_one_line(environ: dict[str, str], named: str, said: str) -> None:
    with pytest.raises(BadSetting) as refused:
        read(environ, NOWHERE)
    line = str(refused.value)
    assert named in line
    assert said in line
    assert "\n" not in line
    assert "s3cret-value" not in line


@pytest.mark.parametrize("name", [*Settings.model_fields, "office\nclose", "office_close\x1b[2J"])
@pytest.mark.parametrize(
    "value", ["17:30\n一切正常", "\x1b[2J\x9b1m", "8\r\n9", "a\tb\x0bc", "长" * 5_000, "/" + "长" * 5_000]
)
def test_no_setting_forges_a_second_line_or_speaks_to_the_terminal(name: str, value: str) -> None:
    try:
        read({f"HUIYIN_{name.upper()}": value}, NOWHERE)
    except BadSetting as refused:
        line = str(refused)
        assert line.isprintable() or "\ufffd" in line, "U+FFFD stands where a control character stood"
        assert line.replace("\ufffd", "").isprintable() and len(line) < 400
        assert line.startswith("HUIYIN_")


def test_nothing_is_needed() -> None:
    settings = read({}, NOWHERE)
    assert settings.database_url == "sqlite:///var/huiyin.db"
    assert not settings.wechat_on
    assert not settings.telegram_on


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("HUIYIN_REVIEW_LEVELS=2\nHUIYIN_OFFICE_CLOSE=17:30\nOTHER_PROGRAM=x\n", encoding="utf-8")
    settings = read({"HUIYIN_REVIEW_LEVELS": "3", "HUIYIN_OFFICE_CLOSE": ""}, file)
    assert settings.review_levels == 3
    assert settings.office_close in ("17:30", "24:00")


def test_an_unknown_name_in_the_file_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("HUIYIN_REVEIW_LEVELS=2\n", encoding="utf-8")
    with pytest.raises(BadSetting, match="HUIYIN_REVIEW_LEVELS"):
        read({}, file)


@pytest.mark.parametrize(
    "line", ["HUIYIN_REVIEW_LEVELS 2", "HUIYIN_REVIEW_LEVELS", "=2", 'HUIYIN_TIMEZONE="Asia']
)
def test_a_line_of_the_file_that_says_nothing_stops_the_start(tmp_path: Path, line: str) -> None:
    file = tmp_path / ".env"
    file.write_bytes(f"# 设置\r\nHUIYIN_OFFICE_CLOSE=17:30\r\n\r\n{line}\r\nOTHER=geheim\r\n".encode())
    with pytest.raises(BadSetting, match="第 4 行") as told:
        read({}, file)
    assert "geheim" not in str(told.value)


def test_the_example_names_every_setting_and_nothing_else() -> None:
    example = Path(__file__).parents[3] / ".env.example"
    lines = [
        line for line in example.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
    ]
    names = {line.partition("=")[0].removeprefix("HUIYIN_").lower() for line in lines}
    assert names == set(type(read({}, NOWHERE)).model_fields)
    read({}, example)
