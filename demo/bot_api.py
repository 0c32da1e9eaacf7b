"""The wire format of the Telegram Bot API, as far as the simulator speaks it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

LONGEST_TEXT = 4096
CHAT_ID = re.compile(r"-?[1-9][0-9]{0,17}")
LONGEST_DATA = 64
BOT: dict[str, Any] = {"id": 1, "is_bot": True, "first_name": "回音", "username": "huiyin_demo_bot"}


@dataclass(frozen=True, slots=True)
class BotApiError(Exception):
    """What the platform answers instead of a result."""

    code: int
    description: str
    parameters: dict[str, Any] = field(default_factory=dict)


def read_fields(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return a request's fields; what holds JSON is opened."""
    return {
        name: _opened(value) if isinstance(value, str) and name not in ("text", "caption", "data") else value
        for name, value in form.items()
    }


def chat_of(chat_id: str) -> dict[str, Any]:
    private = not chat_id.startswith("-")
    if private:
        return {"id": int(chat_id), "type": "private", "first_name": "工作人员"}
    return {"id": int(chat_id), "type": "supergroup", "title": "群"}


def checked_markup(markup: Any) -> dict[str, Any]:
    """Return the reply markup. Raises: BotApiError for what the platform would refuse."""
    if not markup:
        return {}
    if not isinstance(markup, dict):
        raise BotApiError(400, "Bad Request: object expected as reply markup")
    for row in markup.get("inline_keyboard", []):
        for button in row:
            if not button.get("text"):
                raise BotApiError(400, "Bad Request: can't parse inline keyboard button: text is empty")
            if len(str(button.get("callback_data", "")).encode()) > LONGEST_DATA:
                raise BotApiError(400, "Bad Request: BUTTON_DATA_INVALID")
    return markup


def checked_text(text: object, parse_mode: str) -> str:
    """Return the text as written. Raises: BotApiError when it is empty or too long to be shown."""
    if not isinstance(text, str) or not plain(text, parse_mode).strip():
        raise BotApiError(400, "Bad Request: message text is empty")
    if len(plain(text, parse_mode).encode("utf-16-le")) // 2 > LONGEST_TEXT:
        raise BotApiError(400, "Bad Request: message is too long")
    return text


def plain(text: str, parse_mode: str) -> str:
    """Return what the reader sees of a text in HTML mode; in any other mode the text itself."""
    if parse_mode.upper() != "HTML":
        return text
    stripper = _Stripper()
    stripper.feed(text)
    stripper.close()
    return "".join(stripper.parts)


class _Stripper(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def _opened(value: str) -> Any:
    if not value or value[0] not in "{[0123456789-tfn":
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
