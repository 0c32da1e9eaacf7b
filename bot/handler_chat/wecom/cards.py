"""Cards as 企业微信 takes them: template cards of type `button_interaction`, and the codes that change them.

A card holds at most six buttons and a few dozen characters; what does not fit stands in a text before it. A code
changes a card once, within 72 hours: one comes with the sending, one with each press.
Source: developer.work.weixin.qq.com/document/path/90236 (sending), 90240 (the event), 94888 (changing).
"""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from bot.handler_chat.cards.cards import Button, Card
from bot.handler_chat.wecom.reply_codes import RULE, codes_of, spoken_text
from text.normalise import storable

TITLE, SECOND, BODY, LABEL, BUTTONS = 36, 44, 160, 10, 6  # characters; buttons
_FIRST = (
    "danger",
    "claim",
    "asg",
    "pass",
    "back",
    "extok",
    "extno",
    "use",
    "cat",
    "to",
    "ext",
    "ask",
    "no",
    "fix",
)
_NAMES_POST = "|"  # in a button's key: the card's own id stands before it


@dataclass(frozen=True, slots=True)
class Made:
    """A card as the platform takes it. Not `whole`: its text has to stand before it."""

    body: dict[str, Any]
    whole: bool


def new_id() -> str:
    """Return a task id: unique, of letters and digits, far below 128 bytes."""
    return uuid4().hex


def made(card: Card, task_id: str, *, changes: bool = False) -> Made:
    """Return a card for sending, or with `changes` one that takes the place of a card sent under `task_id`."""
    title, _, rest = storable(spoken_text(card)).partition("\n")
    second, _, rest = rest.partition("\n")
    body, whole = _fitted(rest, _hint(card), changes)
    whole = whole and len(title) <= TITLE and len(second) <= SECOND
    found: dict[str, Any] = {
        "card_type": "button_interaction",
        "main_title": {"title": _clip(title, TITLE) or "回音", "desc": _clip(second, SECOND)},
        "sub_title_text": body,
    }
    shown = shown_buttons(card)
    found["button_list"] = [
        {
            "text": _clip(button.label, LABEL),
            "style": 2 if place else 1,
            "key": f"{task_id}{_NAMES_POST}{button.data}",
        }
        for place, button in enumerate(shown)
    ]
    if not shown:
        done = "本卡片已失效" if "失效" in card.text else "已处理"
        found |= {
            "button_list": [{"text": done, "style": 2, "key": f"{task_id}{_NAMES_POST}"}],
            "replace_text": done,
        }
    if not changes:
        found["task_id"] = task_id
    return Made(found, whole)


def shown_buttons(card: Card) -> list[Button]:
    """Return the buttons that a card has room for: the weightiest, in the order in which they stand."""
    buttons = [b for row in card.buttons for b in row if b.data.partition(":")[0] != "menu"]
    if len(buttons) <= BUTTONS:
        return buttons
    weighty = sorted(range(len(buttons)), key=lambda place: (_weight(buttons, place), place))[:BUTTONS]
    return [buttons[place] for place in sorted(weighty)]


def pressed(event_key: str, task_id: str) -> tuple[str, str]:
    """Return (the id of the card, the button's data) of a press; a changed card may tell another task id."""
    card, mark, data = event_key.partition(_NAMES_POST)
    return (card, data) if mark else (task_id, event_key)


def shows(card: Card) -> str:
    """Name what people go by: the buttons of a card, and its first two lines (number, category, due day)."""
    lines = card.text.split("\n")[:2]
    whole = "\n".join([*lines, *(button.data for button in shown_buttons(card))])
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _hint(card: Card) -> str:
    """Return the words for what has no button on the card."""
    shown = shown_buttons(card)
    left = [b for row in card.buttons for b in row if b not in shown]
    codes = codes_of(card, left)
    return f"也可发送：{''.join(codes)}" if codes else ""


def _fitted(rest: str, hint: str, changes: bool) -> tuple[str, bool]:
    """Return what stands under the title, and whether that is all: facts and progress before the letter."""
    facts, _, more = rest.partition(f"\n{RULE}\n")
    letter, _, progress = more.partition(f"\n{RULE}\n")
    text = "\n".join(part for part in (facts, progress, letter) if part)
    room = BODY - (len(hint) + 1 if hint else 0)
    whole = len(text) <= room
    if not whole:
        note = "……（全文请发送「查看 编号」）" if changes else "……（全文见上一条消息）"
        text = text[: max(room - len(note), 0)] + note
    return "\n".join(part for part in (text, hint) if part), whole


def _weight(buttons: list[Button], place: int) -> int:
    name = buttons[place].data.partition(":")[0]
    again = any(b.data.partition(":")[0] == name for b in buttons[:place])
    return 99 if again or name not in _FIRST else _FIRST.index(name)


def _clip(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1] + "…"
