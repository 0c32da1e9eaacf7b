"""Fitting words into one message: counted as the platform counts them."""

LONGEST = 4096  # UTF-16 units of a Telegram message


def units(text: str) -> int:
    """Return the length as the platform counts it: UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip(text: str, room: int, what: str = "") -> str:
    """Cut a text to `room` units and say so; the whole stands in the console."""
    if units(text) <= room:
        return text
    note = f"……（{what}共 {len(text)} 字，全文请在控制台查看）" if what else "……"
    return split(text, max(room - units(note), 1))[0] + note


def split(text: str, room: int) -> list[str]:
    """Cut a text into pieces of at most `room` units; put together they are the text."""
    pieces: list[str] = []
    piece: list[str] = []
    size = 0
    for char in text:
        width = 2 if ord(char) > 0xFFFF else 1
        if size + width > room and piece:
            pieces.append("".join(piece))
            piece, size = [], 0
        piece.append(char)
        size += width
    return [*pieces, "".join(piece)]
