"""The office's official accounts: the one of the settings, and more from `accounts.toml`."""

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.settings import BadSetting, Settings
from bot.wechat.accounts import Account, MenuEntry, fields_from

FILE = Path("accounts.toml")
_DOES = {"留言": "write", "查询": "query", "人工": "person", "帮助": "help"}
_TOPS, _SUBS = (3, 16), (5, 60)  # how many lines the platform takes, and how many bytes a name may have
_KNOWN = frozenset(
    ("name", "app_id", "secret", "token", "aes_key", "aes_key_previous", "api_base", "customer_messages",
     "template_id", "template_fields", "menu", "departments", "knowledge")
)  # fmt: skip
_KEYS = ("name", "app_id", "secret", "token")


def accounts(settings: Settings, file: Path = FILE) -> tuple[Account, ...]:
    """Return all accounts, the one of the settings first. Raises: BadSetting naming what is wrong."""
    found = [_of_settings(settings)] if settings.wechat_on else []
    for number, table in enumerate(_tables(file), 1):
        place = f"{file} 第 {number} 个 [[account]]"
        if unknown := sorted(set(table) - _KNOWN):
            raise BadSetting(f"{place}：不认识的项 {'、'.join(unknown)}")
        if found and settings.wechat_on and _is_of_settings(table, settings):
            found[0] = _with_office(found[0], table, place)
        else:
            found.append(_with_office(_of_table(table, place, settings.wechat_api_base), table, place))
    names = [account.app_id for account in found] + [account.name for account in found if account.name]
    if len(set(names)) < len(names):
        raise BadSetting(f"{file}：app_id 或 name 有重复")
    return tuple(found)


def departments_of(found: tuple[Account, ...]) -> dict[str, tuple[str, ...]]:
    """Return by app id the departments to which cases go; what has no account counts as the first one's."""
    named = {account.app_id: account.departments for account in found}
    return {"": found[0].departments, **named} if found else {}


def knowledge_of(found: tuple[Account, ...]) -> dict[str, tuple[str, ...]]:
    """Return by app id the departments whose entries answer, as `departments_of` does."""
    named = {account.app_id: account.knowledge for account in found}
    return {"": found[0].knowledge, **named} if found else {}


def _of_settings(settings: Settings) -> Account:
    return Account(
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


def _is_of_settings(table: dict[str, Any], settings: Settings) -> bool:
    """An entry without keys adds a menu, departments and knowledge to the account of the settings."""
    return (
        table.get("app_id") == settings.wechat_app_id and not table.get("secret") and not table.get("token")
    )


def _tables(file: Path) -> list[dict[str, Any]]:
    if not file.is_file():
        return []
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8")).get("account", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSetting(f"{file} 读不懂：{error}") from None
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise BadSetting(f"{file}：公众号应逐个写成 [[account]]")
    return tables


def _of_table(table: dict[str, Any], place: str, api_base: str) -> Account:
    missing = [key for key in _KEYS if not table.get(key)]
    if missing:
        raise BadSetting(f"{place} 缺少 {'、'.join(missing)}")
    return Account(
        app_id=str(table["app_id"]),
        secret=str(table["secret"]),
        token=str(table["token"]),
        aes_key=str(table.get("aes_key", "")),
        previous=str(table.get("aes_key_previous", "")),
        api_base=str(table.get("api_base", api_base)).rstrip("/"),
        customer_messages=bool(table.get("customer_messages", True)),
        template_id=str(table.get("template_id", "")),
        template_fields=fields_from(str(table.get("template_fields", ""))),
    )


def _with_office(account: Account, table: dict[str, Any], place: str) -> Account:
    """Return the account with its name, menu, departments and knowledge. Raises: BadSetting."""
    departments = _names(table, "departments", place)
    return replace(
        account,
        name=str(table.get("name", "")),
        departments=departments,
        knowledge=_names(table, "knowledge", place) if "knowledge" in table else departments,
        menu=_menu(table.get("menu", []), f"{place} 的 menu", *_TOPS),
    )


def _names(table: dict[str, Any], key: str, place: str) -> tuple[str, ...]:
    names = table.get(key, [])
    if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() for name in names):
        raise BadSetting(f'{place}：{key} 应为部门名称的列表，如 {key} = ["人社局"]')
    return tuple(name.strip() for name in names)


def _menu(lines: Any, place: str, most: int, longest: int) -> tuple[MenuEntry, ...]:
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise BadSetting(f"{place} 应逐项写成 [[account.menu]]")
    if len(lines) > most:
        raise BadSetting(f"{place} 最多 {most} 项")
    names = [str(line.get("name", "")).strip() for line in lines]
    if len(set(names)) < len(names):
        raise BadSetting(f"{place} 的 name 有重复")
    return tuple(_entry(line, name, place, longest) for line, name in zip(lines, names, strict=True))


def _entry(line: dict[str, Any], name: str, place: str, longest: int) -> MenuEntry:
    if not name or len(name.encode()) > longest:
        raise BadSetting(f"{place}：每项都要有 name，不超过 {longest // 3} 个汉字")
    kinds = [key for key in ("does", "text", "url", "menu") if line.get(key)]
    if len(kinds) != 1 or set(line) - {"name", "does", "text", "url", "menu"}:
        raise BadSetting(f"{place}「{name}」应写 does、text、url、menu 四者之一")
    if kinds == ["menu"]:
        if longest != _TOPS[1]:
            raise BadSetting(f"{place}「{name}」：菜单只有两级")
        return MenuEntry(name, entries=_menu(line["menu"], f"{place}「{name}」", *_SUBS))
    said = str(line[kinds[0]]).strip()
    if kinds == ["does"]:
        if said not in _DOES:
            raise BadSetting(f"{place}「{name}」：does 应为 {'、'.join(_DOES)} 之一")
        return MenuEntry(name, does=_DOES[said])
    if kinds == ["url"] and not said.startswith(("https://", "http://")):
        raise BadSetting(f"{place}「{name}」：url 应以 https:// 开头")
    return MenuEntry(name, url=said) if kinds == ["url"] else MenuEntry(name, text=said)
