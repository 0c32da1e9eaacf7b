"""The office's official accounts: the one of the settings, and more from `accounts.toml`."""

import tomllib
from pathlib import Path

from app.settings import BadSetting, Settings
from bot.wechat.accounts import Account, fields_from

FILE = Path("accounts.toml")


def accounts(settings: Settings, file: Path = FILE) -> tuple[Account, ...]:
    """Return all accounts, the one of the settings first. Raises: BadSetting naming what is wrong."""
    found: list[Account] = []
    if settings.wechat_on:
        found.append(
            Account(
                app_id=settings.wechat_app_id,
                secret=settings.wechat_app_secret.get_secret_value(),
                token=settings.wechat_token.get_secret_value(),
                aes_key=settings.wechat_aes_key.get_secret_value(),
                previous=settings.wechat_aes_key_previous.get_secret_value(),
                api_base=settings.wechat_api_base,
                customer_messages=settings.wechat_customer_messages,
                template_id=settings.wechat_template_id,
                template_fields=fields_from(settings.wechat_template_fields),
            )
        )
    if file.is_file():
        found += _from_file(file, settings.wechat_api_base)
    names = [account.app_id for account in found] + [account.name for account in found if account.name]
    if len(set(names)) < len(names):
        raise BadSetting(f"{file}：app_id 或 name 有重复")
    return tuple(found)


def _from_file(file: Path, api_base: str) -> list[Account]:
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8")).get("account", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSetting(f"{file} 读不懂：{error}") from None
    found = []
    for number, table in enumerate(tables, 1):
        missing = [key for key in ("name", "app_id", "secret", "token") if not table.get(key)]
        if missing:
            raise BadSetting(f"{file} 第 {number} 个 [[account]] 缺少 {'、'.join(missing)}")
        fields = fields_from(str(table.get("template_fields", "")))
        found.append(
            Account(
                app_id=str(table["app_id"]),
                secret=str(table["secret"]),
                token=str(table["token"]),
                aes_key=str(table.get("aes_key", "")),
                previous=str(table.get("aes_key_previous", "")),
                api_base=str(table.get("api_base", api_base)).rstrip("/"),
                customer_messages=bool(table.get("customer_messages", True)),
                template_id=str(table.get("template_id", "")),
                template_fields=fields,
                name=str(table["name"]),
            )
        )
    return found
