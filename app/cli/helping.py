"""The frames of help pages in Chinese: the command line library knows only English ones."""

import re
from collections.abc import Iterable
from typing import Any

_HEADINGS = {"Options": "选项", "Arguments": "参数", "Commands": "命令"}
_PHRASES = (
    (re.compile(r"Show this message and exit\."), "显示这段说明"),
    (re.compile(r"\[required\]"), "[必填]"),
    (re.compile(r"\[default: ([^\]]{0,200})\]"), r"[缺省：\1]"),
    (re.compile(r"\bdefault: "), "缺省："),
    (re.compile(r"\brequired\b"), "必填"),
    (re.compile(r"\[OPTIONS\]"), "[选项]"),
    (re.compile(r"\bCOMMAND\b"), "命令"),
    (re.compile(r"\[ARGS\]\.\.\."), "[参数]…"),
    (re.compile(r"(?i)<?\binteger( range)?\b>?|<int(?: range)?>"), "整数"),
    (re.compile(r"(?i)<?\bfloat( range)?\b>?"), "数字"),
    (re.compile(r"(?i)<(text|str)>|\bTEXT\b"), "文字"),
    (re.compile(r"(?i)<(path|file)>|\bPATH\b"), "文件"),
    (re.compile(r"(?i)\s{0,8}<bool>"), ""),
)


def translate(command: Any) -> None:
    """Have every help page of the program written in Chinese frames; plain text, without boxes."""
    context = command.context_class
    if not getattr(context.formatter_class, "chinese", False):
        context.formatter_class = _chinese(context.formatter_class)


def plain(command: Any) -> Any:
    """Turn the boxes off, for a command and all below it."""
    command.rich_markup_mode = None
    for below in getattr(command, "commands", {}).values():
        plain(below)
    return command


def put(text: str) -> str:
    for known, said in _PHRASES:
        text = known.sub(said, text)
    return text


def _chinese(formatter: Any) -> Any:
    class Chinese(formatter):  # type: ignore[misc] # the library's own formatter is private
        chinese = True

        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            super().write_usage(prog, put(args), "用法：" if prefix is None else prefix)

        def write_heading(self, heading: str) -> None:
            super().write_heading(_HEADINGS.get(heading, heading))

        def write_dl(self, rows: Iterable[tuple[str, str]], *more: Any, **options: Any) -> None:
            super().write_dl([(put(name), put(text)) for name, text in rows], *more, **options)

    return Chinese
