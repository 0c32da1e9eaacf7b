"""Cards for a chat without buttons: the same card, with the words to send back in place of its buttons."""

import re
from collections.abc import Sequence

from bot.handler_chat.cards.cards import Button, Card

_NUMBER = re.compile(r"\d{8}-(\d{4,})")
_AFTER = {
    "cat": " 投诉求助",
    "to": " 部门",
    "asg": " 姓名",
    "ext": " 理由",
    "ask": " 内容",
    "no": " 理由",
    "fix": " 全文",
    "back": " 理由",
    "op": " 内容",
    "calm": " 理由",
}
_REPLY = {"↩ 回复本卡片即提交答复草稿。": "", "请回复本条消息，": "请直接发送文字，"}
_MARKUP = re.compile(
    r"[*`#<>\[\]\\~]|^[ \t]{0,12}[-+] |^[ \t]{0,12}\d{1,9}\. |(?<!\w)_|_(?!\w)", re.MULTILINE
)
LONGEST_BYTES = 2000  # the platform takes 2,048
RULE = "————"


def in_words(card: Card, where: str = "回复") -> str:
    """Return a card's text with one reply code for each of its buttons."""
    codes = codes_of(card, [button for row in card.buttons for button in row])
    text = spoken_text(card)
    return f"{text}\n{RULE}\n{where}：{''.join(codes)}" if codes else text


def spoken_text(card: Card) -> str:
    """Return a card's text without what only a chat with replies can do."""
    text = card.text
    for words, instead in _REPLY.items():
        text = text.replace(words, instead)
    return text.rstrip()


def codes_of(card: Card, buttons: Sequence[Button]) -> list[str]:
    """Return the words that do what `buttons` do, and those that hand in a draft where the card awaits one."""
    found = _NUMBER.search(card.text)
    number = found[1] if found else ""
    codes = [code for button in buttons if (code := _code(button, number))]
    names = {button.data.partition(":")[0] for row in card.buttons for button in row}
    if "cat" in names and "claim" not in names:
        codes.insert(0, f"「草稿 {number} 内容」")
    return codes


def in_markdown(text: str) -> str | None:
    """Return a message for a group in markdown: its head bold, its codes quoted.

    None for a text that holds marks of markdown itself: it is shown as it was written, so that nobody's letter
    becomes a link or a heading, and a draft is read exactly as it would go out.
    """
    if _MARKUP.search(text):
        return None
    head, line, rest = text.partition("\n")
    body, rule, codes = rest.rpartition(f"\n{RULE}\n")
    if rule and "「" in codes:
        rest = f"{body}\n> {codes}"
    return f"**{head}**{line}{rest}"


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
