"""What 企业微信 refuses: errcodes as the platform answers them, for messages, template cards and their changes.

Lengths that the platform only advises are taken for limits here.
Source: developer.work.weixin.qq.com/document/path/90236, 90248, 94888, 90455.
"""

import re
from collections.abc import Collection
from typing import Any

NO_TYPE, EMPTY, TOO_LONG, BAD_PARAMETER, NO_AGENT = 40008, 44004, 45002, 40058, 40056
TOO_MANY_BUTTONS, LABEL_LENGTH, BAD_KEY, BAD_TASK, NO_CARD_ACTION = 40016, 40018, 42039, 42014, 42045
NOBODY = 81013
BYTES = 2048
_TASK = re.compile(r"[0-9A-Za-z_@-]{1,128}")
_ADVISED = {"title": 36, "desc": 44, "sub_title_text": 160}


def message(body: dict[str, Any], *, group: bool, tasks: Collection[str]) -> int:
    """Return the errcode for a message, 0 where it is fine. `tasks`: the task ids that were used before."""
    kind = body.get("msgtype")
    if kind in ("text", "markdown"):
        content = body.get(str(kind), {}).get("content")
        if not isinstance(content, str) or not content.strip():
            return EMPTY
        if len(content.encode()) > BYTES:
            return TOO_LONG if kind == "text" else BAD_PARAMETER
        return 0
    if kind == "template_card" and not group:
        found = body.get("template_card")
        return card(found, tasks=tasks) if isinstance(found, dict) else BAD_PARAMETER
    return NO_TYPE


def card(found: dict[str, Any], *, tasks: Collection[str] = (), changes: bool = False) -> int:
    """Return the errcode for a template card; a change of one needs no task id."""
    if found.get("card_type") == "text_notice":
        return 0 if (found.get("card_action") or {}).get("type") in (1, 2) else NO_CARD_ACTION
    if found.get("card_type") != "button_interaction":
        return BAD_PARAMETER
    title = found.get("main_title") or {}
    texts = {**title, "sub_title_text": found.get("sub_title_text", "")}
    if not (title.get("title") or texts["sub_title_text"]):
        return BAD_PARAMETER
    if any(len(str(texts.get(name, ""))) > room for name, room in _ADVISED.items()):
        return BAD_PARAMETER
    task = found.get("task_id")
    if (task or not changes) and (not _TASK.fullmatch(str(task or "")) or task in tasks):
        return BAD_TASK
    return _buttons(found.get("button_list"))


def change(body: dict[str, Any]) -> int:
    """Return the errcode for the body of update_template_card, its response_code apart."""
    if not (body.get("userids") or body.get("partyids") or body.get("tagids") or body.get("atall") == 1):
        return BAD_PARAMETER
    if "template_card" in body:
        return card(body["template_card"], changes=True)
    return 0 if str((body.get("button") or {}).get("replace_name") or "").strip() else BAD_PARAMETER


def _buttons(buttons: Any) -> int:
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 6:
        return TOO_MANY_BUTTONS
    if not all(1 <= len(str(button.get("text", ""))) <= 10 for button in buttons):
        return LABEL_LENGTH
    keys = [str(button.get("key", "")) for button in buttons]
    fine = len(set(keys)) == len(keys) and all(1 <= len(key.encode()) <= 1024 for key in keys)
    return 0 if fine else BAD_KEY
