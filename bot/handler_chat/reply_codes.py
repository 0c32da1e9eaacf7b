"""Cards for a chat without buttons: the same card, with the words to send back in place of its buttons."""

import re

from bot.handler_chat.cards import Button, Card

_NUMBER = re.compile(r"\d{8}-(\d{4,})")
_AFTER = {
    "cat": " 投诉求助",
    "to": " 部门",
    "ext": " 理由",
    "ask": " 内容",
    "no": " 理由",
    "fix": " 全文",
    "back": " 理由",
    "op": " 内容",
}
LONGEST_BYTES = 2000  # the platform takes 2,048


def in_words(card: Card) -> str:
    """Return a card's text with one reply code for each of its buttons."""
    found = _NUMBER.search(card.text)
    number = found[1] if found else ""
    buttons = [button for row in card.buttons for button in row]
    codes = [code for button in buttons if (code := _code(button, number))]
    names = {button.data.partition(":")[0] for button in buttons}
    if "cat" in names and "claim" not in names:
        codes.insert(0, f"「草稿 {number} 内容」")
    text = card.text.replace("↩ 回复本卡片即提交答复草稿。", "").rstrip()
    return f"{text}\n————\n回复：{''.join(codes)}" if codes else text


def _code(button: Button, number: str) -> str:
    name, _, subject = button.data.partition(":")
    if name in ("pub", "drop"):
        return f"「{button.label} {subject}」"
    if name in ("list", "menu"):
        return ""
    if name == "use":
        place = button.label.removeprefix("采用建议")
        return f"「采用建议 {number}{f' {place}' if place else ''}」"
    return f"「{button.label} {number}{_AFTER.get(name, '')}」"


def pieces(text: str, room: int = LONGEST_BYTES) -> list[str]:
    """Cut a text into messages of at most `room` UTF-8 bytes, at line ends where it can."""
    found: list[str] = []
    rest = text
    while len(rest.encode("utf-8", "surrogatepass")) > room:
        head = rest.encode("utf-8", "surrogatepass")[:room].decode("utf-8", "ignore")
        cut = head.rfind("\n")
        cut = cut + 1 if cut > len(head) // 2 else len(head)
        found.append(rest[:cut])
        rest = rest[cut:]
    return [*found, rest] if rest.strip() or not found else found
