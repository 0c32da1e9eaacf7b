"""What a file is, read from its first bytes: what its sender or the platform calls it counts for nothing."""

UNKNOWN = ("application/octet-stream", ".bin")
_LONGEST_HEAD = 64
_AT_START: tuple[tuple[bytes, str, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"GIF87a", "image/gif", ".gif"),
    (b"GIF89a", "image/gif", ".gif"),
    (b"BM", "image/bmp", ".bmp"),
    (b"#!AMR", "audio/amr", ".amr"),
    (b"\x02#!SILK", "audio/silk", ".silk"),
    (b"#!SILK", "audio/silk", ".silk"),
    (b"ID3", "audio/mpeg", ".mp3"),
    (b"\xff\xfb", "audio/mpeg", ".mp3"),
    (b"\xff\xf3", "audio/mpeg", ".mp3"),
    (b"OggS", "audio/ogg", ".ogg"),
    (b"%PDF-", "application/pdf", ".pdf"),
)
_RIFF = {b"WEBP": ("image/webp", ".webp"), b"WAVE": ("audio/wav", ".wav")}
_BRANDS = {b"heic": ("image/heic", ".heic"), b"mif1": ("image/heic", ".heic"), b"M4A ": ("audio/mp4", ".m4a")}


def found_in(content: bytes) -> tuple[str, str]:
    """Return the media type and the ending of a name; `UNKNOWN` for what is none of the kinds citizens send.

    Nothing that a browser would run is ever among them: a page or a drawing with scripts is `UNKNOWN`.
    """
    head = content[:_LONGEST_HEAD]
    for mark, kind, ending in _AT_START:
        if head.startswith(mark):
            return kind, ending
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], UNKNOWN)
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], ("video/mp4", ".mp4"))
    return UNKNOWN
