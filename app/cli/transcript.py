"""`huiyin case import`: each line of the file becomes a case, is one already, or is refused with the reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.frame import progress
from app.jsonl import JsonLine, read_lines

if TYPE_CHECKING:
    from app.wiring import Services
    from cases.steps.receive import Incoming
    from cases.steps.transcribe import Transcribed
    from classifier.triage import Triage

FEW = 200  # letters that are all given a second opinion
_TEXTS = ("channel", "openid", "text", "account", "category")


@dataclass(slots=True)
class Taken:
    """What became of a file's lines: `known` are those that were cases before, by line number; `refused` in words."""

    numbers: list[str] = field(default_factory=list)
    known: list[tuple[int, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def note(self, line: int, one: Transcribed) -> None:
        if one.refused:
            self.refused.append(f"第 {line} 行：{one.refused}")
        elif one.known:
            self.known.append((line, one.no))
        else:
            self.numbers.append(one.no)


def take(opened: Services, file: Path) -> Taken:
    """Make live cases of the lines that are none yet; says of every other why not."""
    from cases.register.desk import COMMAND_LINE
    from cases.steps import transcribe

    lines, bad = read_lines(file, ("channel", "openid", "text", "received_at"))
    now = opened.workplace.clock()
    ways = opened.workplace.look(transcribe.ways_in)
    good: list[tuple[JsonLine, Incoming, str | None]] = []
    for line in lines:
        read = _read(line.row, opened.settings.wechat_app_id)
        why = read if isinstance(read, str) else transcribe.why_not(*read, now, ways)
        if isinstance(read, str) or why:
            bad.append(f"第 {line.number} 行：{why}")
        else:
            good.append((line, *read))
    done = Taken(refused=bad)
    judge = _judge(opened, len(good))
    with progress("立件") as advance:
        for start in range(0, len(good), transcribe.GROUP):
            group = good[start : start + transcribe.GROUP]
            judged = judge([incoming.text for _, incoming, _ in group])
            letters = [
                transcribe.Transcript(incoming, triage, category)
                for (_, incoming, category), triage in zip(group, judged, strict=True)
            ]
            taken = transcribe.take(opened.workplace, letters, COMMAND_LINE)
            for (line, _, _), one in zip(group, taken, strict=True):
                done.note(line.number, one)
            advance(start + len(group), len(good))
    done.refused.sort(key=_line_number)
    return done


def _judge(opened: Services, count: int) -> Callable[[Sequence[str]], list[Triage]]:
    """Return the judge of so many letters: a few are judged like any message, a whole register by words alone.

    A second opinion takes ten milliseconds a letter: of 300,000, most of an hour.
    """
    models = opened.live.models
    return models.triage_words if count > FEW else models.classifier.triage_many


def _read(row: dict[str, Any], app_id: str) -> tuple[Incoming, str | None] | str:
    """Return the letter of a row and the category given, or why it cannot be read."""
    from cases.register.channels import API_PREFIX
    from cases.steps.receive import Incoming

    for name in _TEXTS:
        if not isinstance(row.get(name) or "", str):
            return f"{name} 应为文字"
    try:
        at = datetime.fromisoformat(str(row["received_at"]))
        if at.tzinfo is None:
            return "received_at 缺少时区"
        at.astimezone(None)
    except (ValueError, OverflowError):
        return f"received_at「{str(row['received_at'])[:30]}」读不懂"
    channel = row["channel"]
    account = channel if channel.startswith(API_PREFIX) else row.get("account") or app_id
    incoming = Incoming(account, row["openid"], row["text"], at, channel=channel)
    return incoming, row.get("category") or None


def _line_number(said: str) -> int:
    return int(said.removeprefix("第 ").partition(" ")[0])
