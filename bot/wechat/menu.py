"""The menu under an official account's conversation."""

from typing import Any

from bot.wechat.client import WeChatApi

MENU: dict[str, Any] = {
    "button": [
        {"type": "click", "name": "我要留言", "key": "write"},
        {"type": "click", "name": "查询", "key": "query"},
        {
            "name": "更多",
            "sub_button": [
                {"type": "click", "name": "转人工", "key": "person"},
                {"type": "click", "name": "帮助", "key": "help"},
            ],
        },
    ]
}


async def push(api: WeChatApi) -> None:
    """Put the menu in place; citizens see it within minutes. Raises: ApiError."""
    await api.post("cgi-bin/menu/create", MENU)
