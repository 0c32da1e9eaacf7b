"""The trail's head, noted outside the database: whoever sets the database back cannot set back the note."""

import json
import os
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from app.wiring import Services
from cases.register import audit
from cases.register.audit import Anchor
from cases.register.desk import Desk
from cases.register.errors import Invalid
from cases.sending import announce, outbox

FILE = "audit.anchor"
_SHOWN = 16  # characters of a hash in the supervisors' chat


def note(opened: Services) -> None:
    """Write the head as it stands: the last of each day is kept, that of today replaced. Once a day it is told."""
    now = opened.workplace.clock()
    head = opened.workplace.look(lambda desk: audit.head(desk.session))
    day = opened.workplace.office.today(now).isoformat()
    file = opened.var / FILE
    lines = _lines(file)
    if lines and lines[-1]["seq"] == head.seq:
        return
    kept = [line for line in lines if line["day"] != day]
    row = {"day": day, "at": now.isoformat(), "seq": head.seq, "hash": head.hash}
    _write(file, [*kept, row])
    if len(kept) == len(lines):
        opened.workplace.act(lambda desk: _tell(desk, day, head))


def read(file: Path) -> list[Anchor]:
    """Return the anchors of a file. Raises: Invalid if it is none of ours."""
    try:
        return [Anchor(int(str(line["seq"])), str(line["hash"])) for line in _lines(file)]
    except (KeyError, ValueError, TypeError):
        raise Invalid(f"{file} 不是审计锚文件。") from None


def written(text: str) -> Anchor:
    """Return the anchor that somebody copied from the chat, `number:hash`. Raises: Invalid."""
    seq, _, digest = text.partition(":")
    if not re.fullmatch(r"[0-9]{1,18}", seq) or len(digest) < _SHOWN:
        raise Invalid(f"没有「{text[:40]}」这个文件；也可以写成聊天里的「条数:指纹」。")
    return Anchor(int(seq), digest)


def set_aside(var: Path, on: date) -> None:
    """A database was restored: its trail is an earlier one, and the notes of the later are kept by themselves."""
    file = var / FILE
    if file.is_file():
        file.replace(file.with_name(f"{FILE}.before-restore-{on.isoformat()}"))


def _tell(desk: Desk, day: str, head: audit.TrailHead) -> None:
    announce.supervisors(
        desk,
        f"【审计锚】{day}：操作记录 {head.seq} 条，指纹 {head.seq}:{head.hash[:_SHOWN]}。"
        "请保留本条；核验时可用 huiyin audit verify --anchor。",
        key=f"audit-anchor:{day}",
        priority=outbox.BACKGROUND,
    )


def _lines(file: Path) -> list[dict[str, object]]:
    if not file.is_file():
        return []
    try:
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except ValueError:
        raise Invalid(f"{file} 不是审计锚文件。") from None


def _write(file: Path, lines: Sequence[dict[str, object]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)  # database and key may both be elsewhere
    part = file.with_name(f".{file.name}.part")
    handle = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(file)
