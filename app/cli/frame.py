"""What every command shares: settings, output as text or JSON, and errors as one line."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import typer

if TYPE_CHECKING:  # a command loads what it needs: `deadline` answers in half a second
    from app.settings import Settings
    from app.wiring import Services
    from cases.register.desk import Desk

T = TypeVar("T")

REFUSED, WRONG_USAGE = 1, 2
# The roots of the error trees whose messages are written for people, by name so as not to load them all.
KNOWN = frozenset({"Refusal", "BadSetting", "SlaError", "KnowledgeError", "ClassifierError", "WrongKey"})
UNREADABLE = frozenset({"Malformed", "UnknownFileKind"})  # of those: what was typed is no value of its kind


def fail(message: str, code: int = REFUSED) -> NoReturn:
    """Say on standard error why the work was not done, and end."""
    complain(message)
    raise typer.Exit(code)


def complain(message: str) -> None:
    """Write one line to standard error, whatever it quotes of what somebody typed."""
    from text.printable import one_line

    sys.stderr.write(one_line(message) + "\n")


def from_stdin() -> str:
    """Return the line that somebody gives on standard input, so that it stands in no list of processes."""
    try:
        line = sys.stdin.readline()
        line.encode()
    except UnicodeError:
        fail("标准输入不是 UTF-8 文字。")
    return line.rstrip("\r\n")


def read_settings() -> "Settings":
    """Read the settings; what a command has to log goes to standard error, and only if something is amiss."""
    import logging

    from app import log, settings

    found = settings.read()
    log.set_up(found.secret_values(), found.log_format, level=logging.WARNING)
    return found


def services() -> "Services":
    """Open the register of the working directory."""
    from app.wiring import build

    return build(read_settings())


def act(step: "Callable[[Desk], T]") -> T:
    """Do a step as the administrator."""
    from cases.register.desk import COMMAND_LINE

    return services().workplace.act(step, COMMAND_LINE)


def look(question: "Callable[[Desk], T]") -> T:
    return services().workplace.look(question)


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Whatever is known to go wrong becomes one line and exit code 1; nothing becomes a traceback."""
    try:
        yield
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(REFUSED) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except OSError as error:
        name = f"{error.filename}：" if error.filename else ""
        from text import system_errors

        complain(f"{name}{system_errors.in_chinese(error) if error.errno else error}")
        raise SystemExit(REFUSED) from None
    except Exception as error:
        kinds = {kind.__name__ for kind in type(error).__mro__}
        if not KNOWN.isdisjoint(kinds):
            options = getattr(error, "options", "")
            complain(f"{error}（{options}）" if options else str(error))
        elif (why := _why_no_register(error)) is not None:
            complain(why)
        else:
            _write_report(error)
        raise SystemExit(REFUSED if UNREADABLE.isdisjoint(kinds) else WRONG_USAGE) from None


def _why_no_register(error: Exception) -> str | None:
    """Return the sentence for a database that cannot be used; None if it is something else, or nobody knows what."""
    import sqlite3

    if "SQLAlchemyError" not in {kind.__name__ for kind in type(error).__mro__} and not isinstance(
        error, sqlite3.Error
    ):
        return None
    from cases.register import db_errors
    from cases.register.troubles import Replaced

    if isinstance(error, Replaced):
        return str(error)
    said = db_errors.in_chinese(error)
    return said if said != db_errors.OTHER else None


def _write_report(error: Exception) -> None:
    """An error that nobody foresaw: one line for the person, the details in a file for whoever mends it."""
    import traceback
    from pathlib import Path

    file = Path("var") / "error.log"
    line = f"程序内部错误（{type(error).__name__}），可能只做了一部分，请先核对结果。"
    try:
        file.parent.mkdir(exist_ok=True)
        details = "".join(traceback.format_exception(error))
        for secret in read_settings().secret_values():
            details = details.replace(secret, "***") if secret else details
        file.touch(mode=0o600)
        file.write_text(details, encoding="utf-8", errors="replace")
        line += f"详情见 {file}，请连同它报告给维护人员。"
    except Exception:  # noqa: S110 - the one line is still written
        pass
    sys.stderr.write(line + "\n")


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on a terminal's standard error; the function takes how many are done, of how many.

    In a pipe or a file there is no bar, so that an error stays one line.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def plain(value: Any) -> Any:
    """Make a value fit for JSON: dates as ISO, tuples as lists."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def local(moment: datetime | str | None) -> str:
    """Write a moment for people: to the minute, in the office's zone."""
    from zoneinfo import ZoneInfo

    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)

    if moment is None:
        return ""
    return f"{moment.astimezone(ZoneInfo(read_settings().timezone)):%Y-%m-%d %H:%M}"


def print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False) + "\n")


def print_lines(values: list[Any]) -> None:
    """JSON Lines."""
    for value in values:
        print_json(value)


def print_table(rows: list[dict[str, Any]], columns: dict[str, str], empty: str = "（无）") -> None:
    """`columns`: key → heading."""
    from rich.console import Console
    from rich.table import Table

    from text.printable import printable

    # words are what somebody wrote: nothing in them is a mark of this library's
    console = Console(markup=False, emoji=False, highlight=False)
    if not rows:
        console.print(empty)
        return
    table = Table(show_edge=False, pad_edge=False)
    for heading in columns.values():
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(printable(_cell(row.get(key))) for key in columns))
    console.print(table)


def _cell(value: Any) -> str:
    """A value as people read it: in words, and a moment in the office's zone."""
    if value is None or isinstance(value, bool):
        return {None: "", True: "是", False: "否"}[value]
    return local(value) if isinstance(value, datetime) else str(value)
