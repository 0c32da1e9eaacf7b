"""Logging: one line per event, JSON unless set to text, to standard error; secrets and letters never enter it."""

import logging
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_HIDDEN = "***"


class Unfailing:
    """The log's stream. A line that cannot be written (a full disk, a reader that left, a shut stream) is lost, no more."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, words: str) -> int:
        with suppress(OSError, ValueError):
            self._stream.write(words)
        return len(words)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()


def set_up(secrets: Iterable[str], form: str = "json", *, level: int = logging.INFO) -> None:
    """Route structlog and the standard library's loggers to one place, with every secret blotted out.

    `form`: `json`, or `text` for people at a terminal.
    """
    rendered: Processor = (
        structlog.dev.ConsoleRenderer(colors=False)
        if form == "text"
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    stream = cast(TextIO, Unfailing(sys.stderr))
    hidden = sorted({secret for secret in secrets if len(secret) >= 6}, key=len, reverse=True)

    def blot(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
        return {key: _blotted(value, hidden) for key, value in event.items()}

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        blot,
    ]
    structlog.configure(
        processors=[*shared, rendered],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, blot, rendered],
    )
    _take_in(formatter, stream)


def _take_in(formatter: logging.Formatter, stream: TextIO) -> None:
    """Have what libraries log written in the same form, warnings and worse alone."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for noisy in ("httpx", "httpcore", "apscheduler", "aiogram", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _blotted(value: object, hidden: list[str]) -> object:
    if type(value) is str:  # as nearly everything is
        for secret in hidden:
            if secret in value:
                value = value.replace(secret, _HIDDEN)
        return value
    if isinstance(value, Mapping):
        return {key: _blotted(item, hidden) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_blotted(item, hidden) for item in value]
    if isinstance(value, bytes):
        value = value.decode("utf-8", "backslashreplace")
    if isinstance(value, BaseException):
        value = repr(value)
    if not isinstance(value, str):
        return value
    for secret in hidden:
        value = value.replace(secret, _HIDDEN)
    return value
