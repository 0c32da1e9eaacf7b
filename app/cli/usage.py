"""What somebody typed wrong, in one line of their own language.

The command line library keeps its exceptions to itself, so they are told apart by name.
"""

import re
from collections.abc import Iterable
from typing import Any

from app.cli.helping import called

_EXPECTED = (
    (re.compile("valid integer"), "应为整数"),
    (re.compile("valid number"), "应为数字"),
    (re.compile(r"less than or equal to (\S+)"), "不能大于 {0}"),
    (re.compile(r"greater than or equal to (\S+)"), "不能小于 {0}"),
)
_KNOWN = (
    (re.compile(r"No such command '([^'\n]{1,200})'"), "没有「{0}」这个命令"),
    (re.compile(r"No such option: (\S+)"), "没有 {0} 这个选项"),
    (
        re.compile(r"Got unexpected extra arguments? ?(?:\(s\) )?\(([^()\n]{1,200})\)"),
        "多了「{0}」：请检查空格和引号",
    ),
    (re.compile(r"Option '([^'\n]{1,200})' requires an argument"), "{0} 后面缺少值"),
)


def in_chinese(error: Exception) -> str | None:
    """Return the line for an error of usage; None if `error` is none, an empty line if help was shown instead."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "UsageError" not in kinds:
        return None
    if "NoArgsIsHelpError" in kinds:
        return ""
    message = str(getattr(error, "message", "") or error)
    parameter: Any = getattr(error, "param", None)
    if "MissingParameter" in kinds and parameter is not None:
        said = f"缺少{_name(parameter)}"
    elif "BadParameter" in kinds and parameter is not None:
        said = f"{_name(parameter)}{_put(message, _EXPECTED) or f'的值不对：{message}'}"
    else:
        said = _put(message, _KNOWN) or message
    context: Any = getattr(error, "ctx", None)
    where = context.command_path if context is not None else "huiyin"
    return f"{said}。用法见 {where} --help"


def _put(message: str, words: Iterable[tuple[re.Pattern[str], str]]) -> str:
    return next(
        (said.format(*found.groups()) for known, said in words if (found := known.search(message))), ""
    )


def _name(parameter: Any) -> str:
    options = [name for name in getattr(parameter, "opts", []) if name.startswith("-")]
    return f"选项「{options[0]}」" if options else f"参数「{called(parameter.name)}」"
