"""The frames of help pages in Chinese: the command line library knows only English ones."""

import re
from collections.abc import Iterable
from typing import Any

_HEADINGS = {"Options": "选项", "Arguments": "参数", "Commands": "命令"}
_USAGE = (("[OPTIONS]", "[选项]"), ("COMMAND", "命令"), ("[ARGS]...", "[参数]…"))
_ARGUMENTS = {  # the names of arguments in the code → what people are asked for
    "code": "序号", "day": "日期", "entry_id": "条目编号", "file": "文件", "id": "编号", "msg_data_id": "文章编号",
    "name": "名称", "no": "事项编号", "query": "问题", "swap_id": "换班编号", "texts": "来信", "title": "标题",
    "verdict": "结论", "version": "版本", "who": "谁", "year": "年份",
}  # fmt: skip
_KINDS = {
    "int": "整数",
    "float": "数字",
    "str": "文字",
    "text": "文字",
    "file": "文件",
    "path": "文件",
    "bool": "",
}
_KIND = re.compile(r"\s?<(?:list\[)?<?(\w+)>?(?: range)?\]?>")
_ADDED = re.compile(r"\[[^\[\]\n]{1,300}\]$")  # what the library says after an option's own words
_SAID = (
    (re.compile(r"\bdefault: "), "缺省："),
    (re.compile(r"\brequired\b"), "必填"),
    (re.compile(r"(-?\d{1,12})<=x<=(-?\d{1,12})"), r"\1 至 \2"),
    (re.compile(r"; "), "；"),
)
_HELP = ("Show this message and exit.", "显示这段说明")


def translate(command: Any) -> None:
    """Have every help page of the program written in Chinese frames; plain text, without boxes."""
    context = command.context_class
    if not getattr(context.formatter_class, "chinese", False):
        context.formatter_class = _chinese(context.formatter_class)


def plain(command: Any) -> Any:
    """Turn the boxes off and name the arguments in Chinese, for a command and all below it."""
    command.rich_markup_mode = None
    for parameter in command.params:
        if parameter.param_type_name == "argument" and parameter.metavar is None:
            parameter.metavar = called(parameter.name)
    for below in getattr(command, "commands", {}).values():
        plain(below)
    return command


def called(argument: str) -> str:
    return _ARGUMENTS.get(argument, argument)


def _name(written: str) -> str:
    """Put the kind of a value, and nothing else: options keep the names by which they are typed."""

    def kind(found: re.Match[str]) -> str:
        said = _KINDS.get(found[1].lower(), found[1])
        return f" {said}" if said else ""

    return _KIND.sub(kind, written)


def _text(written: str) -> str:
    def added(found: re.Match[str]) -> str:
        said = found[0]
        for known, put in _SAID:
            said = known.sub(put, said)
        return said

    return _ADDED.sub(added, written.replace(*_HELP))


def _usage(written: str) -> str:
    for known, said in _USAGE:
        written = written.replace(known, said)
    return written


def _chinese(formatter: Any) -> Any:
    class Chinese(formatter):  # the library's own formatter is private
        chinese = True

        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            super().write_usage(prog, _usage(args), "用法：" if prefix is None else prefix)

        def write_heading(self, heading: str) -> None:
            super().write_heading(_HEADINGS.get(heading, heading))

        def write_dl(self, rows: Iterable[tuple[str, str]], *more: Any, **options: Any) -> None:
            super().write_dl([(_name(name), _text(text)) for name, text in rows], *more, **options)

    return Chinese
