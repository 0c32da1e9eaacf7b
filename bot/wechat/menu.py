"""The menu under an official account's conversation."""

from typing import Any

from bot.wechat.accounts import Account, MenuEntry
from bot.wechat.client import WeChatApi
from bot.wechat.commands import TEXT_KEY

MENU = (
    MenuEntry("我要留言", does="write"),
    MenuEntry("查询", does="query"),
    MenuEntry("更多", entries=(MenuEntry("转人工", does="person"), MenuEntry("帮助", does="help"))),
)


def body(account: Account) -> dict[str, Any]:
    """Return the account's menu, or the usual one, as the platform takes it."""
    return {"button": [_button(entry) for entry in account.menu or MENU]}


async def push(api: WeChatApi) -> None:
    """Put the account's menu in place; citizens see it within minutes. Raises: ApiError."""
    await api.post("cgi-bin/menu/create", body(api.account))


def _button(entry: MenuEntry) -> dict[str, Any]:
    if entry.entries:
        return {"name": entry.name, "sub_button": [_button(each) for each in entry.entries]}
    if entry.url:
        return {"type": "view", "name": entry.name, "url": entry.url}
    return {"type": "click", "name": entry.name, "key": entry.does or TEXT_KEY + entry.name}
