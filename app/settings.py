"""Settings from the environment or `.env`, read once into a frozen class. A wrong one stops the start."""

import difflib
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from dotenv.parser import parse_stream
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from sla.errors import SlaError
from sla.hours import parse_office_close, parse_office_hours, parse_quiet_hours
from text.normalise import storable
from text.printable import one_line

PREFIX = "HUIYIN_"
_IN_QUERY = re.compile(r"([?&](?:ssl)?password=)[^&#]*", re.IGNORECASE)
IN_DATABASE = "database"  # where citizens' files are kept


class BadSetting(Exception):
    """One line that names the variable and says what is wrong with it; never holds a secret's value."""

    def __init__(self, words: str) -> None:
        super().__init__(one_line(words))  # they may quote what was set, which may hold anything


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("不是有效的时区名，例如 Asia/Shanghai") from None
    return value


def _is(what: Callable[[Path], bool], path: str) -> bool:
    """Ask the file system; what it will not even look for (a name too long, a folder that is shut) is not there."""
    try:
        return what(Path(path))
    except OSError:
        return False


def _media_store(value: str) -> str:
    if value in ("", IN_DATABASE):
        return value
    if not value.startswith("/") or not _is(Path.is_dir, value):
        raise ValueError("请留空、写 database，或写一个已有的共享目录的绝对路径")
    return value


def _url(value: str) -> str:
    if value and not re.fullmatch(r"https?://[^\s/]+\S*", value):
        raise ValueError("应为 http:// 或 https:// 开头的地址")
    try:
        server = urlsplit(value)
        usable = not value or bool(server.hostname and server.port != 0)
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("地址读不懂：主机名或端口不对")
    return value.rstrip("/")


def _database(value: str) -> str:
    if not re.match(r"(sqlite:///|postgres(ql)?(\+psycopg)?://)", value):
        raise ValueError("应以 sqlite:/// 或 postgresql:// 开头")
    if value.startswith("sqlite"):
        if not sqlite_file(value).name or ":memory:" in value:
            raise ValueError("sqlite:/// 之后应为文件的路径")
        return value
    try:
        server = urlsplit(value)
        bad = server.netloc.count("@") > 1 or "#" in value or server.port == 0
    except ValueError:
        bad = True
    if bad:
        raise ValueError("读不懂：端口应为数字，密码里的 @ : / # 要写成 %40 %3A %2F %23")
    return value


def sqlite_file(url: str) -> Path:
    """Return the file of a `sqlite:///` address."""
    return Path(url.removeprefix("sqlite:///").partition("?")[0])


def _semantic(value: str) -> str:
    if value not in ("auto", "off") and not _is(Path.exists, value):
        raise ValueError("应为 auto、off 或一个模型文件的路径")
    return value


def _aes_key(value: SecretStr) -> SecretStr:
    if value.get_secret_value() and not re.fullmatch(r"[A-Za-z0-9+/]{43}", value.get_secret_value()):
        raise ValueError("应为 43 个字符（字母、数字、+、/）")
    return value


def _close(value: str) -> str:
    try:
        parse_office_close(value)
    except SlaError as error:
        raise ValueError(str(error)) from None
    return value


def _hours(value: str) -> str:
    try:
        parse_office_hours(value)
    except SlaError as error:
        raise ValueError(str(error)) from None
    return value


def _quiet(value: str) -> str:
    try:
        parse_quiet_hours(value)
    except SlaError as error:
        raise ValueError(str(error)) from None
    return value


def _template_fields(value: str) -> str:
    parts = dict(part.partition(":")[::2] for part in value.split(",")) if value else {}
    named = all(re.fullmatch(r"\w+", field, re.ASCII) for field in parts.values())
    if value and (not set(parts) <= {"no", "title", "date"} or not named):
        raise ValueError("应写成 no:character_string1,title:thing2,date:time3")
    return value


def _chat_id(value: str) -> str:
    if value and not re.fullmatch(r"-?\d+(/\d+)?|@\w+", value, re.ASCII):
        raise ValueError("应为群或会话的数字编号，例如 -1001234567890")
    return value


def _token(value: SecretStr) -> SecretStr:
    token = value.get_secret_value()
    if token and not re.fullmatch(r"\d{1,20}:[\w-]+", token, re.ASCII):
        raise ValueError("不是机器人令牌的格式（数字:字母）")
    return value


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_stripped)]
Url = Annotated[Text, AfterValidator(_url)]
Secret = Annotated[SecretStr, BeforeValidator(_stripped)]
AesKey = Annotated[Secret, AfterValidator(_aes_key)]
NONE = SecretStr("")


class Settings(BaseModel):
    """Field names are the variables' names in lower case, without the prefix."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    database_url: Annotated[Text, AfterValidator(_database)] = Field("sqlite:///var/huiyin.db", repr=False)
    media_store: Annotated[Text, AfterValidator(_media_store)] = ""
    secret_key: Secret = NONE
    secret_key_previous: Secret = NONE
    timezone: Annotated[Text, AfterValidator(_zone)] = "Asia/Shanghai"
    wechat_app_id: Text = ""
    wechat_app_secret: Secret = NONE
    wechat_token: Secret = NONE
    wechat_aes_key: AesKey = NONE
    wechat_aes_key_previous: AesKey = NONE
    wechat_api_base: Url = "https://api.weixin.qq.com"
    wechat_customer_messages: bool = True
    wechat_template_id: Text = ""
    wechat_template_fields: Annotated[Text, AfterValidator(_template_fields)] = ""
    wechat_comment_poll_seconds: float = Field(300, ge=0, le=86400)
    telegram_bot_token: Annotated[Secret, AfterValidator(_token)] = NONE
    handler_chat_id: Annotated[Text, AfterValidator(_chat_id)] = ""
    supervisor_chat_id: Annotated[Text, AfterValidator(_chat_id)] = ""
    telegram_api_base: Url = "https://api.telegram.org"
    telegram_webhook_url: Url = ""
    telegram_webhook_secret: Secret = NONE
    telegram_group_per_minute: int = Field(20, ge=0, le=1000)
    wecom_corp_id: Text = ""
    wecom_agent_id: Text = ""
    wecom_secret: Secret = NONE
    wecom_token: Secret = NONE
    wecom_aes_key: AesKey = NONE
    wecom_api_base: Url = "https://qyapi.weixin.qq.com"
    review_levels: int = Field(1, ge=1, le=3)
    sweep_seconds: float = Field(60, gt=0, le=3600)
    merge_window_seconds: float = Field(300, ge=0, le=86400)
    office_close: Annotated[Text, AfterValidator(_close)] = "24:00"
    quiet_hours: Annotated[Text, AfterValidator(_quiet)] = ""
    danger_repeat_minutes: float = Field(10, ge=0, le=1440)
    office_hours: Annotated[Text, AfterValidator(_hours)] = "08:30-17:30"
    auto_answer: bool = True
    session_idle_minutes: float = Field(30, gt=0, le=720)
    console_totp: Literal["optional", "required"] = "optional"
    log_format: Literal["json", "text"] = "json"
    retention_years: int = Field(0, ge=0, le=100)
    semantic: Annotated[Text, AfterValidator(_semantic)] = "auto"
    llm_base_url: Url = ""
    llm_model: Text = ""
    llm_api_key: Secret = NONE

    @model_validator(mode="after")
    def _groups(self) -> "Settings":
        self._all_or_none("WECHAT_APP_ID", "WECHAT_APP_SECRET", "WECHAT_TOKEN")
        self._all_or_none("WECHAT_TEMPLATE_ID", "WECHAT_TEMPLATE_FIELDS")
        self._all_or_none("TELEGRAM_BOT_TOKEN", "HANDLER_CHAT_ID")
        self._all_or_none("WECOM_CORP_ID", "WECOM_AGENT_ID", "WECOM_SECRET", "WECOM_TOKEN", "WECOM_AES_KEY")
        self._all_or_none("LLM_BASE_URL", "LLM_MODEL")
        for dependent, needed in (
            ("LLM_API_KEY", "LLM_BASE_URL"),
            ("WECHAT_AES_KEY", "WECHAT_APP_ID"),
            ("WECHAT_AES_KEY_PREVIOUS", "WECHAT_AES_KEY"),
            ("WECHAT_TEMPLATE_ID", "WECHAT_APP_ID"),
            ("TELEGRAM_WEBHOOK_URL", "TELEGRAM_BOT_TOKEN"),
            ("TELEGRAM_WEBHOOK_URL", "TELEGRAM_WEBHOOK_SECRET"),
            ("TELEGRAM_WEBHOOK_SECRET", "TELEGRAM_WEBHOOK_URL"),
        ):
            if self._set(dependent) and not self._set(needed):
                raise ValueError(f"{PREFIX}{needed} 未设置：设置了 {PREFIX}{dependent} 就必须同时设置它")
        return self

    def _set(self, name: str) -> bool:
        value = getattr(self, name.lower())
        return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)

    def _all_or_none(self, *names: str) -> None:
        missing = [name for name in names if not self._set(name)]
        if missing and len(missing) < len(names):
            given = next(name for name in names if name not in missing)
            wanted = "、".join(PREFIX + name for name in missing)
            raise ValueError(f"{wanted} 未设置：设置了 {PREFIX}{given} 就必须同时设置（或全部留空）")

    def secret_values(self) -> list[str]:
        """Return every secret value, so that logs can blot it out."""
        values = [getattr(self, name) for name in type(self).model_fields]
        found = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
        written = _passwords(self.database_url)
        return [*found, *dict.fromkeys([*written, *map(unquote, written)])]

    def shown(self) -> tuple[tuple[str, str], ...]:
        """Return every setting by its variable's name, for people to read: of a secret only whether it is set."""
        rows = []
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, SecretStr):
                value = "已设置" if value.get_secret_value() else ""
            elif isinstance(value, bool):
                value = str(value).lower()
            elif name == "database_url":
                value = _without_password(value)
            rows.append((PREFIX + name.upper(), str(value)))
        return tuple(rows)

    @property
    def wechat_on(self) -> bool:
        return bool(self.wechat_app_id)

    @property
    def model_on(self) -> bool:
        return bool(self.llm_base_url)

    @property
    def telegram_on(self) -> bool:
        return self._set("TELEGRAM_BOT_TOKEN")

    @property
    def wecom_on(self) -> bool:
        return bool(self.wecom_corp_id)

    @property
    def chat_platform(self) -> str:
        """Return the one handler chat that is opened, or an empty text: with both set it is Telegram."""
        return "telegram" if self.telegram_on else "wecom" if self.wecom_on else ""


def _without_password(url: str) -> str:
    server, at, rest = url.partition("://")[2].rpartition("@")
    shown = f"{url.partition('://')[0]}://{server.partition(':')[0]}:…@{rest}" if at else url
    return _IN_QUERY.sub(r"\1…", shown)


def _passwords(url: str) -> list[str]:
    """Return the passwords that a database's address holds, as they are written there."""
    before = url.partition("://")[2].rpartition("@")[0].partition(":")[2]
    return [before, *(found[0].removeprefix(found[1]) for found in _IN_QUERY.finditer(url))]


def read(environ: Mapping[str, str] | None = None, env_file: Path | None = None) -> Settings:
    """Read the settings; the environment wins over `.env` in the working directory. Raises: BadSetting."""
    environ = os.environ if environ is None else environ
    env_file = Path(".env") if env_file is None else env_file
    from_file = _from_file(env_file) if env_file.is_file() else {}
    merged = {**from_file, **environ}
    given = {name.removeprefix(PREFIX): value for name, value in merged.items() if name.startswith(PREFIX)}
    known = {name.upper() for name in Settings.model_fields}
    for name in sorted(given):
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"，是否想写 {PREFIX}{near[0]}？" if near else ""
            raise BadSetting(f"{PREFIX}{name} 不是已知的设置{hint}")
        if storable(given[name]) != given[name]:  # bytes of another encoding
            raise BadSetting(f"{PREFIX}{name} 无效：不是 UTF-8 编码的文字")
    values = {name.lower(): value for name, value in given.items() if value.strip()}
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise BadSetting(_line(error)) from None


def _from_file(env_file: Path) -> dict[str, str]:
    """Return what `.env` sets. A line that says nothing is a setting somebody believes in: it stops the start.

    Raises: BadSetting naming the line, never what stands in it.
    """
    try:
        with env_file.open(encoding="utf-8-sig") as lines:
            found = list(parse_stream(lines))
    except (OSError, UnicodeDecodeError):
        raise BadSetting(f"{env_file} 读不出来，请检查权限和编码（UTF-8）") from None
    for each in found:
        if each.error or (each.key is not None and each.value is None):
            text = each.original.string
            line = each.original.line + text[: len(text) - len(text.lstrip())].count("\n")
            raise BadSetting(f"{env_file} 第 {line} 行读不懂，应写成 名称=值") from None
    return {each.key: each.value or "" for each in found if each.key is not None}


def _line(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    message = str(first["msg"]).removeprefix("Value error, ")
    if not first["loc"]:
        return message
    if first["type"] == "literal_error":
        message = f"应为 {str(first['ctx']['expected']).replace(' or ', ' 或 ').replace(chr(39), '')}"
    return f"{PREFIX}{str(first['loc'][0]).upper()} 无效：{_CHINESE.get(first['type'], message)}"


_CHINESE = {
    "int_parsing": "应为整数",
    "string_unicode": "不是 UTF-8 文字",
    "float_parsing": "应为数字",
    "bool_parsing": "应为 true 或 false",
    "int_from_float": "应为整数",
    "greater_than": "数值太小",
    "greater_than_equal": "数值太小",
    "less_than_equal": "数值太大",
}
