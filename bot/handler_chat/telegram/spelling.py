"""What somebody wrote, as plain text: an address hidden behind words is written out, or said to be lost."""

from aiogram.types import Message

STRUCK = "文字里有删除线：发给来信人时删除线不会保留，被划掉的字会照样发出。请改写后重新发送。"


def text_of(message: Message) -> str | None:
    """Return the text of a message or its caption, with the address after the words that it stands behind."""
    text = message.text if message.text is not None else message.caption
    if text is None:
        return None
    units = text.encode("utf-16-le", "surrogatepass")  # offsets count UTF-16 units
    found = [
        e for e in (message.entities or message.caption_entities or []) if e.type == "text_link" and e.url
    ]
    for entity in sorted(found, key=lambda entity: -entity.offset):
        start, end = entity.offset * 2, (entity.offset + entity.length) * 2
        words = units[start:end].decode("utf-16-le", "surrogatepass")
        address = str(entity.url)
        if words.strip().rstrip("/") not in (
            address,
            address.rstrip("/"),
            address.partition("://")[2].rstrip("/"),
        ):
            units = units[:end] + f"（{address}）".encode("utf-16-le", "surrogatepass") + units[end:]
    return units.decode("utf-16-le", "surrogatepass")


def trouble(message: Message) -> str:
    """Return why a text cannot be taken as it was written; mostly nothing."""
    entities = message.entities or message.caption_entities or []
    struck = any(entity.type == "strikethrough" for entity in entities)
    return STRUCK if struck else ""
